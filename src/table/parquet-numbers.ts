/**
 * A column of numbers in a Parquet file. Values that repeat become places in a dictionary of the row group; from the page on at
 * which that no longer pays, values stand plain.
 */
import { ENCODING, type ParquetType, type WrittenChunk } from './parquet-layout.js';
import { ColumnPages } from './parquet-pages.js';

/** Values of a dictionary at most. */
const MOST = 16_384;
const SLOTS = 4 * MOST;

/** Bytes of a value. */
const WIDTH: Readonly<Record<Exclude<ParquetType, 'text'>, 4 | 8>> = {
  tinyint: 4,
  integer: 4,
  bigint: 8,
  timestamp: 8,
  double: 8,
};

export class NumberColumn {
  readonly #type: Exclude<ParquetType, 'text'>;
  readonly #pages = new ColumnPages();
  /** The page's values that are there, as they lie in the file: 4 or 8 bytes each. */
  #values = new Float64Array(0);
  #levels = new Int32Array(0);
  #places = new Int32Array(0);
  /** The dictionary: values as words, and by hash their places + 1. */
  readonly #keys = new Int32Array(2 * MOST);
  readonly #slots = new Int32Array(SLOTS);
  #size = 0;
  #fits = true;

  constructor(type: Exclude<ParquetType, 'text'>) {
    this.#type = type;
  }

  /** A page of the rows [from, to). NaN is missing; the other values of whole-number types must be whole. */
  write(values: Float64Array | Int32Array, from: number, to: number): void {
    const rows = to - from;
    if (this.#levels.length < rows) {
      this.#values = new Float64Array(rows);
      this.#levels = new Int32Array(rows);
      this.#places = new Int32Array(rows);
    }
    const count = this.#take(values, from, to);
    const levels = count === rows ? undefined : this.#levels;
    const words = new Int32Array(this.#values.buffer, 0, (count * WIDTH[this.#type]) / 4);
    const size = this.#size;
    if (this.#fits && count > 0 && this.#look(words, count)) {
      // A first page of ever new values will not be the last.
      if (size > 0 || 4 * this.#size <= 3 * count) {
        this.#pages.places(rows, levels, this.#places, count, this.#size);
        return;
      }
      this.#size = 0;
    }
    if (count > 0) this.#fits = false;
    const page = this.#pages.begin(rows, levels);
    page.append(new Uint8Array(words.buffer, 0, words.byteLength));
    this.#pages.end(rows, ENCODING.plain);
  }

  /** Ends the row group. */
  flush(write: (bytes: Uint8Array) => void, offset: number): WrittenChunk {
    const bytes = new Uint8Array(this.#keys.buffer, 0, this.#size * WIDTH[this.#type]);
    const chunk = this.#pages.flush(write, offset, this.#size === 0 ? undefined : { size: this.#size, bytes });
    this.#slots.fill(0);
    this.#size = 0;
    this.#fits = true;
    return chunk;
  }

  /** Moves what is there to `#values`, in the form of the file, and sets `#levels`; the number of values. */
  #take(values: Float64Array | Int32Array, from: number, to: number): number {
    const levels = this.#levels;
    let count = 0;
    if (this.#type === 'double') {
      const out = this.#values;
      for (let i = from; i < to; i++) {
        const value = values[i];
        out[count] = value;
        const there = Number.isNaN(value) ? 0 : 1;
        levels[i - from] = there;
        count += there;
      }
      return count;
    }
    if (WIDTH[this.#type] === 4) {
      const out = new Int32Array(this.#values.buffer);
      for (let i = from; i < to; i++) {
        const value = values[i];
        out[count] = value;
        const there = Number.isNaN(value) ? 0 : 1;
        levels[i - from] = there;
        count += there;
      }
      return count;
    }
    const out = new BigInt64Array(this.#values.buffer);
    for (let i = from; i < to; i++) {
      const value = values[i];
      const there = Number.isNaN(value) ? 0 : 1;
      levels[i - from] = there;
      if (there === 1) out[count++] = BigInt(value);
    }
    return count;
  }

  /** Finds the values' places in the dictionary, adding new ones; false when it got too large (it is as it was then). */
  #look(words: Int32Array, count: number): boolean {
    const before = this.#size;
    const full = WIDTH[this.#type] === 8 ? this.#lookDoubles(words, count) : this.#lookWords(words, count);
    if (!full) return true;
    // Pages already written keep their part of the dictionary; nothing more is looked up in this group.
    this.#size = before;
    return false;
  }

  #lookDoubles(words: Int32Array, count: number): boolean {
    const [keys, slots, places] = [this.#keys, this.#slots, this.#places];
    let size = this.#size;
    for (let i = 0; i < count; i++) {
      const low = words[2 * i];
      const high = words[2 * i + 1];
      let slot = hashed(low, high);
      let place = slots[slot] - 1;
      while (place >= 0 && (keys[2 * place] !== low || keys[2 * place + 1] !== high)) {
        slot = (slot + 1) & (SLOTS - 1);
        place = slots[slot] - 1;
      }
      if (place < 0) {
        if (size === MOST) return true;
        place = size++;
        keys[2 * place] = low;
        keys[2 * place + 1] = high;
        slots[slot] = size;
      }
      places[i] = place;
    }
    this.#size = size;
    return false;
  }

  #lookWords(words: Int32Array, count: number): boolean {
    const [keys, slots, places] = [this.#keys, this.#slots, this.#places];
    let size = this.#size;
    for (let i = 0; i < count; i++) {
      const word = words[i];
      let slot = hashed(word, 0);
      let place = slots[slot] - 1;
      while (place >= 0 && keys[place] !== word) {
        slot = (slot + 1) & (SLOTS - 1);
        place = slots[slot] - 1;
      }
      if (place < 0) {
        if (size === MOST) return true;
        place = size++;
        keys[place] = word;
        slots[slot] = size;
      }
      places[i] = place;
    }
    this.#size = size;
    return false;
  }
}

function hashed(low: number, high: number): number {
  let h = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) & (SLOTS - 1);
}

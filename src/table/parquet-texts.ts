/**
 * A column of texts in a Parquet file, given as codes into a table of texts: each row group has a dictionary of its own
 * codes. It never looks at a text but to write it.
 */
import { GrowingBytes } from './growing-bytes.js';
import type { WrittenChunk } from './parquet-layout.js';
import { ColumnPages } from './parquet-pages.js';

/** Texts by number: UTF-8, one behind the other. */
export interface TextTable {
  readonly bytes: Uint8Array;
  /** Of each text its first byte, and the end of the last. */
  readonly offsets: Float64Array;
}

export interface TextSource {
  readonly table: TextTable;
  /** By code the number of its text, −1 for missing; absent: a code is the number. */
  readonly textOf?: Int32Array;
}

export class TextColumn {
  readonly #source: TextSource;
  readonly #pages = new ColumnPages();
  readonly #dictionary = new GrowingBytes(2 ** 16);
  /** By text its place in the group's dictionary, counted on from group to group: smaller ones are of groups before. */
  readonly #placeOf: Int32Array;
  #before = 0;
  #size = 0;
  #levels = new Int32Array(0);
  #places = new Int32Array(0);

  constructor(source: TextSource) {
    this.#source = source;
    this.#placeOf = new Int32Array(source.table.offsets.length - 1).fill(-1);
  }

  /** A page of the rows [from, to); a negative code is missing. */
  write(codes: Int32Array | Float64Array, from: number, to: number): void {
    const rows = to - from;
    if (this.#levels.length < rows) {
      this.#levels = new Int32Array(rows);
      this.#places = new Int32Array(rows);
    }
    const { textOf } = this.#source;
    let count = 0;
    for (let i = from; i < to; i++) {
      const code = codes[i];
      const text = textOf === undefined || code < 0 ? code : textOf[code];
      this.#levels[i - from] = text < 0 ? 0 : 1;
      if (text >= 0) this.#places[count++] = this.#place(text);
    }
    this.#pages.places(rows, count === rows ? undefined : this.#levels, this.#places, count, Math.max(1, this.#size));
  }

  #place(text: number): number {
    const known = this.#placeOf[text] - this.#before;
    if (known >= 0) return known;
    const { bytes, offsets } = this.#source.table;
    const [from, to] = [offsets[text], offsets[text + 1]];
    const length = to - from;
    const out = this.#dictionary.reserve(4 + length);
    let at = this.#dictionary.length;
    for (let b = 0; b < 4; b++) out[at++] = (length >>> (8 * b)) & 0xff;
    for (let b = from; b < to; b++) out[at++] = bytes[b];
    this.#dictionary.length = at;
    this.#placeOf[text] = this.#before + this.#size;
    return this.#size++;
  }

  /** Ends the row group. */
  flush(write: (bytes: Uint8Array) => void, offset: number): WrittenChunk {
    // Pages of missing values alone name a dictionary too: it is empty then.
    const chunk = this.#pages.flush(write, offset, { size: this.#size, bytes: this.#dictionary.view() });
    this.#dictionary.clear();
    this.#before += this.#size;
    this.#size = 0;
    if (this.#before > 2 ** 30) {
      this.#placeOf.fill(-1);
      this.#before = 0;
    }
    return chunk;
  }
}

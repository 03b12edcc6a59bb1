/**
 * Columns of numbers that grow as entities appear: one value a code, 0 (or what is said) until it is set. Growing
 * doubles the room, so a column of n values was copied at most n times in all.
 */
import type { StateReader, StateWriter } from './state-bytes.js';

const FIRST_ROOM = 8;

export type RawArray = Int32Array | Float64Array | Uint8Array;
export type NextArray = () => RawArray;

/** A column whose values can be kept: one code's beside those of other columns, or all at once. */
export interface KeptColumn {
  ensure(size: number): void;
  save(code: number, to: StateWriter): void;
  restore(code: number, from: StateReader): void;
  /** The values of the codes below `size`, as they lie in memory. */
  raw(size: number): readonly RawArray[];
  /** Takes over what `raw` gave: `next` gives the arrays in their order. */
  setRaw(next: NextArray): void;
}

export class IntColumn implements KeptColumn {
  values = new Int32Array(FIRST_ROOM);

  /** Makes room for the codes below `size`; `values` may be another array afterwards. */
  ensure(size: number): void {
    if (size <= this.values.length) return;
    const larger = new Int32Array(roomFor(size, this.values.length));
    larger.set(this.values);
    this.values = larger;
  }

  save(code: number, to: StateWriter): void {
    to.whole(this.values[code]);
  }

  restore(code: number, from: StateReader): void {
    this.values[code] = from.whole();
  }

  raw(size: number): readonly Int32Array[] {
    this.ensure(size);
    return [this.values.subarray(0, size)];
  }

  setRaw(next: NextArray): void {
    const values = next();
    this.ensure(values.length);
    this.values.set(values);
  }
}

export class DoubleColumn implements KeptColumn {
  values: Float64Array;
  readonly #initial: number;

  constructor(initial = 0) {
    this.#initial = initial;
    this.values = new Float64Array(FIRST_ROOM).fill(initial);
  }

  ensure(size: number): void {
    const old = this.values;
    if (size <= old.length) return;
    const larger = new Float64Array(roomFor(size, old.length));
    larger.set(old);
    if (this.#initial !== 0) larger.fill(this.#initial, old.length);
    this.values = larger;
  }

  save(code: number, to: StateWriter): void {
    to.double(this.values[code]);
  }

  restore(code: number, from: StateReader): void {
    this.values[code] = from.double();
  }

  raw(size: number): readonly Float64Array[] {
    this.ensure(size);
    return [this.values.subarray(0, size)];
  }

  setRaw(next: NextArray): void {
    const values = next();
    this.ensure(values.length);
    this.values.set(values);
  }
}

const HALF = 2 ** 32;

/**
 * Exact sums of whole numbers up to 2^63, in any order the same: a sum is `high` × 2^32 + `low`, both whole, low below
 * 2^32, exact for 2^21 times as many summands as anybody has events.
 */
export class SumColumn implements KeptColumn {
  readonly #high = new DoubleColumn();
  readonly #low = new DoubleColumn();

  ensure(size: number): void {
    this.#high.ensure(size);
    this.#low.ensure(size);
  }

  add(code: number, value: number): void {
    const high = Math.floor(value / HALF);
    const low = this.#low.values[code] + (value - high * HALF);
    const carry = low >= HALF ? 1 : 0;
    this.#low.values[code] = low - carry * HALF;
    this.#high.values[code] += high + carry;
  }

  /** The double nearest to the sum. */
  get(code: number): number {
    return this.#high.values[code] * HALF + this.#low.values[code];
  }

  save(code: number, to: StateWriter): void {
    to.whole(this.#high.values[code]);
    to.whole(this.#low.values[code]);
  }

  restore(code: number, from: StateReader): void {
    this.#high.values[code] = from.whole();
    this.#low.values[code] = from.whole();
  }

  raw(size: number): readonly Float64Array[] {
    return [...this.#high.raw(size), ...this.#low.raw(size)];
  }

  setRaw(next: NextArray): void {
    this.#high.setRaw(next);
    this.#low.setRaw(next);
  }
}

function roomFor(size: number, room: number): number {
  let larger = room;
  while (larger < size) larger *= 2;
  return larger;
}

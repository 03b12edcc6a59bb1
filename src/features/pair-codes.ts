/**
 * Codes of pairs of codes: 0, 1, 2, … in the order in which the pairs first appear. An open-addressing hash table over
 * typed arrays, at most half full; it holds pairs alone, what is counted of them lies in columns beside it.
 */
import { IntColumn, type NextArray } from './growing-column.js';

const EMPTY = -1;
const FIRST_SLOTS = 64;

export class PairCodes {
  /** Pairs so far: the next new pair's code. */
  size = 0;
  readonly #first = new IntColumn();
  readonly #second = new IntColumn();
  #slots = new Int32Array(FIRST_SLOTS).fill(EMPTY);

  /** The pair's code, a new one if it was not seen before. Both are 32-bit integers. */
  codeOf(first: number, second: number): number {
    const slot = this.#slotOf(first, second);
    const known = this.#slots[slot];
    if (known !== EMPTY) return known;
    const code = this.size++;
    this.#first.ensure(this.size);
    this.#second.ensure(this.size);
    this.#first.values[code] = first;
    this.#second.values[code] = second;
    this.#slots[slot] = code;
    if (2 * this.size > this.#slots.length) this.#place(2 * this.#slots.length);
    return code;
  }

  /** The pair's code, or −1. */
  find(first: number, second: number): number {
    return this.#slots[this.#slotOf(first, second)];
  }

  firstOf(code: number): number {
    return this.#first.values[code];
  }

  secondOf(code: number): number {
    return this.#second.values[code];
  }

  /** The pairs in the order of their codes. */
  raw(): readonly Int32Array[] {
    return [...this.#first.raw(this.size), ...this.#second.raw(this.size)];
  }

  /** Takes over what `raw` gave, in the place of what there was. */
  setRaw(next: NextArray): void {
    const first = next();
    this.size = first.length;
    this.#first.setRaw(() => first);
    this.#second.setRaw(next);
    let slots = FIRST_SLOTS;
    while (slots < 2 * this.size) slots *= 2;
    this.#place(slots);
  }

  /** Where the pair is, or the empty slot where it would go. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const firsts = this.#first.values;
    const seconds = this.#second.values;
    const mask = slots.length - 1;
    let slot = hash(first, second) & mask;
    for (let code = slots[slot]; code !== EMPTY; code = slots[slot]) {
      if (firsts[code] === first && seconds[code] === second) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #place(size: number): void {
    const slots = new Int32Array(size).fill(EMPTY);
    const mask = slots.length - 1;
    for (let code = 0; code < this.size; code++) {
      let slot = hash(this.#first.values[code], this.#second.values[code]) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = code;
    }
    this.#slots = slots;
  }
}

/** Both multiplied by odd numbers and mixed, so that neighbouring codes do not fall into neighbouring slots. */
function hash(first: number, second: number): number {
  let h = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

/**
 * Codes of pairs of codes: 0, 1, 2, … in the order in which the pairs first appear. An open-addressing hash table over
 * one typed array, at most two thirds full; a slot holds the pair and its code side by side, so that a look-up touches one
 * line of the cache as a rule. What is counted of pairs lies in columns beside it.
 */

/** Words of a slot: the pair, and its code + 1 (0: empty). */
const WIDTH = 3;
const FIRST_SLOTS = 64;

export class PairCodes {
  /** Pairs so far: the next new pair's code. */
  size = 0;
  #slots = new Int32Array(WIDTH * FIRST_SLOTS);
  #mask = FIRST_SLOTS - 1;
  /** The pairs by their codes, as of when somebody last asked. */
  #listed: readonly [Int32Array, Int32Array] = [new Int32Array(0), new Int32Array(0)];

  /** The pair's code, a new one if it was not seen before. Both are 32-bit integers. */
  codeOf(first: number, second: number): number {
    const at = this.#slotOf(first, second);
    const known = this.#slots[at + 2];
    if (known !== 0) return known - 1;
    const slots = this.#slots;
    slots[at] = first;
    slots[at + 1] = second;
    slots[at + 2] = ++this.size;
    if (3 * this.size > 2 * this.#mask) this.#grow(2 * (this.#mask + 1));
    return this.size - 1;
  }

  /** The pair's code, or −1. */
  find(first: number, second: number): number {
    return this.#slots[this.#slotOf(first, second) + 2] - 1;
  }

  /** Costs a pass over all pairs if there are new ones. */
  firstOf(code: number): number {
    return this.raw()[0][code];
  }

  /** The same. */
  secondOf(code: number): number {
    return this.raw()[1][code];
  }

  /** The pairs in the order of their codes. */
  raw(): readonly Int32Array[] {
    if (this.#listed[0].length === this.size) return this.#listed;
    const [firsts, seconds] = [new Int32Array(this.size), new Int32Array(this.size)];
    const slots = this.#slots;
    for (let at = 0; at < slots.length; at += WIDTH) {
      const code = slots[at + 2] - 1;
      if (code < 0) continue;
      firsts[code] = slots[at];
      seconds[code] = slots[at + 1];
    }
    this.#listed = [firsts, seconds];
    return this.#listed;
  }

  /** Takes over what `raw` gave, in the place of what there was. */
  setRaw([firsts, seconds]: readonly Int32Array[]): void {
    let room = FIRST_SLOTS;
    while (3 * firsts.length > 2 * (room - 1)) room *= 2;
    this.#slots = new Int32Array(WIDTH * room);
    this.#mask = room - 1;
    this.#listed = [firsts, seconds];
    this.size = firsts.length;
    for (let code = 0; code < firsts.length; code++)
      this.#slots.set([firsts[code], seconds[code], code + 1], this.#slotOf(firsts[code], seconds[code]));
  }

  /** Where the pair is, or the empty slot where it would go. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash(first, second) & mask;
    while (slots[WIDTH * slot + 2] !== 0) {
      if (slots[WIDTH * slot] === first && slots[WIDTH * slot + 1] === second) break;
      slot = (slot + 1) & mask;
    }
    return WIDTH * slot;
  }

  #grow(room: number): void {
    const old = this.#slots;
    this.#slots = new Int32Array(WIDTH * room);
    this.#mask = room - 1;
    for (let from = 0; from < old.length; from += WIDTH) {
      if (old[from + 2] === 0) continue;
      const at = this.#slotOf(old[from], old[from + 1]);
      for (let word = 0; word < WIDTH; word++) this.#slots[at + word] = old[from + word];
    }
  }
}

/** Both multiplied by odd numbers and mixed, so that neighbouring codes do not fall into neighbouring slots. */
function hash(first: number, second: number): number {
  let h = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

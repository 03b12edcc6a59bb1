/**
 * Draws one of n things by their weights in constant time: the alias method of Walker (1977) with the tables of Vose
 * (1991, "A linear algorithm for generating random numbers with a given distribution"). It knows no product.
 */
import type { Random } from '../base/random.js';

export class WeightedChoice {
  /** Of each column, the share that is its own; the rest is its alias's. */
  readonly #own: Float64Array;
  readonly #alias: Int32Array;

  /** At least one weight; none negative, not all 0. */
  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    let total = 0;
    for (let i = 0; i < count; i++) total += weights[i];
    this.#own = Float64Array.from(weights, (weight) => (weight * count) / total);
    this.#alias = Int32Array.from({ length: count }, (_, i) => i);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < count; i++) (this.#own[i] < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number;
      const more = large[large.length - 1];
      this.#alias[less] = more;
      this.#own[more] -= 1 - this.#own[less];
      if (this.#own[more] < 1) small.push(large.pop() as number);
    }
    // What rounding left over is a full column.
    for (const i of [...small, ...large]) this.#own[i] = 1;
  }

  /** 0 … n − 1. */
  draw(random: Random): number {
    const at = random.next() * this.#own.length;
    const column = Math.floor(at);
    return at - column < this.#own[column] ? column : this.#alias[column];
  }
}

/** Weights of ranks 1 … count: rank^−exponent (Zipf). */
export function zipfWeights(count: number, exponent: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (i + 1) ** -exponent);
}

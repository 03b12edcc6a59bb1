/** Votes of the growing forest added up: mean probability a row, log loss and accuracy over the rows that have a vote. */
import type { LabelledMatrix } from './family.js';

/** Probabilities are kept this far from 0 and 1 before the logarithm. */
const CLIP = 1e-15;

export class VoteSum {
  readonly #sum: Float64Array;
  readonly #votes: Int32Array;
  readonly #label: Float64Array;
  readonly #weight: Float64Array | undefined;

  constructor({ matrix, label, weight }: LabelledMatrix) {
    this.#sum = new Float64Array(matrix.rows);
    this.#votes = new Int32Array(matrix.rows);
    this.#label = label;
    this.#weight = weight;
  }

  /** One tree's vote a row; NaN is no vote. */
  add(votes: Float64Array): void {
    for (let row = 0; row < votes.length; row++) {
      if (Number.isNaN(votes[row])) continue;
      this.#sum[row] += votes[row];
      this.#votes[row]++;
    }
  }

  /** Mean vote a row, NaN where there is none. */
  probability(): Float64Array {
    return this.#sum.map((sum, row) => sum / this.#votes[row]);
  }

  /** Weighted mean log loss; NaN when no row has a vote. */
  logLoss(): number {
    return this.#mean((p, y) => {
      const clipped = Math.min(Math.max(p, CLIP), 1 - CLIP);
      return y === 1 ? -Math.log(clipped) : -Math.log(1 - clipped);
    });
  }

  /** Weighted share of rows on the right side of one half; a tie counts as class 0. */
  accuracy(): number {
    return this.#mean((p, y) => (p > 0.5 === (y === 1) ? 1 : 0));
  }

  #mean(score: (probability: number, label: number) => number): number {
    let total = 0;
    let weight = 0;
    for (let row = 0; row < this.#sum.length; row++) {
      if (this.#votes[row] === 0) continue;
      const w = this.#weight === undefined ? 1 : this.#weight[row];
      total += w * score(this.#sum[row] / this.#votes[row], this.#label[row]);
      weight += w;
    }
    return total / weight;
  }
}

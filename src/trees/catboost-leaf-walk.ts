/**
 * One model's leaf values on their way: Newton or gradient steps, each halved until the loss falls (CatBoost,
 * gradient_walker.h). It has the sums over the rows made by others.
 */

import { log } from '../kernels/plain/exponential.js';
import { ENTRY, type LeafModel, type LeafOrder, type LeafSums } from './catboost-leaf-rows.js';
import type { CatboostSettings } from './catboost-settings.js';

/** Steps below this no longer move a leaf: what is left of them is far below the leaf's sixth digit. */
const STILL = 1e-9;
/** Odds are multiplied by at most e^345 ≈ 10^150. */
const LARGEST_STEP = 345;

export class LeafWalk {
  readonly order: LeafOrder;
  readonly value: Float64Array;
  readonly step: Float64Array;
  scale = 1;
  done = false;
  readonly #settings: CatboostSettings;
  readonly #lambda: number;
  /** Σ w p, Σ w p (1 − p) and Σ w ln(1 + odds) of each leaf at `value`. */
  #p: Float64Array;
  #h: Float64Array;
  #l: Float64Array;
  #loss = Number.POSITIVE_INFINITY;

  constructor(settings: CatboostSettings, { lambda }: LeafModel, order: LeafOrder) {
    const leaves = order.sums.rows.length;
    this.#settings = settings;
    this.#lambda = lambda;
    this.order = order;
    this.value = new Float64Array(leaves);
    this.step = new Float64Array(leaves);
    this.#p = new Float64Array(leaves);
    this.#h = new Float64Array(leaves);
    this.#l = new Float64Array(leaves);
  }

  get sums(): LeafSums {
    return this.order.sums;
  }

  /** Σ w p (1 − p) of each leaf at `value`. */
  get hessian(): Float64Array {
    return this.#h;
  }

  /**
   * Takes the sums at value + scale · step (all leaves when `start`, else those with a step): the step is made, or halved
   * when it did not lower the loss and the walk goes back (AnyImprovement).
   */
  take(table: Float64Array, start: boolean): void {
    const { value, step, scale, sums } = this;
    const { entries } = this.order;
    const p = this.#p.slice();
    const h = this.#h.slice();
    const l = this.#l.slice();
    let loss = 0;
    for (let leaf = 0; leaf < value.length; leaf++) {
      if (start || step[leaf] !== 0) {
        p[leaf] = 0;
        h[leaf] = 0;
        l[leaf] = 0;
        for (let at = entries[leaf] * ENTRY; at < entries[leaf + 1] * ENTRY; at += ENTRY) {
          p[leaf] += table[at + 3];
          h[leaf] += table[at + 4];
          l[leaf] += entryLoss(table, at);
        }
      }
      loss += l[leaf] - (value[leaf] + scale * step[leaf]) * sums.positive[leaf];
    }
    if (!start && this.#settings.backtracking && !(loss < this.#loss)) {
      this.scale /= 2;
      return;
    }
    for (let leaf = 0; leaf < value.length; leaf++) value[leaf] += scale * step[leaf];
    this.#p = p;
    this.#h = h;
    this.#l = l;
    this.#loss = loss;
    this.scale = 1;
    this.#nextStep();
  }

  #nextStep(): void {
    const { sums, value, step } = this;
    let moves = false;
    for (let leaf = 0; leaf < value.length; leaf++) {
      const divisor = (this.#settings.newton ? this.#h[leaf] : sums.weight[leaf]) + this.#lambda;
      const size = sums.weight[leaf] > 0 && divisor > 0 ? (sums.positive[leaf] - this.#p[leaf]) / divisor : 0;
      // The value stays where exp of it is a finite, normal number.
      const target = Math.min(LARGEST_STEP, Math.max(-LARGEST_STEP, value[leaf] + size));
      step[leaf] = Math.abs(size) < STILL ? 0 : target - value[leaf];
      if (step[leaf] !== 0) moves = true;
    }
    this.done = !moves;
  }
}

/** Σ w ln(1 + odds) of an entry of `oddsLeafSums`. */
export function entryLoss(table: Float64Array, at: number): number {
  return log(table[at + 5]) + table[at + 6] * Math.LN2 + table[at + 7];
}

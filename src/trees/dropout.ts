/**
 * DART's dropout of trees (Rashmi and Gilad-Bachrach, AISTATS 2015) as LightGBM does it (dart.hpp): which trees are left
 * out while one grows, and what they and the new one weigh afterwards. Scores are the boosting loop's business.
 */
import { LightgbmRandom } from './lightgbm-random.js';

/** What the boosting loop asks of a family's dropout. */
export interface TreeDropout {
  /** Factor on the values of each tree's leaves. */
  readonly weights: readonly number[];
  /** Factor on the leaves of the trees that grow without those left out. */
  readonly newWeight: number;
  /** The first tree carries the score that boosting starts from, and is weighed with it. */
  readonly carriesIntercept: boolean;
  /** Indices (ascending) of the trees below `trees` that are left out of the next round. */
  drop(trees: number): readonly number[];
  /** Takes the round's trees in and weighs those left out anew; gives each of these with its weight before. */
  settle(): readonly (readonly [index: number, before: number])[];
}

export interface DropoutParameters {
  readonly learningRate: number;
  /** Share of the trees left out. */
  readonly dropRate: number;
  /** Trees left out at most; below 0 is no limit. */
  readonly maxDrop: number;
  /** Probability that nothing is left out. */
  readonly skipDrop: number;
  /** Every tree is as likely to be left out; else in proportion to its weight. */
  readonly uniformDrop: boolean;
  /** The new tree weighs 1 / (k + learning rate) and the k left out k / (k + learning rate); else 1 and k over k + 1. */
  readonly xgboostMode: boolean;
}

export class Dropout implements TreeDropout {
  readonly carriesIntercept = true;
  /** The learning rate has shrunk the leaves already. */
  readonly weights: number[] = [];
  readonly #to: DropoutParameters;
  readonly #random: LightgbmRandom;
  /** What a tree's chance to be left out is in proportion to. */
  readonly #chances: number[] = [];
  #sum = 0;
  #dropped: readonly number[] = [];

  constructor(to: DropoutParameters, seed: number) {
    this.#to = to;
    this.#random = new LightgbmRandom(seed);
  }

  /** Indices (ascending) of the trees below `tree` that are left out while it grows. */
  drop(tree: number): readonly number[] {
    const { dropRate, maxDrop, skipDrop, uniformDrop } = this.#to;
    const random = this.#random;
    const dropped: number[] = [];
    this.#dropped = dropped;
    if (random.next() < skipDrop || tree === 0) return dropped;
    const inverseMean = uniformDrop ? 1 : tree / this.#sum;
    const most = uniformDrop ? maxDrop / tree : (maxDrop * inverseMean) / this.#sum;
    const rate = maxDrop > 0 ? Math.min(dropRate, most) : dropRate;
    for (let index = 0; index < tree; index++) {
      const chance = uniformDrop ? rate : rate * this.#chances[index] * inverseMean;
      if (random.next() >= chance) continue;
      dropped.push(index);
      if (maxDrop >= 0 && dropped.length >= maxDrop) break;
    }
    return dropped;
  }

  /** Factor on the leaves of the tree that grows without those left out. */
  get newWeight(): number {
    const k = this.#dropped.length;
    if (k === 0) return 1;
    return 1 / (k + this.#share);
  }

  /** Takes the new tree in and weighs those left out anew; gives each of these with its weight before. */
  settle(): (readonly [index: number, before: number])[] {
    const k = this.#dropped.length;
    this.weights.push(this.newWeight);
    const settled = this.#dropped.map((index) => {
      const before = this.weights[index];
      this.weights[index] = (before * k) / (k + this.#share);
      this.#sum -= this.#chances[index] / (k + this.#share);
      this.#chances[index] *= k / (k + this.#share);
      return [index, before] as const;
    });
    const chance = this.#to.learningRate * this.newWeight;
    this.#chances.push(chance);
    this.#sum += chance;
    return settled;
  }

  get #share(): number {
    return this.#to.xgboostMode ? this.#to.learningRate : 1;
  }
}

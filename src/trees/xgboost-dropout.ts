/**
 * DART (Rashmi and Gilad-Bachrach, AISTATS 2015) as XGBoost does it (src/gbm/gbtree.cc, Dart): which trees are left out of a
 * round and what trees weigh after it, in single precision and with the original's draws. Scores are the boosting loop's.
 */
import type { TreeDropout } from './dropout.js';
import type { MersenneTwister } from './mersenne-twister.js';

const f32 = Math.fround;

export interface XgboostDropoutParameters {
  /** All float32. The learning rate is that of one of the round's trees. */
  readonly learningRate: number;
  readonly rateDrop: number;
  readonly skipDrop: number;
  /** At least one tree is left out. */
  readonly oneDrop: boolean;
  /** A tree's chance to be left out is in proportion to its weight. */
  readonly weighted: boolean;
  /** The trees left out count as one: they and the new one weigh 1 / (1 + learning rate); else by their number. */
  readonly asForest: boolean;
  readonly treesPerRound: number;
}

export class XgboostDropout implements TreeDropout {
  readonly carriesIntercept = false;
  readonly weights: number[] = [];
  readonly #to: XgboostDropoutParameters;
  readonly #random: MersenneTwister;
  #dropped: readonly number[] = [];

  constructor(to: XgboostDropoutParameters, random: MersenneTwister) {
    this.#to = to;
    this.#random = random;
  }

  drop(trees: number): readonly number[] {
    const { skipDrop, oneDrop } = this.#to;
    this.#dropped = [];
    if (skipDrop > 0 && this.#random.nextDouble() < skipDrop) return this.#dropped;
    const sum = this.weights.reduce((total, weight) => f32(total + weight), 0);
    const dropped = this.weights.flatMap((weight, tree) =>
      this.#random.nextDouble() < this.#chance(weight, sum) ? [tree] : [],
    );
    if (oneDrop && dropped.length === 0 && trees > 0) dropped.push(this.#drawOne());
    this.#dropped = dropped;
    return dropped;
  }

  get newWeight(): number {
    const k = this.#dropped.length;
    if (k === 0) return 1;
    const { asForest, learningRate } = this.#to;
    return asForest ? f32(1 / (1 + learningRate)) : f32(1 / f32(k + learningRate));
  }

  settle(): readonly (readonly [index: number, before: number])[] {
    const k = this.#dropped.length;
    const { asForest, learningRate, treesPerRound } = this.#to;
    const factor = asForest ? this.newWeight : f32(k / f32(k + learningRate));
    for (let i = 0; i < treesPerRound; i++) this.weights.push(this.newWeight);
    return this.#dropped.map((tree) => {
      const before = this.weights[tree];
      this.weights[tree] = f32(before * factor);
      return [tree, before] as const;
    });
  }

  #chance(weight: number, sum: number): number {
    const { weighted, rateDrop } = this.#to;
    return weighted ? f32(f32(f32(rateDrop * this.weights.length) * weight) / sum) : rateDrop;
  }

  /** std::uniform_int_distribution, or std::discrete_distribution over the weights, which draws nothing for one tree. */
  #drawOne(): number {
    const count = this.weights.length;
    if (!this.#to.weighted) return this.#random.below(count);
    if (count < 2) return 0;
    let sum = 0;
    for (const weight of this.weights) sum += weight;
    const draw = this.#random.nextDouble();
    let reached = 0;
    for (let tree = 0; tree < count - 1; tree++) {
      reached += this.weights[tree] / sum;
      if (reached >= draw) return tree;
    }
    return count - 1;
  }
}

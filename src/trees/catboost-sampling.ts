/**
 * The rows and weights that a tree's splits are chosen on: gradients of the model so far, the bootstrap, and the sampled
 * rows with fixed-point statistics. It grows no tree.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostSettings } from './catboost-settings.js';
import { chunks } from './catboost-target-statistics.js';

/** Rows of a block of the bootstrap, each with a generator and an MVS threshold of its own, as in the original. */
const BLOCK = 8192;

export interface Sample {
  /** Rows listed at `rows` (u32) with statistics at `stats` (two i32: gradient, weight). */
  readonly count: number;
  /** What one unit of the fixed-point numbers is worth. */
  readonly unitGradient: number;
  readonly unitWeight: number;
  /** √(Σ g² / rows) over all training rows, before sampling. */
  readonly deviation: number;
}

export class Sampler {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #labels: number;
  readonly #weights: number;
  readonly #blocks: [number, number][];
  readonly #trainRows: number;
  readonly #gradients: number;
  readonly #samples: number;
  readonly #scratch: number;
  readonly #states: number;
  readonly #sums: number;
  /** The sampled rows in their order; then two more lists, which the partition of a tree goes to and fro between. */
  readonly rows: readonly [number, number, number];
  readonly stats: readonly [number, number, number];

  /** `weights` is 0 when every row weighs 1. */
  constructor(pool: KernelPool, settings: CatboostSettings, trainRows: number, labels: number, weights: number) {
    this.#pool = pool;
    this.#settings = settings;
    this.#labels = labels;
    this.#weights = weights;
    this.#trainRows = trainRows;
    this.#blocks = chunks(trainRows, BLOCK);
    const { memory } = pool;
    this.#gradients = memory.alloc(trainRows * 8);
    this.#samples = memory.alloc(trainRows * 8);
    this.#scratch = memory.alloc(trainRows * 8);
    this.#states = memory.alloc(this.#blocks.length * 16);
    this.#sums = memory.alloc(this.#blocks.length * 32);
    this.rows = [memory.alloc(trainRows * 4), memory.alloc(trainRows * 4), memory.alloc(trainRows * 4)];
    this.stats = [memory.alloc(trainRows * 8), memory.alloc(trainRows * 8), memory.alloc(trainRows * 8)];
  }

  /** Samples for the next tree; `meanLeaf` is the mean |leaf| of the tree before, undefined for the first. */
  draw(odds: number, random: Random, meanLeaf: number | undefined): Sample {
    const n = this.#trainRows;
    const gradient = this.#gradientSums(odds);
    const deviation = Math.sqrt(gradient.squares / n);
    const sampled = this.#weigh(random, (meanLeaf ?? gradient.sizes / n) ** 2);
    // With no row left (all gradients 0) every row counts.
    const whole = sampled === undefined || sampled.count === 0;
    const mostG = whole ? gradient.most : sampled.mostG;
    const mostW = whole ? gradient.heaviest : sampled.mostW;
    const count = whole ? n : sampled.count;
    const scaleG = rowScale(mostG);
    const scaleW = rowScale(mostW);
    this.#list(whole ? undefined : sampled.kept, scaleG, scaleW);
    return { count, unitGradient: 1 / scaleG, unitWeight: 1 / scaleW, deviation };
  }

  #gradientSums(odds: number): { squares: number; sizes: number; most: number; heaviest: number } {
    this.#pool.run(
      'oddsGradients',
      this.#blocks.map(([from, to], b) => [
        odds,
        this.#labels,
        this.#weights,
        from,
        to,
        this.#gradients,
        this.#sums + b * 32,
      ]),
    );
    const sums = this.#pool.memory.f64(this.#sums, this.#blocks.length * 4);
    const total = { squares: 0, sizes: 0, most: 0, heaviest: 0 };
    for (let at = 0; at < sums.length; at += 4) {
      total.squares += sums[at];
      total.sizes += sums[at + 1];
      total.most = Math.max(total.most, sums[at + 2]);
      total.heaviest = Math.max(total.heaviest, sums[at + 3]);
    }
    return total;
  }

  /** Sample weights of all rows; undefined when all are 1. */
  #weigh(
    random: Random,
    automaticLambda: number,
  ): { count: number; kept: number[]; mostG: number; mostW: number } | undefined {
    const { bootstrap, subsample, baggingTemperature, mvsReg } = this.#settings;
    if (bootstrap === 'No' || ((bootstrap === 'MVS' || bootstrap === 'Bernoulli') && subsample === 1)) return undefined;
    if (bootstrap === 'Bayesian' && baggingTemperature === 0) return undefined;
    const states = this.#pool.memory.u32(this.#states, this.#blocks.length * 4);
    for (let i = 0; i < states.length; i++) states[i] = random.nextUint32() | (i % 4 === 0 ? 1 : 0);
    const gradients = this.#gradients;
    const weights = this.#weights;
    if (bootstrap === 'MVS') {
      const lambda = mvsReg ?? automaticLambda;
      this.#pool.run(
        'mvsWeights',
        this.#blocks.map(([from, to], b) => [
          gradients,
          weights,
          from,
          to,
          lambda,
          subsample,
          this.#states + b * 16,
          this.#scratch + from * 8,
          this.#samples,
          this.#sums + b * 32,
        ]),
      );
    } else {
      const temperature = bootstrap === 'Bayesian' ? baggingTemperature : -1;
      this.#pool.run(
        'randomWeights',
        this.#blocks.map(([from, to], b) => [
          gradients,
          weights,
          from,
          to,
          subsample,
          temperature,
          this.#states + b * 16,
          this.#samples,
          this.#sums + b * 32,
        ]),
      );
    }
    const sums = this.#pool.memory.f64(this.#sums, this.#blocks.length * 4);
    const kept = this.#blocks.map((_, b) => sums[b * 4]);
    const largest = (offset: number) => this.#blocks.reduce((most, _, b) => Math.max(most, sums[b * 4 + offset]), 0);
    return { count: kept.reduce((a, b) => a + b, 0), kept, mostG: largest(1), mostW: largest(2) };
  }

  #list(kept: readonly number[] | undefined, scaleG: number, scaleW: number): void {
    let first = 0;
    const samples = kept === undefined ? 0 : this.#samples;
    this.#pool.run(
      'sampleRows',
      this.#blocks.map(([from, to], b) => {
        const place = first;
        first += kept?.[b] ?? to - from;
        return [this.#gradients, this.#weights, samples, from, to, scaleG, scaleW, place, this.rows[0], this.stats[0]];
      }),
    );
  }
}

/**
 * The power of two that brings numbers of at most `most` into 31 bits; sums of 2^32 of them fit into 63. A row's rounding
 * of 2^−31 of the largest is far below what sampling or the original's sums of doubles leave of a split's score.
 */
function rowScale(most: number): number {
  return most > 0 ? 2 ** Math.min(1000, 30 - Math.ceil(Math.log2(most))) : 1;
}

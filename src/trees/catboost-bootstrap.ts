/**
 * Weights of the rows for the choice of one tree's splits: MVS, Bayesian and Bernoulli bootstrap (CatBoost, mvs.cpp and
 * tensor_search_helpers.cpp). Rows are numbered as their gradients are; it lists none.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostSettings } from './catboost-settings.js';
import { chunks } from './row-chunks.js';

/** Rows of a block of the bootstrap, each with a generator and an MVS threshold of its own, as in the original. */
export const BOOTSTRAP_BLOCK = 8192;

export interface SampleWeights {
  /** Address of a double a row. */
  readonly address: number;
  /** Rows with a weight above 0, of each block. */
  readonly kept: readonly number[];
  /** Largest |gradient · weight| and largest row weight · weight. */
  readonly mostG: number;
  readonly mostW: number;
}

export class Bootstrap {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #blocks: [number, number][];
  readonly #samples: number;
  readonly #scratch: number;
  readonly #states: number;
  readonly #sums: number;
  /** MVS: the threshold of each block of the tree before (f64). */
  readonly #thresholds: number;

  constructor(pool: KernelPool, settings: CatboostSettings, rows: number) {
    this.#pool = pool;
    this.#settings = settings;
    this.#blocks = chunks(rows, BOOTSTRAP_BLOCK);
    const { memory } = pool;
    this.#samples = memory.alloc(rows * 8);
    this.#scratch = memory.alloc(rows * 8);
    this.#states = memory.alloc(this.#blocks.length * 16);
    this.#sums = memory.alloc(this.#blocks.length * 32);
    this.#thresholds = memory.alloc(this.#blocks.length * 8);
    memory.f64(this.#thresholds, this.#blocks.length).fill(0);
  }

  /**
   * Sample weights for rows of these gradients and weights (0: all ones); `meanSize` is what MVS is regularised with, the
   * mean leaf or gradient. Undefined when all weights are 1, or none of them is above 0 (all gradients are 0).
   */
  draw(random: Random, gradients: number, weights: number, meanSize: number): SampleWeights | undefined {
    const { bootstrap, subsample, baggingTemperature, mvsReg } = this.#settings;
    if (bootstrap === 'No' || ((bootstrap === 'MVS' || bootstrap === 'Bernoulli') && subsample === 1)) return undefined;
    if (bootstrap === 'Bayesian' && baggingTemperature === 0) return undefined;
    const states = this.#pool.memory.u32(this.#states, this.#blocks.length * 4);
    for (let i = 0; i < states.length; i++) states[i] = random.nextUint32() | (i % 4 === 0 ? 1 : 0);
    const [samples, sums] = [this.#samples, this.#sums];
    if (bootstrap === 'MVS') {
      const lambda = mvsReg ?? meanSize ** 2;
      this.#pool.run(
        'mvsWeights',
        this.#blocks.map(([from, to], b) => {
          const [state, scratch] = [this.#states + b * 16, this.#scratch + from * 8];
          const threshold = this.#thresholds + b * 8;
          return [gradients, weights, from, to, lambda, subsample, state, scratch, threshold, samples, sums + b * 32];
        }),
      );
    } else {
      const temperature = bootstrap === 'Bayesian' ? baggingTemperature : -1;
      this.#pool.run(
        'randomWeights',
        this.#blocks.map(([from, to], b) => {
          const state = this.#states + b * 16;
          return [gradients, weights, from, to, subsample, temperature, state, samples, sums + b * 32];
        }),
      );
    }
    const found = this.#pool.memory.f64(sums, this.#blocks.length * 4);
    const kept = this.#blocks.map((_, b) => found[b * 4]);
    if (kept.every((rows) => rows === 0)) return undefined;
    const largest = (offset: number) => this.#blocks.reduce((most, _, b) => Math.max(most, found[b * 4 + offset]), 0);
    return { address: samples, kept, mostG: largest(1), mostW: largest(2) };
  }
}

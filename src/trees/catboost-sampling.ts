/**
 * The rows that a tree's splits are chosen on, with fixed-point statistics: plain boosting's one segment of sampled rows.
 * It grows no tree. Ordered boosting's segments are in `catboost-ordered-sampling.ts`.
 */
import type { Random } from '../base/random.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { BOOTSTRAP_BLOCK, Bootstrap, type SampleWeights } from './catboost-bootstrap.js';
import { Gradients } from './catboost-gradients.js';
import type { CatboostSettings } from './catboost-settings.js';
import { chunks } from './row-chunks.js';
import type { TrainingRows } from './training-rows.js';

export interface Sample {
  /** Rows listed in all segments. */
  readonly count: number;
  /** Ends of the segments in the lists, ascending; the first begins at 0. Ordered boosting has a body and a tail a model. */
  readonly ends: readonly number[];
  /** What one unit of the fixed-point numbers is worth. */
  readonly unitGradient: number;
  readonly unitWeight: number;
  /** λ of the scores; in ordered boosting the address of a λ (f64) a model. */
  readonly lambda: number;
  /** √(mean g²) over the rows that are judged by, before sampling. */
  readonly deviation: number;
}

/** Rows (u32) and their statistics (two i32: gradient, weight), thrice: as sampled, then two lists to partition to and fro. */
export interface SampleLists {
  readonly rows: readonly [number, number, number];
  readonly stats: readonly [number, number, number];
}

export function sampleLists(memory: KernelMemory, rows: number): SampleLists {
  return {
    rows: [memory.alloc(rows * 4), memory.alloc(rows * 4), memory.alloc(rows * 4)],
    stats: [memory.alloc(rows * 8), memory.alloc(rows * 8), memory.alloc(rows * 8)],
  };
}

export class Sampler {
  readonly #pool: KernelPool;
  readonly #rows: TrainingRows;
  readonly #lambda: number;
  readonly #gradients: number;
  readonly #makeGradients: Gradients;
  readonly #bootstrap: Bootstrap;
  readonly lists: SampleLists;

  constructor(pool: KernelPool, settings: CatboostSettings, rows: TrainingRows, lambda: number) {
    this.#pool = pool;
    this.#rows = rows;
    this.#lambda = lambda;
    this.#gradients = pool.memory.alloc(rows.count * 8);
    this.#makeGradients = new Gradients(pool, rows.count);
    this.#bootstrap = new Bootstrap(pool, settings, rows.count);
    this.lists = sampleLists(pool.memory, rows.count);
  }

  /** Samples for the next tree; `meanLeaf` is the mean |leaf| of the tree before, undefined for the first. */
  draw(odds: number, random: Random, meanLeaf: number | undefined): Sample {
    const { count: n, labels, weights: rowWeights } = this.#rows;
    const gradient = this.#makeGradients.fill(odds, labels, rowWeights, 0, n, this.#gradients);
    const weights = this.#bootstrap.draw(random, this.#gradients, rowWeights, meanLeaf ?? gradient.sizes / n);
    const scaleG = rowScale(weights?.mostG ?? gradient.most);
    const scaleW = rowScale(weights?.mostW ?? gradient.heaviest);
    const count = this.#list(weights, scaleG, scaleW);
    const deviation = Math.sqrt(gradient.squares / n);
    const lambda = this.#lambda;
    return { count, ends: [count], unitGradient: 1 / scaleG, unitWeight: 1 / scaleW, lambda, deviation };
  }

  #list(weights: SampleWeights | undefined, scaleG: number, scaleW: number): number {
    let first = 0;
    const { rows, stats } = this.lists;
    const calls = chunks(this.#rows.count, BOOTSTRAP_BLOCK).map(([from, to], b) => {
      const place = first;
      const kept = weights?.kept[b] ?? to - from;
      first += kept;
      const samples = weights?.address ?? 0;
      const sources = [this.#gradients, this.#rows.weights, samples, 0];
      return [...sources, from, to, scaleG, scaleW, place, kept, rows[0], stats[0]];
    });
    this.#pool.run('sampleRows', calls);
    return first;
  }
}

/**
 * The power of two that brings numbers of at most `most` into 31 bits; sums of 2^32 of them fit into 63. A row's rounding
 * of 2^−31 of the largest is far below what sampling or the original's sums of doubles leave of a split's score.
 */
export function rowScale(most: number): number {
  return most > 0 ? 2 ** Math.min(1000, 30 - Math.ceil(Math.log2(most))) : 1;
}

/** Gradients of the log loss at a model's odds, and their sums. It samples nothing. */
import type { KernelPool } from '../kernels/pool.js';
import { chunks } from './row-chunks.js';

/** Rows of one task. */
const CHUNK = 8192;

export interface GradientSums {
  /** Σ g² and Σ |g|. */
  readonly squares: number;
  readonly sizes: number;
  /** Largest |g| and largest weight. */
  readonly most: number;
  readonly heaviest: number;
}

export class Gradients {
  readonly #pool: KernelPool;
  readonly #sums: number;

  constructor(pool: KernelPool, rows: number) {
    this.#pool = pool;
    this.#sums = pool.memory.alloc((Math.ceil(rows / CHUNK) + 1) * 32);
  }

  /** Writes (label − p) · weight of the rows from … to − 1 to `out` (f64); `weights` 0: all ones. */
  fill(odds: number, labels: number, weights: number, from: number, to: number, out: number): GradientSums {
    const parts = chunks(to - from, CHUNK);
    this.#pool.run(
      'oddsGradients',
      parts.map(([a, b], i) => [odds, labels, weights, from + a, from + b, out, this.#sums + i * 32]),
    );
    const sums = this.#pool.memory.f64(this.#sums, parts.length * 4);
    const total = { squares: 0, sizes: 0, most: 0, heaviest: 0 };
    for (let at = 0; at < sums.length; at += 4) {
      total.squares += sums[at];
      total.sizes += sums[at + 1];
      total.most = Math.max(total.most, sums[at + 2]);
      total.heaviest = Math.max(total.heaviest, sums[at + 3]);
    }
    return total;
  }
}

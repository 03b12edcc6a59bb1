/**
 * XGBoost's sampling of rows (src/tree/hist/sampler.cc), the same rows as the original draws: each with one probability, or
 * by the size of its gradient with the gradients of those drawn multiplied up (minimal variance sampling, Ibragimov and
 * Gusev, NeurIPS 2019). Growing a tree on them is the boosting loop's.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { RowGradients } from './boost.js';
import type { MersenneTwister } from './mersenne-twister.js';

const f32 = Math.fround;
/** Rows of one task. */
const CHUNK = 65536;

export interface RowSampling {
  readonly share: number;
  readonly byGradient: boolean;
  readonly treesPerRound: number;
}

/** The rows of one tree after the other. */
export class RowSampler {
  readonly #pool: KernelPool;
  readonly #to: RowSampling;
  readonly #random: MersenneTwister;
  /** The round's gradients before a tree's sample multiplied some. */
  #kept: Float32Array | undefined;

  constructor(pool: KernelPool, to: RowSampling, random: MersenneTwister) {
    this.#pool = pool;
    this.#to = to;
    this.#random = random;
  }

  /**
   * What the gradients of the drawn rows may sum to at most, as a factor on the weight of all rows: a row of size s is kept
   * with probability s / u and then worth u; u is at most Σs / drawn rows, s at most 1.05 weights, and h at most s / √0.1.
   */
  largestFactor(rows: number): number {
    return this.#to.byGradient ? Math.max(1, (3.4 * rows) / Math.max(1, this.#wanted(rows))) : 1;
  }

  /** Rows (ascending) of tree `tree`; undefined: all. `gradients` lie in the pool's memory, and may be multiplied. */
  sample(tree: number, gradients: RowGradients): Uint32Array | undefined {
    const { treesPerRound, byGradient } = this.#to;
    const { rows, entries } = gradients;
    if (this.#wanted(rows) >= rows) return undefined;
    if (byGradient && treesPerRound > 1) {
      if (tree % treesPerRound === 0) this.#kept = entries.slice();
      else entries.set(this.#kept!);
    }
    const { memory } = this.#pool;
    const mark = memory.mark();
    try {
      const [out, result] = [memory.alloc(rows * 4), memory.alloc(4)];
      if (byGradient) this.#drawBySize(rows, entries.byteOffset, out, result);
      else this.#pool.kernels.drawRows(rows, this.#random.nextUint32(), f32(this.#to.share), out, result);
      return memory.u32(out, memory.i32(result, 1)[0]).slice();
    } finally {
      memory.release(mark);
    }
  }

  /** Draws for a tree that is not grown. */
  skip(rows: number): void {
    if (this.#wanted(rows) < rows) this.#random.nextUint32();
  }

  /** Rows that are drawn on average. */
  #wanted(rows: number): number {
    return Math.trunc(f32(f32(rows) * f32(this.#to.share)));
  }

  #drawBySize(rows: number, gradients: number, out: number, result: number): void {
    const { memory, kernels } = this.#pool;
    const sizes = memory.alloc(rows * 4);
    const calls: number[][] = [];
    for (let first = 0; first < rows; first += CHUNK)
      calls.push([gradients, first, Math.min(CHUNK, rows - first), sizes]);
    this.#pool.run('gradientSizes', calls);
    const wanted = this.#wanted(rows);
    let threshold = f32(3.4028234663852886e38);
    if (wanted > 0) {
      kernels.sizeThreshold(sizes, rows, wanted, memory.alloc(rows * 8 + 24_576), result);
      threshold = Math.max(memory.f32(result, 1)[0], f32(1e-6));
    }
    kernels.drawRowsBySize(sizes, rows, threshold, this.#random.nextUint32(), gradients, out, result);
  }
}

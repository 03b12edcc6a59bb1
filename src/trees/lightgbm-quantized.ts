/**
 * LightGBM's quantized training (Shi et al., NeurIPS 2022; gradient_discretizer.cpp): gradients as a few whole numbers,
 * leaves renewed from the gradients before. The whole numbers go two bytes a row to where histograms of them are made.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState, GradientUnits, RowGradients } from './boost.js';
import { type GrownTree, leavesOf } from './grown-tree.js';
import { type LeafRegularization, leafOutput } from './lightgbm-gain.js';
import { MersenneTwister } from './mersenne-twister.js';
import { chunks } from './row-chunks.js';

export interface QuantizedParameters {
  /** num_grad_quant_bins: g is one of −bins/2 … bins/2, h one of 0 … bins. */
  readonly bins: number;
  readonly stochasticRounding: boolean;
  readonly renewLeaf: boolean;
}

/** Rows of one task. */
const CHUNK = 65536;

export class GradientQuantizer {
  readonly #pool: KernelPool;
  readonly #to: QuantizedParameters;
  readonly #seed: number;
  readonly #copiesSample: boolean;
  readonly #starts: MersenneTwister;
  /** Trees whose start has been drawn. */
  #trees = 0;
  /** Byte offset of two doubles a row; 0 where they are not drawn. */
  #roundings = 0;
  /** Byte offset of the gradients before quantization. */
  #exact = 0;

  /**
   * `seed` is LightGBM's `seed`. `copiesSample`: the original copies the rows of a sample and numbers them anew. The first
   * call of `quantize` takes 16 bytes a row from the pool's stack where rounding is random.
   */
  constructor(pool: KernelPool, to: QuantizedParameters, seed: number, copiesSample: boolean) {
    this.#pool = pool;
    this.#to = to;
    this.#seed = seed;
    this.#copiesSample = copiesSample;
    this.#starts = new MersenneTwister(seed);
  }

  /** The largest h of a row. */
  get largest(): number {
    return this.#to.bins;
  }

  /**
   * Writes the gradients, which lie in the pool's memory, as whole numbers to `packed`, 2 bytes a row; `sample` are the rows
   * (ascending) of tree `tree`, undefined for all.
   */
  quantize(
    tree: number,
    { rows, entries }: RowGradients,
    sample: Uint32Array | undefined,
    packed: number,
  ): GradientUnits {
    const { memory } = this.#pool;
    if (this.#exact === 0) this.#takeRoundings(rows);
    this.#exact = entries.byteOffset;
    const start = this.#startOf(tree, rows);
    const mark = memory.mark();
    try {
      const only = this.#copiesSample ? sample : undefined;
      const count = only?.length ?? rows;
      const list = only === undefined ? 0 : memory.alloc(count * 4);
      if (only !== undefined) memory.u32(list, count).set(only);
      const { bins } = this.#to;
      const { g, h } = this.#largest(list, count);
      const unitG = g > 0 ? g / Math.trunc(bins / 2) : 1;
      const unitH = h > 0 ? h / bins : 1;
      const calls = chunks(count, CHUNK).map(([from, to]) => [
        ...[packed, this.#exact, list, from, to - from],
        ...[this.#roundings, start % count, count, 1 / unitG, 1 / unitH],
      ]);
      this.#pool.run('quantizeGradients', calls);
      return { unitG, unitH };
    } finally {
      memory.release(mark);
    }
  }

  /** Two numbers in [0, 1) a row are drawn once: each tree reads them from another start. */
  #takeRoundings(rows: number): void {
    const { memory } = this.#pool;
    if (!this.#to.stochasticRounding) return;
    this.#roundings = memory.alloc(rows * 16);
    const [forG, forH] = [new MersenneTwister(this.#seed), new MersenneTwister(this.#seed + 1)];
    const drawn = memory.f64(this.#roundings, rows * 2);
    for (let i = 0; i < drawn.length; i += 2) {
      drawn[i] = forG.nextDouble();
      drawn[i + 1] = forH.nextDouble();
    }
  }

  /** Largest |g| and h of the listed rows, or of all (`list` 0). */
  #largest(list: number, count: number): { g: number; h: number } {
    const { memory } = this.#pool;
    const parts = chunks(count, CHUNK);
    const results = memory.alloc(parts.length * 16);
    const calls = parts.map(([from, to], i) => [this.#exact, list, from, to - from, results + i * 16]);
    this.#pool.run('largestGradients', calls);
    let [g, h] = [0, 0];
    const found = memory.f64(results, calls.length * 2);
    for (let i = 0; i < found.length; i += 2) {
      g = Math.max(g, found[i]);
      h = Math.max(h, found[i + 1]);
    }
    return { g, h };
  }

  /** Where tree `tree` begins to read the roundings; draws those of the trees before it too. */
  #startOf(tree: number, rows: number): number {
    let start = 0;
    for (; this.#trees <= tree; this.#trees++) start = this.#starts.belowByProduct(rows + 1);
    return start;
  }

  /** Gives the leaves the outputs of the exact gradients of their rows, if quant_train_renew_leaf says so. */
  renew(tree: GrownTree, { partition }: BoostingState, regularization: LeafRegularization): void {
    if (!this.#to.renewLeaf) return;
    const { memory } = this.#pool;
    const plain = { l1: regularization.l1, l2: regularization.l2, maxDelta: regularization.maxDelta, smooth: 0 };
    const leaves = leavesOf(tree);
    const mark = memory.mark();
    const results = memory.alloc(leaves.length * 16);
    const calls = leaves.map(({ start, count }, i) => [
      this.#exact,
      partition.together(start, count),
      count,
      results + i * 16,
    ]);
    this.#pool.run('sumOfGradients', calls);
    const sums = memory.f64(results, leaves.length * 2);
    leaves.forEach((leaf, i) => {
      leaf.value = leafOutput(sums[i * 2], sums[i * 2 + 1], leaf.count, plain, 0);
    });
    memory.release(mark);
  }
}

/**
 * LightGBM's quantized training (Shi et al., NeurIPS 2022; gradient_discretizer.cpp): gradients as a few whole numbers,
 * leaves renewed from the gradients before. It is there for its effect on the trees; histograms take the same time.
 */
import type { BoostingState, GradientUnits, RowGradients } from './boost.js';
import { type GrownTree, leavesOf } from './grown-tree.js';
import { type LeafRegularization, leafOutput } from './lightgbm-gain.js';
import { MersenneTwister } from './mersenne-twister.js';

export interface QuantizedParameters {
  /** num_grad_quant_bins: g is one of −bins/2 … bins/2, h one of 0 … bins. */
  readonly bins: number;
  readonly stochasticRounding: boolean;
  readonly renewLeaf: boolean;
}

export class GradientQuantizer {
  readonly #to: QuantizedParameters;
  readonly #seed: number;
  readonly #copiesSample: boolean;
  readonly #starts: MersenneTwister;
  /** Trees whose start has been drawn. */
  #trees = 0;
  #roundings: Float64Array | undefined;
  /** Gradients before quantization: g, h a row. */
  #exact = new Float32Array();

  /** `seed` is LightGBM's `seed`. `copiesSample`: the original copies the rows of a sample and numbers them anew. */
  constructor(to: QuantizedParameters, seed: number, copiesSample: boolean) {
    this.#to = to;
    this.#seed = seed;
    this.#copiesSample = copiesSample;
    this.#starts = new MersenneTwister(seed);
  }

  /** Replaces the gradients by whole numbers; `sample` are the rows (ascending) of tree `tree`, undefined for all. */
  quantize(tree: number, { rows, entries }: RowGradients, sample: Uint32Array | undefined): GradientUnits {
    const { bins, stochasticRounding } = this.#to;
    if (this.#exact.length !== rows * 2) this.#exact = new Float32Array(rows * 2);
    const exact = this.#exact;
    exact.set(entries);
    const only = this.#copiesSample ? sample : undefined;
    const { g, h } = largest(exact, rows, only);
    const unitG = g > 0 ? g / Math.trunc(bins / 2) : 1;
    const unitH = h > 0 ? h / bins : 1;
    const [inverseG, inverseH] = [1 / unitG, 1 / unitH];
    const count = only?.length ?? rows;
    const roundings = stochasticRounding ? this.#drawRoundings(rows) : undefined;
    const start = this.#startOf(tree, rows);
    for (let i = 0; i < count; i++) {
      const row = only === undefined ? i : only[i];
      const at = ((i + start) % count) * 2;
      const forG = roundings === undefined ? 0.5 : roundings[at];
      const forH = roundings === undefined ? 0.5 : roundings[at + 1];
      const scaled = exact[row * 2] * inverseG;
      entries[row * 2] = Math.trunc(scaled >= 0 ? scaled + forG : scaled - forG);
      entries[row * 2 + 1] = Math.trunc(exact[row * 2 + 1] * inverseH + forH);
    }
    return { unitG, unitH };
  }

  /** Where tree `tree` begins to read the roundings; draws those of the trees before it too. */
  #startOf(tree: number, rows: number): number {
    let start = 0;
    for (; this.#trees <= tree; this.#trees++) start = this.#starts.belowByProduct(rows + 1);
    return start;
  }

  /** Two numbers in [0, 1) a row, drawn once: each tree reads them from another start. */
  #drawRoundings(rows: number): Float64Array {
    if (this.#roundings !== undefined) return this.#roundings;
    const [forG, forH] = [new MersenneTwister(this.#seed), new MersenneTwister(this.#seed + 1)];
    this.#roundings = new Float64Array(rows * 2);
    for (let i = 0; i < this.#roundings.length; i += 2) {
      this.#roundings[i] = forG.nextDouble();
      this.#roundings[i + 1] = forH.nextDouble();
    }
    return this.#roundings;
  }

  /** Gives the leaves the outputs of the exact gradients of their rows, if quant_train_renew_leaf says so. */
  renew(tree: GrownTree, { partition }: BoostingState, rowsOf: RowsOf, regularization: LeafRegularization): void {
    if (!this.#to.renewLeaf) return;
    const plain = { l1: regularization.l1, l2: regularization.l2, maxDelta: regularization.maxDelta, smooth: 0 };
    for (const leaf of leavesOf(tree)) {
      let [g, h] = [0, 0];
      for (const row of rowsOf(partition.address + leaf.start * 4, leaf.count)) {
        g += this.#exact[row * 2];
        h += this.#exact[row * 2 + 1];
      }
      leaf.value = leafOutput(g, h, leaf.count, plain, 0);
    }
  }
}

/** The row numbers at an address of the kernels' memory. */
export type RowsOf = (address: number, count: number) => Uint32Array;

/** Largest |g| and h, of the sample or of all rows. */
function largest(exact: Float32Array, rows: number, sample: Uint32Array | undefined): { g: number; h: number } {
  let [g, h] = [0, 0];
  const take = (row: number) => {
    g = Math.max(g, Math.abs(exact[row * 2]));
    h = Math.max(h, exact[row * 2 + 1]);
  };
  if (sample !== undefined) sample.forEach(take);
  else for (let row = 0; row < rows; row++) take(row);
  return { g, h };
}

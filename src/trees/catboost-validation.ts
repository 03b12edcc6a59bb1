/** Scores of the validation rows, tree by tree, and their log loss. It decides nothing. */

import type { KernelMemory } from '../kernels/memory.js';
import { exp, log } from '../kernels/plain/exponential.js';
import type { CatboostColumns } from './catboost-columns.js';
import type { SplitTest } from './catboost-split.js';
import { continuedScores } from './continued.js';
import type { ContinuedModel, LabelledMatrix } from './family.js';
import { type PartFigures, probabilities } from './training-watch.js';

export class ValidationScores {
  readonly #memory: KernelMemory;
  readonly #columns: CatboostColumns;
  readonly #valid: LabelledMatrix;
  readonly #raw: Float64Array;

  constructor(
    memory: KernelMemory,
    columns: CatboostColumns,
    valid: LabelledMatrix,
    intercept: number,
    continued: ContinuedModel | undefined,
  ) {
    this.#memory = memory;
    this.#columns = columns;
    this.#valid = valid;
    this.#raw =
      continued === undefined
        ? new Float64Array(valid.matrix.rows).fill(intercept)
        : continuedScores(continued.forest, valid.matrix, false);
  }

  /** The weighted mean of the log loss, and the probabilities. */
  get figures(): PartFigures {
    const { label, weight } = this.#valid;
    let loss = 0;
    let total = 0;
    for (let row = 0; row < this.#raw.length; row++) {
      const margin = label[row] === 1 ? this.#raw[row] : -this.#raw[row];
      const own = weight?.[row] ?? 1;
      loss += own * (log(1 + exp(-Math.abs(margin))) - Math.min(margin, 0));
      total += own;
    }
    return { logLoss: loss / total, probability: () => probabilities(this.#raw) };
  }

  /** Adds a tree. */
  add(tests: readonly SplitTest[], leafValue: Float64Array): void {
    const { trainRows, rows } = this.#columns;
    const bins = tests.map(({ address, lane }) =>
      this.#memory.u8(address + lane + trainRows * 4, (rows - trainRows) * 4 - 3),
    );
    for (let row = 0; row < this.#raw.length; row++) {
      let leaf = 0;
      for (let s = 0; s < tests.length; s++) {
        const bin = bins[s][row * 4];
        if (tests[s].oneHot ? bin === tests[s].bin : bin > tests[s].bin) leaf |= 1 << s;
      }
      this.#raw[row] += leafValue[leaf];
    }
  }
}

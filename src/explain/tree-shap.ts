/**
 * Exact SHAP values and SHAP interaction values of a forest, in its raw score (log odds; for a random forest its
 * probability): path-dependent (what is unknown is averaged by the training rows' shares at each node; Lundberg et al.
 * 2020, algorithm 2's game) or interventional (what is unknown is taken from a background sample). It explains one model; the
 * blend of several is in ensemble-shap.ts.
 *
 * Why quadrature. For a leaf whose path has d players, TreeSHAP (arXiv 1802.03888) keeps the d + 1 coefficients of
 * Π f_j and pays O(d) to take a player out again: O(leaves · depth²) with short scalar loops, though it loses no digits
 * (sums right to 1e-14 at depth 24). Linear TreeSHAP (arXiv 2209.08192) evaluates a polynomial at `depth` fixed points,
 * O(nodes · depth), but its weights solve a Vandermonde system: with Chebyshev points in doubles its sums are off by 1e-4
 * at 16 features on a path and worthless at 24. Shapley's weights are moments of [0, 1], so a value is the integral of a
 * polynomial of degree d − 1, which Gauss–Legendre quadrature (arXiv 2605.04497) gives to rounding with d / 2 points:
 * half of Linear TreeSHAP's, weights positive, factors in [0, 1], nothing solved, and lanes that fill. A fixed 8 points
 * are exact to d = 16 only (4e-10 at 23) and twice too many for a symmetric tree of depth 6, so each tree gets what its
 * longest path needs. Pairs take one more dot product for each edge above. bench/shap-methods.mjs measures all of this.
 */
import { EcommlError } from '../base/errors.js';
import type { Forest } from '../forest/forest.js';
import { walkRaw } from '../forest/walk.js';
import { KernelPool } from '../kernels/pool.js';
import type { Matrix } from '../table/matrix.js';
import { shapForest } from './shap-forest.js';
import { type ShapPlan, shapPlan } from './shap-plan.js';
import { type ShapPlayers, shapPlayers, sharePairs, shareValues } from './shap-players.js';
import { runShap } from './shap-runner.js';

export interface ShapOptions {
  /** Threads and memory to use; the calling thread's own by default. */
  readonly pool?: KernelPool;
  /** Interventional values against these rows, at least one; path-dependent values without. */
  readonly background?: Matrix;
}

export interface ShapValues {
  /** The raw score that nothing is known for: base + a row's values = its raw score, to about 1e-12 of their size. */
  readonly base: number;
  /** Row-major, one double an input in the inputs' order. */
  readonly values: Float64Array;
}

/** A forest prepared once for many calls: its plan costs O(nodes · depth), and against a background one score a row of it. */
export class ForestShap {
  readonly forest: Forest;
  /** See `ShapValues.base`. */
  readonly base: number;
  readonly #turned: Forest;
  readonly #players: ShapPlayers;
  readonly #plan: ShapPlan;
  readonly #pool: KernelPool;
  readonly #background: Matrix | undefined;

  /** Throws `WRONG_COLUMNS`, `NO_BACKGROUND`. */
  constructor(forest: Forest, { pool, background }: ShapOptions = {}) {
    if (background !== undefined) checkBackground(forest, background);
    this.forest = forest;
    this.#players = shapPlayers(forest);
    this.#turned = shapForest(forest);
    this.#plan = shapPlan(this.#turned, this.#players);
    this.#background = background;
    this.#pool = pool ?? callersPool();
    this.base =
      background === undefined
        ? this.#plan.base
        : walkRaw(forest, background).reduce((sum, score) => sum + score, 0) / background.rows;
  }

  /** Costs about nodes · points a row (path-dependent), or nodes · background rows at most. Throws `WRONG_COLUMNS`. */
  values(matrix: Matrix): ShapValues {
    const width = this.forest.inputs.length;
    const values = new Float64Array(matrix.rows * width);
    this.#run(matrix, false, (row, ofPlayers) => {
      shareValues(this.#players, ofPlayers, values.subarray(row * width, (row + 1) * width));
    });
    return { base: this.base, values };
  }

  /**
   * SHAP interaction values, row-major: inputs² doubles a row, symmetric; a pair's interaction is split between its two
   * cells, and an input's row of cells sums to its SHAP value.
   */
  interactions(matrix: Matrix): ShapValues {
    const width = this.forest.inputs.length;
    const values = new Float64Array(matrix.rows * width * width);
    this.#run(matrix, true, (row, ofPlayers) => {
      sharePairs(this.#players, ofPlayers, values.subarray(row * width * width, (row + 1) * width * width), width);
    });
    return { base: this.base, values };
  }

  #run(matrix: Matrix, pairs: boolean, onRow: (row: number, values: Float64Array) => void): void {
    checkInputs(this.forest, matrix);
    const background = this.#background;
    const divisor = background?.rows ?? 1;
    const job = { forest: this.#turned, plan: this.#plan, players: this.#players, pool: this.#pool, pairs };
    runShap(background === undefined ? job : { ...job, background }, matrix, (row, values) => {
      if (divisor > 1) for (let i = 0; i < values.length; i++) values[i] /= divisor;
      onRow(row, values);
    });
  }
}

/** `ForestShap.values` in one call. */
export function treeShap(forest: Forest, matrix: Matrix, options: ShapOptions = {}): ShapValues {
  return new ForestShap(forest, options).values(matrix);
}

/** `ForestShap.interactions` in one call. */
export function treeShapInteractions(forest: Forest, matrix: Matrix, options: ShapOptions = {}): ShapValues {
  return new ForestShap(forest, options).interactions(matrix);
}

let ownPool: KernelPool | undefined;

function callersPool(): KernelPool {
  ownPool ??= new KernelPool(1);
  return ownPool;
}

function checkBackground(forest: Forest, background: Matrix): void {
  checkInputs(forest, background);
  if (background.rows > 0) return;
  throw new EcommlError(
    'NO_BACKGROUND',
    'Interventional SHAP values need at least one background row; there is none.',
    { hint: 'Give a sample of the training rows, or leave the background away for path-dependent values.' },
  );
}

/** Throws `WRONG_COLUMNS` unless the matrix has the inputs of the forest, in their order. */
export function checkInputs(forest: Forest, matrix: Matrix): void {
  const expected = forest.inputs.map((input) => input.name);
  const found = matrix.columns.map((column) => column.name);
  const wrong = expected.findIndex((name, c) => name !== found[c]);
  if (wrong < 0 && expected.length === found.length) return;
  const at = Math.max(wrong, 0);
  const what = wrong < 0 ? `${found.length} columns` : `"${found[at] ?? 'nothing'}" as column ${at + 1}`;
  const wanted = wrong < 0 ? `${expected.length} columns` : `"${expected[at]}" as column ${at + 1}`;
  throw new EcommlError(
    'WRONG_COLUMNS',
    `The ${forest.family} model expects ${wanted}; the rows to explain have ${what}.`,
    {
      hint: 'Explain rows with the features the model was trained on (the same bundle).',
    },
  );
}

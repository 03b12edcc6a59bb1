/**
 * Partial dependence and individual conditional expectation (Friedman 2001, section 8.2; Goldstein et al. 2015), by brute
 * force: every background row is scored with the feature set to every value of the grid. Where features go together, some of
 * these rows could not occur: `support` says how much data is near.
 */
import { Z_95 } from '../base/interval.js';
import { type Matrix, type MatrixColumn, sharedValues } from '../table/matrix.js';
import { brief, evenlyChosen } from './dependence.js';
import type { PartialDependence } from './explanation-data.js';
import { quantiles, sortedNumbers } from './quantiles.js';

const GRID = 24;
const CURVES = 40;
const CATEGORIES = 15;

export type Predict = (matrix: Matrix) => Float64Array;

/** The mean answer, and each row's own, at each value of the grid (codes for categories). Costs rows · grid predictions. */
export function conditionalCurves(
  predict: Predict,
  background: Matrix,
  column: number,
  grid: ArrayLike<number>,
): { readonly mean: Float64Array; readonly curves: readonly Float64Array[] } {
  const { rows } = background;
  const curves = Array.from({ length: rows }, () => new Float64Array(grid.length));
  const mean = new Float64Array(grid.length);
  const values = sharedValues(rows);
  const matrix = withColumn(background, column, values);
  for (let g = 0; g < grid.length; g++) {
    values.fill(grid[g]);
    const answers = predict(matrix);
    for (let row = 0; row < rows; row++) {
      curves[row][g] = answers[row];
      mean[g] += answers[row];
    }
    mean[g] /= rows;
  }
  return { mean, curves };
}

/** Undefined for a column without two different values in the background. */
export function partialDependence(
  predict: Predict,
  background: Matrix,
  feature: string,
): PartialDependence | undefined {
  const at = background.columns.findIndex(({ name }) => name === feature);
  const column = background.columns[at];
  const grid = gridOf(column);
  if (grid.cells.length < 2) return undefined;
  const { mean, curves } = conditionalCurves(predict, background, at, grid.cells);
  const { rows } = background;
  const half = Array.from(mean, (value, g) => {
    const square = curves.reduce((sum, curve) => sum + (curve[g] - value) ** 2, 0);
    return rows < 2 ? 0 : Z_95 * Math.sqrt(square / (rows - 1) / rows);
  });
  return {
    feature,
    kind: column.kind,
    grid: grid.shown,
    mean: Array.from(mean),
    low: Array.from(mean, (value, g) => Math.max(0, value - half[g])),
    high: Array.from(mean, (value, g) => Math.min(1, value + half[g])),
    curves: evenlyChosen(rows, CURVES).map((row) => Array.from(curves[row], brief)),
    support: grid.support,
  };
}

export function withColumn(matrix: Matrix, at: number, values: Float64Array): Matrix {
  return { rows: matrix.rows, columns: matrix.columns.with(at, { ...matrix.columns[at], values }) };
}

interface Grid {
  readonly cells: readonly number[];
  readonly shown: readonly (number | string)[];
  readonly support: readonly number[];
}

/** Numbers: up to 24 quantiles from the 2.5th to the 97.5th percentile, or all values when there are fewer; categories: the 15 commonest. */
export function gridOf({ kind, values, categories = [] }: MatrixColumn): Grid {
  if (kind === 'numeric') {
    const sorted = sortedNumbers(values).filter(Number.isFinite);
    const distinct = [...new Set(sorted)];
    const levels = Array.from({ length: GRID }, (_, i) => 0.025 + (0.95 * i) / (GRID - 1));
    const cells = distinct.length <= GRID ? distinct : [...new Set(quantiles(sorted, levels))];
    const support = cells.map((cell) => sorted.filter((value) => value <= cell).length / Math.max(1, sorted.length));
    return { cells, shown: cells, support };
  }
  const counts = new Map<number, number>();
  for (const code of values) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const common = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, CATEGORIES);
  return {
    cells: common.map(([code]) => code),
    shown: common.map(([code]) => categories[code] ?? String(code)),
    support: common.map(([, rows]) => rows / values.length),
  };
}

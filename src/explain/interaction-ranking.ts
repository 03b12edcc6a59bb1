/**
 * Which pairs of features act together: mean |SHAP interaction| over rows, taken in row by row so that memory holds one
 * matrix of pairs, and for the strongest pairs the mean interaction by the values of both.
 */
import type { Matrix } from '../table/matrix.js';
import type { InteractionPair } from './explanation-data.js';
import { binColumn } from './value-bins.js';

const GRID_BINS = 10;

export interface InteractionJob {
  readonly matrix: Matrix;
  /** Points of row r: inputs² doubles, symmetric, a pair's interaction split between its two cells. Asked for once a row, in order. */
  readonly pairsOf: (row: number) => Float64Array;
  /** Pairs to report, and the strongest of them to give a grid. */
  readonly pairs: number;
  readonly grids: number;
  /** Inputs whose pairs may get a grid (the most important ones): their values are kept for all rows. */
  readonly candidates: readonly number[];
}

/** Strongest first; pairs without any interaction are left out. */
export function rankInteractions({ matrix, pairsOf, pairs, grids, candidates }: InteractionJob): InteractionPair[] {
  const width = matrix.columns.length;
  const sums = new Float64Array(width * width);
  const kept = new Float64Array(matrix.rows * candidates.length * candidates.length);
  for (let row = 0; row < matrix.rows; row++) {
    const values = pairsOf(row);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < i; j++) sums[i * width + j] += 2 * Math.abs(values[i * width + j]);
    let at = row * candidates.length * candidates.length;
    for (const i of candidates) for (const j of candidates) kept[at++] = 2 * values[i * width + j];
  }
  const ranked: { i: number; j: number; strength: number }[] = [];
  for (let i = 0; i < width; i++)
    for (let j = 0; j < i; j++) {
      const strength = sums[i * width + j] / matrix.rows;
      if (strength > 0) ranked.push({ i, j, strength });
    }
  ranked.sort((a, b) => b.strength - a.strength || a.i - b.i || a.j - b.j);
  const interactionOf = (i: number, j: number) => {
    const [a, b] = [candidates.indexOf(i), candidates.indexOf(j)];
    if (a < 0 || b < 0) return undefined;
    const { length } = candidates;
    return (row: number) => kept[row * length * length + a * length + b];
  };
  let drawn = 0;
  return ranked.slice(0, pairs).map(({ i, j, strength }) => {
    // The larger effect of the two is not known here: the earlier input is `a`.
    const pair = { a: matrix.columns[j].name, b: matrix.columns[i].name, strength, h_squared: null };
    const of = drawn < grids ? interactionOf(i, j) : undefined;
    if (of === undefined) return pair;
    drawn++;
    return { ...pair, grid: gridOf(matrix, j, i, of) };
  });
}

function gridOf(matrix: Matrix, a: number, b: number, of: (row: number) => number): InteractionPair['grid'] {
  const [first, second] = [binColumn(matrix.columns[a], GRID_BINS), binColumn(matrix.columns[b], GRID_BINS)];
  const width = second.bins.length;
  const sum = new Float64Array(first.bins.length * width);
  const count = new Int32Array(sum.length);
  for (let row = 0; row < matrix.rows; row++) {
    const at = first.binOf[row] * width + second.binOf[row];
    sum[at] += of(row);
    count[at]++;
  }
  const cells: [number, number, number, number][] = [];
  count.forEach((rows, at) => {
    if (rows > 0) cells.push([Math.floor(at / width), at % width, rows, sum[at] / rows]);
  });
  return { a: first.bins, b: second.bins, cells };
}

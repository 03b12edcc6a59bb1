/**
 * The rows around a row that LIME fits its line to (Ribeiro, Singh and Guestrin 2016; marcotcr/lime, lime_tabular.py):
 * numbers are cut at the quartiles of the background, each perturbed cell draws a bin (or a category) by its frequency there and a
 * value inside the bin from a normal truncated to it, and the line sees 1 where a cell's bin is the row's own.
 *
 * Two things the original does not have: a missing number is a bin of its own, and a bin that holds one value gives that
 * value (the original gives its z-score, 0).
 */
import { Random } from '../base/random.js';
import { type Matrix, type MatrixColumn, sharedValues, takeRows } from '../table/matrix.js';
import { quantiles, sortedNumbers } from './quantiles.js';
import { truncatedNormal } from './truncated-normal.js';
import { firstNotBelow } from './value-bins.js';

export interface LimeColumn {
  /** Numbers: upper ends of the bins but the last, ascending. */
  readonly edges: Float64Array;
  /** Bin → its rows' share, their cumulated sum ending at 1. Numbers have edges.length + 2 bins, the last is "missing"; categories one for each of `codes`. */
  readonly cumulated: Float64Array;
  /** Numbers: of each bin. */
  readonly mean: Float64Array;
  readonly spread: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Categories: the cells that occur (codes, −1, NaN). */
  readonly codes: Float64Array;
}

export interface Neighbourhood {
  /** Row 0 is the row itself. */
  readonly matrix: Matrix;
  /** Row-major, samples × columns: 1 where the cell lies in the row's own bin. */
  readonly same: Uint8Array;
}

/** Prepared once for a background of at least one row. */
export function limeColumns(background: Matrix): LimeColumn[] {
  return background.columns.map((column) =>
    column.kind === 'numeric' ? numberColumn(column) : categoryColumn(column),
  );
}

const NONE = new Float64Array(0);

function numberColumn({ values }: MatrixColumn): LimeColumn {
  const finite = sortedNumbers(values).filter(Number.isFinite);
  const edges = Float64Array.from(new Set(finite.length === 0 ? [] : quantiles(finite, [0.25, 0.5, 0.75])));
  const bins = edges.length + 1;
  const count = new Float64Array(bins + 1);
  const mean = new Float64Array(bins);
  for (const value of values) {
    const bin = Number.isNaN(value) ? bins : firstNotBelow(edges, value);
    count[bin]++;
  }
  const inside = new Float64Array(bins);
  for (const value of finite) {
    const bin = firstNotBelow(edges, value);
    inside[bin]++;
    mean[bin] += value;
  }
  for (let bin = 0; bin < bins; bin++) mean[bin] /= Math.max(1, inside[bin]);
  const spread = new Float64Array(bins);
  for (const value of finite) {
    const bin = firstNotBelow(edges, value);
    spread[bin] += (value - mean[bin]) ** 2;
  }
  // The original's guard against a bin of one value.
  for (let bin = 0; bin < bins; bin++) spread[bin] = Math.sqrt(spread[bin] / Math.max(1, inside[bin])) + 1e-11;
  const low = Float64Array.from([finite[0] ?? 0, ...edges]);
  const high = Float64Array.from([...edges, finite[finite.length - 1] ?? 0]);
  return { edges, cumulated: cumulate(count), mean, spread, low, high, codes: NONE };
}

function categoryColumn({ values }: MatrixColumn): LimeColumn {
  const counts = new Map<number, number>();
  for (const cell of values) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const entries = [...counts].sort(([a], [b]) => (Number.isNaN(a) ? -2 : a) - (Number.isNaN(b) ? -2 : b));
  const cumulated = cumulate(Float64Array.from(entries, ([, rows]) => rows));
  const codes = Float64Array.from(entries, ([code]) => code);
  return { edges: NONE, cumulated, mean: NONE, spread: NONE, low: NONE, high: NONE, codes };
}

function cumulate(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, rows) => sum + rows, 0);
  let sum = 0;
  return counts.map((rows) => {
    sum += rows;
    return sum / total;
  });
}

/** Which bin (or place in `codes`) a cell lies in; −1 for a category the background does not have. */
export function limeBin(column: LimeColumn, kind: MatrixColumn['kind'], cell: number): number {
  if (kind === 'numeric') return Number.isNaN(cell) ? column.edges.length + 1 : firstNotBelow(column.edges, cell);
  return column.codes.findIndex((code) => Object.is(code, cell));
}

/** `row` of `matrix` and `samples` − 1 perturbed rows; the same seed and row give the same rows. */
export function limeNeighbourhood(
  columns: readonly LimeColumn[],
  matrix: Matrix,
  row: number,
  samples: number,
  seed: number,
): Neighbourhood {
  const own = takeRows(matrix, [row]);
  const width = columns.length;
  const same = new Uint8Array(samples * width);
  const perturbed = own.columns.map((column, c): MatrixColumn => {
    const random = new Random(seed, 0x6c696d65 + c);
    const statistics = columns[c];
    const cell = column.values[0];
    const ownBin = limeBin(statistics, column.kind, cell);
    const values = sharedValues(samples);
    values[0] = cell;
    same[c] = 1;
    for (let i = 1; i < samples; i++) {
      const bin = Math.min(statistics.cumulated.length - 1, firstAbove(statistics.cumulated, random.next()));
      values[i] = column.kind === 'numeric' ? drawNumber(statistics, bin, random) : statistics.codes[bin];
      same[i * width + c] = bin === ownBin ? 1 : 0;
    }
    return { ...column, values };
  });
  return { matrix: { rows: samples, columns: perturbed }, same };
}

function drawNumber({ edges, mean, spread, low, high }: LimeColumn, bin: number, random: Random): number {
  if (bin > edges.length) return Number.NaN;
  if (!(low[bin] < high[bin])) return low[bin];
  const z = truncatedNormal(random, (low[bin] - mean[bin]) / spread[bin], (high[bin] - mean[bin]) / spread[bin]);
  // Rounding of the scale must not leave the bin.
  return Math.min(high[bin], Math.max(low[bin], mean[bin] + z * spread[bin]));
}

function firstAbove(cumulated: Float64Array, draw: number): number {
  let low = 0;
  let high = cumulated.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulated[middle] <= draw) low = middle + 1;
    else high = middle;
  }
  return low;
}

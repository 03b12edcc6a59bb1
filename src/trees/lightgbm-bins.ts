/**
 * LightGBM's bin finder (bin.cpp): what bins a column gets and what a split finder must know of them. Storing bins is `binned-matrix.ts`.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { Cells, MatrixColumn } from '../table/matrix.js';
import { boundsAroundZero, type Distinct, firstAbove, sumOfCounts } from './lightgbm-bounds.js';
import { categoricalBins } from './lightgbm-category-bins.js';
import { type CountedColumn, eachDistinct } from './lightgbm-distinct.js';
import { type BinParameters, commonBinOf, type LightgbmFeature, Missing } from './lightgbm-feature.js';
import { LightgbmRandom } from './lightgbm-random.js';

/** Ascending row numbers that borders are found on; undefined: all rows. */
export function sampleRows(rows: number, sampleCount: number, seed: number): Uint32Array | undefined {
  return rows <= sampleCount ? undefined : new LightgbmRandom(seed).sample(rows, sampleCount);
}

/**
 * The bins of each column, undefined for one of no use: with one bin, or without an admissible split. The distinct values of
 * numeric columns are found by the pool's threads, a column each; takes and gives back 40 bytes a sampled row and thread,
 * with more than one thread twice that.
 */
export function findLightgbmBins(
  pool: KernelPool,
  columns: readonly MatrixColumn[],
  sample: Uint32Array | undefined,
  parametersOf: (column: number) => BinParameters,
): (LightgbmFeature | undefined)[] {
  const found = new Array<LightgbmFeature | undefined>(columns.length).fill(undefined);
  const filterOf = (column: number, rows: number) =>
    Math.trunc((parametersOf(column).minDataInLeaf * rows) / columns[column].values.length);
  const numeric: number[] = [];
  columns.forEach(({ kind, values, categories }, c) => {
    if (kind === 'numeric') {
      numeric.push(c);
      return;
    }
    const cells = sample === undefined ? values : taken(values, sample);
    found[c] = categoricalBins(cells, categories?.length ?? 0, filterOf(c, cells.length), parametersOf(c));
  });
  const most = numeric.length === 0 ? 0 : (sample?.length ?? columns[numeric[0]].values.length) + 1;
  const room = { values: new Float64Array(most), counts: new Float64Array(most) };
  eachDistinct(pool, columns, numeric, sample, (c, counted) => {
    found[c] = numericBins(counted, filterOf(c, counted.rows), parametersOf(c), room);
  });
  return found;
}

function taken(values: Cells, rows: Uint32Array): Float64Array {
  const cells = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) cells[i] = values[rows[i]];
  return cells;
}

function numericBins(
  { rows, known, distinct: present }: CountedColumn,
  filter: number,
  to: BinParameters,
  room: Distinct,
): LightgbmFeature | undefined {
  const hasMissing = known < rows;
  const nonZero = sumOfCounts(present.counts, 0, present.counts.length);
  let missing: number = Missing.None;
  if (to.useMissing && to.zeroAsMissing) missing = Missing.Zero;
  else if (to.useMissing && hasMissing) missing = Missing.NaN;
  // A NaN that is no missing value is read as 0.
  const zeros = (missing === Missing.NaN ? known : rows) - nonZero;
  const missingCount = missing === Missing.NaN ? rows - known : 0;
  const distinct = withZeros(present, zeros, room);
  const maxBin = missing === Missing.NaN ? to.maxBin - 1 : to.maxBin;
  const upper = boundsAroundZero(distinct, maxBin, rows - missingCount, to.minDataInBin);
  if (missing === Missing.Zero && upper.length === 2) missing = Missing.None;
  const borders = Float64Array.from(upper.slice(0, -1));
  const bins = upper.length + (missing === Missing.NaN ? 1 : 0);
  const counts = countsOfBins(distinct, borders, bins);
  if (missing === Missing.NaN) counts[bins - 1] = missingCount;
  if (bins <= 1 || !canSplitNumeric(counts, rows, filter)) return undefined;
  const zeroBin = borders.filter((border) => border < 0).length;
  return {
    bins: { kind: 'numeric', bins, borders, strict: false, nanBin: missing === Missing.NaN ? bins - 1 : zeroBin },
    missing,
    zeroBin,
    mostFrequentIsZero: mostFrequent(counts, zeroBin, rows) === 0,
    ...commonBinOf(counts),
  };
}

/** How many rows have a value in each bin. */
function countsOfBins({ values, counts }: Distinct, borders: Float64Array, bins: number): number[] {
  const rows = new Array<number>(bins).fill(0);
  let from = 0;
  borders.forEach((border, bin) => {
    const end = firstAbove(values, border);
    rows[bin] = sumOfCounts(counts, from, end);
    from = end;
  });
  rows[borders.length] = sumOfCounts(counts, from, values.length);
  return rows;
}

function canSplitNumeric(counts: readonly number[], total: number, filter: number): boolean {
  let left = 0;
  return counts.slice(0, -1).some((count) => {
    left += count;
    return left >= filter && total - left >= filter;
  });
}

/** LightGBM stores the bin of zero as the default unless another holds 70% of the rows (kSparseThreshold). */
function mostFrequent(counts: readonly number[], zeroBin: number, total: number): number {
  const most = counts.indexOf(counts.reduce((a, b) => Math.max(a, b), 0));
  return most !== zeroBin && counts[most] / total < 0.7 ? zeroBin : most;
}

/** Puts zeros in between, even none of them between the signs; into `room`, one number longer, where any are put. */
function withZeros({ values, counts }: Distinct, zeros: number, room: Distinct): Distinct {
  const at = firstAbove(values, 0);
  const isBetween = at > 0 && at < values.length;
  if (!isBetween && zeros === 0 && values.length > 0) return { values, counts };
  const size = values.length + 1;
  const insert = (list: Float64Array, value: number, into: Float64Array) => {
    into.set(list.subarray(0, at));
    into[at] = value;
    into.set(list.subarray(at), at + 1);
    return into.subarray(0, size);
  };
  return { values: insert(values, 0, room.values), counts: insert(counts, zeros, room.counts) };
}

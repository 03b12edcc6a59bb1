/**
 * LightGBM's bin finder (bin.cpp): greedy equal-count bins with zero as a bin of its own, categories by falling count.
 * It finds borders; storing bins is `binned-matrix.ts`.
 */
import type { MatrixColumn } from '../table/matrix.js';
import type { FeatureBins } from './binned-matrix.js';
import { LightgbmRandom } from './lightgbm-random.js';
import { nextUp } from './next-double.js';

/** |x| up to this is zero: LightGBM's kZeroThreshold, 1e-35 in single precision. */
export const ZERO_THRESHOLD = Math.fround(1e-35);

export interface BinParameters {
  readonly maxBin: number;
  readonly minDataInBin: number;
  /** A feature that cannot be split with this many rows on both sides is left out. */
  readonly minDataInLeaf: number;
  readonly useMissing: boolean;
  readonly zeroAsMissing: boolean;
}

export const Missing = { None: 0, Zero: 1, NaN: 2 } as const;

export interface LightgbmFeature {
  readonly bins: FeatureBins;
  /** One of `Missing`. */
  readonly missing: number;
  /** The bin of 0 (numeric). */
  readonly zeroBin: number;
  /** The most frequent bin is bin 0 (it then has no entry of its own in LightGBM's histograms). */
  readonly mostFrequentIsZero: boolean;
  /** The bin of the most rows looked at, and how many of them are in others. */
  readonly commonBin: number;
  readonly offCommon: number;
  /** Category code of each bin; bin 0 is "any other". */
  readonly codes?: readonly number[];
}

/** Ascending row numbers that borders are found on; undefined: all rows. */
export function sampleRows(rows: number, sampleCount: number, seed: number): Uint32Array | undefined {
  return rows <= sampleCount ? undefined : new LightgbmRandom(seed).sample(rows, sampleCount);
}

/** The bins of a column, or undefined when it is of no use: one bin, or no admissible split. */
export function findLightgbmBins(
  column: MatrixColumn,
  sample: Uint32Array | undefined,
  parameters: BinParameters,
): LightgbmFeature | undefined {
  const values = sample === undefined ? column.values : Float64Array.from(sample, (row) => column.values[row]);
  const filter = Math.trunc((parameters.minDataInLeaf * values.length) / column.values.length);
  return column.kind === 'numeric'
    ? numericBins(values, filter, parameters)
    : categoricalBins(values, column.categories?.length ?? 0, filter, parameters);
}

/** Distinct values, ascending, and how many rows have each. */
interface Distinct {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

function numericBins(cells: Float64Array, filter: number, to: BinParameters): LightgbmFeature | undefined {
  const kept = new Float64Array(cells.length);
  let known = 0;
  let nonZero = 0;
  for (let row = 0; row < cells.length; row++) {
    const x = cells[row];
    if (Number.isNaN(x)) continue;
    known++;
    if (x > ZERO_THRESHOLD || x < -ZERO_THRESHOLD) kept[nonZero++] = x;
  }
  const present = kept.subarray(0, nonZero).sort();
  const hasMissing = known < cells.length;
  let missing: number = Missing.None;
  if (to.useMissing && to.zeroAsMissing) missing = Missing.Zero;
  else if (to.useMissing && hasMissing) missing = Missing.NaN;
  // A NaN that is no missing value is read as 0.
  const zeros = (missing === Missing.NaN ? known : cells.length) - present.length;
  const missingCount = missing === Missing.NaN ? cells.length - known : 0;
  const distinct = distinctValues(present, zeros);
  const maxBin = missing === Missing.NaN ? to.maxBin - 1 : to.maxBin;
  const upper = boundsAroundZero(distinct, maxBin, cells.length - missingCount, to.minDataInBin);
  if (missing === Missing.Zero && upper.length === 2) missing = Missing.None;
  const borders = Float64Array.from(upper.slice(0, -1));
  const bins = upper.length + (missing === Missing.NaN ? 1 : 0);
  const counts = new Array<number>(bins).fill(0);
  let bin = 0;
  distinct.values.forEach((value, i) => {
    while (bin < borders.length && value > borders[bin]) bin++;
    counts[bin] += distinct.counts[i];
  });
  if (missing === Missing.NaN) counts[bins - 1] = missingCount;
  if (bins <= 1 || !canSplitNumeric(counts, cells.length, filter)) return undefined;
  const zeroBin = borders.filter((border) => border < 0).length;
  return {
    bins: { kind: 'numeric', bins, borders, strict: false, nanBin: missing === Missing.NaN ? bins - 1 : zeroBin },
    missing,
    zeroBin,
    mostFrequentIsZero: mostFrequent(counts, zeroBin, cells.length) === 0,
    ...commonBinOf(counts),
  };
}

function commonBinOf(counts: readonly number[]): Pick<LightgbmFeature, 'commonBin' | 'offCommon'> {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return { commonBin: counts.indexOf(most), offCommon: counts.reduce((sum, count) => sum + count, 0) - most };
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

/** `sorted` holds the values that are not zero; zeros come in between, even none of them between the signs. */
function distinctValues(sorted: Float64Array, zeros: number): Distinct {
  const values = new Float64Array(sorted.length + 2);
  const counts = new Float64Array(sorted.length + 2);
  let size = 0;
  const push = (value: number, count: number) => {
    values[size] = value;
    counts[size++] = count;
  };
  if (sorted.length === 0 || (sorted[0] > 0 && zeros > 0)) push(0, zeros);
  if (sorted.length > 0) push(sorted[0], 1);
  for (let i = 1; i < sorted.length; i++) {
    const [before, value] = [sorted[i - 1], sorted[i]];
    if (value === before || value <= nextUp(before)) {
      values[size - 1] = value;
      counts[size - 1]++;
      continue;
    }
    if (before < 0 && value > 0) push(0, zeros);
    push(value, 1);
  }
  if (sorted.length > 0 && sorted[sorted.length - 1] < 0 && zeros > 0) push(0, zeros);
  return { values: values.subarray(0, size), counts: counts.subarray(0, size) };
}

/** Upper bounds of the bins, the last one infinite: FindBinWithZeroAsOneBin. */
function boundsAroundZero(distinct: Distinct, maxBin: number, total: number, minDataInBin: number): number[] {
  const { values, counts } = distinct;
  const sum = (from: number, to: number) => {
    let rows = 0;
    for (let i = from; i < to; i++) rows += counts[i];
    return rows;
  };
  const firstFrom = (start: number, test: (value: number) => boolean) => {
    const found = values.findIndex((value, i) => i >= start && test(value));
    return found < 0 ? values.length : found;
  };
  const negatives = firstFrom(0, (value) => value > -ZERO_THRESHOLD);
  const positives = firstFrom(negatives, (value) => value > ZERO_THRESHOLD);
  const negativeRows = sum(0, negatives);
  const zeroRows = sum(negatives, positives);
  const part = (from: number, to: number): Distinct => ({
    values: values.subarray(from, to),
    counts: counts.subarray(from, to),
  });
  let bounds: number[] = [];
  if (negatives > 0 && maxBin > 1) {
    const share = Math.max(1, Math.trunc((negativeRows / (total - zeroRows)) * (maxBin - 1)));
    bounds = greedyBounds(part(0, negatives), share, negativeRows, minDataInBin);
    bounds[bounds.length - 1] = -ZERO_THRESHOLD;
  }
  const rightBins = maxBin - 1 - bounds.length;
  if (positives >= values.length || rightBins <= 0) return [...bounds, Number.POSITIVE_INFINITY];
  const rows = sum(positives, values.length);
  return [...bounds, ZERO_THRESHOLD, ...greedyBounds(part(positives, values.length), rightBins, rows, minDataInBin)];
}

/** Upper bounds of at most `maxBin` bins of about equal count, the last one infinite: GreedyFindBin. */
function greedyBounds({ values, counts }: Distinct, maxBin: number, total: number, minDataInBin: number): number[] {
  const bounds: number[] = [];
  const cutBetween = (low: number, high: number): boolean => {
    const sum = low + high;
    const bound = nextUp(Number.isFinite(sum) || !Number.isFinite(low - high) ? sum / 2 : low / 2 + high / 2);
    if (bounds.length > 0 && bound <= nextUp(bounds[bounds.length - 1])) return false;
    bounds.push(bound);
    return true;
  };
  if (values.length <= maxBin) {
    let inBin = 0;
    for (let i = 0; i + 1 < values.length; i++) {
      inBin += counts[i];
      if (inBin >= minDataInBin && cutBetween(values[i], values[i + 1])) inBin = 0;
    }
    return [...bounds, Number.POSITIVE_INFINITY];
  }
  const bins = minDataInBin > 0 ? Math.max(1, Math.min(maxBin, Math.trunc(total / minDataInBin))) : maxBin;
  // A value that fills a bin alone gets one; the others share what is left.
  const big = total / bins;
  let restBins = bins;
  let restRows = total;
  for (const count of counts) {
    if (count < big) continue;
    restBins--;
    restRows -= count;
  }
  let mean = restRows / restBins;
  let inBin = 0;
  let made = 0;
  for (let i = 0; i + 1 < values.length; i++) {
    const isBig = counts[i] >= big;
    if (!isBig) restRows -= counts[i];
    inBin += counts[i];
    if (!(isBig || inBin >= mean || (counts[i + 1] >= big && inBin >= Math.max(1, mean * 0.5)))) continue;
    cutBetween(values[i], values[i + 1]);
    made++;
    if (made >= bins - 1) break;
    inBin = 0;
    if (!isBig) {
      restBins--;
      mean = restRows / restBins;
    }
  }
  return [...bounds, Number.POSITIVE_INFINITY];
}

/**
 * A bin for each category, most frequent first; categories past 99% of the rows, once max_bin are made, and rarer than
 * min_data_in_bin fall into bin 0 with missing and unseen ones.
 */
function categoricalBins(
  cells: Float64Array,
  categories: number,
  filter: number,
  to: BinParameters,
): LightgbmFeature | undefined {
  const rowsOfCode = new Float64Array(categories);
  let missingRows = 0;
  for (const code of cells) {
    if (code >= 0 && code < categories) rowsOfCode[code]++;
    else missingRows++;
  }
  const codes = Array.from(rowsOfCode.keys())
    .filter((code) => rowsOfCode[code] > 0)
    .sort((a, b) => rowsOfCode[b] - rowsOfCode[a] || a - b);
  const known = cells.length - missingRows;
  if (known === 0) return undefined;
  const enough = Math.trunc(Math.fround(Math.fround(known) * Math.fround(0.99)) + 0.5);
  const maxBin = Math.min(codes.length + (missingRows > 0 ? 1 : 0), to.maxBin);
  const binCodes = [-1];
  let used = 0;
  for (let i = 0; i < codes.length && (used < enough || binCodes.length < maxBin); i++) {
    if (rowsOfCode[codes[i]] < to.minDataInBin && i > 1) break;
    used += rowsOfCode[codes[i]];
    binCodes.push(codes[i]);
  }
  const bins = binCodes.length;
  const counts = binCodes.map((code) => (code < 0 ? cells.length - used : rowsOfCode[code]));
  if (bins <= 1 || (bins <= 2 && !counts.slice(0, -1).some((n) => n >= filter && cells.length - n >= filter)))
    return undefined;
  const binOfCode = new Uint32Array(categories);
  binCodes.forEach((code, bin) => {
    if (code >= 0) binOfCode[code] = bin;
  });
  const all = bins - 1 === codes.length && missingRows === 0;
  return {
    bins: { kind: 'categorical', bins, binOfCode, missingBin: 0, otherBin: 0 },
    missing: all ? Missing.None : Missing.NaN,
    zeroBin: binOfCode[0],
    mostFrequentIsZero: false,
    ...commonBinOf(counts),
    codes: binCodes,
  };
}

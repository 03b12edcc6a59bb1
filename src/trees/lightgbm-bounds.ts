/**
 * Bounds of LightGBM's numeric bins (bin.cpp): greedy equal-count bins with zero as a bin of its own, from a column's distinct
 * values.
 */
import { nextUp } from './next-double.js';

/** |x| up to this is zero: LightGBM's kZeroThreshold, 1e-35 in single precision. */
export const ZERO_THRESHOLD = Math.fround(1e-35);

/** Distinct values, ascending, and how many rows have each. */
export interface Distinct {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** Upper bounds of the bins, the last one infinite: FindBinWithZeroAsOneBin. */
export function boundsAroundZero(distinct: Distinct, maxBin: number, total: number, minDataInBin: number): number[] {
  const { values, counts } = distinct;
  const negatives = firstAbove(values, -ZERO_THRESHOLD);
  const positives = firstAbove(values, ZERO_THRESHOLD);
  const negativeRows = sumOfCounts(counts, 0, negatives);
  const zeroRows = sumOfCounts(counts, negatives, positives);
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
  const rows = sumOfCounts(counts, positives, values.length);
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
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] < big) continue;
    restBins--;
    restRows -= counts[i];
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

export function sumOfCounts(counts: Float64Array, from: number, to: number): number {
  let rows = 0;
  for (let i = from; i < to; i++) rows += counts[i];
  return rows;
}

/** How many of the ascending values are at most `limit`. */
export function firstAbove(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

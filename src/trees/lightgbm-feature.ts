/** What LightGBM's bin finder is told, and what it says of a column. */
import type { FeatureBins } from './feature-bins.js';

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

export function commonBinOf(counts: readonly number[]): Pick<LightgbmFeature, 'commonBin' | 'offCommon'> {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return { commonBin: counts.indexOf(most), offCommon: counts.reduce((sum, count) => sum + count, 0) - most };
}

/**
 * LightGBM's exclusive feature bundling (Ke et al., NeurIPS 2017, algorithm 3; FastFeatureBundling in dataset.cpp): sparse
 * features of which no row has two off their most frequent bins share one column of bins. The original lets 1 in 10,000 rows
 * conflict and loses what they say; here none may, so that trees are those of unbundled features. Categorical columns, which
 * the original bundles too, stay alone: their trees are the same either way. Storing is `bundled-columns.ts`.
 */
import type { Cells, Matrix } from '../table/matrix.js';
import type { BundleMember } from './bundled-columns.js';
import type { LightgbmFeature } from './lightgbm-feature.js';

/** Bins of one bundle at most, the one of "every feature in its most frequent bin" included: a byte. */
const MOST_BINS = 256;
/** Bundles that a feature is tried with at most. */
const MOST_TRIED = 100;

export interface Candidate extends BundleMember {
  readonly bins: number;
  /** Positions in the sample off the common bin, ascending. */
  readonly rows: Uint32Array;
}

export interface Bundle {
  readonly members: Candidate[];
  readonly taken: Uint8Array;
  bins: number;
  rows: number;
}

/** Groups of two or more columns that exclude each other on the sampled rows (undefined: all rows). */
export function findBundles(
  matrix: Matrix,
  features: readonly (LightgbmFeature | undefined)[],
  sample: Uint32Array | undefined,
): BundleMember[][] {
  const size = sample?.length ?? matrix.rows;
  const candidates = features.flatMap((feature, column): Candidate[] => {
    if (feature === undefined || feature.bins.kind !== 'numeric' || feature.bins.bins > MOST_BINS) return [];
    if (feature.offCommon * 2 > size) return [];
    const rows = rowsOffCommonBin(matrix.columns[column].values, feature, sample);
    return [{ column, commonBin: feature.commonBin, bins: feature.bins.bins, rows }];
  });
  return groupCandidates(candidates, size)
    .filter(({ members }) => members.length > 1)
    .map(({ members }) => members.map(({ column, commonBin }) => ({ column, commonBin })));
}

/** Bundles, those of one column among them, of so many rows: in the columns' order or dense ones first, whichever are fewer. */
export function groupCandidates(candidates: readonly Candidate[], size: number): Bundle[] {
  const byRows = [...candidates].sort((a, b) => b.rows.length - a.rows.length || a.column - b.column);
  const [inOrder, denseFirst] = [candidates, byRows].map((order) => group(order, size));
  return denseFirst.length < inOrder.length ? denseFirst : inOrder;
}

/** Each candidate joins the first bundle that has room for its bins and none of its rows. */
function group(candidates: readonly Candidate[], size: number): Bundle[] {
  const bundles: Bundle[] = [];
  for (const candidate of candidates) {
    const { rows, bins } = candidate;
    const fits = bundles
      .filter((bundle) => bundle.bins + bins - 1 <= MOST_BINS && bundle.rows + rows.length <= size)
      .slice(-MOST_TRIED)
      .find(({ taken }) => !rows.some((row) => taken[row] === 1));
    const bundle = fits ?? { members: [], taken: new Uint8Array(size), bins: 1, rows: 0 };
    if (fits === undefined) bundles.push(bundle);
    bundle.members.push(candidate);
    bundle.bins += bins - 1;
    bundle.rows += rows.length;
    for (const row of rows) bundle.taken[row] = 1;
  }
  return bundles;
}

/** Positions in the sample (undefined: all rows) whose cells lie off the feature's common bin, ascending. */
function rowsOffCommonBin(values: Cells, feature: LightgbmFeature, sample: Uint32Array | undefined): Uint32Array {
  const isCommon = commonCells(feature);
  const found = new Uint32Array(feature.offCommon);
  let size = 0;
  const count = sample?.length ?? values.length;
  for (let i = 0; i < count && size < found.length; i++)
    if (!isCommon(values[sample === undefined ? i : sample[i]])) found[size++] = i;
  return found.subarray(0, size);
}

/** Tells cells of the common bin. */
export function commonCells({ bins, commonBin }: LightgbmFeature): (cell: number) => boolean {
  if (bins.kind === 'categorical') {
    const { binOfCode, missingBin } = bins;
    return (code) => (code >= 0 ? binOfCode[code] : missingBin) === commonBin;
  }
  const { borders, nanBin } = bins;
  const above = commonBin > 0 ? borders[commonBin - 1] : Number.NEGATIVE_INFINITY;
  // Past the last border lies the last bin of numbers, and then that of NaN.
  const upTo = commonBin < borders.length ? borders[commonBin] : Number.POSITIVE_INFINITY;
  const isNanBin = commonBin > borders.length;
  return (x) => (Number.isNaN(x) ? nanBin === commonBin : !isNanBin && x > above && x <= upTo);
}

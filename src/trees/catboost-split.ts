/** What a tree's splits and their candidates are. No computing. */
import type { CatboostColumns } from './catboost-columns.js';
import type { Combination } from './catboost-combination.js';

/** A split of the finished tree: a column's quad and lane, or a combination's statistic. */
export interface TreeSplit {
  readonly quad: number;
  /** Of a combination: the index of the statistic among its lanes. */
  readonly lane: number;
  readonly bin: number;
  /** Undefined for a numeric or one-hot column; `quad` is −1 otherwise. */
  readonly combination: Combination | undefined;
  readonly score: number;
}

/** Up to four columns whose histograms are made together. */
export interface Candidate {
  readonly quad: number;
  readonly combination: Combination | undefined;
  /** The combination's lane in lane 0 of this quad; 0 for others. */
  readonly firstLane: number;
  readonly address: number;
  readonly laneBytes: number;
  readonly buckets: readonly number[];
  readonly oneHot: readonly boolean[];
  readonly histogram: number;
  /** Level whose leaves the histogram slots hold, −1 for none. */
  level: number;
}

/**
 * Ranges of the partition, each with a histogram. Range r has the rows at from[r] … to[r] − 1 and its histogram in
 * slot[r]. A sample of s segments (see `Sample`) has s ranges a leaf: that of leaf l and segment k is l · s + k.
 */
export interface Leaves {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly slot: Int32Array;
}

/** The best split of a level. */
export interface BestSplit {
  readonly candidate: Candidate;
  readonly split: TreeSplit;
}

/** A split over one permutation's columns, as the kernels take it. */
export interface SplitTest {
  /** Of the quads. */
  readonly address: number;
  /** 0 … 3. */
  readonly lane: number;
  readonly bin: number;
  readonly oneHot: boolean;
}

/** The test of a split; a combination's quads of the permutation must be there. */
export function splitTest(columns: CatboostColumns, split: TreeSplit, permutation: number): SplitTest {
  const { quad, lane, bin, combination } = split;
  if (combination !== undefined) {
    const quads = combination.quads.get(permutation) as readonly number[];
    return { address: quads[lane >> 2], lane: lane & 3, bin, oneHot: false };
  }
  const { address, lanes } = columns.quads[quad];
  return { address, lane, bin, oneHot: lanes[lane].oneHot };
}

/** What a tree's splits and their candidates are. No computing. */
import type { Combination } from './catboost-target-statistics.js';

/** Bins of a target statistic: 15 borders. */
export const STATISTIC_BINS = 16;
/** Lanes 0–2 of a statistic's quad are Borders with these priors, lane 3 is Counter with prior 0. */
export const PRIORS = [0, 0.5, 1];

/** A split of the finished tree: a column's quad and lane, or a combination's statistic. */
export interface TreeSplit {
  readonly quad: number;
  readonly lane: number;
  readonly bin: number;
  /** Undefined for a numeric or one-hot column; `quad` is −1 otherwise. */
  readonly combination: Combination | undefined;
  readonly score: number;
}

/** Four columns whose histograms are made together. */
export interface Candidate {
  readonly quad: number;
  readonly combination: Combination | undefined;
  readonly address: number;
  readonly laneBytes: number;
  readonly buckets: readonly number[];
  readonly oneHot: readonly boolean[];
  readonly histogram: number;
  /** Level whose leaves the histogram slots hold, −1 for none. */
  level: number;
}

/** Leaf l's rows are those at from[l] … to[l] − 1 of the partition; its histogram is in slot[l]. */
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

/** A combination of categorical columns and of a tree's own splits that target statistics are made of. No computing. */
import type { StatisticLane } from './catboost-statistic-lanes.js';

/** A numeric or one-hot split of the tree that is part of a combination. */
export interface SplitPart {
  readonly quad: number;
  readonly lane: number;
  /** Above this bin (numeric), or equal to it (one-hot). */
  readonly bin: number;
}

export interface Combination {
  readonly key: string;
  /** Indices into the columns' `categories`, ascending. */
  readonly categories: readonly number[];
  /** In the order of quad, lane and bin. */
  readonly splits: readonly SplitPart[];
  /** Its statistics: lane k is byte k % 4 of quad k >> 2. */
  readonly lanes: readonly StatisticLane[];
  /** Address of the ids, or −1 while there are none. */
  ids: number;
  idCount: number;
  /** Keys among the training rows. */
  trainIds: number;
  /** Addresses of the quads of each permutation that asked for them. */
  readonly quads: Map<number, readonly number[]>;
  lastTree: number;
}

/** Ids and counts of a combination over all training rows, for the finished model. */
export interface StatisticTotals {
  readonly firstRow: Uint32Array;
  readonly rows: Uint32Array;
  readonly positives: Uint32Array;
  /** What Counter counts: the training rows, or all rows. */
  readonly counted: Uint32Array;
  readonly largest: number;
}

/** A combination of one column alone, whose ids are the column's own. */
export function isSingle({ categories, splits }: Pick<Combination, 'categories' | 'splits'>): boolean {
  return categories.length === 1 && splits.length === 0;
}

export function splitKey(splits: readonly SplitPart[]): string {
  return splits.map(({ quad, lane, bin }) => `${quad}.${lane}.${bin}`).join(',');
}

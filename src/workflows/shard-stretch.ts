/** Which rows a shard scores of an input that every shard reads whole. Shards end to end are the whole, in its order. */
import type { Shard } from '../scoring/score-plan.js';

/** Rows by their number, from 0: from the first to before the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Without a shard, all. */
export function stretchOf(rows: number, shard: Shard | undefined): Stretch {
  if (shard === undefined) return { from: 0, to: rows };
  const border = (index: number) => Math.floor((rows * index) / shard.of);
  return { from: border(shard.index - 1), to: border(shard.index) };
}

/** Rows that are not scored, rejected ones too, belong to the first shard. */
export function isFirst({ shard }: { readonly shard?: Shard | undefined }): boolean {
  return shard === undefined || shard.index === 1;
}

/** The sampled rows in the order of a tree's leaves, level by level. It chooses no splits. */
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';
import type { Sample, SampleLists } from './catboost-sampling.js';
import type { BestSplit, Leaves } from './catboost-split.js';
import { chunks } from './row-chunks.js';

/** The list of sampled rows that level `level` is partitioned in: 0 as sampled, then 1 and 2 in turn. */
export function listOf(level: number): number {
  return level === 0 ? 0 : 1 + ((level - 1) % 2);
}

export class SamplePartition {
  readonly #pool: KernelPool;
  readonly #lists: SampleLists;
  readonly #results: number;
  /** Whether anybody reads `leafOf`. */
  readonly #leafWanted: boolean;
  #sampled = 0;
  /** Address of the range (u16) of every listed row in the order of the sample. */
  readonly leafOf: number;

  /** `rows` are listed at most, in `ranges` ranges at the last level that is split. */
  constructor(pool: KernelPool, lists: SampleLists, columns: CatboostColumns, rows: number, ranges: number) {
    this.#pool = pool;
    this.#lists = lists;
    this.#leafWanted = columns.categories.length > 0;
    this.#results = pool.memory.alloc(ranges * 4);
    this.leafOf = pool.memory.alloc(rows * 2);
  }

  /** One leaf with all rows of the sample, a range a segment. */
  start({ count, ends }: Sample): Leaves {
    this.#sampled = count;
    const from = Int32Array.from(ends, (_, segment) => (segment === 0 ? 0 : ends[segment - 1]));
    const leafOf = this.#pool.memory.u16(this.leafOf, count);
    ends.forEach((end, segment) => {
      leafOf.fill(segment, from[segment], end);
    });
    return { from, to: Int32Array.from(ends), slot: Int32Array.from(ends, (_, segment) => segment) };
  }

  /** The ranges of level + 1: "true" children behind all "false" ones. Of two the larger keeps the parent's histogram slot. */
  split({ candidate, split }: BestSplit, leaves: Leaves, level: number): Leaves {
    const [side, other] = [listOf(level), listOf(level + 1)];
    const { rows, stats } = this.#lists;
    const count = leaves.from.length;
    const lane = split.lane - candidate.firstLane;
    const oneHot = candidate.oneHot[lane] ? 1 : 0;
    this.#pool.run(
      'obliviousPartition',
      Array.from(leaves.from, (from, leaf) => [
        candidate.address,
        lane * 8,
        split.bin,
        oneHot,
        rows[side],
        stats[side],
        from,
        leaves.to[leaf],
        rows[other],
        stats[other],
        this.#results + leaf * 4,
      ]),
    );
    if (this.#leafWanted) {
      this.#pool.run(
        'obliviousLeafBit',
        chunks(this.#sampled).map(([from, to]) => [
          candidate.address,
          lane * 8,
          split.bin,
          oneHot,
          rows[0],
          from,
          to,
          count,
          this.leafOf,
        ]),
      );
    }
    const middles = this.#pool.memory.i32(this.#results, count);
    const next: Leaves = {
      from: new Int32Array(count * 2),
      to: new Int32Array(count * 2),
      slot: new Int32Array(count * 2),
    };
    for (let leaf = 0; leaf < count; leaf++) {
      const [from, middle, to] = [leaves.from[leaf], middles[leaf], leaves.to[leaf]];
      next.from[leaf] = from;
      next.to[leaf] = middle;
      next.from[leaf + count] = middle;
      next.to[leaf + count] = to;
      const falseIsSmaller = middle - from < to - middle;
      next.slot[leaf] = falseIsSmaller ? leaf + count : leaves.slot[leaf];
      next.slot[leaf + count] = falseIsSmaller ? leaves.slot[leaf] : leaf + count;
    }
    return next;
  }
}

/** The sampled rows in the order of a tree's leaves, level by level. It chooses no splits. */
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';
import type { Sampler } from './catboost-sampling.js';
import type { BestSplit, Leaves } from './catboost-split.js';
import { chunks } from './catboost-target-statistics.js';

/** The list of sampled rows that level `level` is partitioned in: 0 as sampled, then 1 and 2 in turn. */
export function listOf(level: number): number {
  return level === 0 ? 0 : 1 + ((level - 1) % 2);
}

export class SamplePartition {
  readonly #pool: KernelPool;
  readonly #sampler: Sampler;
  readonly #results: number;
  /** Whether anybody reads `leafOf`. */
  readonly #leafWanted: boolean;
  #sampled = 0;
  /** Address of the leaf (u16) of every sampled row in the order of the sample. */
  readonly leafOf: number;

  constructor(pool: KernelPool, sampler: Sampler, columns: CatboostColumns, depth: number) {
    this.#pool = pool;
    this.#sampler = sampler;
    this.#leafWanted = columns.categories.length > 0;
    this.#results = pool.memory.alloc(2 ** (depth - 1) * 4);
    this.leafOf = pool.memory.alloc(columns.trainRows * 2);
  }

  /** One leaf with all sampled rows. */
  start(sampled: number): Leaves {
    this.#sampled = sampled;
    this.#pool.memory.u16(this.leafOf, sampled).fill(0);
    return { from: Int32Array.of(0), to: Int32Array.of(sampled), slot: Int32Array.of(0) };
  }

  /** The leaves of level + 1. Of two children the larger keeps the parent's histogram slot. */
  split({ candidate, split }: BestSplit, leaves: Leaves, level: number): Leaves {
    const [side, other] = [listOf(level), listOf(level + 1)];
    const { rows, stats } = this.#sampler;
    const count = leaves.from.length;
    const oneHot = candidate.oneHot[split.lane] ? 1 : 0;
    this.#pool.run(
      'obliviousPartition',
      Array.from(leaves.from, (from, leaf) => [
        candidate.address,
        split.lane * 8,
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
          split.lane * 8,
          split.bin,
          oneHot,
          rows[0],
          from,
          to,
          level,
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

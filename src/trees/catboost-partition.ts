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

/**
 * Parts a thread that a list's rows are cut into, where ranges are longer than such a part. The rows of each part that answer "true"
 * are counted first, so that the parts' places in the list are known and the order does not depend on the parts.
 */
const PARTS_A_THREAD = 2;
const LEAST_PART = 16_384;

export class SamplePartition {
  readonly #pool: KernelPool;
  readonly #lists: SampleLists;
  /** What kernels answer: an i32 a part of a range. */
  readonly #results: number;
  readonly #partRows: number;
  readonly #trainRows: number;
  /** A bit a training row: its answer to the split. */
  readonly #answers: number;
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
    this.#partRows = pool.threads === 1 ? rows : Math.max(LEAST_PART, Math.ceil(rows / pool.threads / PARTS_A_THREAD));
    this.#results = pool.memory.alloc((ranges + Math.ceil(rows / this.#partRows)) * 4);
    this.#trainRows = columns.trainRows;
    this.#answers = pool.memory.alloc(Math.ceil(columns.trainRows / 8));
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
    const test = [candidate.address, lane * 8, split.bin, oneHot];
    const ofRows = chunks(this.#trainRows).map(([from, to]) => [...test, from, to, this.#answers]);
    this.#pool.run('obliviousAnswers', ofRows);
    const middles = this.#divide(leaves, [rows[side], stats[side]], [rows[other], stats[other]]);
    if (this.#leafWanted) {
      const ofSample = chunks(this.#sampled).map(([from, to]) => [rows[0], from, to, count, this.leafOf]);
      this.#pool.run(
        'obliviousLeafBit',
        ofSample.map((call) => [this.#answers, ...call]),
      );
    }
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

  /** Brings the "false" rows of each range before its "true" ones, from one list to the other; the places of the first "true" ones. */
  #divide({ from, to }: Leaves, list: readonly number[], other: readonly number[]): Int32Array {
    const parts: { leaf: number; from: number; to: number; result: number }[] = [];
    from.forEach((first, leaf) => {
      for (const [start, end] of chunks(to[leaf] - first, this.#partRows)) {
        const result = this.#results + parts.length * 4;
        parts.push({ leaf, from: first + start, to: first + end, result });
      }
    });
    const shared = parts.filter((part) => part.to - part.from < to[part.leaf] - from[part.leaf]);
    const calls = shared.map((part) => [this.#answers, list[0], part.from, part.to, part.result]);
    this.#pool.run('obliviousCountTrue', calls);
    const results = this.#pool.memory.i32(this.#results, parts.length);
    const trues = results.slice();
    const low = from.slice();
    const high = to.slice();
    this.#pool.run(
      'obliviousPartition',
      parts.map((part, p) => {
        const call = [
          this.#answers,
          ...list,
          part.from,
          part.to,
          low[part.leaf],
          high[part.leaf],
          ...other,
          part.result,
        ];
        low[part.leaf] += part.to - part.from - trues[p];
        high[part.leaf] -= trues[p];
        return call;
      }),
    );
    // Of a range's parts the last one's answer counts; a range without rows has no part.
    const middles = from.slice();
    parts.forEach(({ leaf }, p) => {
      middles[leaf] = results[p];
    });
    return middles;
  }
}

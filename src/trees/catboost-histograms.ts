/**
 * The histograms of a tree's candidates, kept from level to level: of two sibling leaves the smaller is summed, the other
 * is the parent's histogram less the smaller's. Combinations that are new at a level are summed for all its leaves.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';
import { listOf } from './catboost-partition.js';
import { RecordHistograms } from './catboost-record-histograms.js';
import type { SampleLists } from './catboost-sampling.js';
import type { Candidate, Leaves } from './catboost-split.js';
import { NARROW_BINS } from './catboost-statistic-lanes.js';

/** Bytes of one lane of a histogram of target statistics with few bins; others are WIDE_LANE_BYTES. */
export const NARROW_LANE_BYTES = NARROW_BINS * 16;

export class LevelHistograms {
  readonly #pool: KernelPool;
  readonly #lists: SampleLists;
  readonly #leafOf: number;
  /** Ranges of the last level that is split. */
  readonly #capacity: number;
  /** Plans of obliviousHistogram: for all leaves, then for the smaller children alone. */
  readonly #plan: number;
  readonly #records: RecordHistograms;
  /** Address of the slot (i32) of each range. */
  readonly slots: number;

  constructor(pool: KernelPool, columns: CatboostColumns, lists: SampleLists, leafOf: number, ranges: number) {
    this.#pool = pool;
    this.#lists = lists;
    this.#leafOf = leafOf;
    this.#capacity = ranges;
    this.#plan = pool.memory.alloc(this.#capacity * 2 * 16);
    this.slots = pool.memory.alloc(this.#capacity * 4);
    // Two requests: columns that step, and others, which some levels left out (rsm).
    this.#records = new RecordHistograms(pool, columns, ranges, 2);
  }

  /** Fills the histograms of these candidates over the ranges of a level; `before` are those of the level above. */
  fill(tried: readonly Candidate[], sampled: number, leaves: Leaves, before: Leaves | undefined, level: number): void {
    const { memory } = this.#pool;
    const half = leaves.from.length / 2;
    const capacity = this.#capacity;
    const plan = memory.i32(this.#plan, capacity * 8);
    for (let leaf = 0; leaf < leaves.from.length; leaf++) {
      plan.set([leaves.from[leaf], leaves.to[leaf], leaves.slot[leaf], -1], leaf * 4);
    }
    const stepwise = this.#plan + capacity * 16;
    if (before !== undefined) {
      for (let leaf = 0; leaf < half; leaf++) {
        // The fresh slot is the smaller child's.
        const small = leaves.slot[leaf] === before.slot[leaf] ? leaf + half : leaf;
        plan.set([leaves.from[small], leaves.to[small], leaves.slot[small], before.slot[leaf]], (capacity + leaf) * 4);
      }
    }
    memory.i32(this.slots, leaves.slot.length).set(leaves.slot);
    const rows = this.#lists.rows[listOf(level)];
    const stats = this.#lists.stats[listOf(level)];
    const steps = (candidate: Candidate) => level > 0 && candidate.level === level - 1;
    const isFresh = (candidate: Candidate) => candidate.laneBytes === NARROW_LANE_BYTES && !steps(candidate);
    const fresh = tried.filter(isFresh);
    const planOf = (stepping: boolean) => (stepping ? [stepwise, half] : [this.#plan, leaves.from.length]);
    const fixed = tried.filter(({ quad }) => quad >= 0);
    const isWhole = (candidate: Candidate) => !steps(candidate);
    const request = (candidates: readonly Candidate[], stepping: boolean) => {
      const [plan, planCount] = planOf(stepping);
      return { quads: candidates.map(({ quad }) => quad), plan, planCount };
    };
    this.#records.fill([request(fixed.filter(steps), true), request(fixed.filter(isWhole), false)], rows, stats);
    const others = tried.filter((candidate) => candidate.quad < 0 && !isFresh(candidate));
    this.#pool.run(
      'obliviousHistogram',
      others.map((candidate) => {
        const { address, histogram, laneBytes } = candidate;
        return [address, rows, stats, ...planOf(steps(candidate)), histogram, laneBytes];
      }),
    );
    this.#pool.run(
      'obliviousNarrowHistogram',
      fresh.map(({ address, histogram }) => [
        address,
        this.#lists.rows[0],
        this.#lists.stats[0],
        this.#leafOf,
        sampled,
        this.slots,
        leaves.from.length,
        histogram,
      ]),
    );
    for (const candidate of tried) candidate.level = level;
  }

  /** Address of the histograms of a quad that all trees have. */
  histogramOf(quad: number): number {
    return this.#records.histogramOf(quad);
  }
}

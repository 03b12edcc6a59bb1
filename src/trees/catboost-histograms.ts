/**
 * The histograms of a tree's candidates, kept from level to level: of two sibling leaves the smaller is summed, the other
 * is the parent's histogram less the smaller's. Combinations that are new at a level are summed for all its leaves.
 */
import type { KernelPool } from '../kernels/pool.js';
import { type CatboostColumns, WIDE_LANE_BYTES } from './catboost-columns.js';
import { listOf } from './catboost-partition.js';
import type { SampleLists } from './catboost-sampling.js';
import type { Candidate, Leaves } from './catboost-split.js';
import { NARROW_BINS } from './catboost-statistic-lanes.js';

/** Quads of a record. */
const QUADS = 8;
const SCRATCH_BYTES = 8192;
/** Calls a thread that a level is cut into, as leaves differ in size. */
const CALLS_A_THREAD = 4;

/** Bytes of one lane of a histogram of target statistics with few bins; others are WIDE_LANE_BYTES. */
export const NARROW_LANE_BYTES = NARROW_BINS * 16;

export class LevelHistograms {
  readonly #pool: KernelPool;
  readonly #columns: CatboostColumns;
  readonly #lists: SampleLists;
  readonly #leafOf: number;
  /** Ranges of the last level that is split. */
  readonly #capacity: number;
  /** Plans of obliviousHistogram: for all leaves, then for the smaller children alone. */
  readonly #plan: number;
  /** Histograms of the quads that all trees have, each of so many bytes. */
  readonly #histogram: number;
  readonly #histogramBytes: number;
  readonly #scratch: number;
  /** Calls of one record at most. */
  readonly #shares: number;
  /** Address of the slot (i32) of each range. */
  readonly slots: number;

  constructor(pool: KernelPool, columns: CatboostColumns, lists: SampleLists, leafOf: number, ranges: number) {
    this.#pool = pool;
    this.#columns = columns;
    this.#lists = lists;
    this.#leafOf = leafOf;
    this.#capacity = ranges;
    this.#plan = pool.memory.alloc(this.#capacity * 2 * 16);
    this.slots = pool.memory.alloc(this.#capacity * 4);
    this.#histogramBytes = ranges * 4 * WIDE_LANE_BYTES;
    this.#histogram = pool.memory.alloc(columns.quads.length * this.#histogramBytes);
    // Two sets: calls that step and calls that do not (some columns were left out of a level, by rsm) run at once.
    const records = Math.max(1, columns.records.length);
    this.#shares = pool.threads === 1 ? 1 : Math.ceil((pool.threads * CALLS_A_THREAD) / records);
    this.#scratch = pool.memory.alloc(2 * records * Math.max(QUADS, this.#shares) * SCRATCH_BYTES);
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
    const stepping = fixed.filter(steps);
    const whole = fixed.filter((candidate) => !steps(candidate));
    this.#pool.run('obliviousRecordHistogram', [
      ...this.#recordCalls(stepping, [rows, stats, ...planOf(true)], 0),
      ...this.#recordCalls(whole, [rows, stats, ...planOf(false)], this.#columns.records.length),
    ]);
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

  /**
   * Calls for columns that all trees have: those of one record together, over a share of the plan's leaves, so that there are enough
   * for all threads; `set` is the first of its scratches, a set of them a record.
   */
  #recordCalls(
    candidates: readonly Candidate[],
    [rows, stats, plan, planCount]: readonly number[],
    set: number,
  ): number[][] {
    const calls: number[][] = [];
    const { records } = this.#columns;
    const shares = this.#sharesOf(plan, planCount);
    // Where there are too few leaves to share, a record's quads are: each thread then fetches the rows for itself.
    const parts = Math.min(QUADS, Math.ceil(this.#pool.threads / Math.max(1, records.length * shares.length)));
    const wanted = new Int32Array(records.length);
    for (const { quad } of candidates) wanted[Math.floor(quad / QUADS)] |= 1 << quad % QUADS;
    let scratch = this.#scratch + set * Math.max(QUADS, this.#shares) * SCRATCH_BYTES;
    records.forEach((record, r) => {
      const hist = this.#histogram + r * QUADS * this.#histogramBytes;
      for (const part of partsOf(record.quads, parts)) {
        const quads = wanted[r] & part;
        if (quads === 0) continue;
        const asked = quads | ((record.narrow & quads) << 8);
        for (const [from, count] of shares) {
          const entries = [plan + from * 16, count, hist, this.#histogramBytes];
          calls.push([record.address, rows, stats, ...entries, asked, scratch, record.stride]);
          scratch += SCRATCH_BYTES;
        }
      }
    });
    return calls;
  }

  /** Cuts a plan into shares of about as many rows: first entry and number of entries each. */
  #sharesOf(plan: number, planCount: number): (readonly [number, number])[] {
    const entries = this.#pool.memory.i32(plan, planCount * 4);
    let total = 0;
    for (let entry = 0; entry < planCount; entry++) total += entries[entry * 4 + 1] - entries[entry * 4];
    const shares: (readonly [number, number])[] = [];
    let [first, rows] = [0, 0];
    for (let entry = 0; entry < planCount; entry++) {
      rows += entries[entry * 4 + 1] - entries[entry * 4];
      const isLast = entry + 1 === planCount;
      const isFull = shares.length + 1 < this.#shares && rows * this.#shares >= total * (shares.length + 1);
      if (!isLast && !isFull) continue;
      shares.push([first, entry + 1 - first]);
      first = entry + 1;
    }
    return shares;
  }

  /** Address of the histograms of a quad that all trees have. */
  histogramOf(quad: number): number {
    return this.#histogram + quad * this.#histogramBytes;
  }
}

/** A record's quads, a bit each from the first on, in so many parts of about as many quads. */
function partsOf(quads: number, parts: number): number[] {
  const count = 32 - Math.clz32(quads);
  return Array.from({ length: parts }, (_, p) => {
    const [from, to] = [Math.floor((count * p) / parts), Math.floor((count * (p + 1)) / parts)];
    return (1 << to) - (1 << from);
  });
}

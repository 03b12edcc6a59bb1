/**
 * The histograms of a tree's candidates, kept from level to level: of two sibling leaves the smaller is summed, the other
 * is the parent's histogram less the smaller's. Combinations that are new at a level are summed for all its leaves.
 */
import type { KernelPool } from '../kernels/pool.js';
import { listOf } from './catboost-partition.js';
import type { Sampler } from './catboost-sampling.js';
import type { Candidate, Leaves } from './catboost-split.js';

export class LevelHistograms {
  readonly #pool: KernelPool;
  readonly #sampler: Sampler;
  readonly #leafOf: number;
  /** Leaves of the last level that is split. */
  readonly #capacity: number;
  /** Plans of obliviousHistogram: for all leaves, then for the smaller children alone. */
  readonly #plan: number;
  /** Address of the slot (i32) of each leaf. */
  readonly slots: number;

  constructor(pool: KernelPool, sampler: Sampler, leafOf: number, depth: number) {
    this.#pool = pool;
    this.#sampler = sampler;
    this.#leafOf = leafOf;
    this.#capacity = 2 ** (depth - 1);
    this.#plan = pool.memory.alloc(this.#capacity * 2 * 16);
    this.slots = pool.memory.alloc(this.#capacity * 4);
  }

  /** Fills the histograms of these candidates over the leaves of a level; `before` are the leaves of the level above. */
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
    const rows = this.#sampler.rows[listOf(level)];
    const stats = this.#sampler.stats[listOf(level)];
    const steps = (candidate: Candidate) => level > 0 && candidate.level === level - 1;
    const fresh = tried.filter((candidate) => candidate.combination !== undefined && !steps(candidate));
    const others = tried.filter((candidate) => candidate.combination === undefined || steps(candidate));
    this.#pool.run(
      'obliviousHistogram',
      others.map((candidate) => {
        const { address, histogram, laneBytes } = candidate;
        if (steps(candidate)) return [address, rows, stats, stepwise, half, histogram, laneBytes];
        return [address, rows, stats, this.#plan, leaves.from.length, histogram, laneBytes];
      }),
    );
    this.#pool.run(
      'obliviousNarrowHistogram',
      fresh.map(({ address, histogram }) => [
        address,
        this.#sampler.rows[0],
        this.#sampler.stats[0],
        this.#leafOf,
        sampled,
        this.slots,
        leaves.from.length,
        histogram,
      ]),
    );
    for (const candidate of tried) candidate.level = level;
  }
}

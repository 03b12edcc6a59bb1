/**
 * Memory for the histograms of open nodes, taken from the pool as it is first needed and used again from tree to tree.
 * Past a budget it gives none: the grower then makes histograms from rows instead of by subtraction, with the same bytes.
 */
import type { KernelPool } from '../kernels/pool.js';

/** Bytes of histograms kept at most. */
const BUDGET = 2 ** 30;

export class HistogramSlots {
  readonly #pool: KernelPool;
  readonly #bytes: number;
  readonly #free: number[] = [];
  #left: number;

  /** `bytes` a histogram; at least two are kept. */
  constructor(pool: KernelPool, bytes: number, budget: number = BUDGET) {
    this.#pool = pool;
    this.#bytes = bytes;
    this.#left = Math.max(2, Math.floor(budget / Math.max(1, bytes)));
  }

  /** Byte offset of a free slot, or undefined when the budget is used up. */
  take(): number | undefined {
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    if (this.#left === 0) return undefined;
    this.#left--;
    return this.#pool.memory.alloc(this.#bytes);
  }

  give(slot: number): void {
    this.#free.push(slot);
  }
}

/** Areas of scratch memory for kernels that count by id, one a call under way. It knows nothing of what they count. */
import type { KernelName } from '../kernels/kernels.js';
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';

/** A table of pairs this many times the rows is indexed directly; a larger one is hashed. */
export const DIRECT = 8;
/** Bytes an id of `statisticTotals`; the other kernels need fewer. */
const TOTAL_BYTES = 12;
/** Bytes behind each area for a call's result. */
const RESULT_BYTES = 64;

export class StatisticScratch {
  readonly #pool: KernelPool;
  readonly #address: number;
  readonly #bytes: number;
  readonly #areas: number;

  constructor(pool: KernelPool, { rows, categories }: CatboostColumns) {
    this.#pool = pool;
    this.#areas = categories.length === 0 ? 0 : pool.threads * 2;
    // A dictionary may be longer than the rows; combinations have no more ids than rows.
    const ids = Math.max(rows, ...categories.map(({ idCount }) => idCount));
    const bytes = Math.max(hashSize(rows) * 16, rows * DIRECT * 4, ids * TOTAL_BYTES);
    this.#bytes = Math.ceil(bytes / 64) * 64 + RESULT_BYTES;
    this.#address = pool.memory.alloc(this.#bytes * this.#areas);
  }

  /** The area of call i of a list, and where its result goes. */
  of(i: number): [table: number, result: number] {
    const at = this.#address + (i % this.#areas) * this.#bytes;
    return [at, at + this.#bytes - RESULT_BYTES];
  }

  /** Runs as many calls at a time as there are areas. `done` gets the two words of a call's result. */
  run(kernel: KernelName, calls: readonly number[][], done: (i: number, result: Int32Array) => void = () => {}): void {
    for (let from = 0; from < calls.length; from += this.#areas) {
      const batch = calls.slice(from, from + this.#areas);
      this.#pool.run(kernel, batch);
      for (let i = from; i < from + batch.length; i++) done(i, this.#pool.memory.i32(this.of(i)[1], 2));
    }
  }
}

/** Entries of a hash table for this many keys, at most half full. */
export function hashSize(rows: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, rows * 2)));
}

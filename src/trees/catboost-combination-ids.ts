/**
 * Ids of combinations: one small integer a row, equal where all parts are. Longer combinations are made of shorter ones.
 * It makes no statistics.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';
import { type Combination, isSingle, type SplitPart, splitKey } from './catboost-combination.js';
import { Slabs } from './catboost-slabs.js';
import { DIRECT, hashSize, type StatisticScratch } from './catboost-statistic-scratch.js';
import { chunks } from './row-chunks.js';

export class CombinationIds {
  readonly #pool: KernelPool;
  readonly #columns: CatboostColumns;
  readonly #scratch: StatisticScratch;
  /** Pieces of 4 bytes a row. */
  readonly #slabs: Slabs;
  readonly #splitSlabs: Slabs;
  readonly #splitIds = new Map<string, number>();
  readonly #parentOf: (combination: Combination) => Combination;

  /** `parentOf` finds the combination that one more column, or all of the splits, was added to. */
  constructor(
    pool: KernelPool,
    columns: CatboostColumns,
    scratch: StatisticScratch,
    slabs: Slabs,
    parentOf: (combination: Combination) => Combination,
  ) {
    this.#pool = pool;
    this.#columns = columns;
    this.#scratch = scratch;
    this.#slabs = slabs;
    this.#splitSlabs = new Slabs(pool.memory, columns.rows * 2);
    this.#parentOf = parentOf;
  }

  /** Makes the ids that are missing: (a, b, c) is the pair of (a, b) and c. */
  make(wanted: readonly Combination[]): void {
    const missing = new Set<Combination>();
    const visit = (combination: Combination) => {
      if (combination.ids >= 0 || missing.has(combination)) return;
      visit(this.#parentOf(combination));
      missing.add(combination);
    };
    for (const combination of wanted) visit(combination);
    let waiting = [...missing];
    while (waiting.length > 0) {
      const ready = waiting.filter((combination) => this.#parentOf(combination).ids >= 0);
      const calls = ready.map((combination, i) => this.#combineCall(combination, i));
      this.#scratch.run('combineIds', calls, (i, result) => {
        ready[i].idCount = result[0];
        ready[i].trainIds = result[1];
      });
      ready.forEach((combination, i) => {
        combination.ids = calls[i][9];
      });
      waiting = waiting.filter((combination) => combination.ids < 0);
    }
  }

  /** Gives a combination's ids back, unless they are a column's own. */
  forget(combination: Combination): void {
    if (combination.ids >= 0 && !isSingle(combination)) this.#slabs.give(combination.ids);
  }

  /** Forgets the leaves of splits. */
  endTree(): void {
    for (const address of this.#splitIds.values()) this.#splitSlabs.give(address);
    this.#splitIds.clear();
  }

  #combineCall(combination: Combination, i: number): number[] {
    const { trainRows, rows } = this.#columns;
    const parent = this.#parentOf(combination);
    const last = this.#columns.categories[combination.categories[combination.categories.length - 1]];
    const bySplits = combination.splits.length > 0;
    const second = bySplits ? this.#idsOfSplits(combination.splits) : last.ids;
    const cardinality = bySplits ? 2 ** combination.splits.length : last.idCount;
    const pairs = parent.idCount * cardinality;
    const direct = pairs <= DIRECT * rows;
    const mask = (direct ? pairs : hashSize(rows)) - 1;
    const [table, result] = this.#scratch.of(i);
    const wide = bySplits ? 0 : 1;
    const ids = this.#slabs.take();
    return [parent.ids, second, wide, cardinality, trainRows, rows, table, mask, direct ? 1 : 0, ids, result];
  }

  /** The leaf (u16) of every row under these splits alone. */
  #idsOfSplits(splits: readonly SplitPart[]): number {
    const key = splitKey(splits);
    let ids = this.#splitIds.get(key);
    if (ids === undefined) {
      ids = this.#splitSlabs.take();
      this.#splitIds.set(key, ids);
      const { quads, rows } = this.#columns;
      const mark = this.#pool.memory.mark();
      const table = this.#pool.memory.alloc(splits.length * 16);
      const view = this.#pool.memory.i32(table, splits.length * 4);
      splits.forEach(({ quad, lane, bin }, s) => {
        view.set([quads[quad].address, lane * 8, bin, quads[quad].lanes[lane].oneHot ? 1 : 0], s * 4);
      });
      const out = ids;
      this.#pool.run(
        'obliviousLeafIndex',
        chunks(rows).map(([from, to]) => [table, splits.length, from, to, out]),
      );
      this.#pool.memory.release(mark);
    }
    return ids;
  }
}

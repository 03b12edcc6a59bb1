/**
 * Ordered target statistics of single categorical columns and of their combinations, made when they are asked for:
 * CatBoost's online CTRs of type Borders (priors 0, ½, 1) and Counter. It does not choose combinations or splits.
 *
 * A combination's quad of a permutation has the statistics of every row in that order: of a training row from the rows
 * before it, of a validation row from all training rows. Combinations of columns alone are kept for later trees within
 * a budget; those with a tree's own splits in them go when the tree is done.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';
import { Slabs } from './catboost-slabs.js';

/** Bytes kept from tree to tree. */
const BUDGET = 768 * 2 ** 20;
/** A table of pairs this many times the rows is indexed directly; a larger one is hashed. */
const DIRECT = 8;
/** Bytes an id of `statisticTotals`; `orderedStatistics` needs fewer. */
const TOTAL_BYTES = 12;

/** A numeric or one-hot split of the tree that is part of a combination. */
export interface SplitPart {
  readonly quad: number;
  readonly lane: number;
  /** Above this bin (numeric), or equal to it (one-hot). */
  readonly bin: number;
}

export interface Combination {
  readonly key: string;
  /** Indices into the columns' `categories`, ascending. */
  readonly categories: readonly number[];
  /** In the order of quad, lane and bin. */
  readonly splits: readonly SplitPart[];
  /** Address of the ids, or −1 while there are none. */
  ids: number;
  idCount: number;
  /** Keys among the training rows. */
  trainIds: number;
  /** Address of the quads of each permutation that asked for them. */
  readonly quads: Map<number, number>;
  lastTree: number;
}

/** Ids and counts of a combination over all training rows, for the finished model. */
export interface StatisticTotals {
  readonly firstRow: Uint32Array;
  readonly rows: Uint32Array;
  readonly positives: Uint32Array;
  readonly largest: number;
}

export class TargetStatistics {
  readonly #pool: KernelPool;
  readonly #columns: CatboostColumns;
  readonly #labels: number;
  /** Address of the order of the training rows (u32) of each permutation. */
  readonly #permutations: readonly number[];
  readonly #combinations = new Map<string, Combination>();
  readonly #slabs: Slabs;
  readonly #binIds: Slabs;
  readonly #splitIds = new Map<string, number>();
  readonly #scratch: number;
  readonly #scratchBytes: number;
  readonly #batch: number;
  #tree = 0;

  constructor(pool: KernelPool, columns: CatboostColumns, labels: number, permutations: readonly number[]) {
    this.#pool = pool;
    this.#columns = columns;
    this.#labels = labels;
    this.#permutations = permutations;
    this.#slabs = new Slabs(pool.memory, columns.rows * 4);
    this.#binIds = new Slabs(pool.memory, columns.rows * 2);
    this.#batch = columns.categories.length === 0 ? 0 : pool.threads * 2;
    // A dictionary may be longer than the rows; combinations have no more ids than rows.
    const ids = Math.max(columns.rows, ...columns.categories.map(({ idCount }) => idCount));
    const hash = hashSize(columns.rows) * 16;
    const bytes = Math.max(hash, columns.rows * DIRECT * 4, ids * TOTAL_BYTES);
    this.#scratchBytes = Math.ceil(bytes / 64) * 64 + 64;
    this.#scratch = pool.memory.alloc(this.#scratchBytes * this.#batch);
  }

  /** The combination of these categorical columns (ascending indices) and splits. */
  combination(categories: readonly number[], splits: readonly SplitPart[]): Combination {
    const ordered = [...splits].sort((a, b) => a.quad - b.quad || a.lane - b.lane || a.bin - b.bin);
    const key = `${categories.join(',')}|${splitKey(ordered)}`;
    let found = this.#combinations.get(key);
    if (found === undefined) {
      const single = splits.length === 0 && categories.length === 1;
      const column = this.#columns.categories[categories[0]];
      found = {
        key,
        categories,
        splits: ordered,
        ids: single ? column.ids : -1,
        idCount: single ? column.idCount : 0,
        trainIds: single ? column.distinct : 0,
        quads: new Map(),
        lastTree: this.#tree,
      };
      this.#combinations.set(key, found);
    }
    found.lastTree = this.#tree;
    return found;
  }

  /** Makes the quads that are missing, of the given combinations in the given permutations. */
  prepare(wanted: readonly { readonly combination: Combination; readonly permutation: number }[]): void {
    this.#makeIds(wanted.map(({ combination }) => combination));
    const calls: number[][] = [];
    for (const { combination, permutation } of wanted) {
      if (combination.quads.has(permutation)) continue;
      const quads = this.#slabs.take();
      combination.quads.set(permutation, quads);
      const { trainRows, rows } = this.#columns;
      const order = this.#permutations[permutation];
      const [table, result] = this.#scratchOf(calls.length);
      calls.push([combination.ids, combination.idCount, order, this.#labels, trainRows, rows, table, quads, result]);
    }
    this.#runBatches('orderedStatistics', calls, () => {});
  }

  /** Counts over all training rows. */
  totals(combination: Combination): StatisticTotals {
    const out = this.#scratch;
    this.#makeIds([combination]);
    this.#pool.kernels.statisticTotals(
      combination.ids,
      combination.idCount,
      this.#labels,
      this.#columns.trainRows,
      out,
    );
    const table = this.#pool.memory.u32(out, combination.idCount * 3);
    const firstRow = new Uint32Array(combination.trainIds);
    const rows = new Uint32Array(combination.trainIds);
    const positives = new Uint32Array(combination.trainIds);
    let used = 0;
    let largest = 0;
    for (let at = 0; at < table.length; at += 3) {
      if (table[at + 1] === 0) continue;
      firstRow[used] = table[at];
      rows[used] = table[at + 1];
      positives[used++] = table[at + 2];
      if (table[at + 1] > largest) largest = table[at + 1];
    }
    return { firstRow, rows, positives, largest };
  }

  /** Forgets what only this tree could use, and what was not used for longest above the budget. */
  endTree(): void {
    this.#tree++;
    for (const address of this.#splitIds.values()) this.#binIds.give(address);
    this.#splitIds.clear();
    const plain: Combination[] = [];
    for (const combination of this.#combinations.values()) {
      if (combination.splits.length > 0) this.#forget(combination);
      else plain.push(combination);
    }
    if (this.#slabs.used <= BUDGET) return;
    plain.sort((a, b) => a.lastTree - b.lastTree);
    for (const combination of plain) {
      if (this.#slabs.used <= BUDGET) break;
      this.#forget(combination);
    }
  }

  #forget(combination: Combination): void {
    for (const address of combination.quads.values()) this.#slabs.give(address);
    if (combination.ids >= 0 && !isSingle(combination)) this.#slabs.give(combination.ids);
    this.#combinations.delete(combination.key);
  }

  /** Ids of pairs, the shorter combinations first: (a, b, c) is the pair of (a, b) and c. */
  #makeIds(wanted: readonly Combination[]): void {
    const missing = new Set<Combination>();
    const visit = (combination: Combination) => {
      if (combination.ids >= 0 || missing.has(combination)) return;
      visit(this.#parent(combination));
      missing.add(combination);
    };
    for (const combination of wanted) visit(combination);
    const waiting = [...missing];
    while (waiting.length > 0) {
      const ready = waiting.filter((combination) => this.#parent(combination).ids >= 0);
      const calls = ready.map((combination, i) => this.#combineCall(combination, i));
      const trained: number[] = [];
      this.#runBatches('combineIds', calls, (i, result) => {
        ready[i].idCount = result[0];
        trained[i] = result[1];
      });
      ready.forEach((combination, i) => {
        combination.trainIds = trained[i];
        combination.ids = calls[i][9];
        waiting.splice(waiting.indexOf(combination), 1);
      });
    }
  }

  #parent({ categories, splits }: Combination): Combination {
    return splits.length > 0 ? this.combination(categories, []) : this.combination(categories.slice(0, -1), []);
  }

  #combineCall(combination: Combination, i: number): number[] {
    const { trainRows, rows } = this.#columns;
    const parent = this.#parent(combination);
    const last = this.#columns.categories[combination.categories[combination.categories.length - 1]];
    const bySplits = combination.splits.length > 0;
    const second = bySplits ? this.#idsOfSplits(combination.splits) : last.ids;
    const cardinality = bySplits ? 2 ** combination.splits.length : last.idCount;
    const pairs = parent.idCount * cardinality;
    const direct = pairs <= DIRECT * rows;
    const mask = (direct ? pairs : hashSize(rows)) - 1;
    const [table, result] = this.#scratchOf(i);
    const wide = bySplits ? 0 : 1;
    const ids = this.#slabs.take();
    return [parent.ids, second, wide, cardinality, trainRows, rows, table, mask, direct ? 1 : 0, ids, result];
  }

  /** The leaf (u16) of every row under these splits alone. */
  #idsOfSplits(splits: readonly SplitPart[]): number {
    const key = splitKey(splits);
    let ids = this.#splitIds.get(key);
    if (ids === undefined) {
      ids = this.#binIds.take();
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

  #scratchOf(i: number): [table: number, result: number] {
    const at = this.#scratch + (i % this.#batch) * this.#scratchBytes;
    return [at, at + this.#scratchBytes - 64];
  }

  /** As many calls at a time as there are scratch areas. `done` gets the two words of a call's result. */
  #runBatches(
    kernel: 'combineIds' | 'orderedStatistics',
    calls: readonly number[][],
    done: (i: number, result: Int32Array) => void,
  ): void {
    for (let from = 0; from < calls.length; from += this.#batch) {
      const batch = calls.slice(from, from + this.#batch);
      this.#pool.run(kernel, batch);
      for (let i = from; i < from + batch.length; i++) done(i, this.#pool.memory.i32(this.#scratchOf(i)[1], 2));
    }
  }
}

/** [from, to) of the tasks that rows are cut into. */
export function chunks(rows: number, size = 16384): [from: number, to: number][] {
  const list: [number, number][] = [];
  for (let from = 0; from < rows; from += size) list.push([from, Math.min(rows, from + size)]);
  return list;
}

export function splitKey(splits: readonly SplitPart[]): string {
  return splits.map(({ quad, lane, bin }) => `${quad}.${lane}.${bin}`).join(',');
}

function isSingle({ categories, splits }: Combination): boolean {
  return categories.length === 1 && splits.length === 0;
}

/** Entries of a hash table for this many keys, at most half full. */
function hashSize(rows: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, rows * 2)));
}

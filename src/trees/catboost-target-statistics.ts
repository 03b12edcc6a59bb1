/**
 * Ordered target statistics of single categorical columns and of their combinations, made when they are asked for
 * (CatBoost's online CTRs). It does not choose combinations or splits.
 *
 * A combination's quads of a permutation have the statistics of every row in that order: of a training row from the rows
 * before it, of a validation row from all training rows. Combinations of columns alone are kept for later trees within
 * a budget; those with a tree's own splits in them go when the tree is done.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostColumns } from './catboost-columns.js';
import { type Combination, isSingle, type SplitPart, type StatisticTotals, splitKey } from './catboost-combination.js';
import { CombinationIds } from './catboost-combination-ids.js';
import type { CatboostSettings } from './catboost-settings.js';
import { Slabs } from './catboost-slabs.js';
import { quadsOfLanes, type StatisticLane } from './catboost-statistic-lanes.js';
import { StatisticScratch } from './catboost-statistic-scratch.js';

/** Bytes kept from tree to tree. */
const BUDGET = 768 * 2 ** 20;
/** Doubles a lane in the table that `laneStatistics` reads. */
const LANE_DOUBLES = 6;

export type StatisticSettings = Pick<CatboostSettings, 'simpleLanes' | 'combinationLanes' | 'countAll'>;

export class TargetStatistics {
  readonly #pool: KernelPool;
  readonly #settings: StatisticSettings;
  readonly #columns: CatboostColumns;
  readonly #labels: number;
  /** Address of the order of the training rows (u32) of each permutation. */
  readonly #permutations: readonly number[];
  readonly #combinations = new Map<string, Combination>();
  readonly #slabs: Slabs;
  readonly #scratch: StatisticScratch;
  readonly #ids: CombinationIds;
  /** Address of the table of each quad of lanes; 0 where the lanes are the default ones, which have a kernel of their own. */
  readonly #laneTables = new Map<readonly StatisticLane[], readonly { table: number; lanes: number }[]>();
  #tree = 0;

  constructor(
    pool: KernelPool,
    settings: StatisticSettings,
    columns: CatboostColumns,
    labels: number,
    permutations: readonly number[],
  ) {
    this.#pool = pool;
    this.#settings = settings;
    this.#columns = columns;
    this.#labels = labels;
    this.#permutations = permutations;
    this.#slabs = new Slabs(pool.memory, columns.rows * 4);
    this.#scratch = new StatisticScratch(pool, columns);
    this.#ids = new CombinationIds(pool, columns, this.#scratch, this.#slabs, ({ categories, splits }) =>
      splits.length > 0 ? this.combination(categories, []) : this.combination(categories.slice(0, -1), []),
    );
    for (const lanes of [settings.simpleLanes, settings.combinationLanes]) {
      this.#laneTables.set(
        lanes,
        quadsOfLanes(lanes).map((quad) => ({ table: this.#laneTable(quad), lanes: quad.length })),
      );
    }
  }

  /** The combination of these categorical columns (ascending indices) and splits. */
  combination(categories: readonly number[], splits: readonly SplitPart[]): Combination {
    const ordered = [...splits].sort((a, b) => a.quad - b.quad || a.lane - b.lane || a.bin - b.bin);
    const key = `${categories.join(',')}|${splitKey(ordered)}`;
    let found = this.#combinations.get(key);
    if (found === undefined) {
      const single = isSingle({ categories, splits });
      const column = this.#columns.categories[categories[0]];
      found = {
        key,
        categories,
        splits: ordered,
        lanes: single ? this.#settings.simpleLanes : this.#settings.combinationLanes,
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
    this.#ids.make(wanted.map(({ combination }) => combination));
    const { trainRows, rows } = this.#columns;
    const plain: number[][] = [];
    const byLanes: number[][] = [];
    for (const { combination, permutation } of wanted) {
      if (combination.quads.has(permutation)) continue;
      const { ids, idCount, lanes } = combination;
      const order = this.#permutations[permutation];
      const tables = this.#laneTables.get(lanes) as readonly { table: number; lanes: number }[];
      const addresses = tables.map((quad) => {
        const address = this.#slabs.take();
        const calls = quad.table === 0 ? plain : byLanes;
        const [table, result] = this.#scratch.of(calls.length);
        const head = [ids, idCount, order, this.#labels, trainRows, rows, table];
        if (quad.table === 0) calls.push([...head, address, result]);
        else calls.push([...head, quad.table, quad.lanes, this.#settings.countAll ? 1 : 0, address]);
        return address;
      });
      combination.quads.set(permutation, addresses);
    }
    this.#scratch.run('orderedStatistics', plain);
    this.#scratch.run('laneStatistics', byLanes);
  }

  /** Counts over all training rows. */
  totals(combination: Combination): StatisticTotals {
    const [out] = this.#scratch.of(0);
    this.#ids.make([combination]);
    const { ids, idCount, trainIds } = combination;
    const { trainRows, rows: allRows } = this.#columns;
    this.#pool.kernels.statisticTotals(ids, idCount, this.#labels, trainRows, out);
    const table = this.#pool.memory.u32(out, idCount * 3);
    const firstRow = new Uint32Array(trainIds);
    const rows = new Uint32Array(trainIds);
    const positives = new Uint32Array(trainIds);
    const place = new Int32Array(this.#settings.countAll ? idCount : 0).fill(-1);
    let used = 0;
    for (let id = 0; id < idCount; id++) {
      if (table[id * 3 + 1] === 0) continue;
      if (place.length > 0) place[id] = used;
      firstRow[used] = table[id * 3];
      rows[used] = table[id * 3 + 1];
      positives[used++] = table[id * 3 + 2];
    }
    const counted = this.#settings.countAll ? rows.slice() : rows;
    if (this.#settings.countAll) {
      const view = this.#pool.memory.i32(ids, allRows);
      for (let row = trainRows; row < allRows; row++) if (place[view[row]] >= 0) counted[place[view[row]]]++;
    }
    return { firstRow, rows, positives, counted, largest: counted.reduce((most, n) => Math.max(most, n), 0) };
  }

  /** Forgets what only this tree could use, and what was not used for longest above the budget. */
  endTree(): void {
    this.#tree++;
    this.#ids.endTree();
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
    for (const addresses of combination.quads.values()) for (const address of addresses) this.#slabs.give(address);
    this.#ids.forget(combination);
    this.#combinations.delete(combination.key);
  }

  #laneTable(lanes: readonly StatisticLane[]): number {
    if (!this.#settings.countAll && isDefault(lanes)) return 0;
    const table = this.#pool.memory.alloc(lanes.length * LANE_DOUBLES * 8);
    const view = this.#pool.memory.f64(table, lanes.length * LANE_DOUBLES);
    lanes.forEach(({ type, counted, prior, shift, scale, borders }, lane) => {
      view.set([type === 'counter' ? 1 : 0, counted, prior, shift, scale, borders], lane * LANE_DOUBLES);
    });
    return table;
  }
}

/** Borders with priors 0, ½, 1 and Counter with prior 0, each with 15 borders. */
function isDefault(lanes: readonly StatisticLane[]): boolean {
  const all = lanes.map(({ type, prior, borders }) => `${type} ${prior} ${borders}`).join();
  return all === 'borders 0 15,borders 0.5 15,borders 1 15,counter 0 15';
}

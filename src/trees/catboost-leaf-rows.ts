/**
 * The leaf of every row of a finished tree, and every model's odds brought into the order of the leaves, so that each step
 * of the estimation is a sweep over contiguous doubles. It estimates nothing.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { SplitTest } from './catboost-split.js';
import { chunks } from './row-chunks.js';

/** Rows of one entry of a sweep, and of one task. */
const ENTRY_ROWS = 8192;
/** Doubles an entry in the table of `oddsLeafSums`. */
export const ENTRY = 8;

/** A model of boosting: the raw score, as its exponential, of each row of an order. */
export interface LeafModel {
  /** exp(raw score) of the places 0 … tail − 1 (f64). */
  readonly odds: number;
  /** Leaf values are found from the places 0 … body − 1 and given to 0 … tail − 1. */
  readonly body: number;
  readonly tail: number;
  /** Of each place: a byte, and a double or 0 for all ones. */
  readonly labels: number;
  readonly weights: number;
  readonly lambda: number;
  /** Index of the places among those that leaves are found of. */
  readonly places: number;
}

/** Places that have leaves: the statistics of which order of the rows decide, and the row of each place. */
export interface LeafPlaces {
  readonly permutation: number;
  /** Address of the rows (u32), or 0 where places are the rows themselves. */
  readonly order: number;
}

export interface LeafSums {
  readonly rows: Float64Array;
  readonly weight: Float64Array;
  /** Σ weight · label. */
  readonly positive: Float64Array;
}

/** One model's rows in the order of the leaves. */
export interface LeafOrder {
  readonly sums: LeafSums;
  /** Index of each leaf's first entry in the table; leaves + 1 of them. */
  readonly entries: Int32Array;
  /** Addresses of the odds and weights (0: all ones) that the entries' rows are places in. */
  readonly odds: number;
  readonly weights: number;
}

export class LeafRows {
  readonly #pool: KernelPool;
  readonly #rows: number;
  readonly #models: readonly LeafModel[];
  readonly #places: readonly LeafPlaces[];
  readonly #counts: number;
  readonly #cursors: number;
  readonly #leafOfRow: readonly number[];
  readonly #ordered: readonly number[];
  readonly #orderedWeights: readonly number[];
  readonly #splits: number;
  readonly #tableEntries: number;
  /** Entries of all models' leaves: from, to, factor, and what `oddsLeafSums` makes of them. */
  readonly table: number;
  /** Address of the leaf (u16) of every place, for each of the places. */
  readonly leafOf: readonly number[];

  constructor(
    pool: KernelPool,
    depth: number,
    rows: number,
    places: readonly LeafPlaces[],
    models: readonly LeafModel[],
  ) {
    const { memory } = pool;
    this.#pool = pool;
    this.#rows = rows;
    this.#models = models;
    this.#places = places;
    const leaves = 2 ** depth;
    const parts = models.reduce((sum, { body }) => sum + chunks(body).length, 0);
    this.#counts = memory.alloc(parts * leaves * 24);
    this.#cursors = memory.alloc(parts * leaves * 4);
    this.leafOf = places.map(() => memory.alloc(rows * 2));
    this.#leafOfRow = places.map(({ order }, o) => (order === 0 ? this.leafOf[o] : memory.alloc(rows * 2)));
    this.#ordered = models.map(({ body }) => memory.alloc(body * 8));
    this.#orderedWeights = models.map(({ body, weights }) => (weights === 0 ? 0 : memory.alloc(body * 8)));
    this.#splits = memory.alloc(places.length * depth * 16);
    const entries = models.reduce((sum, { body }) => sum + leaves + Math.ceil(body / ENTRY_ROWS), 0);
    this.#tableEntries = Math.max(entries, Math.ceil(rows / 1024));
    this.table = memory.alloc(this.#tableEntries * ENTRY * 8);
  }

  /** The table as numbers. */
  get entries(): Float64Array {
    return this.#pool.memory.f64(this.table, this.#tableEntries * ENTRY);
  }

  /** Finds the leaves; `tests[p]` are the tree's splits over the columns of places p. Then orders all models' rows. */
  order(tests: readonly (readonly SplitTest[])[]): LeafOrder[] {
    const depth = tests[0].length;
    this.#findLeaves(tests, depth);
    return this.#scatter(2 ** depth, this.#count(2 ** depth));
  }

  #findLeaves(tests: readonly (readonly SplitTest[])[], depth: number): void {
    const calls: number[][] = [];
    tests.forEach((splits, o) => {
      const table = this.#splits + o * depth * 16;
      const view = this.#pool.memory.u32(table, depth * 4);
      splits.forEach(({ address, lane, bin, oneHot }, s) => {
        view.set([address, lane * 8, bin, oneHot ? 1 : 0], s * 4);
      });
      for (const [from, to] of chunks(this.#rows)) calls.push([table, depth, from, to, this.#leafOfRow[o]]);
    });
    this.#pool.run('obliviousLeafIndex', calls);
    const ordering = this.#places.flatMap(({ order }, o) =>
      order === 0 ? [] : chunks(this.#rows).map(([from, to]) => [this.#leafOfRow[o], order, from, to, this.leafOf[o]]),
    );
    this.#pool.run('obliviousLeafOrder', ordering);
  }

  /** Rows, weight and weighted labels of each leaf in each chunk of each model. */
  #count(leaves: number): Float64Array[] {
    const calls: number[][] = [];
    const found = this.#models.map(({ body, labels, weights, places }) => {
      const first = calls.length;
      for (const [from, to] of chunks(body)) {
        const out = this.#counts + calls.length * leaves * 24;
        calls.push([this.leafOf[places], weights, labels, from, to, leaves, out]);
      }
      const at = this.#counts + first * leaves * 24;
      return this.#pool.memory.f64(at, (calls.length - first) * leaves * 3);
    });
    this.#pool.run('obliviousLeafCounts', calls);
    return found;
  }

  #scatter(leaves: number, counts: readonly Float64Array[]): LeafOrder[] {
    const table = this.entries;
    const calls: number[][] = [];
    let entry = 0;
    const orders = this.#models.map(({ body, odds, weights, places }, m): LeafOrder => {
      const part = counts[m];
      const parts = part.length / (leaves * 3);
      const sums = sumChunks(part, parts, leaves);
      const cursors = this.#cursors + calls.length * leaves * 4;
      const cursor = this.#pool.memory.u32(cursors, parts * leaves);
      const entries = new Int32Array(leaves + 1);
      let place = 0;
      for (let leaf = 0; leaf < leaves; leaf++) {
        entries[leaf] = entry;
        const end = place + sums.rows[leaf];
        for (let from = place; from < end; from += ENTRY_ROWS) {
          table[entry * ENTRY] = from;
          table[entry * ENTRY + 1] = Math.min(end, from + ENTRY_ROWS);
          entry++;
        }
        for (let c = 0; c < parts; c++) {
          cursor[c * leaves + leaf] = place;
          place += part[(c * leaves + leaf) * 3];
        }
      }
      entries[leaves] = entry;
      chunks(body).forEach(([from, to], c) => {
        const at = cursors + c * leaves * 4;
        const target = [this.#ordered[m], this.#orderedWeights[m]];
        calls.push([this.leafOf[places], odds, weights, from, to, at, ...target]);
      });
      return { sums, entries, odds: this.#ordered[m], weights: this.#orderedWeights[m] };
    });
    this.#pool.run('obliviousLeafScatter', calls);
    return orders;
  }
}

function sumChunks(part: Float64Array, count: number, leaves: number): LeafSums {
  const zeros = () => new Float64Array(leaves);
  const sums = { rows: zeros(), weight: zeros(), positive: zeros() };
  for (let c = 0; c < count; c++) {
    for (let leaf = 0; leaf < leaves; leaf++) {
      const at = (c * leaves + leaf) * 3;
      sums.rows[leaf] += part[at];
      sums.weight[leaf] += part[at + 1];
      sums.positive[leaf] += part[at + 2];
    }
  }
  return sums;
}

/**
 * Leaf values of one oblivious tree by several Newton (or gradient) steps, for every model at once, and the models' odds
 * after it (CatBoost, approx_calcer.cpp). It chooses no splits.
 */
import { exp } from '../kernels/plain/exponential.js';
import type { KernelPool } from '../kernels/pool.js';
import { ENTRY, type LeafModel, type LeafPlaces, LeafRows, type LeafSums } from './catboost-leaf-rows.js';
import { entryLoss, LeafWalk } from './catboost-leaf-walk.js';
import type { CatboostSettings } from './catboost-settings.js';
import type { SplitTest } from './catboost-split.js';
import { chunks } from './row-chunks.js';

export interface LeafResult {
  /** Value of each leaf, before the learning rate. */
  readonly value: Float64Array;
  /** Σ w p (1 − p) at these values. */
  readonly hessian: Float64Array;
  readonly sums: LeafSums;
}

export class LeafEstimator {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #models: readonly LeafModel[];
  readonly #rows: LeafRows;
  readonly #factors: number;

  constructor(
    pool: KernelPool,
    settings: CatboostSettings,
    rows: number,
    places: readonly LeafPlaces[],
    models: readonly LeafModel[],
  ) {
    this.#pool = pool;
    this.#settings = settings;
    this.#models = models;
    this.#rows = new LeafRows(pool, settings.depth, rows, places, models);
    this.#factors = pool.memory.alloc(models.length * 2 ** settings.depth * 8);
  }

  /** A result a model; `tests[p]` are the tree's splits over the columns of places p. */
  estimate(tests: readonly (readonly SplitTest[])[]): LeafResult[] {
    const walks = this.#rows.order(tests).map((order, m) => new LeafWalk(this.#settings, this.#models[m], order));
    this.#evaluate(walks, true);
    for (let i = 0; i < this.#settings.leafIterations && walks.some((walk) => !walk.done); i++) {
      this.#evaluate(walks, false);
    }
    return walks;
  }

  /**
   * Multiplies every model's odds by its leaves: exp(rate · value). Returns Σ w ln(1 + odds) of the last model after it.
   */
  update(results: readonly LeafResult[], rate: number): number {
    const leaves = results[0].value.length;
    const calls: number[][] = [];
    this.#models.forEach(({ odds, tail, places }, m) => {
      const factors = this.#factors + m * leaves * 8;
      const view = this.#pool.memory.f64(factors, leaves);
      for (let leaf = 0; leaf < leaves; leaf++) view[leaf] = exp(rate * results[m].value[leaf]);
      for (const [from, to] of chunks(tail)) calls.push([odds, this.#rows.leafOf[places], factors, from, to]);
    });
    this.#pool.run('multiplyOdds', calls);
    const last = this.#models[this.#models.length - 1];
    const table = this.#rows.entries;
    const parts = chunks(last.tail);
    parts.forEach((part, c) => {
      table.set([...part, 1], c * ENTRY);
    });
    this.#pool.run(
      'oddsLeafSums',
      parts.map((_, c) => [this.#rows.table, c, 1, last.odds, last.weights]),
    );
    return parts.reduce((sum, _, c) => sum + entryLoss(table, c * ENTRY), 0);
  }

  /** Sums at the start, or at value + scale · step of the walks under way. */
  #evaluate(walks: readonly LeafWalk[], start: boolean): void {
    const table = this.#rows.entries;
    const calls: number[][] = [];
    for (const walk of walks) {
      if (walk.done) continue;
      for (let leaf = 0; leaf < walk.value.length; leaf++) {
        if (!start && walk.step[leaf] === 0) continue;
        const factor = exp(walk.value[leaf] + walk.scale * walk.step[leaf]);
        const { entries } = walk.order;
        for (let e = entries[leaf]; e < entries[leaf + 1]; e++) table[e * ENTRY + 2] = factor;
        this.#addTasks(calls, walk, leaf);
      }
    }
    this.#pool.run('oddsLeafSums', calls);
    for (const walk of walks) if (!walk.done) walk.take(table, start);
  }

  /** Neighbouring leaves share a task while it has few rows. */
  #addTasks(calls: number[][], { order }: LeafWalk, leaf: number): void {
    const first = order.entries[leaf];
    const last = calls[calls.length - 1];
    const count = order.entries[leaf + 1] - first;
    if (count === 0) return;
    if (last !== undefined && last[3] === order.odds && last[1] + last[2] === first && last[2] < 8) last[2] += count;
    else calls.push([this.#rows.table, first, count, order.odds, order.weights]);
  }
}

/**
 * Leaf values of one oblivious tree by several Newton (or gradient) steps, for every permutation's model at once, and
 * the models' odds after it (CatBoost, approx_calcer.cpp and gradient_walker.h). It chooses no splits.
 *
 * The odds are brought into the order of the leaves first, so that every step is a sweep over contiguous doubles.
 */
import { exp, log } from '../kernels/plain/exponential.js';
import type { KernelPool } from '../kernels/pool.js';
import type { CatboostSettings } from './catboost-settings.js';
import { chunks } from './catboost-target-statistics.js';

/** Rows of one entry of a sweep, and of one task. */
const ENTRY_ROWS = 8192;
/** Steps below this no longer move a leaf: what is left of them is far below the leaf's sixth digit. */
const STILL = 1e-9;
/** Odds are multiplied by at most e^345 ≈ 10^150. */
const LARGEST_STEP = 345;

/** One permutation's model. */
export interface Model {
  /** exp(raw score) of every training row (f64). */
  readonly odds: number;
}

export interface LeafSums {
  readonly rows: Float64Array;
  readonly weight: Float64Array;
  /** Σ weight · label. */
  readonly positive: Float64Array;
}

export interface LeafResult {
  /** Value of each leaf, before the learning rate. */
  readonly value: Float64Array;
  /** Σ w p (1 − p) at these values. */
  readonly hessian: Float64Array;
  readonly sums: LeafSums;
}

/** A leaf estimation under way. */
interface Walk {
  readonly model: Model;
  readonly sums: LeafSums;
  /** Index of each leaf's first entry in the table; leaves + 1 of them. */
  readonly entries: Int32Array;
  readonly value: Float64Array;
  readonly step: Float64Array;
  /** Σ w p, Σ w p (1 − p) and Σ w ln(1 + odds) at `value`. */
  p: Float64Array;
  h: Float64Array;
  l: Float64Array;
  loss: number;
  scale: number;
  done: boolean;
}

export class LeafEstimator {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #labels: number;
  readonly #weights: number;
  readonly #lambda: number;
  readonly #chunks: [number, number][];
  readonly #counts: number;
  readonly #cursors: number;
  readonly #leafOf: number[];
  readonly #ordered: number[];
  readonly #orderedWeights: number[];
  readonly #factors: number;
  readonly #splits: number;
  #table = 0;
  #tableEntries = 0;

  constructor(
    pool: KernelPool,
    settings: CatboostSettings,
    trainRows: number,
    models: number,
    labels: number,
    weights: number,
    lambda: number,
  ) {
    this.#pool = pool;
    this.#settings = settings;
    this.#labels = labels;
    this.#weights = weights;
    this.#lambda = lambda;
    this.#chunks = chunks(trainRows);
    const { memory } = pool;
    const leaves = 2 ** settings.depth;
    const each = (bytes: number) => Array.from({ length: models }, () => memory.alloc(bytes));
    this.#counts = memory.alloc(models * this.#chunks.length * leaves * 24);
    this.#cursors = memory.alloc(models * this.#chunks.length * leaves * 4);
    this.#leafOf = each(trainRows * 2);
    this.#ordered = each(trainRows * 8);
    this.#orderedWeights = weights === 0 ? this.#ordered.map(() => 0) : each(trainRows * 8);
    this.#factors = memory.alloc(models * leaves * 8);
    this.#splits = memory.alloc(models * settings.depth * 16);
    this.#tableEntries = models * (leaves + Math.ceil(trainRows / ENTRY_ROWS));
    this.#table = memory.alloc(this.#tableEntries * 64);
  }

  /** `splits[m]` are the tree's splits over model m's columns: quads' address, shift, bin, one-hot. */
  estimate(models: readonly Model[], splits: readonly (readonly (readonly number[])[])[]): LeafResult[] {
    const depth = splits[0].length;
    this.#findLeaves(models.length, splits, depth);
    const walks = this.#orderByLeaf(models, 2 ** depth);
    this.#evaluate(walks, 'start');
    for (let i = 0; i < this.#settings.leafIterations && walks.some((walk) => !walk.done); i++) {
      this.#evaluate(walks, 'step');
    }
    return walks.map(({ value, h, sums }) => ({ value, hessian: h, sums }));
  }

  /**
   * Multiplies every model's odds by its leaves: exp(rate · value). Returns Σ w ln(1 + odds) of the last model after it.
   */
  update(models: readonly Model[], results: readonly LeafResult[], rate: number): number {
    const leaves = results[0].value.length;
    const calls: number[][] = [];
    models.forEach(({ odds }, m) => {
      const factors = this.#factors + m * leaves * 8;
      const view = this.#pool.memory.f64(factors, leaves);
      for (let leaf = 0; leaf < leaves; leaf++) view[leaf] = exp(rate * results[m].value[leaf]);
      for (const [from, to] of this.#chunks) calls.push([odds, this.#leafOf[m], factors, from, to]);
    });
    this.#pool.run('multiplyOdds', calls);
    const last = models.length - 1;
    const table = this.#pool.memory.f64(this.#table, this.#chunks.length * 8);
    this.#chunks.forEach(([from, to], c) => {
      table.set([from, to, 1], c * 8);
    });
    this.#pool.run(
      'oddsLeafSums',
      this.#chunks.map((_, c) => [this.#table, c, 1, models[last].odds, this.#weights]),
    );
    let loss = 0;
    for (let at = 0; at < table.length; at += 8) loss += entryLoss(table, at);
    return loss;
  }

  #findLeaves(models: number, splits: readonly (readonly (readonly number[])[])[], depth: number): void {
    const calls: number[][] = [];
    for (let m = 0; m < models; m++) {
      const table = this.#splits + m * this.#settings.depth * 16;
      const view = this.#pool.memory.u32(table, depth * 4);
      splits[m].forEach((split, s) => {
        view.set(split, s * 4);
      });
      for (const [from, to] of this.#chunks) calls.push([table, depth, from, to, this.#leafOf[m]]);
    }
    this.#pool.run('obliviousLeafIndex', calls);
  }

  #orderByLeaf(models: readonly Model[], leaves: number): Walk[] {
    const { memory } = this.#pool;
    const count = this.#chunks.length;
    const counts: number[][] = [];
    models.forEach((_, m) => {
      this.#chunks.forEach(([from, to], c) => {
        const out = this.#counts + (m * count + c) * leaves * 24;
        counts.push([this.#leafOf[m], this.#weights, this.#labels, from, to, leaves, out]);
      });
    });
    this.#pool.run('obliviousLeafCounts', counts);
    let entry = 0;
    const scatter: number[][] = [];
    const table = memory.f64(this.#table, this.#tableEntries * 8);
    const walks = models.map((model, m): Walk => {
      const part = memory.f64(this.#counts + m * count * leaves * 24, count * leaves * 3);
      const cursors = memory.u32(this.#cursors + m * count * leaves * 4, count * leaves);
      const sums = sumChunks(part, count, leaves);
      const entries = new Int32Array(leaves + 1);
      let place = 0;
      for (let leaf = 0; leaf < leaves; leaf++) {
        entries[leaf] = entry;
        const end = place + sums.rows[leaf];
        for (let from = place; from < end; from += ENTRY_ROWS) {
          table.set([from, Math.min(end, from + ENTRY_ROWS)], entry * 8);
          entry++;
        }
        for (let c = 0; c < count; c++) {
          cursors[c * leaves + leaf] = place;
          place += part[(c * leaves + leaf) * 3];
        }
      }
      entries[leaves] = entry;
      this.#chunks.forEach(([from, to], c) => {
        const at = this.#cursors + (m * count + c) * leaves * 4;
        scatter.push([
          this.#leafOf[m],
          model.odds,
          this.#weights,
          from,
          to,
          at,
          this.#ordered[m],
          this.#orderedWeights[m],
        ]);
      });
      const zeros = () => new Float64Array(leaves);
      const walk = { value: zeros(), step: zeros(), p: zeros(), h: zeros(), l: zeros() };
      return { model, sums, entries, ...walk, loss: Number.POSITIVE_INFINITY, scale: 1, done: false };
    });
    this.#pool.run('obliviousLeafScatter', scatter);
    return walks;
  }

  /** Sums at the start, or at value + scale · step; a step that does not lower the loss is halved (AnyImprovement). */
  #evaluate(walks: readonly Walk[], what: 'start' | 'step'): void {
    const table = this.#pool.memory.f64(this.#table, this.#tableEntries * 8);
    const calls: number[][] = [];
    walks.forEach((walk, m) => {
      if (walk.done) return;
      for (let leaf = 0; leaf < walk.value.length; leaf++) {
        if (what === 'step' && walk.step[leaf] === 0) continue;
        const factor = exp(walk.value[leaf] + walk.scale * walk.step[leaf]);
        for (let e = walk.entries[leaf]; e < walk.entries[leaf + 1]; e++) table[e * 8 + 2] = factor;
        this.#addTasks(calls, walk, leaf, m);
      }
    });
    this.#pool.run('oddsLeafSums', calls);
    for (const walk of walks) if (!walk.done) this.#take(walk, table, what);
  }

  /** Neighbouring leaves share a task while it has few rows. */
  #addTasks(calls: number[][], { entries }: Walk, leaf: number, m: number): void {
    const first = entries[leaf];
    const last = calls[calls.length - 1];
    const count = entries[leaf + 1] - first;
    if (count === 0) return;
    if (last !== undefined && last[3] === this.#ordered[m] && last[1] + last[2] === first && last[2] < 8) {
      last[2] += count;
    } else calls.push([this.#table, first, count, this.#ordered[m], this.#orderedWeights[m]]);
  }

  #take(walk: Walk, table: Float64Array, what: 'start' | 'step'): void {
    const { sums, entries, value, step } = walk;
    const p = walk.p.slice();
    const h = walk.h.slice();
    const l = walk.l.slice();
    let loss = 0;
    for (let leaf = 0; leaf < value.length; leaf++) {
      if (what === 'start' || step[leaf] !== 0) {
        p[leaf] = 0;
        h[leaf] = 0;
        l[leaf] = 0;
        for (let e = entries[leaf]; e < entries[leaf + 1]; e++) {
          p[leaf] += table[e * 8 + 3];
          h[leaf] += table[e * 8 + 4];
          l[leaf] += entryLoss(table, e * 8);
        }
      }
      loss += l[leaf] - (value[leaf] + walk.scale * step[leaf]) * sums.positive[leaf];
    }
    if (what === 'step' && this.#settings.backtracking && !(loss < walk.loss)) {
      walk.scale /= 2;
      return;
    }
    for (let leaf = 0; leaf < value.length; leaf++) value[leaf] += walk.scale * step[leaf];
    Object.assign(walk, { p, h, l, loss, scale: 1 });
    this.#nextStep(walk);
  }

  #nextStep(walk: Walk): void {
    const { sums, value, step, p, h } = walk;
    let moves = false;
    for (let leaf = 0; leaf < value.length; leaf++) {
      const divisor = (this.#settings.newton ? h[leaf] : sums.weight[leaf]) + this.#lambda;
      const size = sums.weight[leaf] > 0 && divisor > 0 ? (sums.positive[leaf] - p[leaf]) / divisor : 0;
      // The value stays where exp of it is a finite, normal number.
      const target = Math.min(LARGEST_STEP, Math.max(-LARGEST_STEP, value[leaf] + size));
      step[leaf] = Math.abs(size) < STILL ? 0 : target - value[leaf];
      if (step[leaf] !== 0) moves = true;
    }
    walk.done = !moves;
  }
}

function sumChunks(part: Float64Array, count: number, leaves: number): LeafSums {
  const sums = {
    rows: new Float64Array(leaves),
    weight: new Float64Array(leaves),
    positive: new Float64Array(leaves),
  };
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

function entryLoss(table: Float64Array, at: number): number {
  return log(table[at + 5]) + table[at + 6] * Math.LN2 + table[at + 7];
}

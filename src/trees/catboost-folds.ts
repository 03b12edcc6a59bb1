/**
 * The orders of the rows, and the models that splits are chosen by (CatBoost, fold.cpp). Plain boosting has one model an
 * order; ordered boosting (arXiv 1706.09516, algorithm 2) several, each learnt on the first rows of the order alone and
 * known on about twice as many. It learns nothing.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import type { LeafModel } from './catboost-leaf-rows.js';
import type { CatboostSettings } from './catboost-settings.js';
import type { TrainingRows } from './training-rows.js';

/** How many rows a model is learnt on, and how many it is known on. */
export interface BodyTail {
  readonly body: number;
  readonly tail: number;
}

/** The models of one order, over its places: place i is row order[i]. */
export interface OrderedFold {
  readonly order: number;
  readonly labels: number;
  /** 0 when every row weighs 1. */
  readonly weights: number;
  readonly models: readonly LeafModel[];
}

/** Bodies grow by the multiplier from a fiftieth of the rows, at most 100 of them (from 1 row up to 500 rows in all). */
export function bodiesAndTails(rows: number, multiplier: number): BodyTail[] {
  const list: BodyTail[] = [];
  let body = Math.min(rows, rows > 500 ? Math.min(100, Math.floor(rows / 50)) : 1);
  do {
    const tail = Math.min(rows, Math.ceil(body * multiplier));
    list.push({ body, tail });
    body = tail;
  } while (body < rows);
  return list;
}

/**
 * Addresses of the orders of the training rows (u32 each): those for choosing splits, then the one for leaf values. As in
 * the original the rows are shuffled once for all orders, and then, for each, blocks of them: rows that are neighbours in
 * the table, often alike, are not so in any order.
 */
export function rowOrders(
  pool: KernelPool,
  settings: CatboostSettings,
  rows: number,
  hasStatistics: boolean,
  randomOf: (order: number) => Random,
): number[] {
  const { hasTime, permutationCount, permutationBlock, ordered } = settings;
  const shuffled = !hasTime && (ordered || hasStatistics);
  const learning = Math.max(1, permutationCount - 1);
  const count = shuffled ? learning + 1 : 1;
  const base = Uint32Array.from({ length: shuffled ? rows : 0 }, (_, row) => row);
  if (shuffled) randomOf(count).shuffle(base);
  return Array.from({ length: count }, (_, p) => {
    const address = pool.memory.alloc(rows * 4);
    const order = pool.memory.u32(address, rows);
    const blocks = Uint32Array.from({ length: Math.ceil(rows / permutationBlock) }, (_, b) => b);
    // Without statistics the order of the rows does not touch the leaf values.
    const mixed = shuffled && (hasStatistics || p < learning);
    if (mixed) randomOf(p).shuffle(blocks);
    let place = 0;
    for (const block of blocks) {
      const end = Math.min(rows, (block + 1) * permutationBlock);
      for (let row = block * permutationBlock; row < end; row++) order[place++] = mixed ? base[row] : row;
    }
    return address;
  });
}

/** The models of one order, all at `odds`; `places` is the order's number. */
export function orderedFold(
  { memory }: KernelPool,
  settings: CatboostSettings,
  { count: rows, labels, weights }: TrainingRows,
  order: number,
  places: number,
  odds: number,
): OrderedFold {
  const rowOf = memory.u32(order, rows);
  const ownLabels = memory.alloc(rows);
  const label = memory.u8(labels, rows);
  memory.u8(ownLabels, rows).set(Uint8Array.from(rowOf, (row) => label[row]));
  const ownWeights = weights === 0 ? 0 : memory.alloc(rows * 8);
  if (weights !== 0) {
    const all = memory.f64(weights, rows);
    memory.f64(ownWeights, rows).set(Float64Array.from(rowOf, (row) => all[row]));
  }
  const models = bodiesAndTails(rows, settings.foldLenMultiplier).map(({ body, tail }): LeafModel => {
    const address = memory.alloc(tail * 8);
    memory.f64(address, tail).fill(odds);
    const lambda = settings.l2 * (ownWeights === 0 ? 1 : mean(memory.f64(ownWeights, body)));
    return { odds: address, body, tail, labels: ownLabels, weights: ownWeights, lambda, places };
  });
  return { order, labels: ownLabels, weights: ownWeights, models };
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * What plain and ordered boosting differ in: the models that splits are chosen by, and the samples of rows for it. Both
 * have one more model last, over the rows as they are numbered, whose leaf values the finished trees have.
 */
import { usageError } from '../base/errors.js';
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import { orderedFold } from './catboost-folds.js';
import type { LeafModel, LeafPlaces } from './catboost-leaf-rows.js';
import { OrderedSampler } from './catboost-ordered-sampling.js';
import { type Sample, type SampleLists, Sampler } from './catboost-sampling.js';
import type { CatboostSettings } from './catboost-settings.js';
import type { TrainingRows } from './training-rows.js';

/** The range that a row of a sample is in is a u16. */
const MAX_RANGES = 65536;

export interface Learning {
  /** The last one is the finished model's. */
  readonly models: readonly LeafModel[];
  readonly places: readonly LeafPlaces[];
  /** Splits are chosen on one of the first so many orders. */
  readonly choices: number;
  readonly lists: SampleLists;
  /** Rows in the lists at most, and segments they are in. */
  readonly listed: number;
  readonly segments: number;
  /** Samples for a tree on an order; `meanLeaf` is the mean |leaf| of the tree before, undefined for the first. */
  draw(order: number, random: Random, meanLeaf: number | undefined): Sample;
}

/** `orders`: the rows' orders, the last for the finished model; `odds`: what all models begin with. */
export function plainLearning(
  pool: KernelPool,
  settings: CatboostSettings,
  rows: TrainingRows,
  orders: readonly number[],
  odds: number,
): Learning {
  const models = orders.map((_, order) => wholeModel(pool, settings, rows, odds, order));
  const sampler = new Sampler(pool, settings, rows, models[0].lambda);
  return {
    models,
    places: orders.map((_, permutation) => ({ permutation, order: 0 })),
    choices: Math.max(1, orders.length - 1),
    lists: sampler.lists,
    listed: rows.count,
    segments: 1,
    draw: (order, random, meanLeaf) => sampler.draw(models[order].odds, random, meanLeaf),
  };
}

export function orderedLearning(
  pool: KernelPool,
  settings: CatboostSettings,
  rows: TrainingRows,
  orders: readonly number[],
  odds: number,
): Learning {
  const choices = Math.max(1, orders.length - 1);
  const folds = orders.slice(0, choices).map((order, o) => orderedFold(pool, settings, rows, order, o, odds));
  const segments = folds[0].models.length * 2;
  if (segments * 2 ** (settings.depth - 1) > MAX_RANGES) {
    throw usageError(
      'TOO_DEEP',
      `catboost.boosting_type=Ordered has ${segments} parts of ${rows.count} rows, too many for catboost.depth=${settings.depth}.`,
      'Take a smaller depth, a larger catboost.fold_len_multiplier, or boosting_type=Plain.',
    );
  }
  const sampler = new OrderedSampler(pool, settings, rows.count, folds[0].models);
  return {
    models: [...folds.flatMap((fold) => fold.models), wholeModel(pool, settings, rows, odds, choices)],
    places: [
      ...folds.map(({ order }, permutation) => ({ permutation, order })),
      { permutation: orders.length - 1, order: 0 },
    ],
    choices,
    lists: sampler.lists,
    listed: sampler.listed,
    segments,
    draw: (order, random, meanLeaf) => sampler.draw(folds[order], random, meanLeaf),
  };
}

function wholeModel(
  { memory }: KernelPool,
  { l2 }: CatboostSettings,
  { count, labels, weights, meanWeight }: TrainingRows,
  odds: number,
  places: number,
): LeafModel {
  const address = memory.alloc(count * 8);
  memory.f64(address, count).fill(odds);
  return { odds: address, body: count, tail: count, labels, weights, lambda: l2 * meanWeight, places };
}

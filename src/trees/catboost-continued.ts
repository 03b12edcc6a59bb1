/**
 * Boosting that goes on from a finished model: every model starts with its scores, as the original's do with a baseline.
 * Plain boosting without target statistics has one model alone, and goes on as if it had never stopped.
 */

import type { KernelMemory } from '../kernels/memory.js';
import { exp } from '../kernels/plain/exponential.js';
import type { Learning } from './catboost-learning.js';
import { eachTree } from './continued.js';
import type { TrainingJob } from './family.js';

export interface ContinuedStart {
  /** Σ weight · label · raw score that the trees have brought. */
  readonly positiveScore: number;
  /** Mean |leaf| of the last tree. */
  readonly meanLeaf: number;
}

/** Multiplies the models' odds, all at e^intercept, by the continued model's trees; undefined when there are none. */
export function startFromContinued(
  memory: KernelMemory,
  { continued, train }: TrainingJob,
  weight: Float64Array | undefined,
  intercept: number,
  { models, places }: Learning,
): ContinuedStart | undefined {
  if (continued === undefined || continued.forest.treeWeight.length === 0) return undefined;
  const { forest } = continued;
  const factors = forest.value.map((value) => exp(value));
  const odds = new Float64Array(train.matrix.rows).fill(exp(intercept));
  let positiveScore = 0;
  eachTree(forest, train.matrix, (row, leaves) => {
    for (const leaf of leaves) {
      odds[row] *= factors[leaf];
      if (train.label[row] === 1) positiveScore += forest.value[leaf] * (weight?.[row] ?? 1);
    }
  });
  for (const model of models) {
    const own = memory.f64(model.odds, model.tail);
    const { order } = places[model.places];
    if (order === 0) own.set(odds.subarray(0, model.tail));
    else {
      const rows = memory.u32(order, model.tail);
      for (let place = 0; place < own.length; place++) own[place] = odds[rows[place]];
    }
  }
  const { leafStart, leafValue } = forest.oblivious!;
  const last = leafValue.subarray(leafStart[leafStart.length - 2]);
  return { positiveScore, meanLeaf: last.reduce((sum, value) => sum + Math.abs(value), 0) / last.length };
}

/**
 * Trains CatBoost's model for log loss: oblivious trees on ordered target statistics, by plain or ordered boosting. This
 * file is the course of the boosting and where it stops; the parts have files of their own.
 */
import { Boosting } from './catboost-boosting.js';
import { type CatboostTree, catboostForest } from './catboost-model.js';
import { overfittingDetector } from './catboost-overfitting-detector.js';
import { catboostSettings } from './catboost-settings.js';
import { checkClasses } from './catboost-weights.js';
import { checkJob } from './check-job.js';
import type { FamilyTrainer, TrainedModel, TrainingJob } from './family.js';

export const trainCatboost: FamilyTrainer = (job) => {
  const mark = job.pool.memory.mark();
  try {
    return train(job);
  } finally {
    job.pool.memory.release(mark);
  }
};

function train(job: TrainingJob): TrainedModel {
  checkJob(job);
  checkClasses(job.train);
  const settings = catboostSettings(job);
  const detector = overfittingDetector(job);
  const boosting = new Boosting(job, settings);
  const { iterations } = settings;
  let best = 0;
  let bestLoss = Number.POSITIVE_INFINITY;
  const trees: CatboostTree[] = [];
  const history: { train: number[]; valid: number[] } = { train: [], valid: [] };
  for (let tree = 0; tree < iterations; tree++) {
    const { tree: grown, trainLoss, validLoss } = boosting.step(tree);
    trees.push(grown);
    history.train.push(trainLoss);
    if (validLoss === undefined) best = tree + 1;
    else {
      history.valid.push(validLoss);
      if (validLoss < bestLoss) {
        bestLoss = validLoss;
        best = tree + 1;
      }
    }
    job.onTree?.(tree + 1, iterations, validLoss);
    if (validLoss !== undefined && detector?.stopsAfter(validLoss)) break;
  }
  const kept = trees.slice(0, Math.max(1, best));
  const forest = catboostForest(kept, boosting.columns, boosting.totals, job.train.matrix, boosting.intercept, {
    ...job.parameters,
    learning_rate: settings.learningRate,
    leaf_estimation_iterations: settings.leafIterations,
    max_ctr_complexity: settings.maxCtrComplexity,
  });
  return {
    forest,
    history: {
      train: Float64Array.from(history.train),
      ...(job.valid === undefined ? {} : { valid: Float64Array.from(history.valid) }),
    },
    bestIteration: kept.length,
  };
}

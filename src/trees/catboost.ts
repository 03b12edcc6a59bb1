/**
 * Trains CatBoost's model for log loss: oblivious trees on ordered target statistics, by plain or ordered boosting. This
 * file is the course of the boosting and where it stops; the parts have files of their own.
 */
import { appendTrees } from '../forest/append-trees.js';
import { Boosting } from './catboost-boosting.js';
import { type CatboostTree, catboostForest } from './catboost-model.js';
import { overfittingDetector } from './catboost-overfitting-detector.js';
import { catboostSettings } from './catboost-settings.js';
import { checkClasses } from './catboost-weights.js';
import { checkJob } from './check-job.js';
import { wholeParameters } from './continued.js';
import type { FamilyTrainer, TrainedModel, TrainingJob } from './family.js';
import { TrainingWatch } from './training-watch.js';

export const trainCatboost: FamilyTrainer = (job) => {
  const mark = job.pool.memory.mark();
  try {
    return train(job);
  } finally {
    job.pool.memory.release(mark);
  }
};

function train(job: TrainingJob): TrainedModel {
  checkJob(job, 'catboost');
  checkClasses(job.train);
  const settings = catboostSettings(job);
  const detector = overfittingDetector(job);
  const boosting = new Boosting(job, settings);
  const { iterations } = settings;
  const continued = job.continued?.forest;
  const before = continued?.treeWeight.length ?? 0;
  // The detector says when to stop, the watch which trees are best.
  const watch = new TrainingWatch(job, iterations, false);
  if (continued !== undefined && boosting.validation !== undefined) {
    watch.startFrom(boosting.validation);
    detector?.startFrom(watch.loss as number);
  }
  const trees: CatboostTree[] = [];
  for (let tree = 0; tree < iterations; tree++) {
    const { tree: grown, train: figures } = boosting.step(before + tree);
    trees.push(grown);
    watch.afterTree(figures, boosting.validation);
    if (watch.loss !== undefined && detector?.stopsAfter(watch.loss)) break;
  }
  // use_best_model: with validation rows the model ends at its best, whether training was stopped there or not.
  const kept = trees.slice(0, Math.max(continued === undefined ? 1 : 0, watch.best));
  const { columns, totals, intercept } = boosting;
  const forest = catboostForest(kept, columns, totals, job.train.matrix, intercept, {
    ...wholeParameters(job, 'iterations'),
    learning_rate: settings.learningRate,
    leaf_estimation_iterations: settings.leafIterations,
    max_ctr_complexity: settings.maxCtrComplexity,
  });
  return {
    forest: continued === undefined ? forest : appendTrees(continued, forest),
    ...watch.histories,
    bestIteration: kept.length,
  };
}

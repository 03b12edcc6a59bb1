/**
 * XGBoost: second-order boosting with learned default directions (Chen & Guestrin, KDD 2016), tree_method hist, booster
 * gbtree or dart, objective binary:logistic, grown as the original grows it, with its random draws. The loop is `boost.ts`;
 * here are the original's objective, the order of its draws and the form its trees take in a Forest. Not here: the updaters
 * exact, approx, refresh and prune, and process_type update.
 */
import { MissingMode, Operator } from '../forest/forest.js';
import type { NodeTest } from '../forest/forest-builder.js';
import { type BoostingRules, boost } from './boost.js';
import { checkJob } from './check-job.js';
import { wholeParameters } from './continued.js';
import type { FamilyTrainer, TrainingJob } from './family.js';
import { forestInputs } from './forest-inputs.js';
import type { TreeNode } from './grown-tree.js';
import { addNodes } from './grown-tree-nodes.js';
import { MersenneTwister } from './mersenne-twister.js';
import { baseMargin } from './xgboost-base-margin.js';
import { XgboostColumns } from './xgboost-columns.js';
import type { XgboostFeature } from './xgboost-cuts.js';
import { XgboostDropout } from './xgboost-dropout.js';
import { findXgboostFeatures } from './xgboost-features.js';
import { xgboostGrowth } from './xgboost-growth.js';
import { replayDraws } from './xgboost-replay.js';
import { RowSampler } from './xgboost-row-sample.js';
import { XgboostPolicy } from './xgboost-split.js';

const f32 = Math.fround;

export const trainXgboost: FamilyTrainer = (job) => {
  checkJob(job, 'xgboost');
  const { matrix, weight } = job.train;
  const to = job.parameters;
  const found = findXgboostFeatures(job.pool, matrix.columns, weight, Number(to['max_bin']));
  const features = found.filter((feature) => feature !== undefined);
  const growth = xgboostGrowth(job);
  const treesPerRound = Number(to['num_parallel_tree']);
  const eta = f32(f32(Number(to['eta'])) / treesPerRound);
  const positiveWeight = f32(Number(to['scale_pos_weight']));
  const intercept = baseMargin(job);
  // Words are taken from it in the original's order: trees left out, once the columns' own generator, rows, columns.
  const random = new MersenneTwister(job.seed);
  const dropout = to['booster'] === 'dart' ? dropoutOf(job, eta, random) : undefined;
  const sampling = {
    share: Number(to['subsample']),
    byGradient: to['sampling_method'] === 'gradient_based',
    treesPerRound,
  };
  const sampler = new RowSampler(job.pool, sampling, random);
  let columns: XgboostColumns | undefined;
  let policy: XgboostPolicy | undefined;

  const rules: BoostingRules = {
    trees: features.length === 0 ? 0 : Number(to['n_estimators']),
    treesPerRound,
    intercept,
    // The original adds the trees anew each round when some may be left out; taking them out again must leave no trace.
    single: dropout === undefined,
    ...(dropout === undefined ? {} : { dropout }),
    largestClassWeight: Math.max(1, positiveWeight),
    largestGradientFactor: sampler.largestFactor(matrix.rows),
    definitions: found.map((feature) => feature?.bins),
    gradientKernel: 'logisticGradients',
    gradientCall: ({ scores, labels, weights }, first, count, out) => [
      scores,
      labels,
      weights,
      first,
      count,
      positiveWeight,
      out,
    ],
    sample: (tree, gradients) => {
      if (columns === undefined) {
        columns = new XgboostColumns(random, matrix.columns.length, growth.columnShares);
        if (job.continued !== undefined) replayDraws(job.continued.forest, growth, matrix.rows, columns, sampler);
      }
      return sampler.sample(tree, gradients);
    },
    grow: (state, _tree, rows) => {
      policy ??= new XgboostPolicy(job.pool, state, features, growth, columns!, matrix.columns.length);
      const wanted = policy.beginTree();
      const sum = state.maker.sum(state.partition.root(rows));
      const root = policy.sums(Number(sum.g) * state.unitG, Number(sum.h) * state.unitH);
      return state.grower.grow(policy, rows, root, wanted);
    },
    leafValue: (node) => f32(eta * node.value),
    addTree: (builder, tree, state, treeWeight) =>
      addNodes(builder, tree, state, {
        value: (node) => f32(eta * node.value) * treeWeight,
        test: (node, column) => nodeTest(node, column, features[node.split!.feature]),
        swapped: (node) => node.split?.set !== undefined,
      }),
    finish: (builder, start) =>
      builder.finish({
        family: 'xgboost',
        inputs: forestInputs(matrix),
        intercept: start,
        parameters: wholeParameters(job, 'n_estimators', treesPerRound),
      }),
  };
  return boost(job, rules);
};

function dropoutOf({ parameters: to }: TrainingJob, learningRate: number, random: MersenneTwister): XgboostDropout {
  const rules = {
    learningRate,
    rateDrop: f32(Number(to['rate_drop'])),
    skipDrop: f32(Number(to['skip_drop'])),
    oneDrop: to['one_drop'] === true,
    weighted: to['sample_type'] === 'weighted',
    asForest: to['normalize_type'] === 'forest',
    treesPerRound: Number(to['num_parallel_tree']),
  };
  return new XgboostDropout(rules, random);
}

function nodeTest({ split }: TreeNode, column: number, feature: XgboostFeature): NodeTest {
  const { threshold, set, defaultLeft, gain } = split!;
  // XGBoost sends the set to the right: the Forest's left child is XGBoost's right one, and the default turns with it.
  if (set !== undefined) return { feature: column, operator: Operator.InSet, set, defaultLeft: !defaultLeft, gain };
  const border = threshold! < 0 ? feature.before : feature.after[threshold!];
  return {
    feature: column,
    operator: border === Number.POSITIVE_INFINITY ? Operator.LessOrEqual : Operator.Less,
    threshold: border,
    missingMode: MissingMode.NaN,
    defaultLeft,
    gain,
  };
}

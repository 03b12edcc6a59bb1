/**
 * XGBoost: second-order boosting with learned default directions (Chen & Guestrin, KDD 2016), tree_method hist, objective
 * binary:logistic, grown as the original grows it. The loop is `boost.ts`; here are the original's objective, sampling and
 * the form its trees take in a Forest.
 */
import { Random } from '../base/random.js';
import { MissingMode, Operator } from '../forest/forest.js';
import type { NodeTest } from '../forest/forest-builder.js';
import { exp, log } from '../kernels/plain/exponential.js';
import { type BoostingRules, boost } from './boost.js';
import { checkJob } from './check-job.js';
import { interactionGroups, monotoneDirections } from './column-constraints.js';
import { wholeParameters } from './continued.js';
import type { FamilyTrainer, TrainingJob } from './family.js';
import { forestInputs } from './forest-inputs.js';
import type { TreeNode } from './grown-tree.js';
import { addNodes } from './grown-tree-nodes.js';
import { findXgboostBins, type XgboostFeature } from './xgboost-cuts.js';
import { type XgboostGrowth, XgboostPolicy } from './xgboost-split.js';

const f32 = Math.fround;

export const trainXgboost: FamilyTrainer = (job) => {
  checkJob(job, 'xgboost');
  const { matrix, weight } = job.train;
  const to = job.parameters;
  const maxBin = Number(to['max_bin']);
  const found = matrix.columns.map((column) => findXgboostBins(column, weight, maxBin));
  const features = found.filter((feature) => feature !== undefined);
  const growth = growthOf(job);
  const eta = f32(Number(to['eta']));
  const positiveWeight = f32(Number(to['scale_pos_weight']));
  const intercept = baseMargin(job);
  let policy: XgboostPolicy | undefined;

  const rules: BoostingRules = {
    trees: features.length === 0 ? 0 : Number(to['n_estimators']),
    intercept,
    single: true,
    largestClassWeight: Math.max(1, positiveWeight),
    definitions: found.map((feature) => feature?.bins),
    gradientKernel: 'logisticGradients',
    gradientCall: ({ scores, labels, weights }, first, count, scaleG, scaleH, out) =>
      [scores, labels, weights, first, count, positiveWeight].concat(scaleG, scaleH, out),
    sample: subsampling(job, matrix.rows),
    grow: (state, tree, rows) => {
      policy ??= new XgboostPolicy(job.pool, state, features, matrix.columns.length, growth, job.seed);
      const wanted = policy.beginTree(tree);
      const sum = state.maker.sum({ rows: state.partition.address, first: 0, count: rows });
      const root = policy.rootSums(Number(sum.g) * state.unitG, Number(sum.h) * state.unitH);
      return state.grower.grow(policy, rows, root, wanted);
    },
    leafValue: (node) => f32(eta * node.value),
    addTree: (builder, tree, state) =>
      addNodes(builder, tree, state, {
        value: (node) => f32(eta * node.value),
        test: (node, column) => nodeTest(node, column, features[node.split!.feature]),
        swapped: (node) => node.split?.set !== undefined,
      }),
    finish: (builder, start) =>
      builder.finish({
        family: 'xgboost',
        inputs: forestInputs(matrix),
        intercept: start,
        parameters: wholeParameters(job, 'n_estimators'),
      }),
  };
  return boost(job, rules);
};

function growthOf({ parameters, train }: TrainingJob): XgboostGrowth {
  const number = (name: string) => Number(parameters[name]);
  const monotone = String(parameters['monotone_constraints']);
  const interactions = String(parameters['interaction_constraints']);
  const { columns } = train.matrix;
  return {
    ...(monotone === '' ? {} : { monotone: monotoneDirections('xgboost', monotone, columns) }),
    ...(interactions === '' ? {} : { interactions: interactionGroups('xgboost', interactions, columns) }),
    regularization: {
      lambda: f32(number('lambda')),
      alpha: f32(number('alpha')),
      maxDeltaStep: f32(number('max_delta_step')),
      minChildWeight: f32(number('min_child_weight')),
    },
    gamma: f32(number('gamma')),
    maxDepth: number('max_depth'),
    maxLeaves: number('max_leaves'),
    lossGuide: parameters['grow_policy'] === 'lossguide',
    columnsByTree: number('colsample_bytree'),
    columnsByLevel: number('colsample_bylevel'),
    columnsByNode: number('colsample_bynode'),
    maxCatToOneHot: number('max_cat_to_onehot'),
    maxCatThreshold: number('max_cat_threshold'),
  };
}

/**
 * The raw score before the first tree: the logit of base_score, which "auto" takes as the weighted mean of the labels, or,
 * when positives are re-weighted, as one Newton step from 0 (regression_obj.cu, InitEstimation; fit_stump.cc).
 */
function baseMargin({ train, parameters }: TrainingJob): number {
  const scale = f32(Number(parameters['scale_pos_weight']));
  const given = parameters['base_score'];
  const { label, weight } = train;
  let [positives, total] = [0, 0];
  for (let row = 0; row < label.length; row++) {
    const w = weight === undefined ? 1 : f32(weight[row]);
    positives += label[row] * w;
    total += w;
  }
  let mean = given === 'auto' ? f32(positives / total) : f32(Number(given));
  if (given === 'auto' && Math.abs(scale - 1) > 1e-6) {
    // At score 0 every row has g = (½ − y) w and h = ¼ w.
    const [g, h] = [
      0.5 * (total - positives) - 0.5 * scale * positives,
      0.25 * (total - positives + scale * positives),
    ];
    const step = h <= 0 ? 0 : f32(-g / h);
    mean = f32(1 / f32(f32(exp(Math.min(-step, f32(88.7)))) + 1));
  }
  const clipped = Math.min(Math.max(mean, f32(1e-6)), f32(1 - f32(1e-6)));
  return f32(-f32(log(f32(f32(1 / clipped) - 1))));
}

/** Each row is taken with probability subsample, anew for every tree. */
function subsampling({ parameters, seed }: TrainingJob, rows: number): BoostingRules['sample'] {
  const share = Number(parameters['subsample']);
  if (share >= 1) return () => undefined;
  return (tree) => {
    const random = new Random(seed, 0x73750000 + tree);
    const drawn: number[] = [];
    for (let row = 0; row < rows; row++) if (random.next() < share) drawn.push(row);
    if (drawn.length === 0) drawn.push(random.below(rows));
    return Uint32Array.from(drawn);
  };
}

function nodeTest({ split }: TreeNode, column: number, feature: XgboostFeature): NodeTest {
  const { threshold, set, defaultLeft, gain } = split!;
  // XGBoost sends the set to the right: the Forest's left child is XGBoost's right one, and the default turns with it.
  if (set !== undefined) return { feature: column, operator: Operator.InSet, set, defaultLeft: !defaultLeft, gain };
  const border = threshold! < 0 ? feature.before : feature.after[threshold!];
  return {
    feature: column,
    operator: Operator.Less,
    threshold: border,
    missingMode: MissingMode.NaN,
    defaultLeft,
    gain,
  };
}

/**
 * LightGBM: leaf-wise gradient boosting on histograms (Ke et al., NeurIPS 2017), grown as the original grows it. The loop
 * is `boost.ts`; here are the original's objective, sampling and the form its trees take in a Forest.
 */
import { usageError } from '../base/errors.js';
import { MissingMode, Operator } from '../forest/forest.js';
import type { ForestBuilder } from '../forest/forest-builder.js';
import { type BoostingRules, boost } from './boost.js';
import { checkJob } from './check-job.js';
import { columnNumbers } from './column-constraints.js';
import { wholeParameters } from './continued.js';
import { Dropout } from './dropout.js';
import type { FamilyTrainer, LabelledMatrix, TrainingJob } from './family.js';
import { forestInputs } from './forest-inputs.js';
import type { TreeNode } from './grown-tree.js';
import { addNodes } from './grown-tree-nodes.js';
import { findLightgbmBins, sampleRows } from './lightgbm-bins.js';
import { findBundles } from './lightgbm-bundles.js';
import { constraintsOf } from './lightgbm-constraints.js';
import { type LightgbmFeature, Missing } from './lightgbm-feature.js';
import { featureNumbers } from './lightgbm-feature-numbers.js';
import { EPSILON } from './lightgbm-gain.js';
import { LightgbmGenerators } from './lightgbm-generators.js';
import { GradientQuantizer } from './lightgbm-quantized.js';
import { type LightgbmSeeds, seedsOf } from './lightgbm-random.js';
import { rowSampling } from './lightgbm-sampling.js';
import { type LightgbmGrowth, LightgbmPolicy } from './lightgbm-split.js';

export const trainLightgbm: FamilyTrainer = (job) => {
  checkJob(job, 'lightgbm');
  const to = job.parameters;
  const number = (name: string) => Number(to[name]);
  const { label, matrix } = job.train;
  const [negativeWeight, positiveWeight] = classWeights(job);
  const seeds = seedsOf(job.seed, to);
  const sample = binSample(job, seeds);
  const found = findBins(job, sample);
  const features = found.filter((feature) => feature !== undefined);
  const growth = growthOf(job);
  const learningRate = number('learning_rate');
  if (to['boosting'] === 'rf') checkForest(job);
  const positives = positivesOf(label);
  const oneClass = positives === 0 || positives === label.length;
  const useless = features.length === 0 || oneClass;
  const mean = to['boost_from_average'] === true || useless ? initialScore(job.train) : 0;
  const generators = new LightgbmGenerators(job, numbersOf(job, found, sample), seeds);
  const isForest = to['boosting'] === 'rf';
  const { copiesSample, ...sampling } = rowSampling(job, features.length, seeds, generators);
  const quantizer = quantizerOf(job, seeds, copiesSample);
  const shrinkage = isForest ? 1 : learningRate;
  let policy: LightgbmPolicy | undefined;

  const rules: BoostingRules = {
    trees: useless ? 0 : number('num_iterations'),
    intercept: mean,
    single: false,
    largestClassWeight: Math.max(negativeWeight, positiveWeight),
    definitions: found.map((feature) => feature?.bins),
    bundles: to['enable_bundle'] === true ? findBundles(matrix, found, sample) : [],
    gradientKernel: 'logLossGradients',
    gradientCall: ({ scores, labels, weights }, first, count, out) => [
      scores,
      labels,
      weights,
      first,
      count,
      negativeWeight,
      positiveWeight,
      out,
    ],
    ...sampling,
    average: isForest,
    ...dropoutOf(job, seeds),
    quantizer,
    grow: (state, _, rows) => {
      policy ??= new LightgbmPolicy(job.pool, state, features, growth, generators);
      const wanted = policy.beginTree();
      const sum = state.maker.sum(state.partition.root(rows));
      const root = policy.rootSums(Number(sum.g) * state.unitG, Number(sum.h) * state.unitH, rows);
      const grown = state.grower.grow(policy, rows, root, wanted);
      if (grown.leaves <= 1) return undefined;
      quantizer?.renew(grown, state, growth.regularization);
      return grown;
    },
    leafValue: (node) => shrunken(node, shrinkage),
    addTree: (builder, tree, state, weight) =>
      addNodes(builder, tree, state, {
        value: (node) => shrunken(node, shrinkage) * weight,
        test: (node, column) => nodeTest(node, column, features[node.split!.feature], growth.minGain),
      }),
    finish: (builder: ForestBuilder, intercept: number) =>
      builder.finish({
        family: 'lightgbm',
        inputs: forestInputs(matrix),
        intercept,
        parameters: wholeParameters(job, 'num_iterations'),
        average: isForest,
        ...generators.saved(),
      }),
  };
  return boost(job, rules);
};

/** Trees of a random forest must differ. */
function checkForest({ parameters }: TrainingJob): void {
  const number = (name: string) => Number(parameters[name]);
  if (number('feature_fraction') < 1 || (number('bagging_freq') > 0 && number('bagging_fraction') < 1)) return;
  throw usageError(
    'BAD_PARAMETER',
    'lightgbm.boosting=rf needs trees that differ: its rows or its features must be drawn.',
    'Set bagging_freq to 1 and bagging_fraction below 1, or feature_fraction below 1.',
  );
}

/** LightGBM rounds leaf values of at most 1e-35 to 0. */
function shrunken(node: TreeNode, learningRate: number): number {
  const value = node.value * learningRate;
  return Math.abs(value) <= Math.fround(1e-35) ? 0 : value;
}

function positivesOf(label: LabelledMatrix['label']): number {
  let positives = 0;
  for (let row = 0; row < label.length; row++) positives += label[row];
  return positives;
}

/** Weights of the negative and the positive class (binary_objective.hpp). */
function classWeights({ train, parameters }: TrainingJob): [number, number] {
  const scale = Number(parameters['scale_pos_weight']);
  if (parameters['is_unbalance'] !== true) return [1, scale];
  if (Math.abs(scale - 1) > 1e-6)
    throw usageError('BAD_PARAMETER', 'lightgbm.is_unbalance and lightgbm.scale_pos_weight exclude each other.');
  const positives = positivesOf(train.label);
  const negatives = train.label.length - positives;
  if (positives === 0 || negatives === 0) return [1, 1];
  return positives > negatives ? [positives / negatives, 1] : [1, negatives / positives];
}

/** Logit of the weighted share of positives, kept kEpsilon away from 0 and 1; the class weights do not enter it. */
function initialScore({ label, weight }: LabelledMatrix): number {
  let positives = 0;
  let total = 0;
  for (let row = 0; row < label.length; row++) {
    const w = weight === undefined ? 1 : Math.fround(weight[row]);
    positives += label[row] * w;
    total += w;
  }
  const mean = Math.max(Math.min(positives / total, 1 - EPSILON), EPSILON);
  return Math.log(mean / (1 - mean));
}

/** Of each feature with bins: its place among them, or the number that the original draws its thresholds by. */
function numbersOf(
  { parameters, train }: TrainingJob,
  found: readonly (LightgbmFeature | undefined)[],
  sample: Uint32Array | undefined,
): readonly number[] {
  const isDrawn = parameters['extra_trees'] === true && parameters['enable_bundle'] === true;
  if (isDrawn) return featureNumbers(train.matrix, found, sample);
  return Array.from(found.filter((feature) => feature !== undefined).keys());
}

/** Rows that bins and bundles are found on; undefined: all. */
function binSample({ train, parameters }: TrainingJob, seeds: LightgbmSeeds): Uint32Array | undefined {
  return sampleRows(train.matrix.rows, Number(parameters['bin_construct_sample_cnt']), seeds.data);
}

function findBins(job: TrainingJob, sample: Uint32Array | undefined): (LightgbmFeature | undefined)[] {
  const { train, parameters } = job;
  const { columns } = train.matrix;
  const most = String(parameters['max_bin_by_feature']);
  const maxBin = Number(parameters['max_bin']);
  const maxBins = most === '' ? undefined : columnNumbers('lightgbm', 'max_bin_by_feature', most, columns, maxBin);
  if (maxBins?.some((bins) => bins < 2 || bins > 65536))
    throw usageError('BAD_PARAMETER', 'lightgbm.max_bin_by_feature: a feature has 2 to 65536 bins.');
  const rules = {
    minDataInBin: Number(parameters['min_data_in_bin']),
    minDataInLeaf: parameters['feature_pre_filter'] === true ? leastRows(parameters) : 0,
    useMissing: parameters['use_missing'] === true,
    zeroAsMissing: parameters['zero_as_missing'] === true,
  };
  return findLightgbmBins(job.pool, columns, sample, (c) => ({ ...rules, maxBin: maxBins?.[c] ?? maxBin }));
}

function growthOf({ parameters, train }: TrainingJob): LightgbmGrowth {
  const number = (name: string) => Number(parameters[name]);
  const { columns } = train.matrix;
  const factors = String(parameters['feature_contri']);
  return {
    numLeaves: number('num_leaves'),
    maxDepth: number('max_depth'),
    minDataInLeaf: leastRows(parameters),
    minHessianInLeaf: number('min_sum_hessian_in_leaf'),
    minGain: number('min_gain_to_split'),
    regularization: {
      l1: number('lambda_l1'),
      l2: number('lambda_l2'),
      maxDelta: number('max_delta_step'),
      smooth: number('path_smooth'),
    },
    featureFraction: number('feature_fraction'),
    featureFractionByNode: number('feature_fraction_bynode'),
    extraTrees: parameters['extra_trees'] === true,
    quantized: parameters['use_quantized_grad'] === true,
    ...constraintsOf(parameters, columns),
    ...(factors === '' ? {} : { contribution: columnNumbers('lightgbm', 'feature_contri', factors, columns, 1) }),
    maxCatToOneHot: number('max_cat_to_onehot'),
    maxCatThreshold: number('max_cat_threshold'),
    catL2: number('cat_l2'),
    catSmooth: number('cat_smooth'),
    minDataPerGroup: number('min_data_per_group'),
  };
}

/** min_data_in_leaf as the original raises it: rows are counted from hessians, which may be rounded up to one row. */
function leastRows(parameters: TrainingJob['parameters']): number {
  const [given, smooth, leastHessian] = ['min_data_in_leaf', 'path_smooth', 'min_sum_hessian_in_leaf'].map((name) =>
    Number(parameters[name]),
  );
  if (smooth > EPSILON) return Math.max(2, given);
  return leastHessian <= EPSILON ? Math.max(1, given) : given;
}

function quantizerOf(
  { parameters, pool }: TrainingJob,
  { seed }: LightgbmSeeds,
  copiesSample: boolean,
): GradientQuantizer | undefined {
  if (parameters['use_quantized_grad'] !== true) return undefined;
  const rules = {
    bins: Number(parameters['num_grad_quant_bins']),
    stochasticRounding: parameters['stochastic_rounding'] === true,
    renewLeaf: parameters['quant_train_renew_leaf'] === true,
  };
  return new GradientQuantizer(pool, rules, seed, copiesSample);
}

function dropoutOf({ parameters }: TrainingJob, seeds: LightgbmSeeds): Pick<BoostingRules, 'dropout'> {
  if (parameters['boosting'] !== 'dart') return {};
  const rules = {
    learningRate: Number(parameters['learning_rate']),
    dropRate: Number(parameters['drop_rate']),
    maxDrop: Number(parameters['max_drop']),
    skipDrop: Number(parameters['skip_drop']),
    uniformDrop: parameters['uniform_drop'] === true,
    xgboostMode: parameters['xgboost_dart_mode'] === true,
  };
  return { dropout: new Dropout(rules, seeds.drop) };
}

const MODE_OF_MISSING: Readonly<Record<number, number>> = {
  [Missing.None]: MissingMode.None,
  [Missing.Zero]: MissingMode.Zero,
  [Missing.NaN]: MissingMode.NaN,
};

function nodeTest({ split }: TreeNode, column: number, feature: LightgbmFeature, minGain: number) {
  const { threshold, set, defaultLeft, gain } = split!;
  const common = { feature: column, gain: gain + minGain };
  if (set !== undefined) {
    const codes = set.map((bin) => feature.codes![bin]);
    return { ...common, operator: Operator.InSet, set: codes, missingMode: MissingMode.NaN, defaultLeft: false };
  }
  const { bins } = feature;
  const borders = bins.kind === 'numeric' ? bins.borders : new Float64Array();
  // A threshold past the last border keeps every present value on the left.
  const border = threshold! < borders.length ? borders[threshold!] : Number.POSITIVE_INFINITY;
  const missingMode = MODE_OF_MISSING[feature.missing];
  return { ...common, operator: Operator.LessOrEqual, threshold: border, missingMode, defaultLeft };
}

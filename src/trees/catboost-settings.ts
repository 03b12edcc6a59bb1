/** CatBoost's parameters with their types, and the values that follow from the data. It checks ranges no more. */
import { usageError } from '../base/errors.js';
import type { BorderType } from './catboost-borders.js';
import { type StatisticLane, statisticLanes } from './catboost-statistic-lanes.js';
import type { TrainingJob } from './family.js';

export type Bootstrap = 'MVS' | 'Bayesian' | 'Bernoulli' | 'No';

export interface CatboostSettings {
  readonly iterations: number;
  readonly learningRate: number;
  readonly depth: number;
  readonly l2: number;
  readonly randomStrength: number;
  readonly borderCount: number;
  readonly borderType: BorderType;
  readonly nanMode: 'Min' | 'Max' | 'Forbidden';
  readonly cosine: boolean;
  readonly newton: boolean;
  readonly leafIterations: number;
  readonly backtracking: boolean;
  readonly boostFromAverage: boolean;
  readonly bootstrap: Bootstrap;
  readonly subsample: number;
  /** Undefined: from the tree before. */
  readonly mvsReg: number | undefined;
  readonly baggingTemperature: number;
  readonly rsm: number;
  readonly oneHotMaxSize: number;
  readonly maxCtrComplexity: number;
  readonly simpleLanes: readonly StatisticLane[];
  readonly combinationLanes: readonly StatisticLane[];
  /** Counter statistics count validation rows too. */
  readonly countAll: boolean;
  readonly modelSizeReg: number;
  readonly ordered: boolean;
  readonly foldLenMultiplier: number;
  readonly permutationCount: number;
  readonly permutationBlock: number;
  readonly hasTime: boolean;
  /** Factors on the weights of the rows with label 0 and 1. */
  readonly classWeights: readonly [number, number];
  readonly autoClassWeights: 'None' | 'Balanced' | 'SqrtBalanced';
}

export function catboostSettings(job: TrainingJob): CatboostSettings {
  const { parameters } = job;
  const number = (name: string) => parameters[name] as number;
  const word = <T extends string>(name: string) => parameters[name] as T;
  const rows = job.train.matrix.rows;
  const bootstrap = word<Bootstrap>('bootstrap_type');
  if (parameters.subsample !== 'auto' && (bootstrap === 'No' || bootstrap === 'Bayesian'))
    throw usageError(
      'SUBSAMPLE',
      `catboost.subsample is ${parameters.subsample}, but catboost.bootstrap_type=${bootstrap} draws no share of the rows.`,
      'Leave subsample out, or choose bootstrap_type MVS or Bernoulli.',
    );
  return {
    iterations: number('iterations'),
    learningRate: learningRate(job),
    depth: number('depth'),
    l2: number('l2_leaf_reg'),
    randomStrength: number('random_strength'),
    borderCount: number('border_count'),
    borderType: word('feature_border_type'),
    nanMode: word('nan_mode'),
    cosine: parameters.score_function === 'Cosine',
    newton: parameters.leaf_estimation_method === 'Newton',
    leafIterations: leafIterations(job),
    backtracking: parameters.leaf_estimation_backtracking === 'AnyImprovement',
    boostFromAverage: parameters.boost_from_average === true,
    bootstrap,
    subsample: parameters.subsample === 'auto' ? automaticSubsample(bootstrap, rows) : number('subsample'),
    mvsReg: parameters.mvs_reg === 'auto' ? undefined : number('mvs_reg'),
    baggingTemperature: number('bagging_temperature'),
    rsm: number('rsm'),
    oneHotMaxSize: number('one_hot_max_size'),
    maxCtrComplexity: maxCtrComplexity(job),
    simpleLanes: statisticLanes('simple_ctr', word('simple_ctr')),
    combinationLanes: statisticLanes('combinations_ctr', word('combinations_ctr')),
    countAll: parameters.counter_calc_method === 'Full',
    modelSizeReg: number('model_size_reg'),
    ordered: parameters.boosting_type === 'Ordered',
    foldLenMultiplier: number('fold_len_multiplier'),
    permutationCount: number('permutation_count'),
    permutationBlock: number('fold_permutation_block') || Math.min(256, Math.floor(rows / 1000) + 1),
    hasTime: job.hasTime || parameters.has_time === true,
    classWeights: classWeights(job),
    autoClassWeights: word('auto_class_weights'),
  };
}

/** The original's defaults: .66 for Bernoulli, .8 for MVS, all of fewer than 100 rows. */
function automaticSubsample(bootstrap: Bootstrap, rows: number): number {
  if (rows < 100) return 1;
  return bootstrap === 'Bernoulli' ? 0.66 : 0.8;
}

/** Below this the original spares effort (IsSmallIterationCount). */
const FEW_ITERATIONS = 200;

/**
 * The original's rule (options_helper.cpp, UpdateLeavesEstimationIterations): one step where fewer than 200 iterations meet
 * fewer than 20 columns; otherwise 10 of Newton's or 40 along the gradient.
 */
function leafIterations({ parameters, train }: TrainingJob): number {
  const { leaf_estimation_iterations: given, leaf_estimation_method: method, iterations } = parameters;
  if (given !== 'auto') return given as number;
  if ((iterations as number) < FEW_ITERATIONS && train.matrix.columns.length < 20) return 1;
  return method === 'Newton' ? 10 : 40;
}

/** The original's rule (catboost_options.cpp, SetNotSpecifiedOptionsToDefaults): no combinations below 200 iterations. */
function maxCtrComplexity({ parameters }: TrainingJob): number {
  const { max_ctr_complexity: given, iterations } = parameters;
  if (given !== 'auto') return given as number;
  return (iterations as number) < FEW_ITERATIONS ? 1 : 4;
}

/** Like the original, takes only one of the three ways to weigh classes. */
function classWeights({ parameters }: TrainingJob): [number, number] {
  const given = parameters.class_weights as string;
  const scale = parameters.scale_pos_weight as number;
  const ways = [given !== '', scale !== 1, parameters.auto_class_weights !== 'None'].filter(Boolean).length;
  if (ways > 1) {
    throw usageError(
      'CLASS_WEIGHTS',
      'Only one of catboost.class_weights, catboost.scale_pos_weight and catboost.auto_class_weights can be given.',
    );
  }
  if (given === '') return [1, scale];
  const weights = given.split(',').map(Number);
  if (weights.every((weight) => weight > 0 && weight < Number.POSITIVE_INFINITY)) return [weights[0], weights[1]];
  throw usageError('CLASS_WEIGHTS', `catboost.class_weights is "${given}", but both weights must be above 0.`);
}

/**
 * The automatic learning rate for Logloss on the CPU (catboost/libs/train_lib/options_helper.cpp):
 * e^(A ln rows + B) · (iterations / 1000)^C, at most .5, to six decimals. The original computes it only while the leaf
 * and L2 parameters are at their defaults; else the rate is .03.
 */
export function learningRate(job: TrainingJob): number {
  const { parameters } = job;
  if (parameters.learning_rate !== 'auto') return parameters.learning_rate as number;
  const untouched =
    parameters.l2_leaf_reg === 3 &&
    parameters.leaf_estimation_method === 'Newton' &&
    parameters.leaf_estimation_iterations === 'auto';
  if (!untouched) return 0.03;
  const average = parameters.boost_from_average === true;
  const best = job.valid !== undefined;
  const [a, b, c] = average
    ? best
      ? [0.246, -5.127, -0.451]
      : [0.408, -7.299, -0.928]
    : best
      ? [0.247, -5.158, -0.435]
      : [0.427, -7.525, -0.917];
  const rate = Math.exp(a * Math.log(job.train.matrix.rows) + b) * ((parameters.iterations as number) / 1000) ** c;
  return Math.round(Math.min(rate, 0.5) * 1e6) / 1e6;
}

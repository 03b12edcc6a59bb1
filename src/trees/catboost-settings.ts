/** CatBoost's parameters with their types, and the values that follow from the data. It checks ranges no more. */
import type { BorderType } from './catboost-borders.js';
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
  readonly modelSizeReg: number;
  readonly permutationCount: number;
  readonly permutationBlock: number;
  readonly hasTime: boolean;
  readonly scalePosWeight: number;
  readonly autoClassWeights: 'None' | 'Balanced' | 'SqrtBalanced';
}

export function catboostSettings(job: TrainingJob): CatboostSettings {
  const { parameters } = job;
  const number = (name: string) => parameters[name] as number;
  const word = <T extends string>(name: string) => parameters[name] as T;
  const rows = job.train.matrix.rows;
  const bootstrap = word<Bootstrap>('bootstrap_type');
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
    leafIterations: number('leaf_estimation_iterations'),
    backtracking: parameters.leaf_estimation_backtracking === 'AnyImprovement',
    boostFromAverage: parameters.boost_from_average === true,
    bootstrap,
    subsample: parameters.subsample === 'auto' ? automaticSubsample(bootstrap, rows) : number('subsample'),
    mvsReg: parameters.mvs_reg === 'auto' ? undefined : number('mvs_reg'),
    baggingTemperature: number('bagging_temperature'),
    rsm: number('rsm'),
    oneHotMaxSize: number('one_hot_max_size'),
    maxCtrComplexity: number('max_ctr_complexity'),
    modelSizeReg: number('model_size_reg'),
    permutationCount: number('permutation_count'),
    permutationBlock: number('fold_permutation_block') || Math.min(256, Math.floor(rows / 1000) + 1),
    hasTime: job.hasTime || parameters.has_time === true,
    scalePosWeight: number('scale_pos_weight'),
    autoClassWeights: word('auto_class_weights'),
  };
}

/** The original's defaults: .66 for Bernoulli, .8 for MVS, all of fewer than 100 rows. */
function automaticSubsample(bootstrap: Bootstrap, rows: number): number {
  if (rows < 100) return 1;
  return bootstrap === 'Bernoulli' ? 0.66 : 0.8;
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
    parameters.leaf_estimation_iterations === 10;
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

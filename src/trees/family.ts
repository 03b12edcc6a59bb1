/**
 * What the workflow hands a family and what it gets back. Each family has one file that trains (`lightgbm.ts`, …) and
 * one table of parameters (`lightgbm-parameters.ts`, …).
 */
import type { Family, Forest } from '../forest/forest.js';
import type { KernelPool } from '../kernels/pool.js';
import type { Matrix } from '../table/matrix.js';
import type { ParameterValues } from './parameters.js';

export interface LabelledMatrix {
  readonly matrix: Matrix;
  /** 0 or 1 a row. */
  readonly label: Float64Array;
  /** Positive weight a row; absent means 1. */
  readonly weight?: Float64Array;
}

/** A metric that training follows tree by tree; what it is computed with is given from outside. */
export interface EvaluationMetric {
  /** `auc`, `brier`, … */
  readonly name: string;
  /** True when more is better. */
  readonly larger: boolean;
  /** Of probabilities (one a row), labels 0 or 1, and weights. */
  readonly of: (probability: Float64Array, label: Float64Array, weight: Float64Array | undefined) => number;
}

/** A finished model that training goes on from. */
export interface ContinuedModel {
  readonly forest: Forest;
  /** True when it was trained on the very rows of this job, with its seed: a random forest then scores them out of bag. */
  readonly sameRows: boolean;
}

export interface TrainingJob {
  /** Rows in time order when `hasTime`. */
  readonly train: LabelledMatrix;
  /** Rows that early stopping watches; absent turns it off. */
  readonly valid?: LabelledMatrix;
  /** The training rows' order is time: CatBoost's target statistics use it as their permutation. */
  readonly hasTime: boolean;
  /** Canonical names, checked and completed with defaults by `resolveParameters`. */
  readonly parameters: ParameterValues;
  /** Stop when the validation metric has not improved for this many rounds; 0 is off. */
  readonly earlyStoppingRounds: number;
  readonly seed: number;
  readonly pool: KernelPool;
  /** Kept after each tree beside the log loss, of training and of validation rows. */
  readonly metrics?: readonly EvaluationMetric[];
  /** The one of `metrics` that early stopping watches; absent: the log loss. */
  readonly stoppingMetric?: string;
  /** The parameters' number of trees is then of further ones, which see its raw scores as their start. */
  readonly continued?: ContinuedModel;
  /** Called after each tree; throws to cancel. */
  readonly onTree?: (done: number, total: number, validLogLoss: number | undefined, stopping?: StoppingFigure) => void;
}

/** What early stopping watches, when it is not the log loss. */
export interface StoppingFigure {
  readonly metric: string;
  readonly value: number;
}

/** One figure a tree. */
export interface EvaluationHistory {
  readonly train: Float64Array;
  readonly valid?: Float64Array;
}

export interface TrainedModel {
  /** Trimmed to the best iteration. */
  readonly forest: Forest;
  /** One log loss a tree grown here; of a continued model, its further trees. */
  readonly history: EvaluationHistory;
  /** The job's other metrics by name. */
  readonly metrics?: Readonly<Record<string, EvaluationHistory>>;
  /** Trees kept of those grown here. */
  readonly bestIteration: number;
  /** Random forest: out-of-bag probability a training row (NaN where a row was in every bag) and its scores. */
  readonly outOfBag?: { readonly probability: Float64Array; readonly accuracy: number; readonly logLoss: number };
}

export type FamilyTrainer = (job: TrainingJob) => TrainedModel;

export type { Family };

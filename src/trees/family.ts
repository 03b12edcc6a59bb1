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
  /** Called after each tree; throws to cancel. */
  readonly onTree?: (done: number, total: number, validLogLoss: number | undefined) => void;
}

export interface TrainedModel {
  /** Trimmed to the best iteration. */
  readonly forest: Forest;
  /** One log loss a tree. */
  readonly history: { readonly train: Float64Array; readonly valid?: Float64Array };
  /** Trees kept. */
  readonly bestIteration: number;
  /** Random forest: out-of-bag probability a training row (NaN where a row was in every bag) and its scores. */
  readonly outOfBag?: { readonly probability: Float64Array; readonly accuracy: number; readonly logLoss: number };
}

export type FamilyTrainer = (job: TrainingJob) => TrainedModel;

export type { Family };

/**
 * Everything a report shows, as plain data: training fills it and the bundle stores it as `report-data.json`. It is
 * bounded in size whatever the number of rows (curves and histories are thinned), holds no clock time, and is not trusted: a
 * drawing escapes every string.
 */
import type { BlendEvidence } from '../ensemble/blend.js';
import type { Calibration } from '../ensemble/calibration.js';
import type { Weights } from '../ensemble/weights.js';
import type { ExplanationData } from '../explain/explanation-data.js';
import type { SplitDrift } from '../explain/insight-data.js';
import type { CurveSet } from '../metrics/curve-set.js';
import type { MetricSet } from '../metrics/evaluate.js';

export const REPORT_DATA_FORMAT = 1;

export interface ReportData {
  readonly format: typeof REPORT_DATA_FORMAT;
  /** The bundle's name. */
  readonly title: string;
  readonly input: ReportInput;
  /** Rows of each part of the split, in time order. */
  readonly splits: readonly ReportSplit[];
  /** By what the split was made: "time, whole sessions", "random", "column set". */
  readonly split_by: string;
  /** Sessions left out because they straddle a cut. */
  readonly purged_sessions: number;
  /** Between each two of training, validation and test; absent in older bundles. */
  readonly split_drift?: SplitDrift;
  readonly features: readonly ReportFeature[];
  /** In the order of the columns; absent in older bundles, where nobody looked. */
  readonly suspects?: readonly ReportSuspect[];
  /** In the order they vote. */
  readonly models: readonly ReportModel[];
  /** On the test rows, like every model's. */
  readonly ensemble: { readonly metrics: MetricSet; readonly curves: CurveSet };
  readonly blend: ReportBlend;
  readonly confidence_definition: string;
  readonly onnx: readonly ReportOnnxProof[];
  /** Program → version: ecomml, node, packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** What the run warned of, one sentence each. */
  readonly warnings: readonly string[];
  /** Why the models say so, and what it is worth; absent where it was not computed. */
  readonly explanation?: ExplanationData;
}

export interface ReportInput {
  /** The file's name, without the folder it lay in. */
  readonly file: string;
  readonly kind: 'events' | 'table';
  readonly target: string;
  /** sha256 of the input, or of the features made from it. */
  readonly fingerprint: string;
  readonly seed: number;
  readonly rows: number;
  /** First and last time in the input; absent without a time column. */
  readonly from?: string;
  readonly to?: string;
  /** The quality summary as `clean` writes it; shown as a list of its entries. */
  readonly quality?: Readonly<Record<string, unknown>>;
}

export interface ReportSplit {
  /** "train", "early stopping", "blending", "test". */
  readonly name: string;
  readonly rows: number;
  readonly positives: number;
  /** Sessions; absent for tables. */
  readonly sessions?: number;
  /** First and last time of its rows. */
  readonly from?: string;
  readonly to?: string;
}

export interface ReportFeature {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** "user", "product", "temporal", …; absent for tables. */
  readonly group?: string;
  readonly description?: string;
  /** Share of training rows without a value, 0 to 1. */
  readonly missing?: number;
  /** Number of categories. */
  readonly categories?: number;
}

/** A feature that deserves a second look. */
export interface ReportSuspect {
  readonly feature: string;
  readonly kind: 'constant' | 'duplicate' | 'leak' | 'unstable' | 'shift' | 'future' | 'null-importance';
  /** What was found, after the feature's name: "has one value in every training row". */
  readonly reason: string;
  /** The training left it out, as it was asked to. */
  readonly dropped?: true;
}

export interface ReportModel {
  /** "lightgbm", … */
  readonly name: string;
  readonly metrics: MetricSet;
  readonly curves: CurveSet;
  readonly trees: number;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  /** Empty for a family without rounds of boosting. */
  readonly history: readonly HistoryPoint[];
  /** Other metrics that were followed tree by tree; absent in older bundles. */
  readonly evaluations?: readonly { readonly metric: string; readonly history: readonly HistoryPoint[] }[];
  readonly importances: readonly ReportImportance[];
}

export interface HistoryPoint {
  /** Trees so far, from 1. */
  readonly trees: number;
  readonly train: number;
  readonly valid?: number;
}

export interface ReportImportance {
  readonly feature: string;
  /** Share of all gain and of all splits, 0 to 1. */
  readonly gain: number;
  readonly splits: number;
  /** Rise of the log loss when the column is shuffled, in nats, and its standard deviation over shuffles. */
  readonly permutation?: number;
  readonly permutation_spread?: number;
}

export interface ReportBlend {
  readonly weights: Weights;
  readonly weights_from: 'default' | 'given' | 'optimized';
  readonly calibration: Calibration;
  readonly evidence: BlendEvidence;
  readonly notes: readonly string[];
}

export interface ReportOnnxProof {
  /** A model's name, or "ensemble". */
  readonly name: string;
  /** Rows compared: real ones, and ones at thresholds, beside them, missing and unseen. */
  readonly rows: number;
  /** Largest |probability of ecomml − probability of onnxruntime|. */
  readonly largest_difference: number;
}

const HISTORY_POINTS = 200;

/**
 * A log loss a tree, thinned to at most some 200 points: evenly spaced, with the first, the last and the best
 * iteration (1-based, when given) always kept.
 */
export function thinHistory(
  history: { readonly train: ArrayLike<number>; readonly valid?: ArrayLike<number> },
  bestIteration?: number,
): HistoryPoint[] {
  const { train, valid } = history;
  const rounds = train.length;
  const step = Math.max(1, Math.ceil(rounds / HISTORY_POINTS));
  const points: HistoryPoint[] = [];
  for (let i = 0; i < rounds; i++) {
    if (i % step !== 0 && i !== rounds - 1 && i + 1 !== bestIteration) continue;
    const point = { trees: i + 1, train: train[i] };
    points.push(valid === undefined ? point : { ...point, valid: valid[i] });
  }
  return points;
}

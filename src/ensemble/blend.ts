/** What turns the models' probabilities into one, as plain data that the bundle stores; and its use. Fitting is in fit-blend.ts. */
import { type Calibration, type CalibrationMethod, calibrate } from './calibration.js';
import { agreement, type ConfidenceTable, certaintyOf } from './confidence.js';
import type { MemberProbabilities } from './members.js';
import { type Weights, weightedMean } from './weights.js';

export interface Blend {
  /** Model → weight ≥ 0, their sum 1. */
  readonly weights: Weights;
  readonly weights_from: 'default' | 'given' | 'optimized';
  readonly calibration: Calibration;
  readonly confidence: ConfidenceTable;
  readonly evidence: BlendEvidence;
  /** Decisions the user should know of, one sentence each. */
  readonly notes: readonly string[];
}

/** Mean log losses in nats over the blending rows. "Cross-fitted": each row judged by a fit that did not see its fold. */
export interface BlendEvidence {
  readonly rows: number;
  readonly positives: number;
  /** Sessions or other groups that were kept whole in the folds; the rows themselves when there are none. */
  readonly units: number;
  readonly folds: number;
  /** Each model alone, uncalibrated. */
  readonly members: Readonly<Record<string, number>>;
  readonly weights: {
    /** Default (or given) weights, which nothing was fitted for. */
    readonly unfitted: Weights;
    readonly unfitted_log_loss: number;
    /** Null when weights were not, or could not be, optimised. */
    readonly optimized: Weights | null;
    readonly optimized_log_loss: number | null;
  };
  /** On the chosen weights; null for a method that could not be fitted in some fold. */
  readonly calibration: Readonly<Record<CalibrationMethod, number | null>>;
}

/** One calibrated probability a row: within [0, 1], and never falling when a member's probability rises. */
export function applyBlend(blend: Blend, members: MemberProbabilities): Float64Array {
  const mean = weightedMean(members, blend.weights);
  if (blend.calibration.method === 'none') return mean;
  return mean.map((p) => calibrate(blend.calibration, p));
}

/** One confidence a row (see CONFIDENCE_DEFINITION); `probability` is what `applyBlend` gave for the same members. */
export function blendConfidence(blend: Blend, members: MemberProbabilities, probability: Float64Array): Float64Array {
  const confidence = agreement(members, blend.weights);
  for (let row = 0; row < confidence.length; row++) confidence[row] *= certaintyOf(blend.confidence, probability[row]);
  return confidence;
}

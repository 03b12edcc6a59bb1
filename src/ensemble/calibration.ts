/**
 * Monotone maps from the weighted mean to a calibrated probability, and how they are applied. It fits none, and loads
 * nothing that fitting needs: every scoring thread reads this file.
 */
import { sigmoid } from './sigmoid.js';

export type Calibration =
  | { readonly method: 'none' }
  /** σ(slope · logit p + intercept), slope ≥ 0 (Platt 1999, on log-odds). */
  | { readonly method: 'platt'; readonly slope: number; readonly intercept: number }
  /** σ(a · ln p − b · ln(1 − p) + c), a, b ≥ 0 (Kull, Silva Filho and Flach 2017). */
  | { readonly method: 'beta'; readonly a: number; readonly b: number; readonly c: number }
  /** Straight lines between (score, value); flat outside. Both rise. */
  | { readonly method: 'isotonic'; readonly score: readonly number[]; readonly value: readonly number[] };

export type CalibrationMethod = Calibration['method'];

export const CALIBRATION_METHODS = ['platt', 'beta', 'isotonic'] as const;

/** Keeps log-odds finite; float32 probabilities reach no closer to 0. */
const EDGE = 1e-15;

/** In [0, 1], never falling in `probability`. */
export function calibrate(calibration: Calibration, probability: number): number {
  switch (calibration.method) {
    case 'none':
      return probability;
    case 'platt':
      return sigmoid(calibration.slope * (logOf(probability) - logOf(1 - probability)) + calibration.intercept);
    case 'beta':
      return sigmoid(calibration.a * logOf(probability) - calibration.b * logOf(1 - probability) + calibration.c);
    default:
      return interpolate(calibration.score, calibration.value, probability);
  }
}

/** Straight lines between the points (x ascending), flat outside. Never falls in `at` when y never falls. */
export function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  let low = 0;
  let high = x.length - 1;
  if (at <= x[low]) return y[low];
  if (at >= x[high]) return y[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  const part = (at - x[low]) / (x[high] - x[low]);
  // Kept between its neighbours: rounding of the line must not break the order.
  const value = y[low] + part * (y[high] - y[low]);
  return Math.min(Math.max(value, Math.min(y[low], y[high])), Math.max(y[low], y[high]));
}

/** ln p, finite for 0 too. */
export const logOf = (p: number) => Math.log(Math.max(EDGE, p));

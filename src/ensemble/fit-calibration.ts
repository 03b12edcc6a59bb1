/** Fits the monotone maps of calibration.ts. Which one is kept is decided by cross-fitting in fit-blend.ts. */
import { type CALIBRATION_METHODS, type Calibration, logOf } from './calibration.js';
import { blocksByScore, poolAdjacentViolators } from './isotonic.js';
import { fitLogistic } from './logistic.js';

/** Undefined when the method has no rising fit on these rows. `label` holds both classes; weights have the mean 1. */
export function fitCalibration(
  method: (typeof CALIBRATION_METHODS)[number],
  probability: Float64Array,
  label: Float64Array,
  weight?: Float64Array,
): Calibration | undefined {
  if (method === 'platt') return fitPlatt(probability, label, weight);
  if (method === 'beta') return fitBeta(probability, label, weight);
  return fitIsotonic(probability, label, weight);
}

/**
 * Platt's targets: (positives + 1) / (positives + 2) and 1 / (negatives + 2) in place of 1 and 0, the posterior means
 * under a uniform prior. They keep the fit finite on separable rows.
 */
function plattTargets(label: Float64Array, weight: Float64Array | undefined): Float64Array {
  const positives = label.reduce((sum, y, row) => sum + y * (weight?.[row] ?? 1), 0);
  const rows = weight?.reduce((sum, w) => sum + w, 0) ?? label.length;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (rows - positives + 2);
  return label.map((y) => (y === 1 ? high : low));
}

function fitPlatt(probability: Float64Array, label: Float64Array, weight?: Float64Array): Calibration | undefined {
  const logit = probability.map((p) => logOf(p) - logOf(1 - p));
  const fitted = fitLogistic([logit], plattTargets(label, weight), weight);
  if (fitted === undefined || !(fitted[0] > 0)) return undefined;
  return { method: 'platt', slope: fitted[0], intercept: fitted[1] };
}

function fitBeta(probability: Float64Array, label: Float64Array, weight?: Float64Array): Calibration | undefined {
  const high = probability.map(logOf);
  const low = probability.map((p) => -logOf(1 - p));
  const target = plattTargets(label, weight);
  const both = fitLogistic([high, low], target, weight);
  if (both !== undefined && both[0] >= 0 && both[1] >= 0) return { method: 'beta', a: both[0], b: both[1], c: both[2] };
  // The article's remedy for a negative coefficient: set it to 0 and fit the other again.
  const drop = both === undefined || both[1] < 0 ? 'b' : 'a';
  const one = fitLogistic([drop === 'b' ? high : low], target, weight);
  if (one === undefined || !(one[0] > 0)) return undefined;
  return { method: 'beta', a: drop === 'b' ? one[0] : 0, b: drop === 'b' ? 0 : one[0], c: one[1] };
}

/**
 * Pooled blocks joined at their mean scores (centred isotonic regression, Oron and Flournoy 2017), so that distinct
 * scores stay distinct inside the range. A lowest block without positives, or a highest without negatives, takes
 * Laplace's 1 / (rows + 2) instead of a certainty that no data can give, as far as its neighbour allows.
 */
function fitIsotonic(probability: Float64Array, label: Float64Array, weight?: Float64Array): Calibration | undefined {
  const blocks = poolAdjacentViolators(blocksByScore(probability, label, weight));
  if (blocks.length < 2) return undefined;
  const value = blocks.map((block) => block.positives / block.rows);
  const last = blocks.length - 1;
  if (value[0] === 0) value[0] = Math.min(1 / (blocks[0].rows + 2), value[1]);
  if (value[last] === 1) value[last] = Math.max(1 - 1 / (blocks[last].rows + 2), value[last - 1]);
  return { method: 'isotonic', score: blocks.map((block) => block.score), value };
}

/** Log loss and Brier score: means over rows that are smallest when the probabilities are true. */
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';

/** Double-precision machine epsilon: probabilities are kept this far from 0 and 1 in log loss, as scikit-learn does. */
export const LOG_LOSS_EPSILON = 2 ** -52;

/** −log of the probability given to what happened, in nats; `label` is 0 or 1. Never infinite: see LOG_LOSS_EPSILON. */
export function rowLogLoss(probability: number, label: number): number {
  const p = Math.min(1 - LOG_LOSS_EPSILON, Math.max(LOG_LOSS_EPSILON, probability));
  return label === 1 ? -Math.log(p) : -Math.log(1 - p);
}

/** Weighted mean of `rowLogLoss`, in nats. */
export function logLoss(scores: LabelledScores): number {
  checkLabelledScores(scores, 'probability');
  return weightedMean(scores, rowLogLoss);
}

/** Weighted mean of (probability − label)², in [0, 1]. */
export function brierScore(scores: LabelledScores): number {
  checkLabelledScores(scores, 'probability');
  return weightedMean(scores, (p, y) => (p - y) ** 2);
}

function weightedMean({ probability, label, weight }: LabelledScores, of: (p: number, y: number) => number): number {
  let sum = 0;
  let weights = 0;
  for (let row = 0; row < probability.length; row++) {
    const w = weight === undefined ? 1 : weight[row];
    sum += w * of(probability[row], label[row]);
    weights += w;
  }
  return sum / weights;
}

/** Log loss and Brier score: means over rows that are smallest when the probabilities are true. */
import { rowLogLoss } from '../base/log-loss.js';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';

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

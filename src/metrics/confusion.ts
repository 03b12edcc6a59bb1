/** What calling every row at or above a threshold positive gets right and wrong. */
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';

export interface Confusion {
  readonly threshold: number;
  /** Weights; numbers of rows when there are no weights. */
  readonly true_positive: number;
  readonly false_positive: number;
  readonly true_negative: number;
  readonly false_negative: number;
  readonly accuracy: number;
  /** Null where no row is called positive. */
  readonly precision: number | null;
  /** Null where there are no positives. */
  readonly recall: number | null;
  /** Null where there are no negatives. */
  readonly specificity: number | null;
  /** Null where there are no positives and none is called. */
  readonly f1: number | null;
}

/** A row is called positive when probability >= threshold. */
export function confusionAt(scores: LabelledScores, threshold: number): Confusion {
  checkLabelledScores(scores, 'score');
  const { probability, label, weight } = scores;
  // Index: 2 · called positive + truly positive.
  const sums = [0, 0, 0, 0];
  for (let row = 0; row < probability.length; row++)
    sums[(probability[row] >= threshold ? 2 : 0) + label[row]] += weight === undefined ? 1 : weight[row];
  const [trueNegative, falseNegative, falsePositive, truePositive] = sums;
  const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  return {
    threshold,
    true_positive: truePositive,
    false_positive: falsePositive,
    true_negative: trueNegative,
    false_negative: falseNegative,
    accuracy: (truePositive + trueNegative) / (truePositive + trueNegative + falsePositive + falseNegative),
    precision: ratio(truePositive, truePositive + falsePositive),
    recall: ratio(truePositive, truePositive + falseNegative),
    specificity: ratio(trueNegative, trueNegative + falsePositive),
    f1: ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
  };
}

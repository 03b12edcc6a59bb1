/** The confusion of the ensemble at the thresholds of its ROC curve: ratios of what was computed, no new counting. */
import type { ReportData } from './report-data.js';

export interface ConfusionPoint {
  /** Rows at or above it are called positive. */
  readonly threshold: number;
  readonly truePositive: number;
  readonly falsePositive: number;
}

export interface ConfusionPoints {
  /** Weighted rows are counted by weight. */
  readonly positives: number;
  readonly negatives: number;
  /** Falling thresholds; empty when only one class is there. */
  readonly points: readonly ConfusionPoint[];
}

export function confusionPoints({ ensemble: { metrics, curves } }: ReportData): ConfusionPoints {
  const counted = Math.abs(metrics.base_rate * metrics.rows - metrics.positives) < 1e-6 * metrics.rows;
  const positives = counted ? metrics.positives : metrics.base_rate * metrics.rows;
  const negatives = metrics.rows - positives;
  const whole = (value: number) => (counted ? Math.round(value) : value);
  const points = curves.roc.flatMap(({ threshold, true_positive_rate, false_positive_rate }) =>
    threshold === null
      ? []
      : [
          {
            threshold,
            truePositive: whole(true_positive_rate * positives),
            falsePositive: whole(false_positive_rate * negatives),
          },
        ],
  );
  return { positives, negatives, points };
}

/** The place of the highest F1: where a reader without an opinion begins. */
export function bestF1({ points, positives }: ConfusionPoints): number {
  const f1 = points.map(
    ({ truePositive, falsePositive }) => (2 * truePositive) / (truePositive + falsePositive + positives),
  );
  return f1.reduce((best, value, i) => (value > f1[best] ? i : best), 0);
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auc } from '#ecomml/metrics/auc.js';
import { averagePrecision } from '#ecomml/metrics/average-precision.js';
import { calibrationCurve } from '#ecomml/metrics/calibration.js';
import { rocCurve } from '#ecomml/metrics/curves.js';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { brierScore, logLoss } from '#ecomml/metrics/proper-scores.js';

// What scikit-learn says of the same rows (test/equivalence/metrics/make-goldens.py). Both sides add the same few hundred
// doubles in another order: 1e-12 is some 100 times the rounding that leaves, and far below any real difference.
const TOLERANCE = 1e-12;

interface Golden {
  readonly name: string;
  readonly label: number[];
  readonly probability: number[];
  readonly weight: number[] | null;
  readonly auc: number;
  readonly pr_auc: number;
  readonly log_loss: number;
  readonly brier: number;
  readonly roc_area: number;
  readonly auc_ci?: [number, number];
  readonly uniform_curve?: { readonly observed: number[]; readonly mean: number[] };
}

const path = new URL('../equivalence/metrics/goldens.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Golden[] };

const close = (found: number | null, expected: number, name: string) =>
  expect(Math.abs((found ?? Number.NaN) - expected), `${name}: ${found} for ${expected}`).toBeLessThanOrEqual(
    TOLERANCE,
  );

describe.each(cases)('as scikit-learn: $name', (golden) => {
  const scores = {
    probability: Float64Array.from(golden.probability),
    label: Float64Array.from(golden.label),
    ...(golden.weight === null ? {} : { weight: Float64Array.from(golden.weight) }),
  };

  it('AUC, average precision, log loss, Brier', () => {
    close(auc(scores), golden.auc, 'AUC');
    close(averagePrecision(scores), golden.pr_auc, 'average precision');
    close(logLoss(scores), golden.log_loss, 'log loss');
    close(brierScore(scores), golden.brier, 'Brier');
  });

  it('evaluate reports the same', () => {
    const settings = scores.weight === undefined ? {} : { weight: scores.weight };
    const metrics = evaluate(scores.probability, scores.label, settings);
    close(metrics.auc, golden.auc, 'AUC');
    close(metrics.pr_auc, golden.pr_auc, 'PR AUC');
    close(metrics.log_loss, golden.log_loss, 'log loss');
    close(metrics.brier, golden.brier, 'Brier');
  });

  it('the ROC curve holds the same area', () => {
    // A few hundred groups may be thinned to 200 points: corners cut off a concave stretch cost less than 1e-3.
    let area = 0;
    const curve = rocCurve(scores);
    for (let i = 1; i < curve.length; i++) {
      const [a, b] = [curve[i - 1], curve[i]];
      area += ((b.false_positive_rate - a.false_positive_rate) * (a.true_positive_rate + b.true_positive_rate)) / 2;
    }
    expect(Math.abs(area - golden.roc_area)).toBeLessThan(1e-3);
  });

  it.skipIf(golden.auc_ci === undefined)('DeLong’s interval', () => {
    const metrics = evaluate(scores.probability, scores.label);
    close(metrics.auc_ci?.[0] ?? null, golden.auc_ci?.[0] ?? Number.NaN, 'lower');
    close(metrics.auc_ci?.[1] ?? null, golden.auc_ci?.[1] ?? Number.NaN, 'upper');
  });

  it.skipIf(golden.uniform_curve === undefined)('the equal-width calibration curve', () => {
    const curve = calibrationCurve(scores, 'equal-width', 10);
    expect(curve.length).toBe(golden.uniform_curve?.mean.length);
    curve.forEach((bin, i) => {
      close(bin.mean_probability, golden.uniform_curve?.mean[i] ?? Number.NaN, `mean ${i}`);
      close(bin.observed_rate, golden.uniform_curve?.observed[i] ?? Number.NaN, `observed ${i}`);
    });
  });
});

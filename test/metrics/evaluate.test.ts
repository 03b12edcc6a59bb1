import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '#ecomml/base/interval.js';
import { Random } from '#ecomml/base/random.js';
import { auc } from '#ecomml/metrics/auc.js';
import { calibrationCurve, expectedCalibrationError } from '#ecomml/metrics/calibration.js';
import { rocCurve } from '#ecomml/metrics/curves.js';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { calibratedScores } from './scores.js';

const doubles = (...values: number[]) => Float64Array.from(values);

describe('one class only', () => {
  it('all negative: AUC and PR AUC are null with the reason, the rest stands', () => {
    const metrics = evaluate(doubles(0.1, 0.2, 0.4), doubles(0, 0, 0));
    expect(metrics).toMatchObject({ auc: null, auc_ci: null, pr_auc: null, pr_auc_ci: null, positives: 0 });
    expect(metrics.undefined_because).toMatch(/no positives.*AUC and PR AUC are not defined/);
    expect(metrics.log_loss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8) + Math.log(0.6)) / 3, 14);
    expect(metrics.brier).toBeCloseTo((0.01 + 0.04 + 0.16) / 3, 14);
  });

  it('all positive: AUC is null, PR AUC is 1', () => {
    const metrics = evaluate(doubles(0.1, 0.2), doubles(1, 1));
    expect(metrics).toMatchObject({ auc: null, pr_auc: 1 });
    expect(metrics.undefined_because).toMatch(/no negatives.*AUC is not defined/);
  });
});

describe('bad input is an error that names the row', () => {
  it.each([
    ['NaN', doubles(0.1, Number.NaN), doubles(0, 1), /probability of row 1 is NaN/],
    ['above 1', doubles(0.1, 1.5), doubles(0, 1), /probability of row 1 is 1.5/],
    ['below 0', doubles(-0.1, 0.5), doubles(0, 1), /probability of row 0 is -0.1/],
    ['infinite', doubles(0.1, Number.POSITIVE_INFINITY), doubles(0, 1), /row 1 is Infinity/],
    ['label 2', doubles(0.1, 0.5), doubles(0, 2), /label of row 1 is 2/],
    ['NaN label', doubles(0.1, 0.5), doubles(0, Number.NaN), /label of row 1 is NaN/],
    ['lengths', doubles(0.1, 0.5), doubles(0), /2 probabilities, 1 labels/],
    ['no rows', doubles(), doubles(), /at least one row/],
  ])('%s', (_, probability, label, message) => {
    expect(() => evaluate(probability, label)).toThrow(message);
  });

  it('weights', () => {
    const bad = (weight: Float64Array) => () => evaluate(doubles(0.1, 0.5), doubles(0, 1), { weight });
    expect(bad(doubles(1, -1))).toThrow(/weight of row 1 is -1/);
    expect(bad(doubles(0, 0))).toThrow(/All weights are 0/);
    expect(() => auc({ probability: doubles(Number.NaN), label: doubles(1) })).toThrow(/NaN/);
  });
});

describe('intervals', () => {
  it('the same seed gives the same numbers, another seed nearly the same', () => {
    const { probability, label } = calibratedScores(2000, 0.1, 5);
    const first = evaluate(probability, label, { seed: 7 });
    expect(evaluate(probability, label, { seed: 7 })).toEqual(first);
    const other = evaluate(probability, label, { seed: 8 });
    expect(other.log_loss_ci).not.toEqual(first.log_loss_ci);
    expect(other.log_loss_ci?.[0]).toBeCloseTo(first.log_loss_ci?.[0] ?? Number.NaN, 2);
  });

  // 200 draws: coverage of a right 95% interval lies within 95% ± 3 · 1.5 points in all but 3 of 1000 such tests. Both
  // methods are only asymptotically right, so the lower bound leaves one point more.
  it('cover the true value in about 95 of 100 samples', () => {
    const truth = evaluate(...pair(calibratedScores(200_000, 0.1, 99)));
    const covered = { auc: 0, pr_auc: 0, log_loss: 0, brier: 0 };
    const draws = 200;
    for (let draw = 0; draw < draws; draw++) {
      const metrics = evaluate(...pair(calibratedScores(400, 0.1, 1000 + draw)), { seed: draw });
      for (const name of ['auc', 'pr_auc', 'log_loss', 'brier'] as const) {
        const [lower, upper] = metrics[`${name}_ci`] ?? [Number.NaN, Number.NaN];
        const value = truth[name] ?? Number.NaN;
        if (lower <= value && value <= upper) covered[name]++;
      }
    }
    for (const [name, count] of Object.entries(covered)) {
      expect(count / draws, name).toBeGreaterThanOrEqual(0.895);
      expect(count / draws, name).toBeLessThanOrEqual(0.995);
    }
  });

  it('on more rows than the replicates use, the width is that of the whole sample', () => {
    // The mean's standard error is known in closed form: the shrunk bootstrap must agree. 200 replicates put ±5% on a
    // standard deviation and somewhat more on quantiles; 20% is three of those.
    const { probability, label } = calibratedScores(600_000, 0.05, 3);
    const metrics = evaluate(probability, label);
    let square = 0;
    for (let row = 0; row < label.length; row++) square += ((probability[row] - label[row]) ** 2 - metrics.brier) ** 2;
    const width = 2 * 1.96 * (Math.sqrt(square) / label.length);
    const [lower, upper] = metrics.brier_ci ?? [Number.NaN, Number.NaN];
    expect(Math.abs((upper - lower) / width - 1)).toBeLessThan(0.2);
  });

  it('rows repeated as a session widen the intervals by the root of the repeats when the session is named', () => {
    const single = calibratedScores(1500, 0.2, 11);
    const copies = 4;
    const repeat = (values: Float64Array) =>
      Float64Array.from({ length: 1500 * copies }, (_, i) => values[Math.floor(i / copies)]);
    const unit = Uint32Array.from({ length: 1500 * copies }, (_, i) => Math.floor(i / copies));
    const width = (ci: readonly [number, number] | null) => (ci === null ? Number.NaN : ci[1] - ci[0]);
    const one = evaluate(single.probability, single.label);
    const naive = evaluate(repeat(single.probability), repeat(single.label));
    const honest = evaluate(repeat(single.probability), repeat(single.label), { unit });
    expect(honest.auc).toBeCloseTo(one.auc ?? Number.NaN, 12);
    for (const name of ['auc_ci', 'pr_auc_ci', 'log_loss_ci', 'brier_ci'] as const) {
      // AUC's interval has a closed form; the others carry the noise of 1000 replicates.
      expect(Math.abs(width(honest[name]) / width(one[name]) - 1), name).toBeLessThan(name === 'auc_ci' ? 0.01 : 0.15);
      expect(Math.abs(width(naive[name]) / width(one[name]) - 0.5), name).toBeLessThan(name === 'auc_ci' ? 0.01 : 0.08);
    }
  });

  it('are null where one row of a class leaves nothing to estimate from', () => {
    expect(evaluate(doubles(0.2, 0.6, 0.3), doubles(0, 1, 0)).auc_ci).toBeNull();
    expect(evaluate(doubles(0.2), doubles(0)).log_loss_ci).toBeNull();
  });

  it('Wilson’s, against published values (10 of 100; 0 of 10)', () => {
    const [lower, upper] = wilsonInterval(10, 100);
    expect(lower).toBeCloseTo(0.0552, 4);
    expect(upper).toBeCloseTo(0.1744, 4);
    expect(wilsonInterval(0, 10)[0]).toBe(0);
    expect(wilsonInterval(0, 10)[1]).toBeCloseTo(0.2775, 4);
  });
});

describe('calibration', () => {
  it('is near 0 for true probabilities and finds a known gap', () => {
    const { probability, label } = calibratedScores(50_000, 0.2, 4);
    expect(expectedCalibrationError({ probability, label })).toBeLessThan(0.01);
    const shifted = probability.map((p) => Math.min(1, p + 0.1));
    expect(expectedCalibrationError({ probability: shifted, label })).toBeGreaterThan(0.09);
  });

  it('equal-mass bins hold about as many rows each, ties stay together', () => {
    const { probability, label } = calibratedScores(3000, 0.02, 6);
    const curve = calibrationCurve({ probability, label }, 'equal-mass', 15);
    expect(curve.length).toBe(15);
    for (const bin of curve) expect(Math.abs(bin.rows - 200)).toBeLessThanOrEqual(1);
    const tied = calibrationCurve({ probability: doubles(0.5, 0.5, 0.5, 0.7), label: doubles(0, 1, 0, 1) });
    expect(tied.map((bin) => bin.rows)).toEqual([3, 1]);
  });

  it('equal-width bins own their upper border', () => {
    const curve = calibrationCurve(
      { probability: doubles(0, 0.1, 0.2, 0.25, 1), label: doubles(0, 0, 1, 1, 1) },
      'equal-width',
      10,
    );
    expect(curve.map((bin) => bin.rows)).toEqual([2, 1, 1, 1]);
  });
});

describe('the ROC curve', () => {
  it('thinned from 200,000 rows keeps its area to 1e-4 and its ends', () => {
    const scores = calibratedScores(200_000, 0.05, 21);
    const curve = rocCurve(scores);
    let area = 0;
    for (let i = 1; i < curve.length; i++)
      area +=
        ((curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
          (curve[i].true_positive_rate + curve[i - 1].true_positive_rate)) /
        2;
    expect(curve.length).toBeLessThanOrEqual(200);
    expect(Math.abs(area - (auc(scores) ?? 0))).toBeLessThan(1e-4);
    expect(curve[0]).toEqual({ false_positive_rate: 0, true_positive_rate: 0, threshold: null });
    expect(curve.at(-1)).toMatchObject({ false_positive_rate: 1, true_positive_rate: 1 });
  });

  it('of a random score is the diagonal', () => {
    const random = new Random(1);
    const label = Float64Array.from({ length: 20_000 }, () => random.below(2));
    const probability = Float64Array.from({ length: 20_000 }, () => random.next());
    for (const p of rocCurve({ probability, label }))
      expect(Math.abs(p.true_positive_rate - p.false_positive_rate)).toBeLessThan(0.03);
  });
});

function pair({ probability, label }: { probability: Float64Array; label: Float64Array }) {
  return [probability, label] as const;
}

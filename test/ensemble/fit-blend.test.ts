import { describe, expect, it } from 'vitest';
import { meanLogLoss } from '#ecomml/base/log-loss.js';
import { applyBlend, type Blend, blendConfidence } from '#ecomml/ensemble/blend.js';
import { CONFIDENCE_DEFINITION, certaintyOf, fitConfidence, intervalOf } from '#ecomml/ensemble/confidence.js';
import { fitBlend } from '#ecomml/ensemble/fit-blend.js';
import { assignFolds } from '#ecomml/ensemble/folds.js';
import { sampleMembers } from './members.js';

const NOISE = { catboost: 0.4, xgboost: 0.5, lightgbm: 0.6, 'random-forest': 0.8 };

describe('fitBlend', () => {
  it('leaves good probabilities alone or improves them; bent ones are calibrated, and fresh rows gain', () => {
    const bend = (z: number) => 2 * z + 0.8;
    const bent = sampleMembers(6000, 0.15, NOISE, 1, bend);
    const blend = fitBlend({ ...bent, weights: 'default', seed: 1 });
    expect(blend.calibration.method).not.toBe('none');
    expect(blend.notes.join(' ')).toMatch(/Calibration by \w+ lowers the cross-fitted log loss from/);
    const fresh = sampleMembers(6000, 0.15, NOISE, 2, bend);
    const plain = { ...blend, calibration: { method: 'none' } } satisfies Blend;
    const gain =
      meanLogLoss(applyBlend(plain, fresh.members), fresh.label) -
      meanLogLoss(applyBlend(blend, fresh.members), fresh.label);
    const { none, platt, beta, isotonic } = blend.evidence.calibration;
    const promised = (none ?? 0) - Math.min(...[platt, beta, isotonic].map((loss) => loss ?? 1));
    expect(gain).toBeGreaterThan(0);
    // Cross-fitting promises what fresh rows give: both gains are near 0.1 nats, each with a standard error near 0.01.
    expect(Math.abs(gain - promised)).toBeLessThan(0.04);
  });

  it('keeps a calibration only when its cross-fitted loss is lower', () => {
    for (let seed = 10; seed < 22; seed++) {
      const sample = sampleMembers(400, 0.25, { catboost: 0, xgboost: 0 }, seed);
      const { calibration, evidence } = fitBlend({ ...sample, weights: 'default', seed });
      const losses = evidence.calibration;
      const lowest = Math.min(...Object.values(losses).map((loss) => loss ?? Number.POSITIVE_INFINITY));
      expect(losses[calibration.method]).toBe(lowest);
      expect(losses.none).toBeCloseTo(evidence.weights.unfitted_log_loss, 14);
    }
  });

  it('optimised weights beat the default on fresh rows where members differ much', () => {
    const noise = { catboost: 2.5, xgboost: 2.5, lightgbm: 0.2, 'random-forest': 2.5 };
    const sample = sampleMembers(5000, 0.2, noise, 3);
    const blend = fitBlend({ ...sample, weights: 'optimized', seed: 1 });
    expect(blend.weights_from).toBe('optimized');
    expect(blend.weights['lightgbm']).toBeGreaterThan(0.8);
    const { unfitted_log_loss, optimized_log_loss, unfitted } = blend.evidence.weights;
    expect(optimized_log_loss).toBeLessThan(unfitted_log_loss);
    expect(unfitted).toEqual({ catboost: 0.4, xgboost: 0.3, lightgbm: 0.2, 'random-forest': 0.1 });
  });

  it('too few positives: no calibration, default weights, and the reason', () => {
    const sample = sampleMembers(400, 0.5, NOISE, 4);
    const label = new Float64Array(400);
    label[7] = 1;
    const blend = fitBlend({ members: sample.members, label, weights: 'optimized', seed: 1 });
    expect(blend.calibration).toEqual({ method: 'none' });
    expect(blend.weights_from).toBe('default');
    expect(blend.notes.join(' ')).toMatch(
      /Weights were not optimised: 1 positives in 400 .* No calibration was fitted/,
    );
    const none = fitBlend({ members: sample.members, label: new Float64Array(400), weights: 'default', seed: 1 });
    expect(none.calibration).toEqual({ method: 'none' });
  });

  it('survives JSON, repeats with the seed, and refuses what cannot be blended', () => {
    const sample = sampleMembers(900, 0.2, NOISE, 5);
    const blend = fitBlend({ ...sample, weights: 'optimized', seed: 3 });
    const copy = JSON.parse(JSON.stringify(blend)) as Blend;
    expect(copy).toEqual(blend);
    expect(applyBlend(copy, sample.members)).toEqual(applyBlend(blend, sample.members));
    expect(fitBlend({ ...sample, weights: 'optimized', seed: 3 })).toEqual(blend);
    expect(() =>
      fitBlend({ members: { catboost: new Float64Array(0) }, label: new Float64Array(0), weights: 'default', seed: 1 }),
    ).toThrow(/there are none/);
    expect(() => fitBlend({ ...sample, label: new Float64Array(3), weights: 'default', seed: 1 })).toThrow(/3 labels/);
    expect(() => fitBlend({ ...sample, label: new Float64Array(900).fill(2), weights: 'default', seed: 1 })).toThrow(
      /label of row 0 is 2/,
    );
  });

  it('a single model is the blend', () => {
    const { members, label } = sampleMembers(500, 0.2, { lightgbm: 0.1 }, 6);
    const blend = fitBlend({ members, label, weights: 'optimized', seed: 1 });
    expect(blend.weights).toEqual({ lightgbm: 1 });
    expect(blend.notes[0]).toMatch(/^Without catboost, xgboost, random-forest/);
  });

  it('rises with every member and stays within [0, 1]', () => {
    const sample = sampleMembers(3000, 0.15, NOISE, 7, (z) => 2 * z);
    const blend = fitBlend({ ...sample, weights: 'default', seed: 1 });
    for (const name of Object.keys(NOISE)) {
      const raised = { ...sample.members, [name]: sample.members[name].map((p) => Math.min(1, p + 0.03)) };
      const [low, high] = [applyBlend(blend, sample.members), applyBlend(blend, raised)];
      for (let row = 0; row < low.length; row++) {
        expect(high[row]).toBeGreaterThanOrEqual(low[row] - 4e-16);
        expect(low[row] >= 0 && high[row] <= 1).toBe(true);
      }
    }
  });
});

describe('folds', () => {
  it('keep a unit whole and give each fold its part of the positives', () => {
    const unit = Uint32Array.from({ length: 1000 }, (_, i) => Math.floor(i / 4) * 17);
    const label = Float64Array.from({ length: 1000 }, (_, i) => (i % 40 < 4 ? 1 : 0));
    const fold = assignFolds(label, unit, 5, 1);
    const positives = [0, 0, 0, 0, 0];
    for (let row = 0; row < 1000; row++) {
      expect(fold[row]).toBe(fold[Math.floor(row / 4) * 4]);
      positives[fold[row]] += label[row];
    }
    expect(positives).toEqual([20, 20, 20, 20, 20]);
    expect(assignFolds(label, unit, 5, 2)).not.toEqual(fold);
  });
});

describe('confidence', () => {
  const sample = sampleMembers(4000, 0.1, NOISE, 8);
  const blend = fitBlend({ ...sample, weights: 'default', seed: 1 });
  const one = (...values: number[]) =>
    Object.fromEntries(Object.keys(NOISE).map((name, k) => [name, Float64Array.of(values[k])]));
  const scoreOf = (members: Record<string, Float64Array>) => {
    const probability = applyBlend(blend, members);
    return { probability: probability[0], confidence: blendConfidence(blend, members, probability)[0] };
  };

  it('is within [0, 1]', () => {
    const confidence = blendConfidence(blend, sample.members, applyBlend(blend, sample.members));
    expect(confidence.every((c) => c >= 0 && c <= 1)).toBe(true);
    expect(Math.max(...confidence) - Math.min(...confidence)).toBeGreaterThan(0.05);
  });

  it('is not a function of the probability: it falls when members disagree about the same mean', () => {
    const agree = scoreOf(one(0.3, 0.3, 0.3, 0.3));
    const differ = scoreOf(one(0.15, 0.4, 0.4, 0.4));
    const split = scoreOf(one(0, 0.5, 0.5, 0.5));
    expect(differ.probability).toBeCloseTo(agree.probability, 12);
    expect(split.probability).toBeCloseTo(agree.probability, 12);
    expect(differ.confidence).toBeLessThan(agree.confidence - 0.1);
    expect(split.confidence).toBeLessThan(differ.confidence - 0.1);
  });

  it('is 0 agreement only at the largest spread', () => {
    expect(scoreOf(one(1, 0, 0, 0)).confidence).toBeCloseTo(0, 12);
  });

  it('falls where calibration rows are thin', () => {
    // 3,000 rows near 0.1, 30 near 0.8: the same labels' shares, a hundredth of the rows.
    const probability = Float64Array.from({ length: 3030 }, (_, i) => (i < 3000 ? 0.1 : 0.8) + (i % 10) * 1e-3);
    const label = Float64Array.from({ length: 3030 }, (_, i) =>
      i < 3000 ? (i % 100 < 10 ? 1 : 0) : i % 10 < 8 ? 1 : 0,
    );
    const table = fitConfidence(probability, label, 1);
    const [dense, thin] = [certaintyOf(table, 0.104), certaintyOf(table, 0.804)];
    expect(dense).toBeGreaterThan(0.95);
    expect(thin).toBeLessThan(dense - 0.1);
    expect(certaintyOf(table, 1)).toBeLessThan(dense);
    const [lower, upper] = intervalOf(table, 0.104);
    expect(lower < 0.1 && upper > 0.1 && upper - lower < 0.06).toBe(true);
    // Rows that come in sessions of four are worth a quarter as much.
    expect(certaintyOf(fitConfidence(probability, label, 0.25), 0.104)).toBeLessThan(dense - 0.01);
  });

  it('the interval holds the true rate for nearly all probabilities, and its table is small', () => {
    let held = 0;
    for (let row = 0; row < sample.label.length; row++) {
      const p = applyBlendRow(row);
      const [lower, upper] = intervalOf(blend.confidence, p);
      if (lower <= sample.truth[row] && sample.truth[row] <= upper) held++;
      expect(lower).toBeLessThanOrEqual(upper);
    }
    // Members see the truth with noise, so the truth of a row strays from the rate at its probability: this only
    // asks that the interval is about the right place and not vacuous.
    expect(held / sample.label.length).toBeGreaterThan(0.4);
    expect(blend.confidence.probability.length).toBeLessThanOrEqual(130);
  });

  it('has a definition that names its parts', () => {
    expect(CONFIDENCE_DEFINITION).toMatch(/agreement × certainty/);
  });

  const blended = applyBlend(blend, sample.members);
  function applyBlendRow(row: number): number {
    return blended[row];
  }
});

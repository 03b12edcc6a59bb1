// GOSS, DART and quantized gradients: what they keep, what trees weigh, the scores that training keeps, and bad parameters.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { logLoss } from '#ecomml/metrics/proper-scores.js';
import { Dropout } from '#ecomml/trees/dropout.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { gossSample } from '#ecomml/trees/lightgbm-goss.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { GradientQuantizer } from '#ecomml/trees/lightgbm-quantized.js';
import { rowGenerators } from '#ecomml/trees/lightgbm-random.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

function rows(count: number, seed: number): LabelledMatrix {
  const random = new Random(seed);
  const columns = ['a', 'b', 'c'].map((name) => {
    return { name, kind: 'numeric' as const, values: Float64Array.from({ length: count }, () => random.normal()) };
  });
  const [a, b, c] = columns.map(({ values }) => values);
  const label = Float64Array.from({ length: count }, (_, i) => {
    return a[i] * b[i] + Math.sin(2 * c[i]) - 0.7 + random.normal() * 0.5 > 0 ? 1 : 0;
  });
  return { matrix: { rows: count, columns }, label };
}

const train = rows(2000, 1);
const valid = rows(700, 2);

function trained(given: ParameterValues, threads = pool, seed = 3) {
  const parameters = resolveParameters('lightgbm', lightgbmParameters, { num_iterations: 40, ...given });
  return trainLightgbm({ train, valid, hasTime: false, parameters, earlyStoppingRounds: 5, seed, pool: threads });
}

const lossOf = (part: LabelledMatrix, probability: Float64Array) => logLoss({ label: part.label, probability })!;

describe('dart', () => {
  const cases: readonly ParameterValues[] = [
    {},
    { skip_drop: 0 },
    { skip_drop: 0, uniform_drop: true, drop_rate: 0.5, max_drop: 3 },
    { skip_drop: 0, xgboost_dart_mode: true, drop_rate: 0.3 },
    { skip_drop: 0, data_sample_strategy: 'goss' },
    { skip_drop: 0, bagging_fraction: 0.6, bagging_freq: 1 },
    { skip_drop: 0, boost_from_average: false },
  ];
  it.each(cases)('keeps the scores of its weighted trees: %j', (given) => {
    const { forest, history, bestIteration } = trained({ boosting: 'dart', ...given });
    expect(bestIteration).toBe(40);
    // Scores are sums in another order than the forest's.
    expect(history.train[39]).toBeCloseTo(lossOf(train, predictProbability(forest, train.matrix)), 12);
    expect(history.valid![39]).toBeCloseTo(lossOf(valid, predictProbability(forest, valid.matrix)), 12);
  });

  it('without dropping is gradient boosting', () => {
    const parameters = { learning_rate: 0.03, num_iterations: 20 };
    const plain = trained(parameters);
    const never = trained({ ...parameters, boosting: 'dart', skip_drop: 1 });
    expect(plain.bestIteration).toBe(20);
    expect(never.forest.value).toEqual(plain.forest.value);
    expect(trained({ ...parameters, boosting: 'dart', skip_drop: 0 }).forest.value).not.toEqual(plain.forest.value);
  });

  it('weighs k dropped trees k / (k + 1) and the new one 1 / (k + 1)', () => {
    const to = { learningRate: 0.1, dropRate: 1, maxDrop: -1, skipDrop: 0, uniformDrop: true, xgboostMode: false };
    const dropout = new Dropout(to, 1);
    for (let tree = 0; tree < 3; tree++) {
      expect(dropout.drop(tree)).toEqual(Array.from({ length: tree }, (_, i) => i));
      expect(dropout.newWeight).toBeCloseTo(1 / (tree + 1), 15);
      dropout.settle();
    }
    for (const weight of dropout.weights) expect(weight).toBeCloseTo(1 / 3, 15);
    const xgboost = new Dropout({ ...to, xgboostMode: true }, 1);
    xgboost.drop(0);
    xgboost.settle();
    expect(xgboost.drop(1)).toEqual([0]);
    expect(xgboost.settle()).toEqual([[0, 1]]);
    for (const weight of xgboost.weights) expect(weight).toBeCloseTo(1 / 1.1, 15);
  });

  it('drops max_drop trees at most', () => {
    const to = { learningRate: 0.1, dropRate: 1, maxDrop: 4, skipDrop: 0, uniformDrop: false, xgboostMode: false };
    const dropout = new Dropout(to, 1);
    let most = 0;
    for (let tree = 0; tree < 60; tree++) {
      most = Math.max(most, dropout.drop(tree).length);
      dropout.settle();
    }
    expect(most).toBe(4);
  });
});

describe('rf', () => {
  const drawn = { boosting: 'rf', bagging_fraction: 0.6, bagging_freq: 1 };
  it.each<ParameterValues>([
    drawn,
    { boosting: 'rf', feature_fraction: 0.5, boost_from_average: false },
    { ...drawn, use_quantized_grad: true, num_grad_quant_bins: 16 },
    { ...drawn, bagging_fraction: 1, pos_bagging_fraction: 0.9, neg_bagging_fraction: 0.4, feature_fraction: 0.7 },
  ])('keeps the scores of the mean of its trees: %j', async (given) => {
    const { forest, history, bestIteration } = trained(given);
    expect(forest.average).toBe(true);
    expect(history.train[bestIteration - 1]).toBeLessThan(history.train[0]);
    const whole = trained({ ...given, num_iterations: bestIteration });
    expect(whole.history.train[bestIteration - 1]).toBeCloseTo(
      lossOf(train, predictProbability(whole.forest, train.matrix)),
      12,
    );
    const one = new KernelPool(1);
    expect(trained(given, one).forest).toEqual(forest);
    await one.close();
  });

  it('goes on from a finished one', () => {
    const parameters = resolveParameters('lightgbm', lightgbmParameters, { ...drawn, num_iterations: 6 });
    const job = { train, valid, hasTime: false, earlyStoppingRounds: 0, seed: 3, pool };
    const whole = trainLightgbm({ ...job, parameters: { ...parameters, num_iterations: 12 } });
    const { forest } = trainLightgbm({ ...job, parameters });
    const both = trainLightgbm({ ...job, parameters, continued: { forest, sameRows: true } });
    expect(both.forest).toEqual(whole.forest);
    // A mean that is divided at each tree, and one that is divided once.
    for (const part of ['train', 'valid'] as const)
      expect(both.history[part]![5]).toBeCloseTo(whole.history[part]![11], 12);
  });

  it('is refused where all trees would be the same, and with GOSS', () => {
    expect(() => trained({ boosting: 'rf' })).toThrow(/trees that differ/);
    expect(() => trained({ boosting: 'rf', feature_fraction: 0.5, data_sample_strategy: 'goss' })).toThrow(/GOSS/);
  });
});

function gradients(count: number) {
  const random = new Random(5);
  const entries = new Float32Array(count * 2);
  for (let row = 0; row < count; row++) {
    entries[row * 2] = random.next() - 0.5;
    entries[row * 2 + 1] = random.next() * 0.25;
  }
  return { rows: count, entries };
}

describe('goss', () => {
  const to = { topRate: 0.2, otherRate: 0.1, learningRate: 0.5 };

  it('keeps the largest |g · h| and multiplies the drawn others', () => {
    const before = gradients(10_000);
    const after = { ...before, entries: before.entries.slice() };
    expect(gossSample(1, after, to, rowGenerators(1, 10_000))).toBeUndefined();
    const sample = gossSample(2, after, to, rowGenerators(1, 10_000))!;
    const size = (row: number) => Math.abs(before.entries[row * 2] * before.entries[row * 2 + 1]);
    const bySize = Array.from({ length: 10_000 }, (_, row) => row).sort((a, b) => size(b) - size(a));
    const kept = new Set(sample);
    expect(sample.length).toBe(3000);
    expect([...sample].every((row, i) => i === 0 || row > sample[i - 1])).toBe(true);
    bySize.forEach((row, rank) => {
      const grown = after.entries[row * 2] / before.entries[row * 2];
      if (rank < 2000) expect(kept.has(row)).toBe(true);
      expect(Math.abs(grown / (rank >= 2000 && kept.has(row) ? 8 : 1) - 1)).toBeLessThan(1e-6);
    });
  });

  it('gives the same forest whatever the threads, and another for another seed', async () => {
    const one = new KernelPool(1);
    const given = { data_sample_strategy: 'goss', learning_rate: 0.3 };
    const found = trained(given).forest;
    expect(trained(given, one).forest).toEqual(found);
    await one.close();
    expect(trained({ boosting: 'goss', learning_rate: 0.3 }).forest.value).toEqual(found.value);
    expect(trained(given, pool, 4).forest.value).not.toEqual(found.value);
  });

  it('keeps training with so few rows that none are drawn', () => {
    const parameters = resolveParameters('lightgbm', lightgbmParameters, {
      data_sample_strategy: 'goss',
      learning_rate: 1,
      min_data_in_leaf: 1,
      min_data_in_bin: 1,
      num_iterations: 5,
    });
    const few = rows(8, 4);
    few.label[0] = 1;
    few.label[1] = 0;
    const job = { train: few, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool };
    const { forest } = trainLightgbm(job);
    expect(predictProbability(forest, few.matrix).every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it('refuses rates above 1 together, and bagging', () => {
    const goss = { data_sample_strategy: 'goss' };
    expect(() => trained({ ...goss, top_rate: 0.7, other_rate: 0.4 })).toThrow(/top_rate and .*other_rate/);
    expect(() => trained({ ...goss, bagging_freq: 1, bagging_fraction: 0.5 })).toThrow(/GOSS and bagging/);
    expect(() => trained({ ...goss, top_rate: 0 })).toThrow(/top_rate/);
  });
});

describe('quantized gradients', () => {
  it.each([true, false])('are whole numbers next to the exact ones: stochastic %s', (stochasticRounding) => {
    const before = gradients(20_000);
    const mark = pool.memory.mark();
    const entries = pool.memory.f32(pool.memory.alloc(before.rows * 8), before.rows * 2);
    entries.set(before.entries);
    const packed = pool.memory.alloc(before.rows * 2);
    const quantizer = new GradientQuantizer(pool, { bins: 4, stochasticRounding, renewLeaf: false }, 1, false);
    const { unitG, unitH } = quantizer.quantize(0, { rows: before.rows, entries }, undefined, packed);
    expect(entries).toEqual(before.entries);
    const errors = [0, 0];
    let worst = 0;
    for (let i = 0; i < before.entries.length; i++) {
      const exact = before.entries[i] / (i % 2 === 0 ? unitG : unitH);
      const [h, g] = pool.memory.u8(packed + (i >> 1) * 2, 2);
      const whole = i % 2 === 0 ? (g << 24) >> 24 : h;
      expect(whole >= (i % 2 === 0 ? -2 : 0) && whole <= (i % 2 === 0 ? 2 : 4)).toBe(true);
      worst = Math.max(worst, Math.abs(whole - exact));
      errors[i % 2] += (whole - exact) / before.rows;
    }
    expect(worst).toBeLessThan(stochasticRounding ? 1 : 0.5 + 1e-6);
    expect(worst).toBeGreaterThan(stochasticRounding ? 0.9 : 0.45);
    // Unbiased: an error of at most 1 has a deviation of at most 1/2, its mean over 20,000 rows one of 0.0035.
    for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.015);
    pool.memory.release(mark);
  });

  it.each<ParameterValues>([
    {},
    { quant_train_renew_leaf: true, num_grad_quant_bins: 2 },
    { data_sample_strategy: 'goss', learning_rate: 0.3, quant_train_renew_leaf: true },
    { bagging_fraction: 0.4, bagging_freq: 1 },
    { boosting: 'dart', monotone_constraints: 'a:1', lambda_l1: 0.1, path_smooth: 2 },
  ])('learn, keep their scores and do not depend on the threads: %j', async (given) => {
    const quantized = { num_iterations: 20, learning_rate: 0.05, use_quantized_grad: true, ...given };
    const { forest, history, bestIteration } = trained(quantized);
    const loss = lossOf(train, predictProbability(forest, train.matrix));
    expect(history.train[bestIteration - 1]).toBeCloseTo(loss, 12);
    expect(history.train[bestIteration - 1]).toBeLessThan(history.train[0] * 0.97);
    const one = new KernelPool(1);
    expect(trained(quantized, one).forest).toEqual(forest);
    await one.close();
  });

  it('renewed leaves are those of the exact gradients', () => {
    const first = { num_iterations: 1, learning_rate: 1, use_quantized_grad: true, num_grad_quant_bins: 16 };
    const { forest } = trained({ ...first, quant_train_renew_leaf: true });
    const plain = trained(first).forest;
    expect(plain.threshold).toEqual(forest.threshold);
    expect(plain.value).not.toEqual(forest.value);
    const p = train.label.reduce((sum, y) => sum + y, 0) / 2000;
    const raw = predictProbability(forest, train.matrix);
    const leaves = new Map<number, number[]>();
    raw.forEach((score, row) => {
      const labels = leaves.get(score) ?? [];
      labels.push(train.label[row]);
      leaves.set(score, labels);
    });
    expect(leaves.size).toBeGreaterThan(10);
    for (const [score, labels] of leaves) {
      const positives = labels.reduce((sum, y) => sum + y, 0);
      const step = (positives / labels.length - p) / (p * (1 - p));
      // Gradients are single precision numbers.
      expect(Math.log(score / (1 - score))).toBeCloseTo(Math.log(p / (1 - p)) + step, 5);
    }
  });
});

// Insights on rows whose truth is known: planted segments found, none found in noise, profit and actions recomputed by hand.
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { profitCurve } from '#ecomml/ensemble/profit-curve.js';
import { actionGain, actionInsight, bestAction, raisedProbability } from '#ecomml/explain/actions.js';
import { clusteredMean } from '#ecomml/explain/clustered-mean.js';
import { findSegments } from '#ecomml/explain/segments.js';
import type { Matrix } from '#ecomml/table/matrix.js';

const words = (features: readonly string[], labels: readonly string[]) =>
  features.map((name, i) => `${name} ${labels[i]}`).join(' and ');

/** 4,000 rows: brand 2 converts at 30%, the rest at 10%; the model knows of nothing. */
function shop(seed: number, planted: boolean) {
  const random = new Random(seed);
  const n = 4000;
  const brand = Float64Array.from({ length: n }, () => random.below(5));
  const columns = ['a', 'b', 'c'].map((name) => ({
    name,
    kind: 'numeric' as const,
    values: Float64Array.from({ length: n }, () => random.normal()),
  }));
  const matrix: Matrix = {
    rows: n,
    columns: [...columns, { name: 'brand', kind: 'categorical', categories: ['p', 'q', 'r', 's', 't'], values: brand }],
  };
  const label = Float64Array.from(brand, (code) => (random.next() < (planted && code === 2 ? 0.3 : 0.1) ? 1 : 0));
  return { matrix, label, probability: new Float64Array(n).fill(0.12) };
}

describe('findSegments', () => {
  const job = { features: ['a', 'b', 'c', 'brand'], paired: ['a', 'brand'], words };

  it('finds what was planted, against average and model', () => {
    const { against_average, against_model, tested } = findSegments({ ...shop(1, true), ...job });
    expect(tested).toBeGreaterThan(20);
    const [first] = against_average;
    expect(first).toMatchObject({ feature: 'brand', condition: 'brand r' });
    expect(first.expected).toBeCloseTo(0.1, 1);
    expect(first.q_value).toBeLessThan(1e-6);
    expect(against_model.map(({ condition }) => condition)).toContain('brand r');
    expect(against_model[0].expected).toBeCloseTo(0.12, 10);
  });

  // 95% of intervals hold the truth; fewer than 25 of 30 happens to sound ones once in five hundred times.
  it('gives intervals that hold the true rate in at least 25 of 30 shops', () => {
    const held = Array.from({ length: 30 }, (_, i) => {
      const { against_average } = findSegments({ ...shop(i + 1, true), ...job, paired: [] });
      const { interval } = against_average.find(({ condition }) => condition === 'brand r')!;
      return interval[0] < 0.3 && interval[1] > 0.3;
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(25);
  });

  it('finds next to nothing in noise: in twenty shops at most two have a finding', () => {
    const found = Array.from({ length: 20 }, (_, i) => findSegments({ ...shop(100 + i, false), ...job }));
    expect(found.filter(({ against_average }) => against_average.length > 0).length).toBeLessThanOrEqual(2);
  });

  it('is not fooled by rows that are copies of each other: sessions count once', () => {
    const random = new Random(9);
    const sessions = 120;
    const [group, label, unit]: number[][] = [[], [], []];
    // 40 rows a session, all with the session's one outcome; the group says nothing about it.
    for (let session = 0; session < sessions; session++) {
      const outcome = random.below(4) === 0 ? 1 : 0;
      for (let i = 0; i < 40; i++) {
        group.push(session % 6);
        label.push(outcome);
        unit.push(session);
      }
    }
    const categories = ['0', '1', '2', '3', '4', '5'];
    const values = Float64Array.from(group);
    const base = {
      matrix: { rows: group.length, columns: [{ name: 'g', kind: 'categorical' as const, categories, values }] },
      label: Float64Array.from(label),
      probability: new Float64Array(group.length).fill(0.25),
      features: ['g'],
      paired: [],
      words,
    };
    expect(findSegments(base).against_average.length).toBeGreaterThan(0);
    expect(findSegments({ ...base, unit }).against_average).toEqual([]);
  });
});

describe('clusteredMean', () => {
  it('is the usual standard error of single rows, and that of the sessions’ sums of copies', () => {
    const single = clusteredMean([1, 2, 3, 6]);
    expect(single.mean).toBe(3);
    expect(single.standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 12);
    const copies = clusteredMean([1, 1, 2, 2, 3, 3, 6, 6], [0, 0, 1, 1, 2, 2, 3, 3]);
    expect(copies.standardError).toBeCloseTo(single.standardError, 12);
    expect(clusteredMean([5]).standardError).toBeNaN();
  });
});

describe('profitCurve', () => {
  const probability = Float64Array.of(0.9, 0.8, 0.8, 0.4, 0.1);
  const label = Float64Array.of(1, 0, 1, 1, 0);

  it('is the profit of acting at or above each threshold, and knows the best, break-even and everybody', () => {
    const { points, best, breakEven, everybody } = profitCurve(probability, label, { margin: 10, cost: 4 });
    expect(points.slice(1)).toEqual([
      { threshold: 0.9, rows: 1, positives: 1, profit: 6 },
      { threshold: 0.8, rows: 3, positives: 2, profit: 8 },
      { threshold: 0.4, rows: 4, positives: 3, profit: 14 },
      { threshold: 0.1, rows: 5, positives: 3, profit: 10 },
    ]);
    expect(points[0]).toMatchObject({ rows: 0, profit: 0 });
    expect(best).toMatchObject({ threshold: 0.4, rows: 4, profit: 14 });
    expect(breakEven).toMatchObject({ threshold: 0.4, profit: 14 });
    expect(everybody.profit).toBe(10);
    expect(best.interval?.[0]).toBeLessThan(14);
  });

  it('acts on nobody where nothing pays, and keeps to 200 points and the best among them', () => {
    const none = profitCurve(probability, new Float64Array(5), { margin: 10, cost: 4 });
    expect(none.best).toMatchObject({ threshold: null, rows: 0, profit: 0 });
    const random = new Random(2);
    const many = Float64Array.from({ length: 5000 }, () => random.next());
    const bought = many.map((p) => (random.next() < p ? 1 : 0));
    const curve = profitCurve(many, bought, { margin: 1, cost: 0.4 });
    expect(curve.points.length).toBeLessThanOrEqual(200);
    expect(curve.points.map(({ threshold }) => threshold)).toContain(curve.best.threshold);
    expect(curve.points.at(-1)?.rows).toBe(5000);
  });
});

describe('actions', () => {
  const economics = {
    ...{ margin: 20, reminder_cost: 0.2, reminder_lift: 0.15, discount_lift: 0.4, discount_cost: 3, assumed: false },
  };

  it('are the ones of the largest gain, recomputed here', () => {
    const odds = (p: number) => p / (1 - p);
    expect(odds(raisedProbability(0.3, 0.4)) / odds(0.3)).toBeCloseTo(1.4, 12);
    expect(actionGain('remind', 0.5, economics)).toBeCloseTo(20 * (0.575 / 1.075 - 0.5) - 0.2, 12);
    expect([0.01, 0.08, 0.4, 0.99].map((p) => bestAction(p, economics))).toEqual([
      ...['leave alone', 'discount', 'remind', 'leave alone'],
    ]);
  });

  it('cover every row once, in order, and their gains add up', () => {
    const probability = Float64Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
    const label = probability.map((p) => (p > 0.5 ? 1 : 0));
    const insight = actionInsight(probability, economics, label);
    expect(insight.actions.map(({ action }) => action)).toEqual(['leave alone', 'discount', 'remind', 'leave alone']);
    expect(insight.actions.reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
    expect(insight.actions.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(insight.gain, 9);
    insight.actions.slice(1).forEach(({ from }, i) => {
      expect(from).toBe(insight.actions[i].to);
    });
    expect(insight.assumptions.join(' ')).toMatch(/assumed, not measured/);
    expect(actionInsight(Float64Array.of(0.3), economics).gain_interval[0]).toBeCloseTo(
      actionGain('remind', 0.3, economics),
      12,
    );
  });
});

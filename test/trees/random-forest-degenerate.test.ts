import { afterAll, describe, expect, it } from 'vitest';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { resolveParameters } from '#ecomml/trees/parameters.js';
import { randomForestParameters } from '#ecomml/trees/random-forest-parameters.js';
import { thresholdBetween } from '#ecomml/trees/random-forest-ranks.js';
import { labelled, noisyTable, train, vote } from './random-forest-material.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

const one = { n_estimators: 1, bootstrap: false };

describe('a random forest on degenerate rows', () => {
  it('of one row, one class, no column or only constant and missing columns is a mean', () => {
    expect(vote(train(pool, labelled([[5]], [1])).forest, [7])).toBe(1);
    expect(vote(train(pool, labelled([[1, 2, 3]], [0, 0, 0])).forest, [2])).toBe(0);
    const hopeless = labelled([[2, 2, 2, 2], Array.from({ length: 4 }, () => Number.NaN)], [0, 1, 1, 1]);
    const { forest } = train(pool, hopeless, one);
    expect([...forest.value]).toEqual([0.75]);
    const empty = { ...hopeless, matrix: { rows: 4, columns: [] } };
    expect([...train(pool, empty, one).forest.value]).toEqual([0.75]);
    expect(train(pool, labelled([[5]], [1])).outOfBag?.accuracy).toBeNaN();
  });

  it.each([
    ['huge values', 1e308, 1.7e308],
    ['huge values of both signs', -1.7e308, 1.7e308],
    ['infinities', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['a finite value and infinity', 1, Number.POSITIVE_INFINITY],
    ['minus infinity and a finite value', Number.NEGATIVE_INFINITY, 1],
    ['adjacent doubles', 1, 1 + Number.EPSILON],
    ['adjacent doubles at an odd mantissa', 1 + Number.EPSILON, 1 + 2 * Number.EPSILON],
    ['the smallest denormals', 0, 5e-324],
    ['denormals of odd mantissa', 5e-324, 1e-323],
    ['tiny values', 1e-200, 2e-200],
  ])('parts %s', (_, low, high) => {
    const { forest } = train(pool, labelled([[low, high, low, high]], [0, 1, 0, 1]), one);
    expect(vote(forest, [low])).toBe(0);
    expect(vote(forest, [high])).toBe(1);
    expect(thresholdBetween(low, high)).toBe(forest.threshold[0]);
    const drawn = train(pool, labelled([[low, high, low, high]], [0, 1, 0, 1]), { ...one, splitter: 'random' }).forest;
    expect(vote(drawn, [low])).toBe(0);
    expect(vote(drawn, [high])).toBe(1);
  });

  it('draws thresholds anywhere between the smallest and the largest value, the default being no bootstrap', () => {
    const table = labelled([[0, 1, 10]], [0, 0, 1]);
    const { forest, outOfBag } = train(pool, table, { n_estimators: 400, splitter: 'random', max_depth: 1 });
    expect(outOfBag).toBeUndefined();
    expect(forest.parameters['bootstrap']).toBe(false);
    const roots = Array.from(forest.treeStart.subarray(0, 400), (root) => forest.threshold[root]).sort((a, b) => a - b);
    // Uniform over 0 … 10: Kolmogorov–Smirnov at 0.1% is 1.95 / sqrt(400).
    roots.forEach((x, i) => {
      expect(Math.abs(x / 10 - i / 400)).toBeLessThan(0.0975);
    });
    for (let t = 0; t < 400; t++)
      expect(forest.count[forest.left[forest.treeStart[t]]]).toBe(forest.threshold[forest.treeStart[t]] < 1 ? 1 : 2);
  });

  it('takes −0 and 0 for one value', () => {
    expect(train(pool, labelled([[0, -0, 0, -0]], [0, 1, 0, 1]), one).forest.feature.length).toBe(1);
  });

  it('leaves rows of weight zero out of the trees', () => {
    const rows = labelled([[1, 2, 3, 4]], [0, 1, 1, 1], [1, 0, 0, 1]);
    const { forest } = train(pool, rows, one);
    expect([...forest.threshold]).toEqual([2.5, 0, 0]);
    expect(forest.count[0]).toBe(2);
  });

  it.each([
    ['a negative weight', [1, -1, 1, 1], /row 1 is -1/],
    ['an infinite weight', [1, 1, Number.POSITIVE_INFINITY, 1], /row 2 is Infinity/],
    ['a missing weight', [1, 1, Number.NaN, 1], /row 2 is NaN/],
    ['no weight at all', [0, 0, 0, 0], /weigh 0 together/],
  ])('refuses %s', (_, weight, message) => {
    expect(() => train(pool, labelled([[1, 2, 3, 4]], [0, 1, 1, 1], weight))).toThrow(message);
  });

  it('refuses no rows, and labels that are neither 0 nor 1', () => {
    expect(() => train(pool, labelled([[]], []))).toThrow(/no rows/);
    expect(() => train(pool, labelled([[1, 2]], [0, 2]))).toThrow(/training row 1 is 2/);
  });

  it('refuses parameters that make no sense together or in form', () => {
    const table = noisyTable(1, 50);
    expect(() => train(pool, table, { bootstrap: false, max_samples: 10 })).toThrow(/bootstrap=true/);
    expect(() => train(pool, table, { max_samples: 1e9 })).toThrow(/at most 1000000 can be drawn/);
    expect(() => train(pool, table, { max_features: 0 })).toThrow(/a count from 1 up/);
    expect(() => train(pool, table, { max_depth: 2.5 })).toThrow(/must be a whole number\.$/);
    expect(() => train(pool, table, { max_depth: 2.5 })).toThrow(/max_depth is "2.5"/);
    expect(() => train(pool, table, { min_samples_leaf: 1.5 })).toThrow(/min_samples_leaf/);
    expect(() => resolveParameters('random-forest', randomForestParameters, { max_feature: 1 })).toThrow(
      /Did you mean "max_features"/,
    );
    expect(() => resolveParameters('random-forest', randomForestParameters, { criterion: 'giny' })).toThrow(/gini/);
  });

  it('grows a chain as deep as there are rows without deep memory', () => {
    // Labels that alternate: the purest split peels rows off one end, so the tree is far deeper than balanced.
    const rows = 3000;
    const x = Array.from({ length: rows }, (_, i) => i);
    const { forest } = train(
      pool,
      labelled(
        [x],
        x.map((i) => i % 2),
      ),
      one,
    );
    expect(forest.feature.length).toBe(2 * rows - 1);
    const depth = new Int32Array(forest.feature.length);
    forest.feature.forEach((feature, node) => {
      if (feature < 0) return;
      depth[forest.left[node]] = depth[node] + 1;
      depth[forest.right[node]] = depth[node] + 1;
    });
    expect(Math.max(...depth)).toBeGreaterThan(200);
    for (let i = 0; i < rows; i += 17) expect(vote(forest, [i])).toBe(i % 2);
  });

  it('has scikit-learn’s defaults', () => {
    expect(resolveParameters('random-forest', randomForestParameters, {})).toMatchObject({
      n_estimators: 100,
      criterion: 'gini',
      max_depth: 'none',
      min_samples_split: 2,
      min_samples_leaf: 1,
      min_weight_fraction_leaf: 0,
      max_features: 'sqrt',
      min_impurity_decrease: 0,
      bootstrap: true,
      max_samples: 'none',
      class_weight: 'none',
    });
  });
});

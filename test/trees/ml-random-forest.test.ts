import { RandomForestClassifier } from 'ml-random-forest';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { auc } from '#ecomml/metrics/auc.js';
import { labelled, noisyTable, rowOf, train } from './random-forest-material.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const engine = { engine: 'ml-random-forest' };
/** The seed that the package is given for the job's seed 1. */
const seed = new Random(1).nextUint32() | 0;

/** The package on its own: the share of its trees that vote for class 1, and its predicted classes. */
function packageForest(rows: ReturnType<typeof noisyTable>, options: object) {
  const cells = Array.from({ length: rows.matrix.rows }, (_, row) => rowOf(rows.matrix, row));
  const classifier = new RandomForestClassifier({ seed, noOOB: true, replacement: false, ...options });
  classifier.train(cells, Array.from(rows.label));
  return {
    predict: (matrix: ReturnType<typeof noisyTable>['matrix']) => {
      const given = Array.from({ length: matrix.rows }, (_, row) => rowOf(matrix, row));
      const votes = classifier.predictionValues(given);
      return {
        share: given.map((_, row) => votes.getRow(row).reduce((sum, vote) => sum + vote, 0) / votes.columns),
        classes: classifier.predict(given),
      };
    },
  };
}

describe('random-forest.engine=ml-random-forest', () => {
  it.each([
    ['the defaults', {}, { maxFeatures: 2, treeOptions: { minNumSamples: 1, gainThreshold: 0 } }],
    [
      'parameters of the trees',
      { max_depth: 4, min_samples_split: 12, max_features: 'all', bootstrap: false },
      {
        maxFeatures: 1,
        useSampleBagging: false,
        treeOptions: { minNumSamples: 11, maxDepth: 4, gainThreshold: 0 },
      },
    ],
  ])('gives the package’s own votes on every row, with %s', (_, parameters, options) => {
    const rows = noisyTable(3, 300, 0);
    const fresh = noisyTable(4, 500, 0);
    const original = packageForest(rows, { nEstimators: 15, ...options });
    const { forest } = train(pool, rows, { ...engine, n_estimators: 15, ...parameters });
    for (const { matrix } of [rows, fresh]) {
      const { share, classes } = original.predict(matrix);
      const found = predictProbability(forest, matrix);
      expect(Array.from(found)).toEqual(share);
      // An odd number of trees has no ties.
      expect(Array.from(found, (p) => (p > 0.5 ? 1 : 0))).toEqual(classes);
      expect(new Set(classes).size).toBe(2);
    }
  });

  it('draws one feature when asked for one, where the package takes 1 for all', () => {
    const { forest } = train(pool, noisyTable(3, 100, 0), { ...engine, n_estimators: 10, max_features: 1 });
    for (let t = 0; t < 10; t++) {
      const used = forest.feature.slice(forest.treeStart[t], forest.treeStart[t + 1]).filter((f) => f >= 0);
      expect(new Set(used).size).toBeLessThanOrEqual(1);
    }
  });

  it('reads a missing cell as its column’s median', () => {
    const rows = noisyTable(5, 200, 0.2);
    const filled = noisyTable(5, 200, 0.2);
    for (const { values } of filled.matrix.columns) {
      const known = values.filter((x) => !Number.isNaN(x)).sort();
      values.forEach((x, row) => {
        if (Number.isNaN(x)) values[row] = known[(known.length - 1) >> 1];
      });
    }
    const options = { maxFeatures: 2, nEstimators: 9, treeOptions: { minNumSamples: 1, gainThreshold: 0 } };
    const { share } = packageForest(filled, options).predict(filled.matrix);
    const { forest } = train(pool, rows, { ...engine, n_estimators: 9 });
    expect(Array.from(predictProbability(forest, rows.matrix))).toEqual(share);
  });

  it('learns: out-of-bag and validation votes beat chance', () => {
    const model = train(
      pool,
      noisyTable(6, 400),
      { ...engine, n_estimators: 60, max_features: 'all' },
      {
        valid: noisyTable(7, 400),
      },
    );
    expect(model.outOfBag?.accuracy).toBeGreaterThan(0.6);
    expect(model.history.train[59]).toBe(model.outOfBag?.logLoss);
    const fresh = noisyTable(8, 400);
    const probability = predictProbability(model.forest, fresh.matrix);
    expect(auc({ probability, label: fresh.label })).toBeGreaterThan(0.7);
    expect(model.history.valid).toHaveLength(60);
    expect(model.history.valid![59]).toBeLessThan(model.history.valid![0] / 4);
    expect(model.forest.count[0]).toBe(400);
    const gain = model.forest.gain.reduce((sum, one) => sum + one, 0) / 60;
    expect(gain).toBeGreaterThan(0);
    expect(gain).toBeLessThanOrEqual(0.5);
  });

  it('is the same for the same seed, another for another', () => {
    const grow = (one: number) => train(pool, noisyTable(3, 100), { ...engine, n_estimators: 3 }, { seed: one }).forest;
    expect(grow(9)).toEqual(grow(9));
    expect(grow(9).threshold).not.toEqual(grow(10).threshold);
  });

  it.each([
    ['entropy', { criterion: 'entropy' }, /Gini/],
    ['min_samples_leaf', { min_samples_leaf: 5 }, /has no min_samples_leaf/],
    ['min_impurity_decrease', { min_impurity_decrease: 0.1 }, /has no min_impurity_decrease/],
    ['class_weight', { class_weight: 'balanced' }, /has no class_weight/],
    ['max_samples', { max_samples: 0.5 }, /has no max_samples/],
  ])('refuses %s', (_, parameters, message) => {
    expect(() => train(pool, noisyTable(1, 50), { ...engine, ...parameters })).toThrow(message);
  });

  it('refuses more than 5,000 rows, too few to bag, weights and no column; grows on one row without bags', () => {
    expect(() => train(pool, noisyTable(1, 5001), engine)).toThrow(/at most 5000 rows, but there are 5001/);
    expect(() => train(pool, labelled([[1, 2]], [0, 1]), engine)).toThrow(/at least 20 rows/);
    expect(() => train(pool, labelled([[1, 2]], [0, 1], [1, 2]), engine)).toThrow(/no row weights/);
    expect(() => train(pool, { ...labelled([[1]], [1]), matrix: { rows: 1, columns: [] } }, engine)).toThrow(/none/);
    const { forest } = train(pool, labelled([[1, Number.NaN]], [1, 1]), { ...engine, bootstrap: false });
    expect([...new Set(forest.value)]).toEqual([1]);
  });
});

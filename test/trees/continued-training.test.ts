/** Training that goes on from a finished model: N trees and then M are the N + M of one go, byte for byte. */
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { FAMILIES, type Family, type Forest } from '#ecomml/forest/forest.js';
import { forestFromBytes } from '#ecomml/forest/load-forest.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { sharedValues } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import type { ContinuedModel, LabelledMatrix, TrainedModel } from '#ecomml/trees/family.js';
import type { ParameterValues } from '#ecomml/trees/parameters.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

const CATEGORIES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

function table(seed: number, rows: number, categorical: boolean, weighted = false): LabelledMatrix {
  const random = new Random(seed);
  const columns = [0, 1, 2, 3].map((c) => {
    const values = sharedValues(rows);
    for (let row = 0; row < rows; row++)
      values[row] = c === 2 && random.next() < 0.1 ? Number.NaN : c === 3 ? random.below(7) : random.normal();
    return c === 3 && categorical
      ? { name: `x${c}`, kind: 'categorical' as const, values, categories: CATEGORIES }
      : { name: `x${c}`, kind: 'numeric' as const, values };
  });
  const label = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b, , k] = columns.map(({ values }) => values[row]);
    return random.next() < 1 / (1 + Math.exp(-(a + a * b + (k === 2 || k === 5 ? 1 : -0.5)))) ? 1 : 0;
  });
  const weight = Float64Array.from({ length: rows }, () => random.below(4) / 2);
  return { matrix: { rows, columns }, label, ...(weighted ? { weight } : {}) };
}

const COUNT: Record<Family, string> = {
  catboost: 'iterations',
  xgboost: 'n_estimators',
  lightgbm: 'num_iterations',
  'random-forest': 'n_estimators',
};

async function grow(
  family: Family,
  trees: number,
  parameters: ParameterValues,
  train: LabelledMatrix,
  more: { valid?: LabelledMatrix; continued?: ContinuedModel } = {},
): Promise<TrainedModel> {
  const trainer = await loadTrainer(family);
  return trainer({
    train,
    hasTime: false,
    parameters: familyParameters(family, { ...parameters, [COUNT[family]]: trees }),
    earlyStoppingRounds: 0,
    seed: 3,
    pool,
    ...more,
  });
}

/** As a bundle would hand it back. */
const reloaded = (forest: Forest) => forestFromBytes(forestBytes(forest), 'it');

const CASES: [Family, string, ParameterValues, { categorical?: boolean; weighted?: boolean }][] = [
  ['lightgbm', 'defaults', {}, { categorical: true }],
  ['lightgbm', 'weights', {}, { weighted: true }],
  ['lightgbm', 'a bag for three trees', { bagging_fraction: 0.5, bagging_freq: 3 }, {}],
  ['lightgbm', 'features drawn', { feature_fraction: 0.5, extra_trees: true }, {}],
  ['lightgbm', 'GOSS', { data_sample_strategy: 'goss', learning_rate: 0.3 }, {}],
  ['lightgbm', 'quantized gradients', { use_quantized_grad: true }, {}],
  ['xgboost', 'defaults', {}, { categorical: true }],
  ['xgboost', 'weights, samples', { subsample: 0.6, colsample_bynode: 0.5 }, { weighted: true }],
  [
    'xgboost',
    'columns of levels and nodes, few leaves',
    { subsample: 0.8, colsample_bylevel: 0.8, colsample_bynode: 0.7, max_leaves: 6 },
    { categorical: true },
  ],
  [
    'xgboost',
    'lossguide, columns by weight, rows by gradient',
    {
      ...{ grow_policy: 'lossguide', max_leaves: 9, max_depth: 4, colsample_bytree: 0.8, colsample_bynode: 0.5 },
      ...{ feature_weights: 'x0:3,x1:0.5', sampling_method: 'gradient_based', subsample: 0.4 },
    },
    { categorical: true },
  ],
  ['xgboost', 'lossguide', { grow_policy: 'lossguide', max_leaves: 8, max_depth: 0 }, {}],
  ['catboost', 'numeric columns', { learning_rate: 0.1, depth: 4 }, {}],
  [
    'catboost',
    'numeric columns, weights, ordinary bags',
    { learning_rate: 0.1, depth: 4, bootstrap_type: 'Bernoulli' },
    { weighted: true },
  ],
  ['catboost', 'categories one-hot', { learning_rate: 0.1, depth: 4, one_hot_max_size: 10 }, { categorical: true }],
  ['random-forest', 'defaults', {}, { categorical: true }],
  ['random-forest', 'weights, extra-trees', { splitter: 'random' }, { weighted: true }],
];

describe('N trees and then M are the N + M of one go', () => {
  it.each(CASES)('%s: %s', async (family, _, parameters, { categorical = false, weighted = false }) => {
    const train = table(1, 900, categorical, weighted);
    const valid = table(2, 300, categorical, weighted);
    // CatBoost keeps the trees up to the best validation loss: without validation rows it keeps all.
    const rows = family === 'catboost' ? {} : { valid };
    const [n, m] = [7, 5];
    const whole = await grow(family, n + m, parameters, train, rows);
    const first = await grow(family, n, parameters, train, rows);
    const continued = { forest: reloaded(first.forest), sameRows: true };
    const both = await grow(family, m, parameters, train, { ...rows, continued });
    expect(both.forest.treeWeight.length).toBe(n + m);
    expect(Buffer.compare(forestBytes(both.forest), forestBytes(whole.forest))).toBe(0);
    expect(both.bestIteration).toBe(m);
    // Sums over rows in another order move the last digits.
    for (let tree = 0; tree < m; tree++) {
      expect(both.history.train[tree]).toBeCloseTo(whole.history.train[n + tree], 12);
      expect(both.history.valid?.[tree]).toBe(whole.history.valid?.[n + tree]);
    }
    expect(both.outOfBag).toEqual(whole.outOfBag);
  });
});

describe('target statistics go on too', () => {
  it('catboost: the old trees stay as they were, and the log loss goes on falling', async () => {
    const train = table(1, 1500, true);
    const valid = table(2, 500, true);
    const parameters = { learning_rate: 0.05, depth: 4, one_hot_max_size: 2 };
    const first = await grow('catboost', 20, parameters, train, { valid });
    const continued = { forest: reloaded(first.forest), sameRows: true };
    const both = await grow('catboost', 20, parameters, train, { valid, continued });
    const kept = first.forest.treeWeight.length;
    expect(first.forest.targetStatistics.length).toBeGreaterThan(0);
    expect([...both.forest.oblivious!.leafValue.subarray(0, first.forest.oblivious!.leafValue.length)]).toEqual([
      ...first.forest.oblivious!.leafValue,
    ]);
    expect(both.forest.treeWeight.length).toBe(kept + both.bestIteration);
    expect(both.forest.targetStatistics.length).toBeLessThanOrEqual(2 * first.forest.targetStatistics.length);
    expect(both.history.valid?.[both.bestIteration - 1]).toBeLessThan(first.history.valid?.[kept - 1] as number);
  });
});

describe('on other rows', () => {
  it.each(FAMILIES)('%s learns the new rows from where it was', async (family) => {
    const [old, fresh, valid] = [table(1, 600, true), table(5, 900, true), table(6, 800, true)];
    // XGBoost's defaults learn so few rows by heart.
    const parameters: ParameterValues = family === 'xgboost' ? { eta: 0.1, max_depth: 3 } : {};
    const first = await grow(family, 10, parameters, old, { valid });
    const both = await grow(family, 20, parameters, fresh, {
      valid,
      continued: { forest: first.forest, sameRows: false },
    });
    const last = (history: Float64Array | undefined, at: number) => history?.[at - 1] as number;
    expect(last(both.history.valid, both.bestIteration)).toBeLessThan(last(first.history.valid, first.bestIteration));
    expect(both.forest.treeWeight.length).toBe(first.forest.treeWeight.length + both.bestIteration);
  });
});

describe('what cannot go on', () => {
  const train = table(1, 200, true);
  const renamed = (name: string) => ({
    ...train,
    matrix: { ...train.matrix, columns: train.matrix.columns.map((c, i) => (i === 1 ? { ...c, name } : c)) },
  });
  const otherCategories = {
    ...train,
    matrix: {
      ...train.matrix,
      columns: train.matrix.columns.map((column) => {
        const { categories } = column;
        return categories === undefined ? column : { ...column, categories: ['other', ...categories.slice(1)] };
      }),
    },
  };
  const fewer = { ...train, matrix: { ...train.matrix, columns: train.matrix.columns.slice(1) } };

  it.each(FAMILIES)(
    '%s: other columns, kinds, categories or families are refused with what differs',
    async (family) => {
      const { forest } = await grow(family, 2, {}, train);
      const on = (rows: LabelledMatrix, from = forest) =>
        grow(family, 2, {}, rows, { continued: { forest: from, sameRows: false } });
      await expect(on(renamed('other'))).rejects.toThrow(/column 2 is "x1", that of the training rows "other"/);
      await expect(on(fewer)).rejects.toThrow(/reads 4 columns, the training rows have 3/);
      await expect(on(table(1, 200, false))).rejects.toThrow(/"x3" is categorical, that of the training rows numeric/);
      await expect(on(otherCategories)).rejects.toThrow(/categories of "x3"/);
      const other = { ...forest, family: family === 'xgboost' ? ('catboost' as const) : ('xgboost' as const) };
      await expect(on(train, other)).rejects.toThrow(`not ${family}`);
    },
  );

  it('DART, whose earlier trees change, and the package’s forest', async () => {
    const { forest } = await grow('lightgbm', 2, {}, train);
    const dart = grow('lightgbm', 2, { boosting: 'dart' }, train, { continued: { forest, sameRows: false } });
    await expect(dart).rejects.toThrow(/DART/);
    const grown = await grow('random-forest', 2, {}, train);
    const engine = { engine: 'ml-random-forest' };
    const more = { continued: { forest: grown.forest, sameRows: false } };
    await expect(grow('random-forest', 2, engine, train, more)).rejects.toThrow(/ml-random-forest/);
  });
});

/**
 * With all randomness off and numeric columns, CatBoost's oblivious trees are determined: ours are the same trees. Borders
 * are exact (the data is rounded to float32, as the original stores it). Leaf values agree to 1e-6: the original
 * exponentiates with an approximation good to about 1e-8 and its histograms are sums of doubles in another order.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { type BorderType, numericBorders } from '#ecomml/trees/catboost-borders.js';
import { numericTable, uniform } from './generated.js';
import { expectTrees, golden, isHere, learn, rowWeights, singles, type TreeCase } from './golden-trees.js';

interface BorderCase {
  readonly table: string;
  readonly type: BorderType;
  readonly count: number;
  readonly borders: readonly (readonly number[])[];
}

const pool = new KernelPool(1);
afterAll(() => pool.close());

/**
 * With backtracking (AnyImprovement) the original accepts a leaf step when the log loss falls, and sums that loss with
 * FastLogf, good to 1e-5 a row (libs/metrics/metric.cpp, library/cpp/fast_log): once a step gains less than that noise
 * it may be refused, and the halved steps after it, so its leaves stop up to a few thousandths short of where ten steps
 * lead. With backtracking off it takes all ten, and so do we, to 1e-6. With it on, our leaves may differ, but only to a
 * training loss that is not higher.
 */
const STOPPED_SHORT = 5e-3;

describe('borders are the original’s', () => {
  for (const { table, type, count, borders } of golden<{ cases: BorderCase[] }>('borders').cases) {
    it.skipIf(!isHere(table))(`${type} ${count} on ${table}`, () => {
      const { matrix } = singles(table);
      matrix.columns.forEach(({ values }, c) => {
        const found = numericBorders(values, matrix.rows, count, type, 'Min').borders;
        expect(Array.from(found, Math.fround)).toEqual(borders[c].map(Math.fround));
      });
    });
  }
});

describe('trees are the original’s', () => {
  for (const own of golden<{ cases: (TreeCase & { losses: number[] })[] }>('trees').cases) {
    const { table, parameters, losses } = own;
    it.skipIf(!isHere(table))(`${table} ${JSON.stringify(parameters)}`, () => {
      const backtracks =
        parameters.leaf_estimation_backtracking !== 'No' && parameters.leaf_estimation_iterations !== 1;
      const { forest, history } = learn(pool, singles(table), parameters);
      expectTrees(forest, own, backtracks ? STOPPED_SHORT : 1e-6);
      losses.forEach((loss, t) => {
        if (backtracks) expect(history.train[t]).toBeLessThan(loss + 1e-6);
        else expect(history.train[t]).toBeCloseTo(loss, 6);
      });
    });
  }
});

describe('weights of rows and classes make the original’s trees', () => {
  const rare = numericTable();
  rare.label.forEach((_, row) => {
    if (uniform(row, 301) < 0.6) rare.label[row] = 0;
  });
  const weight = rowWeights(rare.matrix.rows);
  for (const own of golden<{ cases: TreeCase[] }>('weights').cases) {
    it(`${own.weighted ? 'weighted rows' : 'equal rows'} ${JSON.stringify(own.parameters)}`, () => {
      const { forest } = learn(pool, own.weighted ? { ...rare, weight } : rare, own.parameters);
      expectTrees(forest, own);
    });
  }
});

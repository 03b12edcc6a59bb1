/**
 * Ordered boosting in time order has one permutation, the rows' own, and so, without bootstrap and noise, determined trees:
 * ours are the original's, leaf values to 1e-6 as in trees.test.ts.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import {
  expectTrees,
  golden,
  isHere,
  learn,
  mixed,
  rowWeights,
  type ScoreCase,
  singles,
  type TreeCase,
} from './golden-trees.js';

const { trees, scores } = golden<{ trees: TreeCase[]; scores: ScoreCase[] }>('ordered');
const pool = new KernelPool(2);
afterAll(() => pool.close());

describe('trees of ordered boosting are the original’s', () => {
  for (const own of trees) {
    it.skipIf(!isHere(own.table))(`${own.table} ${JSON.stringify(own.parameters)}`, () => {
      const table = singles(own.table);
      const train = own.weighted ? { ...table, weight: rowWeights(table.matrix.rows) } : table;
      expectTrees(learn(pool, train, own.parameters).forest, own);
    });
  }
});

describe('scores of ordered boosting on categorical tables are the original’s', () => {
  for (const { table, parameters, raw } of scores) {
    it.skipIf(!isHere(table))(`${table} ${JSON.stringify(parameters)}`, () => {
      const { train, test } = mixed(table);
      const { forest } = learn(pool, train, parameters);
      const own = walkRaw(forest, test.matrix, 0, raw.length);
      raw.forEach((score, row) => {
        expect(Math.abs(own[row] - score), `row ${row}`).toBeLessThan(1e-6);
      });
    });
  }
});

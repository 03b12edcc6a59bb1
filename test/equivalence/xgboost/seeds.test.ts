/**
 * XGBoost with rows, columns and trees drawn at random, seed by seed against the original: the draws are the same, so every
 * seed's scores are, not their means alone. Ten seeds with ECOMML_LONG_TESTS, otherwise two of the smallest table.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { auc } from '#ecomml/metrics/auc.js';
import { logLoss } from '#ecomml/metrics/proper-scores.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';
import { hasTable, loadTable } from '../tables.js';

interface Case {
  readonly table: string;
  readonly parameters: ParameterValues;
  readonly runs: readonly { readonly auc: number; readonly logLoss: number }[];
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/seeds.json', import.meta.url), 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
};
const isLong = process.env['ECOMML_LONG_TESTS'] !== undefined;
const pool = new KernelPool(2);
afterAll(() => pool.close());

describe.each(Object.entries(goldens.cases))('%s', (_, { table, parameters: given, runs }) => {
  const off = !hasTable(table) || (!isLong && table !== 'online-shoppers');
  it.skipIf(off)('has the original’s scores', { timeout: 600_000 }, () => {
    const { train, test } = loadTable(table);
    const parameters = resolveParameters('xgboost', xgboostParameters, given);
    runs.slice(0, isLong ? runs.length : 2).forEach((golden, i) => {
      const job = { train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: i + 1, pool };
      const probability = predictProbability(trainXgboost(job).forest, test.matrix);
      const judged = { label: test.label, score: probability, probability };
      // As in xgboost.test.ts: the original's probabilities are in single precision, which makes ties.
      expect(Math.abs(auc(judged)! - golden.auc), `seed ${i + 1}: AUC`).toBeLessThan(1e-6);
      expect(Math.abs(logLoss(judged)! / golden.logLoss - 1), `seed ${i + 1}: log loss`).toBeLessThan(1e-5);
    });
  });
});

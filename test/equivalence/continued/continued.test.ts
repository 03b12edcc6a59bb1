/** Continued training against the originals': the scores after a first training, and after more trees on other rows. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { predictRaw } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { takeRows } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import type { ContinuedModel, LabelledMatrix } from '#ecomml/trees/family.js';
import { evaluationMetric } from '#ecomml/workflows/evaluation-metrics.js';
import { hasTable, loadTable } from '../tables.js';

interface Scores {
  readonly first: number[];
  readonly both: number[];
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/continued.json', import.meta.url), 'utf8')) as {
  first: number;
  more: number;
  history: Record<'lightgbm' | 'xgboost', Record<string, number[]>>;
} & Record<'lightgbm' | 'xgboost' | 'catboost', Scores>;

const pool = new KernelPool(2);
afterAll(() => pool.close());

const CASES = [
  ['lightgbm', 'num_iterations', {}],
  ['xgboost', 'n_estimators', {}],
  ['catboost', 'iterations', { learning_rate: 0.1, bootstrap_type: 'No', random_strength: 0 }],
] as const;

/** Every other row of the table's training part. */
function half({ matrix, label }: LabelledMatrix, from: number): LabelledMatrix {
  const rows = Int32Array.from({ length: Math.ceil((matrix.rows - from) / 2) }, (_, i) => from + 2 * i);
  return { matrix: takeRows(matrix, rows), label: Float64Array.from(rows, (row) => label[row]) };
}

/**
 * XGBoost's leaves and scores are single precision, and CatBoost steps with fixed point statistics here: after twenty
 * trees of leaves up to 1 the sums agree to 1e-5. LightGBM's are doubles whose histograms are summed in another order.
 */
const TOLERANCE = { lightgbm: 1e-9, xgboost: 2e-5, catboost: 1e-5 };

describe.skipIf(!hasTable('magic'))('goes on as the original does, on other rows', () => {
  it.each(CASES)('%s', async (family, count, given) => {
    const { train: whole, test } = loadTable('magic');
    const trainer = await loadTrainer(family);
    const grow = (rows: LabelledMatrix, trees: number, continued?: ContinuedModel) =>
      trainer({
        train: rows,
        hasTime: false,
        parameters: familyParameters(family, { ...given, [count]: trees }),
        earlyStoppingRounds: 0,
        seed: 1,
        pool,
        ...(continued === undefined ? {} : { continued }),
      }).forest;
    const expected = goldens[family];
    const rows = takeRows(test.matrix, Int32Array.from(expected.first.keys()));
    const largest = (found: Float64Array, golden: number[]) =>
      golden.reduce((most, score, row) => Math.max(most, Math.abs(score - found[row])), 0);
    const first = grow(half(whole, 0), goldens.first);
    expect(largest(predictRaw(first, rows), expected.first)).toBeLessThan(TOLERANCE[family]);
    const both = grow(half(whole, 1), goldens.more, { forest: first, sameRows: false });
    expect(both.treeWeight.length).toBe(goldens.first + goldens.more);
    expect(largest(predictRaw(both, rows), expected.both)).toBeLessThan(TOLERANCE[family]);
  });
});

/**
 * XGBoost sums its log loss and ranks its rows in single precision: two rows whose probabilities are one float there are
 * a tie. LightGBM's AUC is a double over double scores.
 */
const METRIC_TOLERANCE = { lightgbm: 1e-9, xgboost: 2e-6 };

describe.skipIf(!hasTable('magic'))('follows its metrics as the original does', () => {
  it.each(['lightgbm', 'xgboost'] as const)('%s', async (family) => {
    const { train, test } = loadTable('magic');
    const expected = goldens.history[family];
    const trees = expected.log_loss.length;
    const names = Object.keys(expected).filter((name) => name !== 'log_loss') as Parameters<
      typeof evaluationMetric
    >[0][];
    const model = (await loadTrainer(family))({
      train,
      valid: test,
      hasTime: false,
      parameters: familyParameters(family, { [family === 'lightgbm' ? 'num_iterations' : 'n_estimators']: trees }),
      earlyStoppingRounds: 0,
      metrics: names.map(evaluationMetric),
      seed: 1,
      pool,
    });
    const found = { log_loss: model.history, ...model.metrics };
    for (const [name, golden] of Object.entries(expected))
      golden.forEach((figure, tree) => {
        const difference = Math.abs((found[name as 'log_loss'].valid?.[tree] ?? Number.NaN) - figure);
        expect(difference, `${name} after ${tree + 1} trees`).toBeLessThan(METRIC_TOLERANCE[family]);
      });
  });
});

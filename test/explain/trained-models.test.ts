// SHAP of models that the four families train here: sums on every row, and the inputs that matter found.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { treeShap, treeShapInteractions } from '#ecomml/explain/tree-shap.js';
import { FAMILIES, type Family, type Forest } from '#ecomml/forest/forest.js';
import { predictRaw } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';

const ROWS = 1500;
const pool = new KernelPool(1);
afterAll(() => pool.close());

/** Log odds 3 · strong − weak + by brand and city together; noise matters not. */
function shop(): { matrix: Matrix; label: Float64Array } {
  const random = new Random(17);
  const cells = ['strong', 'weak', 'noise', 'brand', 'city'].map(() => new Float64Array(ROWS));
  const label = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    for (const c of [0, 1, 2]) cells[c][row] = random.below(12) === 0 ? Number.NaN : random.normal();
    cells[3][row] = random.below(8);
    cells[4][row] = random.below(20) === 0 ? Number.NaN : random.below(9);
    const score =
      3 * (cells[0][row] || 0) - (cells[1][row] || 0) + (cells[3][row] % 2 === 1 && cells[4][row] % 3 === 1 ? 4 : 0);
    label[row] = random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  const names = ['strong', 'weak', 'noise'].map((name) => ({ name, kind: 'numeric' as const }));
  const named = [
    ...names,
    { name: 'brand', kind: 'categorical' as const, categories: Array.from({ length: 8 }, (_, c) => `brand ${c}`) },
    { name: 'city', kind: 'categorical' as const, categories: Array.from({ length: 9 }, (_, c) => `city ${c}`) },
  ];
  return { matrix: { rows: ROWS, columns: named.map((column, c) => ({ ...column, values: cells[c] })) }, label };
}

const FEW: Record<Family, Record<string, number>> = {
  catboost: { iterations: 40, learning_rate: 0.2, model_size_reg: 0, max_ctr_complexity: 4 },
  xgboost: { n_estimators: 30 },
  lightgbm: { num_iterations: 30 },
  'random-forest': { n_estimators: 20 },
};

async function trained(family: Family, data: ReturnType<typeof shop>): Promise<Forest> {
  const train = await loadTrainer(family);
  const parameters = familyParameters(family, FEW[family]);
  return train({ train: data, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool }).forest;
}

describe.each(FAMILIES)('SHAP of a trained model: %s', (family) => {
  it('adds up on every row, against a background too, and finds what matters', async () => {
    const data = shop();
    const forest = await trained(family, data);
    const raw = predictRaw(forest, data.matrix);
    if (family === 'catboost') expect(forest.targetStatistics.some(({ parts }) => parts.length > 1)).toBe(true);
    const head = (rows: number): Matrix => ({
      rows,
      columns: data.matrix.columns.map((column) => ({ ...column, values: column.values.subarray(0, rows) })),
    });
    const importance = new Float64Array(5);
    const sums = (values: Float64Array, row: number) =>
      values.subarray(row * 5, row * 5 + 5).reduce((a, b) => a + b, 0);
    const { base, values } = treeShap(forest, data.matrix, { pool });
    for (let row = 0; row < ROWS; row++) {
      expect(Math.abs(base + sums(values, row) - raw[row])).toBeLessThan(1e-9);
      for (let i = 0; i < 5; i++) importance[i] += Math.abs(values[row * 5 + i]) / ROWS;
    }
    expect(importance.indexOf(Math.max(...importance))).toBe(0);
    expect(importance[1]).toBeGreaterThan(importance[2] * 1.5);
    const against = treeShap(forest, head(60), { pool, background: head(25) });
    const pairs = treeShapInteractions(forest, head(60), { pool });
    for (let row = 0; row < 60; row++) {
      expect(Math.abs(against.base + sums(against.values, row) - raw[row])).toBeLessThan(1e-9);
      for (let i = 0; i < 5; i++) {
        expect(Math.abs(sums(pairs.values, row * 5 + i) - values[row * 5 + i])).toBeLessThan(1e-10);
        for (let j = 0; j < i; j++)
          expect(pairs.values[(row * 5 + i) * 5 + j]).toBeCloseTo(pairs.values[(row * 5 + j) * 5 + i], 12);
      }
    }
  });
});

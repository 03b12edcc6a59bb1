// Tables that break trainers: CatBoost gives a right answer or a clear error.
import { afterAll, describe, expect, it } from 'vitest';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { numericBorders } from '#ecomml/trees/catboost-borders.js';
import type { CatboostSettings } from '#ecomml/trees/catboost-settings.js';
import { rowWeights } from '#ecomml/trees/catboost-weights.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { learn, mixedTable, numericTable, probability } from './catboost-material.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const alternating = (rows: number) => Array.from({ length: rows }, (_, row) => row % 2);
const rate = (label: ArrayLike<number>) => Array.from(label).reduce((a, b) => a + b, 0) / label.length;

/** The trees' mean approaches the base rate when nothing can be split. */
function expectConstant(table: LabelledMatrix): void {
  const model = learn(pool, table, { iterations: 200, learning_rate: 0.5 });
  for (const p of probability(model, table.matrix)) expect(p).toBeCloseTo(rate(table.label), 2);
}

/** Separable data is separated. */
function expectSeparated(table: LabelledMatrix): void {
  const model = learn(pool, table, { iterations: 100, learning_rate: 0.5, l2_leaf_reg: 1 });
  probability(model, table.matrix).forEach((p, row) => {
    expect(Math.round(p)).toBe(table.label[row]);
    expect(Number.isFinite(p)).toBe(true);
  });
}

describe('columns without anything to split', () => {
  const label = Array.from({ length: 90 }, (_, row) => (row % 3 === 0 ? 1 : 0));
  it('a constant column', () => expectConstant(numericTable([label.map(() => 4)], label)));
  it('a column with nothing in it', () => expectConstant(numericTable([label.map(() => Number.NaN)], label)));
  it('no column', () => expectConstant(numericTable([], label)));
  it('a categorical column of one value', () => {
    const values = new Float64Array(label.length);
    const columns = [{ name: 'c', kind: 'categorical' as const, values, categories: ['only'] }];
    expectConstant({ matrix: { rows: label.length, columns }, label: Float64Array.from(label) });
  });
});

describe('labels', () => {
  it.each([0, 1])('all %i are refused', (value) => {
    const table = numericTable([[1, 2, 3]], [value, value, value]);
    expect(() => learn(pool, table)).toThrow(/both labels/);
  });

  it('of one class by weight are refused', () => {
    const table = { ...numericTable([[1, 2, 3]], [0, 1, 1]), weight: Float64Array.of(1, 0, 0) };
    expect(() => learn(pool, table)).toThrow(/both labels/);
  });

  it('one row is refused, two rows are learnt', () => {
    expect(() => learn(pool, numericTable([[1]], [1]))).toThrow(/both labels/);
    expectSeparated(numericTable([[1, 2]], [0, 1]));
  });

  it('no rows are refused', () => {
    expect(() => learn(pool, numericTable([[]], []))).toThrow(/no training rows/);
  });
});

describe('extreme numbers', () => {
  const label = alternating(60);
  const by = (zero: number, one: number) => numericTable([label.map((y) => (y === 1 ? one : zero))], label);
  it.each([
    [-Infinity, Infinity],
    [0, Infinity],
    [-Infinity, 0],
    [1e308, -1e308],
    [5e-324, 0],
    [1, 1 + 2 ** -52],
    [-0.001, 0],
  ])('%f against %f', (zero, one) => expectSeparated(by(zero, one)));

  it.each(['Min', 'Max'])('missing against numbers, nan_mode %s', (mode) => {
    const table = numericTable([label.map((y, row) => (y === 1 ? Number.NaN : row - 30))], label);
    const model = learn(pool, table, { nan_mode: mode, iterations: 100, learning_rate: 0.5 });
    probability(model, table.matrix).forEach((p, row) => {
      expect(Math.round(p)).toBe(table.label[row]);
    });
  });

  it.each(['Min', 'Max'] as const)('borders ascend where values are infinite and missing, nan_mode %s', (mode) => {
    const cells = [-Infinity, Infinity, -Number.MAX_VALUE, Number.MAX_VALUE, 0, 1, Number.NaN];
    const values = Float64Array.from({ length: 300 }, (_, row) => cells[row % cells.length]);
    const { borders, missing } = numericBorders(values, values.length, 16, 'GreedyLogSum', mode);
    expect(missing).toBe(true);
    expect(borders).toContain(mode === 'Min' ? -Number.MAX_VALUE : Number.MAX_VALUE);
    expect(Array.from(borders)).toEqual([...new Set(borders)].sort((a, b) => a - b));
    expect(borders.length).toBeGreaterThan(3);
  });

  it('missing is refused by nan_mode Forbidden, naming the column', () => {
    const table = numericTable([[1, Number.NaN, 3]], [0, 1, 0]);
    expect(() => learn(pool, table, { nan_mode: 'Forbidden' })).toThrow(/"x0".*Forbidden/);
  });

  it('weights of zero and of 10^30', () => {
    const table = numericTable([label.map((_, row) => row)], label);
    const weight = Float64Array.from(label, (_, row) => (row < 20 ? 0 : 1e30));
    const model = learn(pool, { ...table, weight }, { bootstrap_type: 'No' });
    for (const p of probability(model, table.matrix)) expect(p).toBeGreaterThanOrEqual(0);
  });
});

describe('categorical columns alone', () => {
  it('are learnt, and an unseen category gets an answer', () => {
    const { matrix, label } = mixedTable(1200, 8);
    const columns = matrix.columns.slice(2);
    const table = { matrix: { rows: matrix.rows, columns }, label };
    const model = learn(pool, table, { iterations: 50 });
    const unseen = columns.map((column) => ({ ...column, values: new Float64Array(3).fill(-1) }));
    for (const p of probability(model, { rows: 3, columns: unseen })) {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThan(1);
    }
    expect(model.history.train.at(-1)).toBeLessThan(model.history.train[0]);
  });

  it('a dictionary far longer than the rows', () => {
    const { matrix, label } = mixedTable(300, 4);
    const long = Array.from({ length: 200_000 }, (_, i) => `v${i}`);
    const columns = matrix.columns.map((column) => {
      if (column.name !== 'brand') return column;
      return { ...column, categories: long, values: column.values.map((code) => (code >= 0 ? 199_999 - code : code)) };
    });
    const model = learn(pool, { matrix: { rows: 300, columns }, label });
    const same = learn(pool, { matrix, label });
    expect(model.history.train).toEqual(same.history.train);
  });

  it('a key of its own for every row tells nothing', () => {
    const label = alternating(400);
    const values = Float64Array.from(label, (_, row) => row);
    const columns = [{ name: 'id', kind: 'categorical' as const, values, categories: label.map((_, i) => `${i}`) }];
    const model = learn(pool, { matrix: { rows: 400, columns }, label: Float64Array.from(label) });
    for (const p of probability(model, { rows: 400, columns })) expect(Math.abs(p - 0.5)).toBeLessThan(0.2);
  });
});

describe('automatic class weights, of rows of fractional weights (catboost 1.2.10, get_all_params)', () => {
  const label = Float64Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0);
  const classWeight = (weights: number[], auto: CatboostSettings['autoClassWeights']) => {
    const settings = { classWeights: [1, 1], autoClassWeights: auto } as unknown as CatboostSettings;
    const rows = rowWeights({ ...numericTable([], [...label]), weight: Float64Array.from(weights) }, settings);
    return (rows?.[1] ?? 1) / weights[1];
  };
  it.each([
    ['2.4 and 1.2', label.map(() => 0.3), 2],
    ['7.2 and 3.6', label.map(() => 0.9), 7 / 3],
    ['5.75 and 2.5', label.map((_, row) => 0.25 * ((row % 5) + 1)), 2.5],
    ['.8 and .4', label.map(() => 0.1), 1],
  ])('%s', (_, weights, expected) => {
    expect(classWeight([...weights], 'Balanced')).toBeCloseTo(expected, 6);
    expect(classWeight([...weights], 'SqrtBalanced')).toBeCloseTo(Math.sqrt(expected), 6);
  });
});

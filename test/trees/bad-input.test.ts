/**
 * Tables that break trainers, each by its name and in every family: a right answer or a refusal in words. Elsewhere: 2^31
 * categories (test/fuzz/refused-input), bins of more than 4 GiB (test/workflows/check-memory), a thread that is lost
 * (test/kernels/lost-thread, test/cli/lost-worker, test/scoring/lost-thread).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import type { Family } from '#ecomml/forest/forest.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { MatrixColumn } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import type { ParameterValues } from '#ecomml/trees/parameters.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

/** Parameters by which few rows can be learnt by heart. */
const EAGER: Readonly<Record<Family, ParameterValues>> = {
  catboost: { iterations: 100, learning_rate: 0.5, l2_leaf_reg: 1 },
  xgboost: { n_estimators: 60, min_child_weight: 0 },
  lightgbm: { num_iterations: 100, min_data_in_leaf: 1, min_data_in_bin: 1 },
  'random-forest': { n_estimators: 20, bootstrap: false },
};
const ROWS = 90;
const label = Float64Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? 1 : 0));
const numeric = (name: string, cell: (row: number) => number, rows = ROWS): MatrixColumn => ({
  name,
  kind: 'numeric',
  values: Float64Array.from({ length: rows }, (_, row) => cell(row)),
});
const category = (name: string, code: number): MatrixColumn => ({
  name,
  kind: 'categorical',
  values: new Float64Array(ROWS).fill(code),
  categories: ['only'],
});
const table = (...columns: MatrixColumn[]): LabelledMatrix => ({ matrix: { rows: ROWS, columns }, label });
const known = numeric('known', (row) => (label[row] === 1 ? 2 : 1));

describe.each(Object.entries(EAGER) as [Family, ParameterValues][])('%s', (family, eager) => {
  async function learn(train: LabelledMatrix, scored = train.matrix): Promise<Float64Array> {
    const trainer = await loadTrainer(family);
    const before = pool.memory.used;
    try {
      const parameters = familyParameters(family, eager);
      const { forest } = trainer({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool });
      return predictProbability(forest, scored);
    } finally {
      expect(pool.memory.used, 'kernel memory is given back').toBe(before);
    }
  }
  const refusal = (train: LabelledMatrix) =>
    learn(train).then(
      () => undefined,
      (error: unknown) => error,
    );
  async function expectBaseRate(train: LabelledMatrix): Promise<void> {
    for (const p of await learn(train)) expect(p).toBeCloseTo(1 / 3, 2);
  }
  async function expectSeparated(train: LabelledMatrix): Promise<void> {
    const found = await learn(train);
    expect(Array.from(found, Math.round)).toEqual(Array.from(train.label));
    for (const p of found) expect(p >= 0 && p <= 1).toBe(true);
  }
  /** One label: the families that need two say so, the others are sure of the one. */
  async function expectOneLabel(train: LabelledMatrix): Promise<void> {
    const error = await refusal(train);
    if (family === 'catboost') {
      expect(error).toBeInstanceOf(EcommlError);
      expect((error as EcommlError).message).toMatch(/needs training rows of both labels/);
    } else {
      expect(error).toBeUndefined();
      for (const p of await learn(train)) expect(Math.abs(p - train.label[0])).toBeLessThan(0.51);
    }
  }

  it('constant columns alone give the base rate', () =>
    expectBaseRate(
      table(
        numeric('same', () => 4),
        category('only', 0),
      ),
    ));

  it('columns with nothing in them give the base rate', () =>
    expectBaseRate(
      table(
        numeric('empty', () => Number.NaN),
        category('unknown', Number.NaN),
      ),
    ));

  it('no column gives the base rate', () => expectBaseRate(table()));

  it('constant and missing columns do no harm beside one that tells', () =>
    expectSeparated(
      table(
        numeric('same', () => 4),
        category('only', 0),
        known,
        numeric('empty', () => Number.NaN),
      ),
    ));

  it.each([0, 1])('one row, of label %i', (value) =>
    expectOneLabel({ matrix: { rows: 1, columns: [numeric('x', () => 5, 1)] }, label: Float64Array.of(value) }),
  );

  it.each([0, 1])('one class, of label %i', (value) =>
    expectOneLabel({ ...table(numeric('x', (row) => row)), label: new Float64Array(ROWS).fill(value) }),
  );

  it.each([
    ['minus against plus infinity', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['infinity against a number', Number.POSITIVE_INFINITY, 0],
    ['a number against minus infinity', 0, Number.NEGATIVE_INFINITY],
    ['the largest numbers', -Number.MAX_VALUE, Number.MAX_VALUE],
    ['missing against a number', Number.NaN, 0],
    ['missing against infinity', Number.NaN, Number.POSITIVE_INFINITY],
  ])('%s', (_, zero, one) => expectSeparated(table(numeric('x', (row) => (label[row] === 1 ? one : zero)))));

  it('denormals are parted, or taken for zero, never for anything else', async () => {
    const found = await learn(table(numeric('x', (row) => (label[row] === 1 ? 5e-324 : -1e-310))));
    // LightGBM takes what is no larger than 10^-35 for zero, XGBoost reads single precision.
    if (family === 'lightgbm' || family === 'xgboost') for (const p of found) expect(p).toBeCloseTo(1 / 3, 2);
    else expect(Array.from(found, Math.round)).toEqual(Array.from(label));
  });

  it('rows of weight zero do not count', async () => {
    const weight = Float64Array.from(label, (_, row) => (row < 60 ? 1 : 0));
    const wrong = Float64Array.from(label, (value, row) => (row < 60 ? value : 1 - value));
    const found = await learn({ ...table(known), label: wrong, weight });
    expect(Array.from(found, Math.round)).toEqual(Array.from(label));
  });

  it.each([
    ['a negative weight', -1, /row 7 is -1,/],
    ['an infinite weight', Number.POSITIVE_INFINITY, /row 7 is Infinity,/],
    ['a missing weight', Number.NaN, /row 7 is NaN,/],
  ])('%s is refused, naming the row', async (_, odd, message) => {
    const weight = Float64Array.from(label, (_value, row) => (row === 7 ? odd : 1));
    const error = await refusal({ ...table(known), weight });
    expect(error).toBeInstanceOf(EcommlError);
    expect((error as EcommlError).message).toMatch(message);
  });

  it.skipIf(family === 'random-forest')('weights that single precision cannot hold are refused', async () => {
    const filled = (value: number) => refusal({ ...table(known), weight: new Float64Array(ROWS).fill(value) });
    expect((await filled(1e300)) as Error).toMatchObject({
      message: expect.stringMatching(/row 0 is 1e\+300, .* from 0 to 3e\+38/),
    });
    // Nothing but zeros in single precision, of which the intercept would be NaN.
    expect((await filled(1e-300)) as Error).toMatchObject({
      message: expect.stringMatching(/less than single precision tells from 0/),
    });
  });

  it('weights that are all zero, and no rows, are refused', async () => {
    for (const bad of [
      { ...table(known), weight: new Float64Array(ROWS) },
      { matrix: { rows: 0, columns: [numeric('x', () => 0, 0)] }, label: new Float64Array(0) },
    ])
      expect(await refusal(bad)).toBeInstanceOf(EcommlError);
  });
});

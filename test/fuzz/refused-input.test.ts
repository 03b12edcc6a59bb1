// Category codes and dictionaries that no trainer can mean are refused by every family in words, at once, never learned.
import { afterAll, describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { FAMILIES } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { MatrixColumn } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const ROWS = 60;

function tableWith(odd: number | undefined, categories: readonly string[] = ['a', 'b', 'c']): LabelledMatrix {
  const cells = (cell: (row: number) => number) => Float64Array.from({ length: ROWS }, (_, row) => cell(row));
  const columns: MatrixColumn[] = [
    { name: 'brand', kind: 'categorical', values: cells((row) => (row === 5 ? (odd ?? 0) : row % 3)), categories },
    { name: 'price', kind: 'numeric', values: cells((row) => row % 7) },
  ];
  return { matrix: { rows: ROWS, columns }, label: cells((row) => row % 2) };
}

/** An array that has a length and nothing in it: a dictionary of so many texts fits into no memory. */
const DICTIONARY_OF_2_31: string[] = new Array(2 ** 31);

describe.each(FAMILIES)('%s', (family) => {
  const learn = async (train: LabelledMatrix, valid?: LabelledMatrix) => {
    const trainer = await loadTrainer(family);
    const trees = family === 'lightgbm' ? 'num_iterations' : family === 'catboost' ? 'iterations' : 'n_estimators';
    const parameters = familyParameters(family, { [trees]: 2 });
    const job = { train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool };
    return trainer(valid === undefined ? job : { ...job, valid });
  };
  const refusal = (train: LabelledMatrix, valid?: LabelledMatrix) =>
    learn(train, valid).then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([0.5, -2, -0.5, 3, 99, 2 ** 31, 2 ** 53, 1e300, Infinity, -Infinity])('refuses the code %d', async (code) => {
    const before = pool.memory.used;
    for (const error of [await refusal(tableWith(code)), await refusal(tableWith(0), tableWith(code))]) {
      expect(error).toBeInstanceOf(EcommlError);
      expect((error as EcommlError).code).toBe('BAD_TRAINING_DATA');
      expect((error as EcommlError).message).toMatch(
        /"brand" holds the category code .* in (training|validation) row 5/,
      );
    }
    expect(pool.memory.used).toBe(before);
  });

  it('refuses 2^31 categories', async () => {
    const error = await refusal(tableWith(0, DICTIONARY_OF_2_31));
    expect((error as EcommlError).message).toMatch(/"brand" has 2147483648 categories; at most/);
  });

  it('takes missing and unseen categories', async () => {
    for (const code of [Number.NaN, -1]) expect((await learn(tableWith(code))).bestIteration).toBeGreaterThan(0);
  });

  it('refuses columns of another length than the rows', async () => {
    const { matrix, label } = tableWith(0);
    const columns = matrix.columns.map((column) => ({ ...column, values: column.values.slice(1) }));
    expect(await refusal({ matrix: { rows: ROWS, columns }, label })).toBeInstanceOf(EcommlError);
    expect(await refusal({ matrix, label: label.slice(1) })).toBeInstanceOf(EcommlError);
    expect(await refusal({ matrix, label, weight: label.slice(1) })).toBeInstanceOf(EcommlError);
  });
});

/**
 * In time order (one permutation, the rows' own) and without bootstrap and noise, target statistics, their greedy
 * combinations, one-hot splits and the model size penalty are determined: whole models on categorical tables give the
 * original's scores. Unseen and missing categories are among the rows. 1e-6: as in trees.test.ts, after 20 trees.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { trainCatboost } from '#ecomml/trees/catboost.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { hasTable, loadTable } from '../tables.js';
import { accessTable } from './generated.js';

interface Case {
  readonly table: string;
  readonly parameters: ParameterValues;
  readonly raw: readonly number[];
}

const golden = JSON.parse(readFileSync(new URL('./goldens/statistics.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const pool = new KernelPool(2);
afterAll(() => pool.close());

const loaded = new Map<string, { train: LabelledMatrix; test: LabelledMatrix }>();

function table(name: string): { train: LabelledMatrix; test: LabelledMatrix } {
  let found = loaded.get(name);
  if (found === undefined) {
    const { train, test } = name === 'access' ? accessTable() : loadTable(name);
    found = { train: { ...train, matrix: prepared(train.matrix) }, test: { ...test, matrix: prepared(test.matrix) } };
    loaded.set(name, found);
  }
  return found;
}

/** Without education_num (see make.py), numbers in single precision as the original holds them. */
function prepared({ rows, columns }: Matrix): Matrix {
  const kept = columns.filter(({ name }) => name !== 'education_num');
  return {
    rows,
    columns: kept.map((column) => ({ ...column, values: Float64Array.from(column.values, Math.fround) })),
  };
}

describe('scores on categorical tables in time order are the original’s', () => {
  for (const { table: name, parameters, raw } of golden.cases) {
    it.skipIf(name !== 'access' && !hasTable(name))(`${name} ${JSON.stringify(parameters)}`, () => {
      const { train, test } = table(name);
      const { forest } = trainCatboost({
        train,
        hasTime: true,
        parameters: resolveParameters('catboost', catboostParameters, parameters),
        earlyStoppingRounds: 0,
        seed: 1,
        pool,
      });
      const own = walkRaw(forest, test.matrix, 0, raw.length);
      raw.forEach((score, row) => {
        expect(Math.abs(own[row] - score), `row ${row}`).toBeLessThan(1e-6);
      });
    });
  }
});

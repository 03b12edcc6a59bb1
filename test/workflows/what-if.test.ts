// The what-if panel's own script, run here: it scores as well as the page says, missing cells and rare categories among them.
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { WhatIf } from '#ecomml/explain/explanation-data.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { whatIfOf } from '#ecomml/workflows/what-if.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const script = readFileSync(new URL('../../dist/report/page/what-if.js', import.meta.url), 'utf8');
const scoreForest = runInContext(`${script.replaceAll('"use strict";', '')}\nscoreForest`, createContext({})) as (
  forest: WhatIf,
  cells: readonly number[],
) => number;

/** 40 brands, of which the page lists 30; a third of the second column is missing. */
function rowsOf(rows: number, seed: number): Matrix {
  const random = new Random(seed);
  const values = (cell: () => number) => Float64Array.from({ length: rows }, cell);
  return {
    rows,
    columns: [
      { name: 'price', kind: 'numeric', values: values(() => random.below(500) / 10) },
      { name: 'visits', kind: 'numeric', values: values(() => (random.below(3) === 0 ? Number.NaN : random.below(9))) },
      {
        name: 'brand',
        kind: 'categorical',
        categories: Array.from({ length: 40 }, (_, code) => `brand ${code}`),
        values: values(() => (random.below(30) === 0 ? -1 : Math.min(random.below(40), random.below(40)))),
      },
    ],
  };
}

/** The model that the page stands in for. */
function predict({ rows, columns: [price, visits, brand] }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const known = Number.isNaN(visits.values[row]) ? -1 : 0.2 * visits.values[row];
    const score = price.values[row] / 12 - 2.5 + known + (brand.values[row] % 3 === 1 ? 0.8 : 0);
    return 1 / (1 + Math.exp(-score));
  });
}

it('the script in the page has the fidelity that the page states', async () => {
  const [background, test] = [rowsOf(800, 1), rowsOf(1200, 2)];
  const part = (matrix: Matrix) => ({ matrix, of: matrix.rows, label: new Float64Array(matrix.rows) });
  const names = ['price', 'brand', 'visits'];
  const features = names.map((name) => ({ name, kind: 'numeric' as const, actionable: null }));
  const kept = { background: part(background), test: part(test) };
  // As the page reads it: from JSON, which has no infinite numbers.
  const made = await whatIfOf({ kept, features, names, predict, pool, seed: 1 });
  const whatIf = JSON.parse(JSON.stringify(made)) as WhatIf;
  expect(whatIf).toEqual(made);
  expect(whatIf.kind).toBe('surrogate');
  expect(whatIf.columns.map(({ name }) => name)).toEqual(names);
  const listed = new Map(whatIf.columns[1].categories?.map((text, i) => [text, i]));
  expect(listed.size).toBe(30);

  // Every fifth of all rows, background first, was kept from the fit.
  const [wanted, found]: [number[], number[]] = [[], []];
  const answers = [...predict(background), ...predict(test)];
  for (let i = 4; i < answers.length; i += 5) {
    const [matrix, row] = i < background.rows ? [background, i] : [test, i - background.rows];
    const [price, visits, brand] = matrix.columns.map(({ values }) => values[row]);
    found.push(scoreForest(whatIf, [price, listed.get(`brand ${brand}`) ?? -1, visits]));
    wanted.push(answers[i]);
  }
  const apart = wanted.map((p, i) => Math.abs(found[i] - p));
  const logit = (p: number) => Math.log(p / (1 - p));
  const mean = wanted.reduce((sum, p) => sum + logit(p), 0) / wanted.length;
  const spread = wanted.reduce((sum, p) => sum + (logit(p) - mean) ** 2, 0);
  const rSquared = 1 - wanted.reduce((sum, p, i) => sum + (logit(p) - logit(found[i])) ** 2, 0) / spread;
  // The page's leaves have seven digits.
  expect(whatIf.fidelity.rows).toBe(wanted.length);
  expect(rSquared).toBeCloseTo(whatIf.fidelity.r_squared, 5);
  expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeCloseTo(whatIf.fidelity.mean_difference, 6);
  expect(rSquared).toBeGreaterThan(0.9);
  // Rows to start from hold the model's own answers, so that the panel can show both.
  for (const { cells, probability } of whatIf.starts) {
    expect(cells).toHaveLength(3);
    expect(
      Math.abs(
        scoreForest(
          whatIf,
          cells.map((cell) => cell ?? Number.NaN),
        ) - probability,
      ),
    ).toBeLessThan(0.15);
  }
});

/**
 * With all randomness off and numeric columns, CatBoost's oblivious trees are determined: ours are the same trees. Borders
 * are exact (the data is rounded to float32, as the original stores it). Leaf values agree to 1e-6: the original
 * exponentiates with an approximation good to about 1e-8 and its histograms are sums of doubles in another order.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { trainCatboost } from '#ecomml/trees/catboost.js';
import { type BorderType, numericBorders } from '#ecomml/trees/catboost-borders.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { hasTable, loadTable } from '../tables.js';
import { numericTable, uniform } from './generated.js';

interface TreeCase {
  readonly table: string;
  readonly parameters: ParameterValues;
  readonly bias: number;
  readonly losses: readonly number[];
  readonly trees: readonly {
    readonly features: readonly number[];
    readonly borders: readonly number[];
    readonly leaf_values: readonly number[];
    readonly leaf_weights: readonly number[];
  }[];
}

interface BorderCase {
  readonly table: string;
  readonly type: BorderType;
  readonly count: number;
  readonly borders: readonly (readonly number[])[];
}

const golden = <T>(name: string) =>
  (JSON.parse(readFileSync(new URL(`./goldens/${name}.json`, import.meta.url), 'utf8')) as { cases: T[] }).cases;

const loaded = new Map<string, LabelledMatrix>();

/** The training rows, every value rounded to float32. */
function singles(name: string): LabelledMatrix {
  let table = loaded.get(name);
  if (table === undefined) {
    table = generated(name) ?? loadTable(name).train;
    for (const { values } of table.matrix.columns) values.set(Float32Array.from(values));
    loaded.set(name, table);
  }
  return table;
}

/** The generated tables, one of them with a sixth of the cells of two columns missing. */
function generated(name: string): LabelledMatrix | undefined {
  if (name !== 'numeric' && name !== 'holes') return undefined;
  const table = numericTable();
  if (name === 'holes') {
    for (const column of [0, 2]) {
      const { values } = table.matrix.columns[column];
      for (let row = 0; row < values.length; row++) {
        if (uniform(row, 200 + column) < 1 / 6) values[row] = Number.NaN;
      }
    }
  }
  return table;
}

/** In single precision; the border between missing and the rest is the largest number of either precision. */
const single = (border: number) => Math.max(-LARGEST, Math.min(LARGEST, Math.fround(border)));
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

const here = (name: string) => name === 'numeric' || name === 'holes' || hasTable(name);
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
  for (const { table, type, count, borders } of golden<BorderCase>('borders')) {
    it.skipIf(!here(table))(`${type} ${count} on ${table}`, () => {
      const { matrix } = singles(table);
      matrix.columns.forEach(({ values }, c) => {
        const found = numericBorders(values, matrix.rows, count, type, 'Min').borders;
        expect(Array.from(found, Math.fround)).toEqual(borders[c].map(Math.fround));
      });
    });
  }
});

describe('trees are the original’s', () => {
  for (const { table, parameters, bias, losses, trees } of golden<TreeCase>('trees')) {
    it.skipIf(!here(table))(`${table} ${JSON.stringify(parameters)}`, () => {
      const given = { random_strength: 0, bootstrap_type: 'No', ...parameters };
      const backtracks =
        parameters.leaf_estimation_backtracking !== 'No' && parameters.leaf_estimation_iterations !== 1;
      const { forest, history } = trainCatboost({
        train: singles(table),
        hasTime: false,
        parameters: resolveParameters('catboost', catboostParameters, given),
        earlyStoppingRounds: 0,
        seed: 1,
        pool,
      });
      const own = forest.oblivious!;
      // The original keeps the intercept's logarithm in single precision.
      expect(Math.abs(forest.intercept - bias)).toBeLessThan(1e-6);
      trees.forEach((tree, t) => {
        const splits = [own.splitStart[t], own.splitStart[t + 1]];
        expect(Array.from(own.splitFeature.slice(...splits))).toEqual(tree.features);
        expect(Array.from(own.splitBorder.slice(...splits), single)).toEqual(tree.borders.map(single));
        tree.leaf_values.forEach((value, leaf) => {
          expect(Math.abs(own.leafValue[own.leafStart[t] + leaf] - value)).toBeLessThan(
            backtracks ? STOPPED_SHORT : 1e-6,
          );
          expect(own.leafWeight[own.leafStart[t] + leaf]).toBeCloseTo(tree.leaf_weights[leaf], 6);
        });
        if (backtracks) expect(history.train[t]).toBeLessThan(losses[t] + 1e-6);
        else expect(history.train[t]).toBeCloseTo(losses[t], 6);
      });
    });
  }
});

// Tables and comparisons that the CatBoost equivalence tests share: the original's numbers are single precision.
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Forest } from '#ecomml/forest/forest.js';
import type { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { trainCatboost } from '#ecomml/trees/catboost.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import type { LabelledMatrix, TrainedModel, TrainingJob } from '#ecomml/trees/family.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { hasTable, loadTable } from '../tables.js';
import { accessTable, numericTable, uniform } from './generated.js';

export interface GoldenTree {
  readonly features: readonly number[];
  readonly borders: readonly number[];
  readonly leaf_values: readonly number[];
  readonly leaf_weights: readonly number[];
}

export interface TreeCase {
  readonly table: string;
  readonly weighted?: boolean;
  readonly parameters: ParameterValues;
  readonly bias: number;
  readonly trees: readonly GoldenTree[];
}

export interface ScoreCase {
  readonly table: string;
  readonly parameters: ParameterValues;
  readonly raw: readonly number[];
}

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./goldens/${name}.json`, import.meta.url), 'utf8')) as T;
}

const GENERATED = ['numeric', 'holes', 'access'];

export function isHere(table: string): boolean {
  return GENERATED.includes(table) || hasTable(table);
}

const numericTables = new Map<string, LabelledMatrix>();

/** The training rows of a numeric table, every value rounded to float32. */
export function singles(name: string): LabelledMatrix {
  let table = numericTables.get(name);
  if (table === undefined) {
    table = generated(name) ?? loadTable(name).train;
    for (const { values } of table.matrix.columns) values.set(Float32Array.from(values));
    numericTables.set(name, table);
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

/** Whole numbers from 1 to 16. */
export function rowWeights(rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => Math.floor(uniform(row, 300) * 16 + 1));
}

const mixedTables = new Map<string, { train: LabelledMatrix; test: LabelledMatrix }>();

/** A table with categories as make.py's `pools` has it: without education_num, numbers rounded to float32. */
export function mixed(name: string): { train: LabelledMatrix; test: LabelledMatrix } {
  let found = mixedTables.get(name);
  if (found === undefined) {
    const { train, test } = name === 'access' ? accessTable() : loadTable(name);
    found = { train: { ...train, matrix: prepared(train.matrix) }, test: { ...test, matrix: prepared(test.matrix) } };
    mixedTables.set(name, found);
  }
  return found;
}

function prepared({ rows, columns }: Matrix): Matrix {
  const kept = columns.filter(({ name }) => name !== 'education_num');
  return {
    rows,
    columns: kept.map((column) => ({ ...column, values: Float64Array.from(column.values, Math.fround) })),
  };
}

/** Trains with neither noise nor bootstrap. */
export function learn(
  pool: KernelPool,
  train: LabelledMatrix,
  parameters: ParameterValues,
  more: Partial<TrainingJob> = {},
): TrainedModel {
  const given = { random_strength: 0, bootstrap_type: 'No', ...parameters };
  return trainCatboost({
    train,
    hasTime: false,
    parameters: resolveParameters('catboost', catboostParameters, given),
    earlyStoppingRounds: 0,
    seed: 1,
    pool,
    ...more,
  });
}

const LARGEST = (2 - 2 ** -23) * 2 ** 127;
/** In single precision; the border between missing and the rest is the largest number of either precision. */
const single = (border: number) => Math.max(-LARGEST, Math.min(LARGEST, Math.fround(border)));

/** The same splits; leaf values within `tolerance`; the same weights of the leaves. */
export function expectTrees(forest: Forest, { bias, trees }: Pick<TreeCase, 'bias' | 'trees'>, tolerance = 1e-6): void {
  const own = forest.oblivious!;
  // The original keeps the intercept's logarithm in single precision.
  expect(Math.abs(forest.intercept - bias)).toBeLessThan(1e-6);
  expect(own.splitStart.length).toBe(trees.length + 1);
  trees.forEach((tree, t) => {
    const splits = [own.splitStart[t], own.splitStart[t + 1]];
    expect(Array.from(own.splitFeature.slice(...splits)), `tree ${t}`).toEqual(tree.features);
    expect(Array.from(own.splitBorder.slice(...splits), single), `tree ${t}`).toEqual(tree.borders.map(single));
    tree.leaf_values.forEach((value, leaf) => {
      const at = own.leafStart[t] + leaf;
      expect(Math.abs(own.leafValue[at] - value), `tree ${t}, leaf ${leaf}`).toBeLessThan(tolerance);
      // Sums of single-precision weights.
      expect(Math.abs(own.leafWeight[at] - tree.leaf_weights[leaf])).toBeLessThan(1e-6 * (1 + own.leafWeight[at]));
    });
  });
}

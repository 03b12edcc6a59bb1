/** Columns in single precision are the same numbers: the same models, scores and explanations, to the bit. */
import { afterAll, describe, expect, it } from 'vitest';
import { ForestShap } from '#ecomml/explain/tree-shap.js';
import { FAMILIES } from '#ecomml/forest/forest.js';
import { predictRaw } from '#ecomml/forest/predict.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { inFewestBytes, type Matrix, type MatrixColumn, takeRows } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import { mixedTable } from './catboost-material.js';

const column = (values: number[]): MatrixColumn => ({
  name: 'x',
  kind: 'numeric',
  values: Float64Array.from(values),
});
const rounded = ({ rows, columns }: Matrix): Matrix => ({
  rows,
  columns: columns.map((one) => ({ ...one, values: one.values.map(Math.fround) })),
});
const narrow = ({ rows, columns }: Matrix): Matrix => ({ rows, columns: columns.map(inFewestBytes) });

describe('inFewestBytes', () => {
  it.each<[string, number[], boolean]>([
    ['counts and missing cells', [0, 3, Number.NaN, 16_777_216], true],
    ['halves, infinities and the sign of zero', [0.5, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], true],
    ['a tenth', [1, 0.1], false],
    ['a whole number beyond single precision', [16_777_217], false],
    ['a number too large', [1e39], false],
    ['a number too small', [1e-46], false],
    ['nothing', [], true],
  ])('%s', (_, values, fits) => {
    const found = inFewestBytes(column(values)).values;
    expect(found instanceof Float32Array).toBe(fits);
    expect(Array.from(found)).toEqual(values);
    expect(takeRows({ rows: values.length, columns: [inFewestBytes(column(values))] }, [0]).columns[0].values).toEqual(
      found instanceof Float32Array ? Float32Array.of(values[0]) : Float64Array.of(values[0]),
    );
  });
});

describe('a table in single precision', () => {
  const pool = new KernelPool(2);
  afterAll(() => pool.close());
  const table = mixedTable(1500, 5, true);
  const wide = rounded(table.matrix);
  const trees = {
    lightgbm: { num_iterations: 12, bagging_fraction: 0.8, bagging_freq: 1 },
    xgboost: { n_estimators: 12, subsample: 0.8 },
    catboost: { iterations: 12, boosting_type: 'Ordered' },
    'random-forest': { n_estimators: 12 },
  };

  it.each(FAMILIES)('%s: trains to the same bytes, scores and explains the same', async (family) => {
    const trainer = await loadTrainer(family);
    const [ofDoubles, ofSingles] = [wide, narrow(wide)].map(
      (matrix) =>
        trainer({
          train: { matrix, label: table.label },
          valid: { matrix: takeRows(matrix, [1, 5, 9, 700]), label: Float64Array.of(1, 0, 1, 0) },
          hasTime: false,
          parameters: familyParameters(family, trees[family]),
          earlyStoppingRounds: 0,
          seed: 3,
          pool,
        }).forest,
    );
    expect(narrow(wide).columns.every(({ values }) => values instanceof Float32Array)).toBe(true);
    expect(forestBytes(ofSingles)).toEqual(forestBytes(ofDoubles));
    expect(predictRaw(ofDoubles, narrow(wide))).toEqual(predictRaw(ofDoubles, wide));
    expect(walkRaw(ofDoubles, narrow(wide))).toEqual(walkRaw(ofDoubles, wide));
    const shap = new ForestShap(ofDoubles);
    expect(shap.values(narrow(wide))).toEqual(shap.values(wide));
  });
});

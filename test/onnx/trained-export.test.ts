import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { CALIBRATION_METHODS, calibrate } from '#ecomml/ensemble/calibration.js';
import { fitCalibration } from '#ecomml/ensemble/fit-calibration.js';
import { defaultWeights, weightedMean } from '#ecomml/ensemble/weights.js';
import type { Family, Forest } from '#ecomml/forest/forest.js';
import { forestFromBytes } from '#ecomml/forest/load-forest.js';
import { predictProbability, predictRaw } from '#ecomml/forest/predict.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { exportEnsemble, exportForest } from '#ecomml/onnx/export-onnx.js';
import { proveExport } from '#ecomml/onnx/prove-export.js';
import { type Matrix, type MatrixColumn, sharedValues } from '#ecomml/table/matrix.js';
import { trainCatboost } from '#ecomml/trees/catboost.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import type { FamilyTrainer } from '#ecomml/trees/family.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { type ParameterTable, type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainRandomForest } from '#ecomml/trees/random-forest.js';
import { randomForestParameters } from '#ecomml/trees/random-forest-parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';

const ROWS = 1500;

/** Numbers with and without missing cells, many zeros, float32 prices, and categories of few, some and many values. */
function table(seed: number): { readonly matrix: Matrix; readonly label: Float64Array } {
  const random = new Random(seed);
  const draws: readonly (readonly [string, number, () => number])[] = [
    ['amount', 0, () => random.normal()],
    ['price', 0, () => Math.fround(random.next() * 100)],
    ['recency', 0, () => (random.below(4) === 0 ? Number.NaN : random.normal() * 1e6)],
    ['carts', 0, () => (random.below(3) > 0 ? 0 : random.below(9) / 3)],
    ['hour', 4, () => random.below(4)],
    ['brand', 40, () => (random.below(10) === 0 ? Number.NaN : random.below(40))],
    ['product', 500, () => Math.floor(500 * random.next() ** 2)],
  ];
  const columns = draws.map(([name, categories, draw]): MatrixColumn => {
    const values = sharedValues(ROWS).map(draw);
    if (categories === 0) return { name, kind: 'numeric', values };
    return {
      name,
      kind: 'categorical',
      values,
      categories: Array.from({ length: categories }, (_, c) => `${name} ${c}`),
    };
  });
  const [amount, , recency, carts, , brand, product] = columns.map((column) => column.values);
  const label = Float64Array.from({ length: ROWS }, (_, i) => {
    const brandEffect = brand[i] % 3 === 0 ? 1 : -0.5;
    const score = amount[i] + (Number.isNaN(recency[i]) ? 1 : 0) + carts[i] + brandEffect + (product[i] % 7) / 4 - 1;
    return random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  return { matrix: { rows: ROWS, columns }, label };
}

const pool = new KernelPool(1);
afterAll(() => pool.close());

function train(family: Family, trainer: FamilyTrainer, parameters: ParameterTable, given: ParameterValues): Forest {
  return trainer({
    train: table(1),
    hasTime: false,
    parameters: resolveParameters(family, parameters, given),
    earlyStoppingRounds: 0,
    seed: 1,
    pool,
  }).forest;
}

const CASES: readonly (readonly [string, () => Forest])[] = [
  ['lightgbm', () => train('lightgbm', trainLightgbm, lightgbmParameters, { num_iterations: 30 })],
  [
    'catboost',
    () =>
      train('catboost', trainCatboost, catboostParameters, {
        iterations: 25,
        learning_rate: 0.1,
        max_ctr_complexity: 4,
      }),
  ],
  ['xgboost', () => train('xgboost', trainXgboost, xgboostParameters, { n_estimators: 25 })],
  ['random-forest', () => train('random-forest', trainRandomForest, randomForestParameters, { n_estimators: 12 })],
];

const FORESTS = CASES.map(([name, make]) => [name, make()] as const);

describe.each(FORESTS)('a trained %s', (name, forest) => {
  const { matrix } = table(2);

  it('scores alike by kernels and by the walk, and after a file', () => {
    const expected = walkRaw(forest, matrix);
    expect(new Set(expected).size).toBeGreaterThan(10);
    expect(predictRaw(forest, matrix)).toEqual(expected);
    expect(predictRaw(forestFromBytes(forestBytes(forest), name), matrix)).toEqual(expected);
  });

  it('scores alike in onnxruntime, on its thresholds too', async () => {
    const proof = await proveExport(exportForest({ name, forest }), matrix, `${name}.onnx`);
    expect(proof.rows).toBeGreaterThan(ROWS + 500);
    expect(proof.largestDifference).toBeLessThan(1e-12);
  });
});

it('the sample of trained models has category sets and target statistics of combinations', () => {
  const byName = Object.fromEntries(FORESTS);
  expect(byName.lightgbm.setWords.length).toBeGreaterThan(0);
  expect(byName.catboost.targetStatistics.some(({ parts }) => parts.length > 1)).toBe(true);
  expect(byName.catboost.oblivious).toBeDefined();
});

describe('an ensemble of trained models', () => {
  const names = FORESTS.map(([name]) => name);
  const { weights } = defaultWeights(names);
  const members = FORESTS.map(([name, forest]) => ({ name, forest, weight: weights[name] }));
  const fitted = table(3);
  const { matrix } = table(2);
  const probabilities = Object.fromEntries(
    FORESTS.map(([name, forest]) => [name, predictProbability(forest, fitted.matrix)]),
  );

  it.each(CALIBRATION_METHODS)('says in onnxruntime what the blend with %s calibration says', async (method) => {
    const calibration = fitCalibration(method, weightedMean(probabilities, weights), fitted.label);
    if (calibration === undefined) throw new Error(`${method} has no fit`);
    const blend = (found: Readonly<Record<string, Float64Array>>) =>
      weightedMean(found, weights).map((p) => calibrate(calibration, p));
    const proof = await proveExport(exportEnsemble(members, calibration), matrix, 'ensemble.onnx', blend);
    // A segment of the isotonic line may be steep: a probability's last bit is then more than its own last bit.
    expect(proof.largestDifference).toBeLessThan(1e-9);
  });
});

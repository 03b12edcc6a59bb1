/** Hand-made forests that together use every operator, missing mode, set and aggregation, and matrices to score with them. */
import { type Forest, type ForestInput, MissingMode, Operator, type TargetStatistic } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import type { Matrix } from '#ecomml/table/matrix.js';

export const INPUTS: readonly ForestInput[] = [
  { name: 'price', kind: 'numeric' },
  { name: 'views', kind: 'numeric' },
  { name: 'brand', kind: 'categorical', categories: Array.from({ length: 70 }, (_, c) => `brand ${c}`) },
  { name: 'category', kind: 'categorical', categories: ['a', 'b', 'c', 'd', 'e'] },
];

/** A matrix of the sample inputs from rows of four numbers. */
export function sampleMatrix(rows: readonly (readonly number[])[], inputs: readonly ForestInput[] = INPUTS): Matrix {
  return {
    rows: rows.length,
    columns: inputs.map((input, c) => ({ ...input, values: Float64Array.from(rows, (row) => row[c]) })),
  };
}

/** LightGBM's: every missing mode with <=, and a category set of more than two words. */
export function lightgbmForest(): Forest {
  const builder = new ForestBuilder();
  for (const missingMode of [MissingMode.None, MissingMode.Zero, MissingMode.NaN]) {
    for (const defaultLeft of [false, true]) {
      builder.beginTree();
      const root = builder.addSplit(
        { feature: 0, operator: Operator.LessOrEqual, threshold: 0.1, missingMode, defaultLeft, gain: 3 },
        { value: 0.1, cover: 10, count: 10, hessian: 2.5 },
      );
      const below = builder.addSplit(
        { feature: 1, operator: Operator.LessOrEqual, threshold: -1, missingMode, defaultLeft: !defaultLeft },
        { cover: 6, count: 6, hessian: 1.5 },
      );
      builder.join(root, below, builder.addLeaf(0.3, { cover: 4, count: 4, hessian: 1 }));
      builder.join(below, builder.addLeaf(-0.21), builder.addLeaf(0.07));
    }
  }
  builder.beginTree(0.5);
  const root = builder.addSplit({ feature: 2, operator: Operator.InSet, set: [0, 3, 31, 32, 64, 69] });
  const small = builder.addSplit({ feature: 3, operator: Operator.InSet, set: [1, 4] });
  builder.join(root, builder.addLeaf(1.5), small);
  builder.join(small, builder.addLeaf(-0.8), builder.addLeaf(0.4));
  builder.beginTree();
  builder.addLeaf(-0.125);
  return builder.finish({ family: 'lightgbm', inputs: INPUTS, intercept: -1.7, parameters: { num_leaves: 31 } });
}

/** XGBoost's: < with default directions, and a categorical test with its children exchanged. */
export function xgboostForest(): Forest {
  const builder = new ForestBuilder();
  for (const defaultLeft of [false, true]) {
    for (const threshold of [0, 0.1, -2.5, 1e300]) {
      builder.beginTree();
      const root = builder.addSplit({ feature: 1, operator: Operator.Less, threshold, defaultLeft });
      builder.join(root, builder.addLeaf(-threshold / 7 / 1e3 / (1 + Math.abs(threshold))), builder.addLeaf(0.33));
    }
  }
  builder.beginTree();
  const root = builder.addSplit({ feature: 3, operator: Operator.InSet, set: [2], defaultLeft: true });
  builder.join(root, builder.addLeaf(0.9), builder.addLeaf(-0.6));
  return builder.finish({ family: 'xgboost', inputs: INPUTS, intercept: 0.2 });
}

/** A random forest: the weighted mean of probabilities. */
export function averageForest(): Forest {
  const builder = new ForestBuilder();
  for (let tree = 0; tree < 7; tree++) {
    builder.beginTree(tree === 3 ? 2 : 1);
    const root = builder.addSplit({ feature: tree % 2, operator: Operator.LessOrEqual, threshold: tree / 3 });
    builder.join(root, builder.addLeaf(tree / 10), builder.addLeaf(1 - tree / 9));
  }
  return builder.finish({ family: 'random-forest', inputs: INPUTS, average: true, link: 'identity' });
}

/** Target statistics over brand × category × (price > 0.5): keys 2 … of the tuples that "training" saw. */
export function sampleStatistics(): TargetStatistic[] {
  const keys = Float64Array.from([2 * 14 + 2 * 2, 5 * 14 + 3 * 2 + 1, 71 * 14 + 6 * 2]);
  const numerator = Float64Array.from([3, 0, 10]);
  const denominator = Float64Array.from([4, 7, 11]);
  const parts = [{ input: 2 }, { input: 3 }, { input: 0, border: 0.5 }];
  const shared = { parts, folds: [], keys, numerator, denominator, priorWeight: 1, shift: 0, scale: 15 };
  return [
    { ...shared, type: 'borders', prior: 0 },
    { ...shared, type: 'borders', prior: 0.5, shift: -0.1 },
    { ...shared, type: 'counter', prior: 0, counterDenominator: 11 },
    {
      ...shared,
      type: 'borders',
      parts: [{ input: 3, equals: -2 }],
      prior: 1,
      keys: Float64Array.from([0, 1]),
      numerator: Float64Array.from([5, 1]),
      denominator: Float64Array.from([50, 2]),
    },
  ];
}

/** CatBoost's: symmetric trees over numbers (nan_mode Min and Max), one-hot tests and target statistics. */
export function catboostForest(): Forest {
  const builder = new ForestBuilder();
  const leaves = (depth: number, seed: number) =>
    Float64Array.from({ length: 2 ** depth }, (_, leaf) => Math.sin(seed * 17 + leaf * 3));
  const ones = (depth: number) => new Float64Array(2 ** depth).fill(2);
  const splits = [
    { feature: 0, border: 0.1 },
    { feature: 0, border: 0.5, missingTrue: true },
    { feature: 3, border: 1, oneHot: true },
    { feature: 3, border: -2, oneHot: true, missingTrue: true },
    { feature: 4, border: 7.25 },
    { feature: 5, border: 3 },
    { feature: 6, border: 12 },
    { feature: 7, border: 1.6 },
    { feature: 1, border: -1 },
  ];
  for (let tree = 0; tree < splits.length; tree++) {
    const depth = tree % 4 === 3 ? 9 : tree % 4;
    const chosen = Array.from({ length: depth }, (_, d) => splits[(tree + d * 2) % splits.length]);
    builder.addObliviousTree(chosen, leaves(depth, tree), ones(depth));
  }
  return builder.finish({
    family: 'catboost',
    inputs: INPUTS,
    targetStatistics: sampleStatistics(),
    intercept: 0.01,
    parameters: { depth: 6, nan_mode: 'Min', has_time: true },
  });
}

export const SAMPLE_FORESTS: readonly (readonly [string, () => Forest])[] = [
  ['lightgbm', lightgbmForest],
  ['xgboost', xgboostForest],
  ['random-forest', averageForest],
  ['catboost', catboostForest],
];

/** Rows that try every special number in every column. */
export function sampleRows(): number[][] {
  const up = 0.1 + 2 ** -56;
  const numbers = [0.1, up, 0.1 - 2 ** -57, 0.5, 0, -0, 1e-35, 2e-35, -1e-36, -1, -2.5, 7, 1e300, 5e-324];
  const special = [...numbers, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const codes = [0, 1, 2, 3, 4, 31, 32, 63, 64, 69, 70, 5000, -1, Number.NaN];
  const rows: number[][] = [];
  for (let i = 0; i < special.length * codes.length; i++) {
    const code = codes[i % codes.length];
    rows.push([
      special[i % special.length],
      special[(i * 5 + 3) % special.length],
      code,
      Number.isNaN(code) ? 2 : [Number.NaN, -1, 0, 1, 2, 3, 4][i % 7],
    ]);
  }
  return rows;
}

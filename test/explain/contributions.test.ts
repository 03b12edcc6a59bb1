// SHAP against the contributions the original libraries give for the same trees (make.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { treeShap, treeShapInteractions } from '#ecomml/explain/tree-shap.js';
import { type Forest, type ForestInput, MissingMode, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { sampleMatrix } from '../forest/sample-forests.js';

interface Node {
  readonly value?: number;
  readonly cover: number;
  readonly feature: number;
  readonly set: readonly number[] | null;
  readonly threshold: number;
  readonly default_left: boolean;
  readonly missing?: 'None' | 'Zero' | 'NaN';
  readonly left: Node;
  readonly right: Node;
}

interface Model {
  readonly trees: readonly Node[];
  readonly intercept?: number;
  readonly contributions: readonly (readonly number[])[];
  readonly interactions?: readonly (readonly (readonly number[])[])[];
}

interface SymmetricModel {
  readonly trees: readonly {
    readonly splits: readonly (readonly [number, number])[];
    readonly values: readonly number[];
    readonly weights: readonly number[];
  }[];
  readonly intercept: number;
  readonly contributions: readonly (readonly number[])[];
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/contributions.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly (readonly (number | null)[])[];
  readonly lightgbm: Readonly<Record<string, Model>>;
  readonly xgboost: Readonly<Record<string, Model>>;
  readonly catboost: Readonly<Record<string, SymmetricModel>>;
};

const rows = goldens.rows.map((row) => row.map((cell) => cell ?? Number.NaN));
const INPUTS: readonly ForestInput[] = [
  ...['a', 'b', 'c', 'd'].map((name) => ({ name, kind: 'numeric' as const })),
  { name: 'brand', kind: 'categorical', categories: Array.from({ length: 12 }, (_, code) => String(code)) },
];

function forestOf(family: 'lightgbm' | 'xgboost', { trees, intercept }: Model): Forest {
  const builder = new ForestBuilder();
  const add = (node: Node): number => {
    const known = { cover: node.cover, count: node.cover, hessian: node.cover };
    if (node.value !== undefined) return builder.addLeaf(node.value, known);
    const numeric = family === 'lightgbm' ? Operator.LessOrEqual : Operator.Less;
    const test = {
      feature: node.feature,
      operator: node.set === null ? numeric : Operator.InSet,
      threshold: family === 'xgboost' ? Math.fround(node.threshold) : node.threshold,
      missingMode: node.set === null ? MissingMode[node.missing ?? 'NaN'] : MissingMode.NaN,
      defaultLeft: node.default_left,
      set: node.set ?? undefined,
    };
    const at = builder.addSplit(test, known);
    const left = add(node.left);
    builder.join(at, left, add(node.right));
    return at;
  };
  for (const tree of trees) {
    builder.beginTree();
    add(tree);
  }
  return builder.finish({ family, inputs: INPUTS, intercept });
}

function expectContributions(forest: Forest, expected: readonly (readonly number[])[], bound: number): void {
  const width = forest.inputs.length;
  const matrix = sampleMatrix(
    rows.map((row) => row.slice(0, width)),
    forest.inputs,
  );
  const { base, values } = treeShap(forest, matrix);
  expected.forEach((row, r) => {
    const found = [...values.subarray(r * width, (r + 1) * width), base];
    expect(found).toHaveLength(row.length);
    row.forEach((value, i) => {
      expect(Math.abs(found[i] - value), `row ${r}, input ${i}: ${found[i]} for ${value}`).toBeLessThan(bound);
    });
  });
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.1);
}

describe('the originals’ own contributions', () => {
  // Leaves are dumped with 17 digits and everything is in double precision.
  it.each(Object.entries(goldens.lightgbm))('LightGBM, %s', (_, model) => {
    expectContributions(forestOf('lightgbm', model), model.contributions, 1e-11);
  });

  // XGBoost keeps shares, sums and results as floats, and its dump rounds covers to 9 digits.
  it.each(Object.entries(goldens.xgboost))('XGBoost, %s', (_, model) => {
    const forest = forestOf('xgboost', model);
    expectContributions(forest, model.contributions, 1e-6);
    const { values } = treeShapInteractions(forest, sampleMatrix(rows, INPUTS));
    model.interactions?.forEach((matrix, r) => {
      for (let i = 0; i < 5; i++)
        for (let j = 0; j < 5; j++) expect(Math.abs(values[(r * 5 + i) * 5 + j] - matrix[i][j])).toBeLessThan(1e-6);
    });
  });

  it.each(Object.entries(goldens.catboost))('CatBoost, %s, leaves without rows among them', (_, model) => {
    const builder = new ForestBuilder();
    expect(model.trees.some((tree) => tree.weights.includes(0))).toBe(true);
    for (const { splits, values, weights } of model.trees)
      builder.addObliviousTree(
        splits.map(([feature, border]) => ({ feature, border })),
        values,
        weights,
      );
    const forest = builder.finish({ family: 'catboost', inputs: INPUTS.slice(0, 4), intercept: model.intercept });
    expectContributions(forest, model.contributions, 1e-9);
  });
});

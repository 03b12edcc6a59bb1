// Partial dependence, H², drift and tests against scikit-learn and scipy; XGBoost's own contributions against exact sums (make_curves.py).
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { adjustedP, chiSquare95, twoSidedP } from '#ecomml/base/normal.js';
import { Random } from '#ecomml/base/random.js';
import { drift, numberDrift } from '#ecomml/explain/drift.js';
import { friedmanH } from '#ecomml/explain/interaction-strength.js';
import { conditionalCurves, partialDependence } from '#ecomml/explain/partial-dependence.js';
import { treeShap } from '#ecomml/explain/tree-shap.js';
import { type Forest, type ForestInput, MissingMode, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import { sampleMatrix } from '../forest/sample-forests.js';

type PlainNode =
  | readonly [value: number, cover: number]
  | readonly [feature: number, threshold: number, cover: number, yes: PlainNode, no: PlainNode];

interface Goldens {
  readonly forest: {
    readonly trees: readonly Readonly<
      Record<'feature' | 'threshold' | 'left' | 'right' | 'value', readonly number[]>
    >[];
    readonly background: readonly (readonly number[])[];
    readonly curves: readonly {
      readonly feature: number;
      readonly grid: readonly number[];
      readonly mean: readonly number[];
      readonly curves: readonly (readonly number[])[];
    }[];
    readonly few: number;
    readonly h_squared: readonly (readonly [number, number, number])[];
  };
  readonly statistics: {
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly ks: number;
    readonly ks_p: number;
    readonly p_values: readonly number[];
    readonly adjusted: readonly number[];
    readonly two_sided: readonly (readonly [number, number])[];
    readonly chi_square_95: readonly (readonly [number, number])[];
  };
  readonly xgboost: {
    readonly trees: readonly PlainNode[];
    readonly rows: readonly (readonly number[])[];
    readonly given: readonly (readonly number[])[];
    readonly exact: readonly (readonly number[])[];
  };
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/curves.json', import.meta.url), 'utf8')) as Goldens;
const inputsOf = (count: number): ForestInput[] =>
  Array.from({ length: count }, (_, c) => ({ name: `x${c}`, kind: 'numeric' }));

/** scikit-learn's trees: x ≤ threshold goes left, the forest is the mean of its trees. */
function sklearnForest(): Forest {
  const builder = new ForestBuilder();
  for (const { feature, threshold, left, right, value } of goldens.forest.trees) {
    builder.beginTree();
    const add = (node: number): number => {
      if (feature[node] < 0) return builder.addLeaf(value[node]);
      const at = builder.addSplit({
        feature: feature[node],
        operator: Operator.LessOrEqual,
        threshold: threshold[node],
        missingMode: MissingMode.NaN,
      });
      const below = add(left[node]);
      builder.join(at, below, add(right[node]));
      return at;
    };
    add(0);
  }
  return builder.finish({ family: 'random-forest', inputs: inputsOf(4), link: 'identity', average: true });
}

const forest = sklearnForest();
const predict = (matrix: Matrix) => predictProbability(forest, matrix);
const background = sampleMatrix(goldens.forest.background, inputsOf(4));

describe('partial dependence and H²', () => {
  it.each(goldens.forest.curves)(
    'are scikit-learn’s brute method, every row’s curve too: feature $feature',
    (golden) => {
      const { mean, curves } = conditionalCurves(predict, background, golden.feature, golden.grid);
      // The same trees on the same rows: only the order of additions differs.
      golden.mean.forEach((value, g) => {
        expect(Math.abs(mean[g] - value)).toBeLessThan(1e-9);
      });
      golden.curves.forEach((curve, row) => {
        curve.forEach((value, g) => {
          expect(Math.abs(curves[row][g] - value)).toBeLessThan(1e-9);
        });
      });
    },
  );

  it('of all pairs is what scoring every combination gives', () => {
    const few = sampleMatrix(goldens.forest.background.slice(0, goldens.forest.few), inputsOf(4));
    const found = friedmanH(
      predict,
      few,
      goldens.forest.h_squared.map(([a, b]): [number, number] => [a, b]),
    );
    goldens.forest.h_squared.forEach(([, , expected], i) => {
      expect(Math.abs((found[i] as number) - Math.min(1, expected))).toBeLessThan(1e-9);
    });
    // The target multiplies the first two columns.
    expect(Math.max(...(found as number[]))).toBe(found[0]);
  });

  it('is nothing for a sum, all for a product of centred columns, and null where nothing acts', () => {
    const matrix = sampleMatrix(
      Array.from({ length: 9 }, (_, i) => [(i % 3) - 1, Math.floor(i / 3) - 1]),
      inputsOf(2),
    );
    const of = (f: (x: number, y: number) => number) => (rows: Matrix) =>
      Float64Array.from({ length: rows.rows }, (_, r) => f(rows.columns[0].values[r], rows.columns[1].values[r]));
    expect(
      friedmanH(
        of((x, y) => 2 * x - y),
        matrix,
        [[0, 1]],
      )[0],
    ).toBeCloseTo(0, 12);
    expect(
      friedmanH(
        of((x, y) => x * y),
        matrix,
        [[0, 1]],
      )[0],
    ).toBeCloseTo(1, 12);
    expect(
      friedmanH(
        of(() => 0.3),
        matrix,
        [[0, 1]],
      ),
    ).toEqual([null]);
  });

  it('has a grid inside the data, counts support, and leaves a constant column out', () => {
    const found = partialDependence(predict, background, 'x0')!;
    const cells = background.columns[0].values;
    expect(
      found.grid.every((value) => (value as number) >= Math.min(...cells) && (value as number) <= Math.max(...cells)),
    ).toBe(true);
    expect(found.support.at(-1)).toBeGreaterThan(0.95);
    expect(found.curves).toHaveLength(40);
    found.mean.forEach((mean, g) => {
      expect(found.low[g]).toBeLessThanOrEqual(mean);
      expect(found.high[g]).toBeGreaterThanOrEqual(mean);
    });
    const flat = sampleMatrix([[1, 2, 3, 4]], inputsOf(4));
    expect(partialDependence(predict, flat, 'x0')).toBeUndefined();
  });
});

describe('statistics', () => {
  const { a, b, ks, ks_p, p_values, adjusted, two_sided, chi_square_95 } = goldens.statistics;

  it('are scipy’s', () => {
    const found = numberDrift('x', Float64Array.from(a), Float64Array.from(b));
    expect(found.ks).toBeCloseTo(ks, 12);
    // Stephens's correction for small samples against scipy's series: within a tenth.
    expect(Math.abs((found.ks_p as number) / ks_p - 1)).toBeLessThan(0.1);
    adjustedP(p_values).forEach((q, i) => {
      expect(q).toBeCloseTo(adjusted[i], 12);
    });
    for (const [z, p] of two_sided) expect(Math.abs(twoSidedP(z) / p - 1)).toBeLessThan(1e-6);
    for (const [degrees, quantile] of chi_square_95)
      expect(Math.abs(chiSquare95(degrees) / quantile - 1)).toBeLessThan(0.035);
  });

  it('of drift tell a shift from chance, and see new categories and missing cells', () => {
    const random = new Random(1);
    const rows = (n: number, shift: number): Matrix => {
      const values = Float64Array.from({ length: n }, () => random.normal() + shift);
      const codes = Float64Array.from({ length: n }, () => (shift > 0 && random.below(2) === 0 ? -1 : random.below(3)));
      const gaps = Float64Array.from({ length: n }, () => (random.below(10) < 1 + 8 * shift ? Number.NaN : 1));
      return {
        rows: n,
        columns: [
          { name: 'number', kind: 'numeric', values },
          { name: 'brand', kind: 'categorical', categories: ['a', 'b', 'c'], values: codes },
          { name: 'gaps', kind: 'numeric', values: gaps },
        ],
      };
    };
    for (const one of drift(rows(1000, 0), rows(1000, 0))) expect(one).toMatchObject({ level: 'none' });
    const found = new Map(drift(rows(1000, 0), rows(1000, 1)).map((one) => [one.feature, one]));
    for (const one of found.values()) expect(one.level).toBe('much');
    expect(found.get('brand')?.unseen).toBeCloseTo(0.5, 1);
    expect(found.get('gaps')?.missing[1]).toBeGreaterThan(0.8);
    for (const { bins } of found.values())
      expect(bins.reduce((sum, { compared }) => sum + compared, 0)).toBeCloseTo(1, 12);
  });
});

describe('XGBoost’s contributions', () => {
  it('differ by its single precision alone: ours are the exact sums, its own are not', () => {
    const builder = new ForestBuilder();
    const add = (node: PlainNode): number => {
      if (node.length === 2) return builder.addLeaf(node[0], { cover: node[1], count: node[1], hessian: node[1] });
      const [feature, threshold, cover, yes, no] = node;
      const at = builder.addSplit(
        { feature, operator: Operator.Less, threshold: Math.fround(threshold), missingMode: MissingMode.NaN },
        { cover, count: cover, hessian: cover },
      );
      const left = add(yes);
      builder.join(at, left, add(no));
      return at;
    };
    for (const tree of goldens.xgboost.trees) {
      builder.beginTree();
      add(tree);
    }
    const model = builder.finish({ family: 'xgboost', inputs: inputsOf(8), intercept: 0 });
    const { base, values } = treeShap(model, sampleMatrix(goldens.xgboost.rows, inputsOf(8)));
    let [ours, theirs] = [0, 0];
    goldens.xgboost.exact.forEach((row, r) => {
      row.forEach((exact, i) => {
        const found = i === 8 ? base : values[r * 8 + i];
        ours = Math.max(ours, Math.abs(found - exact));
        theirs = Math.max(theirs, Math.abs(goldens.xgboost.given[r][i] - exact));
      });
    });
    expect(ours).toBeLessThan(1e-12);
    expect(theirs).toBeGreaterThan(1000 * ours);
    expect(theirs).toBeLessThan(1e-5);
  });
});

describe('y = f1 − 0.5 · f2 (Yggdrasil, model_analysis_test.cc)', () => {
  const pool = new KernelPool(1);
  afterAll(() => pool.close());

  // Features uniform over a range of 0.8, where the exact means are 0.2 and 0.1. Forests here learn 0 and 1, so a row is
  // given as a positive of weight p and a negative of weight 1 − p with p = 0.3 + y / 2, and the values are doubled.
  it('has mean |SHAP| 0.2 and 0.1, within 0.03, of a trained forest', async () => {
    const random = new Random(4);
    const rows = 1500;
    const columns = [0, 1].map((c) => ({
      name: `f${c + 1}`,
      kind: 'numeric' as const,
      values: Float64Array.from({ length: rows * 2 }, () => random.next() * 0.8),
    }));
    for (const { values } of columns) values.copyWithin(rows, 0, rows);
    const p = Float64Array.from(
      { length: rows },
      (_, r) => 0.3 + (columns[0].values[r] - 0.5 * columns[1].values[r]) / 2,
    );
    const train = await loadTrainer('random-forest');
    const parameters = { n_estimators: 60, max_features: 2, min_samples_leaf: 20 };
    const { forest: trained } = train({
      train: {
        matrix: { rows: rows * 2, columns },
        label: Float64Array.from({ length: rows * 2 }, (_, r) => (r < rows ? 1 : 0)),
        weight: Float64Array.from({ length: rows * 2 }, (_, r) => (r < rows ? p[r] : 1 - p[r - rows])),
      },
      hasTime: false,
      parameters: familyParameters('random-forest', parameters),
      earlyStoppingRounds: 0,
      seed: 1,
      pool,
    });
    const shown = { rows, columns: columns.map((column) => ({ ...column, values: column.values.slice(0, rows) })) };
    const { values } = treeShap(trained, shown, { pool });
    const mean = [0, 1].map(
      (c) => (2 * shown.columns[0].values.reduce((sum, _, r) => sum + Math.abs(values[r * 2 + c]), 0)) / rows,
    );
    expect(Math.abs(mean[0] - 0.2)).toBeLessThan(0.03);
    expect(Math.abs(mean[1] - 0.1)).toBeLessThan(0.03);
  });
});

// Published numbers: small games whose SHAP values stand in other libraries' tests and papers.
import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '#ecomml/explain/gauss-legendre.js';
import { saabas } from '#ecomml/explain/saabas.js';
import { treeShap, treeShapInteractions } from '#ecomml/explain/tree-shap.js';
import { type Forest, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { SAMPLE_FORESTS, sampleMatrix, sampleRows } from '../forest/sample-forests.js';

const TWO = ['first', 'second'].map((name) => ({ name, kind: 'numeric' as const }));
const CORNERS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

/** f(0, 0), f(0, 1), f(1, 0), f(1, 1) as one tree, with equally many rows in each; f's arguments are the inputs `first`, `second`. */
function table(values: readonly number[], [first, second] = [0, 1]): Forest {
  const builder = new ForestBuilder();
  builder.beginTree();
  const split = (feature: number, cover: number) =>
    builder.addSplit({ feature, operator: Operator.LessOrEqual, threshold: 0.5 }, { cover });
  const root = split(first, 4);
  const below = [split(second, 2), split(second, 2)];
  below.forEach((node, i) => {
    builder.join(node, builder.addLeaf(values[2 * i], { cover: 1 }), builder.addLeaf(values[2 * i + 1], { cover: 1 }));
  });
  builder.join(root, below[0], below[1]);
  return builder.finish({ family: 'random-forest', inputs: TWO, link: 'identity', average: true });
}

const close = (found: ArrayLike<number>, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, 12);
  });
};

describe('published SHAP values', () => {
  it('the tree of AND (shap, test_tree.py)', () => {
    const { base, values } = treeShap(table([0, 0, 0, 80]), sampleMatrix(CORNERS, TWO));
    expect(base).toBe(20);
    close(values, [-10, -10, -30, 10, 10, -30, 30, 30]);
  });

  it("Saabas's approximation of AND, the second input tested first (shap, test_tree.py)", () => {
    const { base, values } = saabas(table([0, 0, 0, 80], [1, 0]), sampleMatrix(CORNERS, TWO));
    expect(base).toBe(20);
    close(values, [0, -20, -40, 20, 0, -20, 40, 20]);
  });

  it.each(SAMPLE_FORESTS)("Saabas's approximation sums to the score and has the exact values' base: %s", (_, make) => {
    const forest = make();
    const matrix = sampleMatrix(sampleRows());
    const { base, values } = saabas(forest, matrix);
    expect(base).toBeCloseTo(treeShap(forest, matrix).base, 12);
    const width = forest.inputs.length;
    walkRaw(forest, matrix).forEach((score, row) => {
      const sum = values.subarray(row * width, (row + 1) * width).reduce((total, value) => total + value, base);
      expect(sum).toBeCloseTo(score, 9);
    });
  });

  it('AND of truth values (XGBoost)', () => {
    const { base, values } = treeShap(table([0, 0, 0, 1]), sampleMatrix([[1, 1]], TWO));
    close([...values, base], [0.375, 0.375, 0.25]);
  });

  it('an L shape in two dimensions (Yggdrasil, shap_test.cc)', () => {
    const { values } = treeShap(table([0, 1, 1, 1]), sampleMatrix([[0, 1]], TWO));
    close(values, [-0.125, 0.375]);
  });

  it('missing values (shap, test_tree.py)', () => {
    const builder = new ForestBuilder();
    builder.beginTree();
    const root = builder.addSplit({ feature: 0, operator: Operator.LessOrEqual, threshold: 50.5 }, { cover: 5 });
    builder.join(root, builder.addLeaf(1, { cover: 1 }), builder.addLeaf(0, { cover: 4 }));
    const inputs = TWO.slice(0, 1);
    const forest = builder.finish({ family: 'catboost', inputs });
    const rows = [1, Number.NaN, Number.NaN, Number.NaN, 100].map((x) => [x]);
    close(treeShap(forest, sampleMatrix(rows, inputs)).values, [0.8, -0.2, -0.2, -0.2, -0.2]);
  });

  it('exact interactions against one background row (shap, test_exact.py)', () => {
    // Its rows are 00, 01, 11, 10 with the outputs 0, 2, 8, 3 and 10, 20, 80, 30.
    const tables = [
      { values: [0, 2, 3, 8], expected: 1.5 },
      { values: [10, 20, 30, 80], expected: 20 },
    ];
    for (const { values, expected } of tables) {
      const background = sampleMatrix([[0, 0]], TWO);
      const found = treeShapInteractions(table(values), sampleMatrix([[1, 1]], TWO), { background });
      expect(found.base).toBe(values[0]);
      close([found.values[1], found.values[2]], [expected, expected]);
    }
  });

  it('the path weights that "extend" makes (Yggdrasil, shap_test.cc) are moments of the quadrature', () => {
    const { points, weights } = gaussLegendre(2);
    // The parts of ∫ Π (z (1 − t) + o t) dt by how many o are taken.
    const parts = (factors: readonly (readonly [number, number])[]) => {
      const sums = new Array<number>(factors.length + 1).fill(0);
      points.forEach((t, q) => {
        let polynomial = [weights[q]];
        for (const [z, o] of factors)
          polynomial = Array.from(
            { length: polynomial.length + 1 },
            (_, k) => (polynomial[k] ?? 0) * z * (1 - t) + (polynomial[k - 1] ?? 0) * o * t,
          );
        polynomial.forEach((part, k) => {
          sums[k] += part;
        });
      });
      return sums;
    };
    close(parts([[0.2, 0.8]]), [0.1, 0.4]);
    close(
      parts([
        [0.2, 0.8],
        [0.3, 0.7],
      ]),
      [0.02, 0.38 / 6, 0.56 / 3],
    );
  });
});

describe('Gauss–Legendre quadrature', () => {
  it('is exact for every power up to 2n − 1', () => {
    for (let n = 1; n <= 40; n++) {
      const { points, weights } = gaussLegendre(n);
      for (let power = 0; power < 2 * n; power++) {
        const sum = points.reduce((total, t, q) => total + weights[q] * t ** power, 0);
        expect(Math.abs(sum - 1 / (power + 1))).toBeLessThan(1e-14);
      }
    }
  });
});

// SHAP against its definition on forests of any kind, and its sum against the raw score.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { shapForest } from '#ecomml/explain/shap-forest.js';
import { shapPlayers } from '#ecomml/explain/shap-players.js';
import { treeShap, treeShapInteractions } from '#ecomml/explain/tree-shap.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { forestCase } from '../forest/arbitrary-forest.js';
import { INPUTS, SAMPLE_FORESTS, sampleMatrix, sampleRows } from '../forest/sample-forests.js';
import { allColumns, coalitions, ofInputs, shapley, shapleyPairs } from './brute-force.js';

/** The forest with covers of every size, some 0. */
function covered(forest: Forest, seed: number): Forest {
  const random = new Random(seed);
  const cover = forest.cover.map(() => (random.below(6) === 0 ? 0 : random.below(100) ** 2 / 7));
  if (forest.oblivious === undefined) return { ...forest, cover, count: cover, hessian: cover };
  const leafWeight = forest.oblivious.leafWeight.map(() => (random.below(6) === 0 ? 0 : random.below(100) ** 2 / 7));
  return { ...forest, oblivious: { ...forest.oblivious, leafWeight } };
}

const near = (found: ArrayLike<number>, expected: readonly number[], bound: number) => {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i] - expected[i])).toBeLessThan(bound);
};

// Leaves are of size 1 and there are up to 12 trees: 1e-12 leaves room for some thousand roundings.
const EXACT = 1e-12;

describe('path-dependent and interventional SHAP', () => {
  it('is the sum over all subsets, pairs too, and adds up to the raw score', () => {
    fc.assert(
      fc.property(forestCase(3), fc.nat(), fc.boolean(), ({ forest: bare, rows }, seed, withBackground) => {
        const forest = covered(bare, seed);
        const matrix = sampleMatrix(rows, INPUTS);
        const background = withBackground ? sampleMatrix(rows.slice(1), INPUTS) : undefined;
        const players = shapPlayers(forest);
        const n = players.inputs.length;
        const raw = walkRaw(forest, matrix);
        const { base, values } = treeShap(forest, matrix, { background });
        const pairs = treeShapInteractions(forest, matrix, { background });
        const others = withBackground ? [1, 2].map((row) => allColumns(forest, matrix, row)) : undefined;
        for (let row = 0; row < matrix.rows; row++) {
          const game = coalitions(shapForest(forest), players, allColumns(forest, matrix, row), others);
          const own = values.subarray(row * 4, row * 4 + 4);
          near([base], [game[0]], EXACT);
          near(own, ofInputs(forest, shapley(game, n)), EXACT);
          expect(Math.abs(own.reduce((a, b) => a + b, base) - raw[row])).toBeLessThan(1e-9);
          const half = shapleyPairs(game, n).map((line) => ofInputs(forest, line));
          const expected = INPUTS.flatMap((_, i) =>
            INPUTS.map(
              (_, j) =>
                ofInputs(
                  forest,
                  half.map((line) => line[j]),
                )[i],
            ),
          );
          near(pairs.values.subarray(row * 16, row * 16 + 16), expected, EXACT);
        }
      }),
      { numRuns: process.env.ECOMML_LONG_TESTS ? 2000 : 150 },
    );
  });

  it.each(SAMPLE_FORESTS)('adds up on every special cell: %s', (_, make) => {
    const forest = covered(make(), 7);
    const matrix = sampleMatrix(sampleRows());
    const raw = walkRaw(forest, matrix);
    for (const background of [undefined, sampleMatrix(sampleRows().slice(0, 9))]) {
      const { base, values } = treeShap(forest, matrix, { background });
      for (let row = 0; row < matrix.rows; row++)
        expect(Math.abs(values.subarray(row * 4, row * 4 + 4).reduce((a, b) => a + b, base) - raw[row])).toBeLessThan(
          1e-9,
        );
    }
  });

  // 12 inputs and paths of 30 edges: six points and repeated columns.
  const deep = (trees: number): Forest => {
    const random = new Random(3);
    const builder = new ForestBuilder();
    for (let tree = 0; tree < trees; tree++) {
      builder.beginTree();
      const grow = (depth: number): number => {
        const cover = random.next();
        if (depth === 30 || (depth > 2 && random.next() < 0.45)) return builder.addLeaf(random.normal(), { cover });
        const test = { feature: random.below(12), operator: Operator.LessOrEqual, threshold: random.normal() };
        const node = builder.addSplit(test, { cover });
        const left = grow(depth + 1);
        builder.join(node, left, grow(depth + 1));
        return node;
      };
      grow(0);
    }
    const inputs = Array.from({ length: 12 }, (_, i) => ({ name: `x${i}`, kind: 'numeric' as const }));
    return builder.finish({ family: 'random-forest', inputs, average: true, link: 'identity' });
  };
  const rowsOf = (forest: Forest, count: number) => {
    const random = new Random(5);
    return sampleMatrix(
      Array.from({ length: count }, () => forest.inputs.map(() => random.normal())),
      forest.inputs,
    );
  };

  it('is the sum over all subsets of 12 inputs on deep trees', () => {
    const forest = deep(3);
    const matrix = rowsOf(forest, 2);
    const players = shapPlayers(forest);
    const { values } = treeShap(forest, matrix);
    const pairs = treeShapInteractions(forest, matrix);
    for (let row = 0; row < 2; row++) {
      const game = coalitions(shapForest(forest), players, allColumns(forest, matrix, row));
      near(values.subarray(row * 12, row * 12 + 12), shapley(game, 12), EXACT);
      near(pairs.values.subarray(row * 144, row * 144 + 144), shapleyPairs(game, 12).flat(), EXACT);
    }
  });

  it('gives the same bytes with one thread and with three', async () => {
    const forest = deep(5);
    const matrix = rowsOf(forest, 300);
    const pool = new KernelPool(3);
    const background = rowsOf(forest, 4);
    expect(treeShap(forest, matrix, { pool })).toEqual(treeShap(forest, matrix));
    expect(treeShap(forest, matrix, { pool, background })).toEqual(treeShap(forest, matrix, { background }));
    expect(treeShapInteractions(forest, matrix, { pool })).toEqual(treeShapInteractions(forest, matrix));
    await pool.close();
  });

  it('refuses other columns and an empty background', () => {
    const forest = deep(1);
    expect(() => treeShap(forest, sampleMatrix([[1, 2, 3, 0]]))).toThrow(/expects "x0" as column 1; .* have "price"/);
    expect(() => treeShap(forest, rowsOf(forest, 1), { background: rowsOf(forest, 0) })).toThrow(
      /at least one background/,
    );
    expect(treeShap(forest, rowsOf(forest, 0)).values).toHaveLength(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { type Forest, MissingMode, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { ForestScorer } from '#ecomml/forest/forest-scorer.js';
import { MAX_PACKED_CELLS } from '#ecomml/forest/packed-nodes.js';
import { predictProbability, predictRaw } from '#ecomml/forest/predict.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { loadKernels } from '#ecomml/kernels/loader.js';
import { KernelMemory } from '#ecomml/kernels/memory.js';
import { plainKernels } from '#ecomml/kernels/plain/plain-kernels.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { forestCase, rowsFor } from './arbitrary-forest.js';
import { averageForest, INPUTS, lightgbmForest, SAMPLE_FORESTS, sampleMatrix, sampleRows } from './sample-forests.js';

/** Equal to the last bit: the same bytes, so −0 is not 0. */
function expectSameBits(found: Float64Array, expected: Float64Array): void {
  expect(Buffer.from(found.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
}

function plainScores(forest: Forest, matrix: Matrix): Float64Array {
  const memory = new KernelMemory();
  return new ForestScorer(forest, memory, plainKernels(memory)).rawScores(matrix);
}

describe('ForestScorer', () => {
  it.each(SAMPLE_FORESTS)('scores a %s forest as the walk does, kernels and plain twins', (_, make) => {
    const forest = make();
    const matrix = sampleMatrix(sampleRows());
    const expected = walkRaw(forest, matrix);
    expect(new Set(expected).size).toBeGreaterThan(4);
    expectSameBits(predictRaw(forest, matrix), expected);
    expectSameBits(plainScores(forest, matrix), expected);
  });

  it('scores random forests of every kind on their own thresholds as the walk does, to the last bit', () => {
    const memory = new KernelMemory();
    const kernels = loadKernels(memory.memory);
    fc.assert(
      fc.property(forestCase(45), ({ forest, rows }) => {
        const matrix = sampleMatrix(rows);
        const mark = memory.mark();
        const scores = new ForestScorer(forest, memory, kernels).rawScores(matrix);
        memory.release(mark);
        expectSameBits(scores, walkRaw(forest, matrix));
      }),
      { numRuns: 400 },
    );
  });

  it('holds the plain kernels to the same bits', () => {
    const memory = new KernelMemory();
    const kernels = plainKernels(memory);
    fc.assert(
      fc.property(forestCase(11), ({ forest, rows }) => {
        const matrix = sampleMatrix(rows);
        const mark = memory.mark();
        const scores = new ForestScorer(forest, memory, kernels).rawScores(matrix);
        memory.release(mark);
        expectSameBits(scores, walkRaw(forest, matrix));
      }),
      { numRuns: 100 },
    );
  });

  it('gives a part of the rows the scores they have in the whole, across blocks', () => {
    const forest = SAMPLE_FORESTS[3][1]();
    const nodes = lightgbmForest();
    const matrix = sampleMatrix(rowsFor(nodes, new Random(5), 9000));
    const memory = new KernelMemory();
    const kernels = loadKernels(memory.memory);
    for (const one of [forest, nodes]) {
      const scorer = new ForestScorer(one, memory, kernels);
      const whole = scorer.rawScores(matrix);
      expectSameBits(whole, walkRaw(one, matrix));
      for (const [from, to] of [
        [0, 0],
        [7, 8],
        [255, 257],
        [3, 8700],
      ])
        expectSameBits(scorer.rawScores(matrix, from, to), whole.slice(from, to));
    }
  });

  it('averages with weights, and passes the identity link through', () => {
    const forest = averageForest();
    const matrix = sampleMatrix([[0, 0, 0, 0]]);
    // Trees 0 … 6 send 0 to the left, to the leaf tree / 10; tree 3 counts twice.
    expect(predictProbability(forest, matrix)[0]).toBeCloseTo((0 + 1 + 2 + 3 * 2 + 4 + 5 + 6) / 10 / 8, 15);
  });

  it('turns raw scores into probabilities by the logistic link', () => {
    const builder = new ForestBuilder();
    builder.beginTree();
    builder.addLeaf(2);
    const forest = builder.finish({ family: 'xgboost', inputs: INPUTS, intercept: -0.5 });
    expect(predictProbability(forest, sampleMatrix([[0, 0, 0, 0]]))[0]).toBe(1 / (1 + Math.exp(-1.5)));
  });

  it('reads every missing mode as its family does', () => {
    const score = (missingMode: number, defaultLeft: boolean, x: number) => {
      const builder = new ForestBuilder();
      builder.beginTree();
      const root = builder.addSplit({
        feature: 0,
        operator: Operator.LessOrEqual,
        threshold: -0.5,
        missingMode,
        defaultLeft,
      });
      builder.join(root, builder.addLeaf(1), builder.addLeaf(2));
      const forest = builder.finish({ family: 'lightgbm', inputs: INPUTS });
      return predictRaw(forest, sampleMatrix([[x, 0, 0, 0]]))[0] === 1 ? 'left' : 'right';
    };
    expect(score(MissingMode.None, true, Number.NaN)).toBe('right'); // as 0 > −0.5
    expect(score(MissingMode.Zero, true, Number.NaN)).toBe('left');
    expect(score(MissingMode.Zero, true, 1e-36)).toBe('left');
    expect(score(MissingMode.Zero, true, 1.1e-35)).toBe('right');
    expect(score(MissingMode.NaN, true, Number.NaN)).toBe('left');
    expect(score(MissingMode.NaN, false, Number.NaN)).toBe('right');
    expect(score(MissingMode.NaN, true, 0)).toBe('right');
  });

  it('walks the nodes when a forest tests more columns than a packed row holds, or more borders than a byte', () => {
    const inputs = Array.from({ length: MAX_PACKED_CELLS + 5 }, (_, c) => ({
      name: `x${c}`,
      kind: 'numeric' as const,
    }));
    const wide = new ForestBuilder();
    for (let c = 0; c < inputs.length; c++) {
      wide.beginTree();
      const root = wide.addSplit({ feature: c, operator: Operator.Less, threshold: 0 });
      wide.join(root, wide.addLeaf(1), wide.addLeaf(c));
    }
    const wideForest = wide.finish({ family: 'xgboost', inputs });
    const row = Array.from(inputs, (_, c) => Math.sin(c));
    expectSameBits(
      predictRaw(wideForest, sampleMatrix([row], inputs)),
      walkRaw(wideForest, sampleMatrix([row], inputs)),
    );

    const fine = new ForestBuilder();
    for (let border = 0; border < 300; border++)
      fine.addObliviousTree([{ feature: 0, border }], [border, 0.5 - border], [1, 1]);
    const fineForest = fine.finish({ family: 'catboost', inputs: INPUTS });
    const matrix = sampleMatrix(Array.from({ length: 301 }, (_, x) => [x, 0, 0, 0]));
    expectSameBits(predictRaw(fineForest, matrix), walkRaw(fineForest, matrix));
  });

  it('refuses a matrix of other columns', () => {
    const matrix = sampleMatrix([[0, 0, 0, 0]]);
    expect(() => predictRaw(lightgbmForest(), { rows: 1, columns: matrix.columns.slice(1) })).toThrow(
      /expects 4 columns, "price" as column 1; the matrix has "views" as column 1 of 3/,
    );
  });
});

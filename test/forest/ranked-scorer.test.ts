// Scoring by ranks: trees of every size and shape, sets in heads and tails, and ranks of any number among any borders.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { type Forest, MissingMode, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { ForestScorer } from '#ecomml/forest/forest-scorer.js';
import { maskedTree } from '#ecomml/forest/masked-tree.js';
import { doubleAbove, doubleBelow } from '#ecomml/forest/neighbour.js';
import { MAX_BORDERS, rankTable } from '#ecomml/forest/rank-table.js';
import { rankedScorer } from '#ecomml/forest/ranked-scorer.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { wideRankedScorer } from '#ecomml/forest/wide-ranked-scorer.js';
import { loadKernels } from '#ecomml/kernels/loader.js';
import { KernelMemory } from '#ecomml/kernels/memory.js';
import { plainKernels } from '#ecomml/kernels/plain/plain-kernels.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { rowsFor } from './arbitrary-forest.js';
import { INPUTS, sampleMatrix } from './sample-forests.js';

const memory = new KernelMemory();
const twins = { kernels: loadKernels(memory.memory), 'plain twins': plainKernels(memory) };

/** Two trees of `leaves` leaves; `skew` 1 opens the youngest leaf again and again, 0 any leaf. Thresholds are multiples of `step`. */
function sizedForest(leaves: number, skew: number, sets: boolean, seed: number, step = 1 / 16): Forest {
  const random = new Random(seed);
  const builder = new ForestBuilder();
  for (let tree = 0; tree < 2; tree++) {
    builder.beginTree(tree === 0 ? 1 : 0.5);
    const open: (readonly [number, 'left' | 'right'] | undefined)[] = [undefined];
    const children = new Map<number, { left: number; right: number }>();
    const attach = (place: (typeof open)[number], node: number) => {
      if (place !== undefined) children.get(place[0])![place[1]] = node;
    };
    while (open.length < leaves) {
      const at = random.next() < skew ? open.length - 1 : random.below(open.length);
      const [place] = open.splice(at, 1);
      const isSet = sets && random.below(2) === 0;
      const feature = isSet ? 2 + random.below(2) : random.below(2);
      const node = builder.addSplit({
        feature,
        operator: isSet ? Operator.InSet : random.below(2) === 0 ? Operator.Less : Operator.LessOrEqual,
        threshold: Math.round((random.normal() * 1.25) / step) * step,
        missingMode: isSet ? MissingMode.NaN : random.below(3),
        defaultLeft: random.below(2) === 1,
        set: Array.from({ length: 1 + random.below(6) }, () => random.below(7)),
      });
      children.set(node, { left: -1, right: -1 });
      attach(place, node);
      open.push([node, 'left'], [node, 'right']);
    }
    for (const place of open) attach(place, builder.addLeaf(random.normal()));
    for (const [node, { left, right }] of children) builder.join(node, left, right);
  }
  return builder.finish({ family: 'lightgbm', inputs: INPUTS });
}

describe('rankedScorer', () => {
  for (const leaves of [1, 2, 8, 9, 31, 64, 65, 255, 256, 257, 900])
    for (const skew of [0, 0.5, 1])
      it(`scores trees of ${leaves} leaves, skew ${skew}, to the last bit`, () => {
        for (const sets of [false, true]) {
          const forest = sizedForest(leaves, skew, sets, leaves + skew);
          const matrix = sampleMatrix(rowsFor(forest, new Random(leaves), 333));
          const expected = Buffer.from(walkRaw(forest, matrix).buffer);
          for (const [name, kernels] of Object.entries(twins)) {
            const mark = memory.mark();
            expect(rankedScorer(forest, memory, kernels), 'is ranked').toBeDefined();
            const found = new ForestScorer(forest, memory, kernels).rawScores(matrix);
            memory.release(mark);
            expect(Buffer.from(found.buffer).equals(expected), name).toBe(true);
          }
        }
      });

  it('scores any number of rows, from any row on, as it scores them all', () => {
    const forest = sizedForest(700, 0.2, true, 3);
    const matrix = sampleMatrix(rowsFor(forest, new Random(8), 9000));
    const expected = walkRaw(forest, matrix);
    const mark = memory.mark();
    const scorer = new ForestScorer(forest, memory, twins.kernels);
    // Around vectors of 128 rows, masks of 512 and stages of 4,096, in an order that leaves more rows behind than come.
    for (const count of [9000, 4097, 4096, 4095, 1000, 513, 512, 511, 385, 129, 128, 127, 65, 9, 8, 7, 2, 1, 0])
      for (const from of [0, 1, 4090]) {
        const to = Math.min(from + count, 9000);
        const found = scorer.rawScores(matrix, from, to);
        expect(Buffer.from(found.buffer).equals(Buffer.from(expected.slice(from, to).buffer)), `${from}, ${to}`).toBe(
          true,
        );
      }
    memory.release(mark);
  });

  it('tests up to as many borders of a column as a rank has values, each to its bit', () => {
    for (const count of [1, 15, 16, 17, 33, 254, 255]) {
      const builder = new ForestBuilder();
      for (let border = 0; border < count; border++) {
        builder.beginTree();
        const test = {
          feature: 0,
          operator: Operator.LessOrEqual,
          threshold: border - 0.5,
          missingMode: MissingMode.NaN,
        };
        const node = builder.addSplit({ ...test, defaultLeft: border % 2 === 0 });
        builder.join(node, builder.addLeaf(0), builder.addLeaf(2 ** (border % 40)));
      }
      const forest = builder.finish({ family: 'xgboost', inputs: INPUTS });
      const cells = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];
      for (let border = 0; border <= count; border++)
        cells.push(border - 0.5, doubleAbove(border - 0.5), doubleBelow(border - 0.5));
      const matrix = sampleMatrix(cells.map((cell) => INPUTS.map((_, input) => (input === 0 ? cell : 0))));
      const expected = Buffer.from(walkRaw(forest, matrix).buffer);
      for (const [name, kernels] of Object.entries(twins)) {
        const mark = memory.mark();
        expect(rankedScorer(forest, memory, kernels), 'is ranked').toBeDefined();
        const found = new ForestScorer(forest, memory, kernels).rawScores(matrix);
        memory.release(mark);
        expect(Buffer.from(found.buffer).equals(expected), `${count} borders, ${name}`).toBe(true);
      }
    }
  });

  it('takes a category for its code and everything else for no category', () => {
    const codes = 70;
    const cells = [-1, -0, 0.5, 69.5, -0.5, codes, codes + 1, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, 5e-324];
    cells.push(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, doubleBelow(3), doubleAbove(3));
    for (let code = 0; code < codes; code++) cells.push(code);
    const builder = new ForestBuilder();
    // More sets than the 64 of one word; every fourth has the missing on the left.
    for (let code = 0; code < codes; code++) {
      builder.beginTree();
      const set = Array.from({ length: codes }, (_, other) => other).filter((other) => (other & code) === code);
      const node = builder.addSplit({
        ...{ feature: 2, operator: Operator.InSet, threshold: 0, missingMode: MissingMode.NaN },
        ...{ defaultLeft: code % 4 === 0, set },
      });
      builder.join(node, builder.addLeaf(2 ** (code % 50)), builder.addLeaf(0));
    }
    const forest = builder.finish({ family: 'lightgbm', inputs: INPUTS });
    const matrix = sampleMatrix(cells.map((cell) => INPUTS.map((_, input) => (input === 2 ? cell : 0))));
    const expected = Buffer.from(walkRaw(forest, matrix).buffer);
    for (const [name, kernels] of Object.entries(twins)) {
      const mark = memory.mark();
      const found = new ForestScorer(forest, memory, kernels).rawScores(matrix);
      memory.release(mark);
      expect(Buffer.from(found.buffer).equals(expected), name).toBe(true);
    }
  });

  it('leaves a tail below the heads of large trees, and none below those of small ones', () => {
    expect(maskedTree(sizedForest(31, 0, false, 1), 0)).toMatchObject({ steps: 0, more: false });
    expect(maskedTree(sizedForest(900, 0, false, 1), 0).steps).toBeGreaterThan(0);
    const chain = maskedTree(sizedForest(900, 1, false, 1), 0);
    expect(chain.more).toBe(true);
    expect(chain.exits.length).toBeLessThanOrEqual(256);
  });
});

describe('wideRankedScorer', () => {
  const expectSame = (forest: Forest, matrix: Matrix) => {
    const expected = Buffer.from(walkRaw(forest, matrix).buffer);
    for (const [name, kernels] of Object.entries(twins)) {
      const mark = memory.mark();
      expect(rankedScorer(forest, memory, kernels), 'is not ranked by bytes').toBeUndefined();
      memory.release(mark);
      expect(wideRankedScorer(forest, memory, kernels), 'is ranked by two').toBeDefined();
      const found = new ForestScorer(forest, memory, kernels).rawScores(matrix);
      memory.release(mark);
      expect(Buffer.from(found.buffer).equals(expected), name).toBe(true);
    }
  };

  for (const [leaves, skew] of [
    [900, 0],
    [900, 0.5],
    [5000, 0.1],
  ])
    it(`scores trees of ${leaves} leaves, skew ${skew}, with thresholds of their own, to the last bit`, () => {
      const forest = sizedForest(leaves, skew, false, leaves + skew, 2 ** -40);
      expectSame(forest, sampleMatrix(rowsFor(forest, new Random(leaves), 333)));
    });

  it('tests thousands of borders of a column, each to its bit, the missing to either side', () => {
    const borders = 6000;
    const builder = new ForestBuilder();
    for (let border = 0; border < borders; border++) {
      builder.beginTree();
      const test = { feature: 0, operator: Operator.LessOrEqual, threshold: border - 0.5 };
      const node = builder.addSplit({ ...test, missingMode: MissingMode.NaN, defaultLeft: border % 2 === 0 });
      builder.join(node, builder.addLeaf(0), builder.addLeaf(2 ** (border % 40)));
    }
    const cells = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];
    for (let border = 0; border <= borders; border += 7)
      cells.push(border - 0.5, doubleAbove(border - 0.5), doubleBelow(border - 0.5));
    const matrix = sampleMatrix(cells.map((cell) => INPUTS.map((_, input) => (input === 0 ? cell : 0))));
    expectSame(builder.finish({ family: 'random-forest', inputs: INPUTS }), matrix);
  });

  it('scores any number of rows, from any row on, as it scores them all', () => {
    const forest = sizedForest(700, 0.2, false, 3, 2 ** -40);
    const matrix = sampleMatrix(rowsFor(forest, new Random(8), 5000));
    const expected = walkRaw(forest, matrix);
    const mark = memory.mark();
    const scorer = new ForestScorer(forest, memory, twins.kernels);
    for (const count of [5000, 2049, 2048, 2047, 9, 8, 7, 4])
      for (const from of [0, 1, 2046]) {
        const to = Math.min(from + count, 5000);
        expect(scorer.rawScores(matrix, from, to)).toEqual(expected.slice(from, to));
      }
    memory.release(mark);
  });
});

describe('rankTable', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -300, max: 300 }),
    fc.constantFrom(0, 5e-324, 1e308, -1e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.integer({ min: 0, max: 100 }).map((k) => 1 + k * 2 ** -52),
  );
  it('counts the borders below any number, exactly', () => {
    const borders = fc.uniqueArray(number, { minLength: 1, maxLength: MAX_BORDERS, comparator: (a, b) => a === b });
    fc.assert(
      fc.property(
        borders,
        fc.array(number, { maxLength: 60 }),
        fc.integer({ min: 0, max: 255 }),
        (list, more, nanRank) => {
          const sorted = Float64Array.from(list, (border) => border + 0).sort();
          const cells = [
            Number.NaN,
            ...more,
            ...sorted,
            ...Array.from(sorted).flatMap((x) => [doubleBelow(x), doubleAbove(x)]),
          ];
          const expected = cells.map((x) => (Number.isNaN(x) ? nanRank : sorted.filter((border) => x > border).length));
          for (const kernels of Object.values(twins)) {
            const mark = memory.mark();
            const rank = rankTable(sorted, nanRank, memory, kernels);
            const at = memory.alloc(cells.length * 8 + 8);
            memory.f64(at, cells.length).set(cells);
            const out = memory.alloc(cells.length + 1);
            rank(at, cells.length, out);
            expect(Array.from(memory.u8(out, cells.length), (byte) => byte ^ 128)).toEqual(expected);
            memory.release(mark);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForestInput } from '#ecomml/forest/forest.js';
import { distinctKeys, foldKeys, learnFolds, UNSEEN_KEY } from '#ecomml/forest/key-folding.js';
import { keyIndex } from '#ecomml/forest/key-index.js';
import { targetStatisticColumns } from '#ecomml/forest/target-statistics.js';
import { INPUTS, sampleMatrix, sampleStatistics } from './sample-forests.js';

describe('targetStatisticColumns', () => {
  const statistics = sampleStatistics();
  const matrix = sampleMatrix([
    [9, 0, 9, 0],
    [0.5, 0, 0, 0], // brand 0, category a, price not above 0.5: the first key, 3 of 4
    [0.6, 0, 0, 0], // the same above the border: unseen
    [0.6, 0, 3, 1], // the second key, 0 of 7
    [Number.NaN, 0, 69, 4], // the third key, 10 of 11: a missing price is not above the border
    [1, 0, Number.NaN, Number.NaN], // a missing pair: unseen
    [1, 0, -1, -1],
  ]);

  it('gives (numerator + prior · weight) / (denominator + weight), shifted and scaled; unseen keys their prior', () => {
    const [zero, half, counter, missing] = targetStatisticColumns(
      { inputs: INPUTS, targetStatistics: statistics },
      matrix,
      1,
      7,
    );
    expect([...zero]).toEqual([15 * (3 / 5), 0, 0, 15 * (10 / 12), 0, 0]);
    const at = (n: number, d: number) => 15 * ((n + 0.5) / (d + 1) + -0.1);
    expect([...half]).toEqual([at(3, 4), at(0, 0), at(0, 7), at(10, 11), at(0, 0), at(0, 0)]);
    expect([...counter]).toEqual([15 * (3 / 12), 0, 0, 15 * (10 / 12), 0, 0]);
    const seen = 15 * (6 / 51);
    expect([...missing]).toEqual([seen, seen, seen, seen, 15 * (2 / 3), seen]);
  });
});

describe('key folding', () => {
  // Five columns of 90,000 categories: their product is far past 2^53, so keys must be shortened on the way.
  const categories = Array.from({ length: 90_000 }, (_, c) => String(c));
  const wide: ForestInput[] = Array.from({ length: 5 }, (_, c) => ({ name: `c${c}`, kind: 'categorical', categories }));
  const parts = wide.map((_, input) => ({ input }));
  const code = fc.oneof(fc.integer({ min: -1, max: 3 }), fc.integer({ min: 0, max: 89_999 }), fc.constant(Number.NaN));
  const tuples = fc.array(fc.tuple(code, code, code, code, code), { minLength: 1, maxLength: 60 });

  it('gives equal keys to equal tuples and different keys to different ones, as safe integers', () => {
    fc.assert(
      fc.property(tuples, (rows) => {
        const matrix = sampleMatrix(rows, wide);
        const folds = learnFolds(wide, parts, matrix);
        expect(folds.length).toBeGreaterThan(0);
        const keys = foldKeys(wide, parts, folds, matrix, 0, rows.length);
        const byTuple = new Map<string, number>();
        rows.forEach((row, i) => {
          expect(Number.isSafeInteger(keys[i]) && keys[i] >= 0).toBe(true);
          const tuple = row.map((x) => String(x)).join();
          expect(keys[i]).toBe(byTuple.get(tuple) ?? keys[i]);
          byTuple.set(tuple, keys[i]);
        });
        expect(new Set(byTuple.values()).size).toBe(byTuple.size);
        expect(distinctKeys(keys).length).toBe(byTuple.size);
      }),
      { numRuns: 60 },
    );
  });

  it('finds no key for a tuple whose beginning was never seen, and the same keys for a part of the rows', () => {
    fc.assert(
      fc.property(tuples, tuples, (rows, others) => {
        const folds = learnFolds(wide, parts, sampleMatrix(rows, wide));
        const keys = foldKeys(wide, parts, folds, sampleMatrix(rows, wide), 0, rows.length);
        const both = sampleMatrix([...others, ...rows], wide);
        const again = foldKeys(wide, parts, folds, both, others.length, both.rows);
        expect(again).toEqual(keys);
        const seen = new Set(rows.map((row) => row.map((x) => String(x)).join()));
        const strange = foldKeys(wide, parts, folds, both, 0, others.length);
        others.forEach((row, i) => {
          if (!seen.has(row.map((x) => String(x)).join())) expect(keys.includes(strange[i])).toBe(false);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('marks unseen beginnings', () => {
    const folds = learnFolds(wide, parts, sampleMatrix([[1, 2, 3, 4, 5]], wide));
    expect([...foldKeys(wide, parts, folds, sampleMatrix([[2, 2, 3, 4, 5]], wide), 0, 1)]).toEqual([UNSEEN_KEY]);
  });
});

describe('keyIndex', () => {
  it('finds every key and nothing else, dense or sparse', () => {
    const safe = fc.oneof(fc.nat(50), fc.nat(100_000), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.uniqueArray(safe, { maxLength: 200 }), fc.array(safe), (list, probes) => {
        const keys = Float64Array.from(list).sort();
        const index = keyIndex(keys);
        keys.forEach((key, i) => {
          expect(index.find(key)).toBe(i);
        });
        for (const probe of [...probes, -1]) expect(index.find(probe)).toBe(keys.indexOf(probe));
      }),
    );
  });
});

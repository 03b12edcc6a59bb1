import { describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { checkForest } from '#ecomml/forest/check-forest.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { catboostForest, lightgbmForest, SAMPLE_FORESTS } from './sample-forests.js';

type Damage = (forest: Forest) => Forest;
const put = <T extends { slice(): T; [index: number]: number }>(values: T, index: number, value: number): T => {
  const copy = values.slice();
  copy[index] = value;
  return copy;
};

const DAMAGE: readonly (readonly [string, RegExp, () => Forest, Damage])[] = [
  ['a child out of range', /child outside/, lightgbmForest, (f) => ({ ...f, left: put(f.left, 0, 10_000) })],
  [
    'a child of another tree',
    /child outside/,
    lightgbmForest,
    (f) => ({ ...f, right: put(f.right, 0, f.treeStart[1]) }),
  ],
  ['a negative child', /child outside/, lightgbmForest, (f) => ({ ...f, right: put(f.right, 0, -1) })],
  ['a cycle', /two parents or lies on a cycle/, lightgbmForest, (f) => ({ ...f, left: put(f.left, 1, 0) })],
  ['a shared child', /two parents/, lightgbmForest, (f) => ({ ...f, left: put(f.left, 1, f.right[1]) })],
  [
    'an orphan',
    /does not lead to/,
    lightgbmForest,
    (f) => ({ ...f, feature: put(f.feature, 0, -1), value: put(f.value, 0, 1) }),
  ],
  ['a threshold NaN', /threshold NaN/, lightgbmForest, (f) => ({ ...f, threshold: put(f.threshold, 0, Number.NaN) })],
  ['a column out of range', /tests column 99/, lightgbmForest, (f) => ({ ...f, feature: put(f.feature, 0, 99) })],
  ['a negative column', /tests column -2/, lightgbmForest, (f) => ({ ...f, feature: put(f.feature, 0, -2) })],
  ['an unknown operator', /unknown operator 7/, lightgbmForest, (f) => ({ ...f, operator: put(f.operator, 0, 7) })],
  ['an unknown mode', /missing mode 9/, lightgbmForest, (f) => ({ ...f, missingMode: put(f.missingMode, 0, 9) })],
  ['a set outside', /outside the sets/, lightgbmForest, (f) => ({ ...f, setWords: f.setWords.slice(1) })],
  [
    'a set on numbers',
    /which is numeric/,
    lightgbmForest,
    (f) => ({
      ...f,
      operator: put(f.operator, 0, 2),
      setStart: put(f.setStart, 0, 0),
      missingMode: put(f.missingMode, 0, 2),
    }),
  ],
  [
    'an infinite leaf',
    /leaf 2 has the value Infinity/,
    lightgbmForest,
    (f) => ({ ...f, value: put(f.value, 2, Infinity) }),
  ],
  ['a short array', /cover has/, lightgbmForest, (f) => ({ ...f, cover: f.cover.slice(1) })],
  ['a tree without nodes', /tree 0 has no node/, lightgbmForest, (f) => ({ ...f, treeStart: put(f.treeStart, 1, 0) })],
  ['a weight NaN', /has weight NaN/, lightgbmForest, (f) => ({ ...f, treeWeight: put(f.treeWeight, 1, Number.NaN) })],
  [
    'a mean of nothing',
    /mean of its trees/,
    lightgbmForest,
    (f) => ({ ...f, average: true, treeWeight: f.treeWeight.map(() => 0) }),
  ],
  ['an intercept NaN', /intercept/, lightgbmForest, (f) => ({ ...f, intercept: Number.NaN })],
  ['a family unknown', /known family/, lightgbmForest, (f) => ({ ...f, family: 'neural' as Forest['family'] })],
  [
    'symmetric leaves missing',
    /leaves/,
    catboostForest,
    (f) => ({ ...f, oblivious: { ...f.oblivious!, leafStart: put(f.oblivious!.leafStart, 1, 2) } }),
  ],
  [
    'a symmetric border NaN',
    /border NaN/,
    catboostForest,
    (f) => ({ ...f, oblivious: { ...f.oblivious!, splitBorder: put(f.oblivious!.splitBorder, 0, Number.NaN) } }),
  ],
  [
    'keys out of order',
    /keys out of order/,
    catboostForest,
    (f) => ({ ...f, targetStatistics: f.targetStatistics.map((s) => ({ ...s, keys: s.keys.slice().reverse() })) }),
  ],
  [
    'a part out of range',
    /reads input 12/,
    catboostForest,
    (f) => ({ ...f, targetStatistics: f.targetStatistics.map((s) => ({ ...s, parts: [{ input: 12 }] })) }),
  ],
  [
    'a number taken as a category',
    /no dictionary/,
    catboostForest,
    (f) => ({ ...f, targetStatistics: f.targetStatistics.map((s) => ({ ...s, parts: [{ input: 0 }] })) }),
  ],
  [
    'counts for other keys',
    /counts for other keys/,
    catboostForest,
    (f) => ({ ...f, targetStatistics: f.targetStatistics.map((s) => ({ ...s, numerator: s.numerator.slice(1) })) }),
  ],
];

describe('checkForest', () => {
  it.each(SAMPLE_FORESTS)('accepts a %s forest', (_, make) => {
    expect(() => checkForest(make())).not.toThrow();
  });

  it.each(DAMAGE)('refuses %s', (_, message, make, damage) => {
    const damaged = damage(make());
    expect(() => checkForest(damaged, 'lightgbm.forest')).toThrow(EcommlError);
    expect(() => checkForest(damaged, 'lightgbm.forest')).toThrow(/^lightgbm\.forest is damaged: /);
    expect(() => checkForest(damaged)).toThrow(message);
  });
});

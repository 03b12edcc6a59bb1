import { describe, expect, it } from 'vitest';
import { defaultWeights, givenWeights, weightedMean } from '#ecomml/ensemble/weights.js';

const doubles = (...values: number[]) => Float64Array.from(values);

describe('default weights', () => {
  it('are .4 .3 .2 .1 for the four', () => {
    expect(defaultWeights(['catboost', 'xgboost', 'lightgbm', 'random-forest'])).toEqual({
      weights: { catboost: 0.4, xgboost: 0.3, lightgbm: 0.2, 'random-forest': 0.1 },
    });
  });

  it('are brought back to a sum of 1 when one is absent, and that is said', () => {
    const { weights, note } = defaultWeights(['catboost', 'lightgbm', 'random-forest']);
    expect(weights['catboost']).toBeCloseTo(4 / 7, 14);
    expect(Object.values(weights).reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 14);
    expect(note).toMatch(/Without xgboost .* sum of 1: catboost 0.5714/);
  });

  it('unknown models have none', () => {
    expect(() => defaultWeights(['catboots'])).toThrow(/"catboots" has no default weight/);
  });
});

describe('given weights', () => {
  it('are brought to a sum of 1, and that is said', () => {
    expect(givenWeights(['a', 'b'], [3, 1])).toEqual({
      weights: { a: 0.75, b: 0.25 },
      note: 'The given weights sum to 4 and were brought to a sum of 1.',
    });
    expect(givenWeights(['a', 'b'], [0.9, 0.1]).note).toBeUndefined();
  });

  it.each([[[1]], [[1, -1]], [[0, 0]], [[1, Number.NaN]], [[1, Number.POSITIVE_INFINITY]]])('refuses %j', (given) => {
    expect(() => givenWeights(['a', 'b'], given)).toThrow(/weights/);
  });
});

describe('the weighted mean', () => {
  it('is what it says', () => {
    const mean = weightedMean({ a: doubles(0.2, 1), b: doubles(0.6, 1) }, { a: 0.75, b: 0.25 });
    expect(mean[0]).toBeCloseTo(0.3, 15);
    expect(mean[1]).toBe(1);
  });

  it('refuses NaN, lengths that differ, and a member that is not there', () => {
    expect(() => weightedMean({ a: doubles(Number.NaN) }, { a: 1 })).toThrow(/row 0 by a is NaN/);
    expect(() => weightedMean({ a: doubles(0.1), b: doubles(0.1, 0.2) }, { a: 1 })).toThrow(/differ/);
    expect(() => weightedMean({ a: doubles(0.1) }, { a: 0.5, b: 0.5 })).toThrow(/no probabilities from it/);
    expect(() => weightedMean({}, {})).toThrow(/at least one model/);
  });
});

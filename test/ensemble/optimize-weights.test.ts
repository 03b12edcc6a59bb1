import { describe, expect, it } from 'vitest';
import { meanLogLoss } from '#ecomml/base/log-loss.js';
import { optimizeWeights } from '#ecomml/ensemble/optimize-weights.js';
import { weightedMean } from '#ecomml/ensemble/weights.js';
import { sampleMembers } from './members.js';

const names = ['catboost', 'xgboost', 'lightgbm'] as const;

/** The lowest log loss over a triangular grid of weights. */
function gridMinimum(members: Record<string, Float64Array>, label: Float64Array, steps: number) {
  let best = { loss: Number.POSITIVE_INFINITY, weights: [0, 0, 0] };
  for (let i = 0; i <= steps; i++)
    for (let j = 0; i + j <= steps; j++) {
      const weights = [i / steps, j / steps, (steps - i - j) / steps];
      const loss = meanLogLoss(weightedMean(members, Object.fromEntries(names.map((n, k) => [n, weights[k]]))), label);
      if (loss < best.loss) best = { loss, weights };
    }
  return best;
}

describe('optimizeWeights', () => {
  it.each([
    ['inside the simplex', { catboost: 0.8, xgboost: 0.9, lightgbm: 1 }],
    ['on its border', { catboost: 0.2, xgboost: 0.4, lightgbm: 3 }],
    ['at a corner', { catboost: 0, xgboost: 2, lightgbm: 3 }],
  ])('is never worse than a grid of 5,151 points, and lies beside its best: %s', (_, noise) => {
    const { members, label } = sampleMembers(1500, 0.15, noise, 42);
    const found = optimizeWeights(members, label);
    const grid = gridMinimum(members, label, 100);
    expect(found.gap).toBeLessThanOrEqual(1e-10);
    expect(found.logLoss).toBeLessThanOrEqual(grid.loss + 1e-12);
    // The grid's best is within half a step (0.005) a coordinate of the true minimum along the curved directions; the
    // loss is flat along others, so two and a half steps are allowed.
    for (const [k, name] of names.entries())
      expect(Math.abs(found.weights[name] - grid.weights[k])).toBeLessThan(0.025);
    expect(Object.values(found.weights).reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 13);
    expect(Object.values(found.weights).every((w) => w >= 0)).toBe(true);
  });

  it('reports the log loss of the weighted mean', () => {
    const { members, label } = sampleMembers(800, 0.2, { catboost: 0.5, xgboost: 0.7, lightgbm: 1.2 }, 9);
    const { weights, logLoss } = optimizeWeights(members, label);
    expect(meanLogLoss(weightedMean(members, weights), label)).toBeCloseTo(logLoss, 13);
  });

  it('equal members, one member, certain and wrong members, thousands of equal rows', () => {
    const { members, label } = sampleMembers(400, 0.3, { a: 0.5 }, 3);
    const twins = optimizeWeights({ a: members['a'], b: members['a'], c: members['a'] }, label);
    expect(twins.logLoss).toBeCloseTo(meanLogLoss(members['a'], label), 13);
    expect(optimizeWeights(members, label).weights).toEqual({ a: 1 });
    const wrong = label.map((y) => 1 - y);
    const better = optimizeWeights({ a: members['a'], wrong }, label);
    expect(better.weights['wrong']).toBeCloseTo(0, 9);
    const right = optimizeWeights({ a: members['a'], right: label.slice() }, label);
    expect(right.weights['right']).toBeCloseTo(1, 9);
    expect(
      optimizeWeights(
        { a: new Float64Array(5000).fill(0.1), b: new Float64Array(5000).fill(0.2) },
        new Float64Array(5000),
      ).weights['a'],
    ).toBeCloseTo(1, 9);
  });

  it('gives the same bits again', () => {
    const { members, label } = sampleMembers(1000, 0.1, { catboost: 0.5, xgboost: 0.6, lightgbm: 0.7 }, 8);
    expect(optimizeWeights(members, label)).toEqual(optimizeWeights(members, label));
  });
});

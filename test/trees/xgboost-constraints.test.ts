import { afterAll, describe, expect, it } from 'vitest';
import { predictRaw } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';
import { matrixOf, noisyTable, rowOf } from './random-forest-material.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const table = noisyTable(11, 600);

function grow(given: ParameterValues, train = table) {
  const parameters = resolveParameters('xgboost', xgboostParameters, { n_estimators: 20, ...given });
  return trainXgboost({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool }).forest;
}

/** The largest fall of the raw score as column `column` of some rows rises. */
function largestFall(forest: ReturnType<typeof grow>, column: number): number {
  let fall = 0;
  for (let row = 0; row < 20; row++) {
    const values = rowOf(table.matrix, row);
    const steps = Array.from({ length: 81 }, (_, i) => i / 10 - 4);
    const columns = values.map((value, c) => steps.map((step) => (c === column ? step : value)));
    const raw = predictRaw(forest, matrixOf(columns));
    for (let i = 1; i < raw.length; i++) fall = Math.max(fall, raw[i - 1] - raw[i]);
  }
  return fall;
}

describe('XGBoost under constraints', () => {
  it('has scores that only rise with a column, however named, where they fall without', () => {
    expect(largestFall(grow({}), 0)).toBeGreaterThan(0.01);
    for (const form of ['x0:1', '0:1', '1,0,0,0,0,0']) {
      const forest = grow({ monotone_constraints: form });
      expect(largestFall(forest, 0)).toBeLessThan(1e-12);
      expect(forest.feature.filter((f) => f === 0).length).toBeGreaterThan(5);
    }
  });

  it('holds several columns, some against their trend', () => {
    const forest = grow({ monotone_constraints: 'x0:-1,x1:1' });
    expect(largestFall(forest, 1)).toBeLessThan(1e-12);
    // Falling with x0 is rising with −x0; against the trend there is next to nothing left to gain.
    const gains = (one: typeof forest) =>
      one.gain.reduce((sum, gain, n) => (one.feature[n] === 0 ? sum + gain : sum), 0);
    expect(gains(forest)).toBeLessThan(gains(grow({})) / 2);
  });

  it('lets columns of one group alone meet in a branch', () => {
    const groups = [
      [0, 2],
      [2, 3],
    ];
    const forest = grow({ interaction_constraints: '[x0,x2],[x2,3]' });
    const paths: number[][] = [];
    const walk = (node: number, path: readonly number[]): void => {
      if (forest.feature[node] < 0) paths.push([...new Set(path)]);
      else for (const child of [forest.left[node], forest.right[node]]) walk(child, [...path, forest.feature[node]]);
    };
    for (let t = 0; t < 20; t++) walk(forest.treeStart[t], []);
    for (const path of paths)
      expect(path.length === 1 || groups.some((group) => path.every((column) => group.includes(column)))).toBe(true);
    expect(paths.some((path) => path.length === 2)).toBe(true);
    // A column in no group may be a root: the original lets it.
    expect(paths.some((path) => path.length === 1 && path[0] === 1)).toBe(true);
  });

  it.each([
    [{ monotone_constraints: 'x9:1' }, /no column "x9"/],
    [{ monotone_constraints: '1,0' }, /2 directions for 6 columns/],
    [{ monotone_constraints: 'x0:2' }, /monotone_constraints is "x0:2"/],
    [{ interaction_constraints: '[x0,y]' }, /xgboost.interaction_constraints: there is no column "y"/],
    [{ interaction_constraints: 'x0,x1' }, /interaction_constraints is "x0,x1"/],
  ])('refuses %j', (given, message) => {
    expect(() => grow(given)).toThrow(message);
  });
});

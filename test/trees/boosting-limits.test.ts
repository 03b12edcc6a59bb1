// Whatever the parameters, the trees keep their limits, and every inner node adds up to its children.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

function randomRows(seed: number): LabelledMatrix {
  const random = new Random(seed);
  const rows = 200 + random.below(800);
  const columns = Array.from({ length: 1 + random.below(6) }, (_, c) => {
    const categories = random.next() < 0.4 ? 2 + random.below(40) : 0;
    const values = Float64Array.from({ length: rows }, () => {
      if (random.next() < 0.1) return Number.NaN;
      return categories > 0 ? random.below(categories) : Math.round(random.normal() * 10);
    });
    if (categories === 0) return { name: `x${c}`, kind: 'numeric' as const, values };
    const names = Array.from({ length: categories }, (_, code) => `${code}`);
    return { name: `c${c}`, kind: 'categorical' as const, values, categories: names };
  });
  const label = Float64Array.from({ length: rows }, (_, i) => {
    const x = columns[0].values[i];
    return (Number.isNaN(x) ? 2 : Math.sin(x)) + random.normal() * 0.5 > 0.4 ? 1 : 0;
  });
  return { matrix: { rows, columns }, label };
}

interface Limits {
  readonly leaves: number;
  readonly depth: number;
  readonly hessian: number;
}

function expectLimits(forest: Forest, limits: Limits): void {
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    let leaves = 0;
    const walk = (node: number, depth: number): void => {
      expect(depth).toBeLessThanOrEqual(limits.depth);
      if (forest.feature[node] < 0) {
        leaves++;
        return;
      }
      const [left, right] = [forest.left[node], forest.right[node]];
      for (const sums of [forest.count, forest.cover, forest.hessian])
        expect(sums[left] + sums[right]).toBeCloseTo(sums[node], 8);
      expect(Math.min(forest.count[left], forest.count[right])).toBeGreaterThan(0);
      // Sums are compared with the limit as the originals round them.
      expect(Math.min(forest.hessian[left], forest.hessian[right])).toBeGreaterThan(limits.hessian * (1 - 1e-6) - 1e-9);
      expect(forest.gain[node]).toBeGreaterThan(0);
      walk(left, depth + 1);
      walk(right, depth + 1);
    };
    walk(forest.treeStart[tree], 0);
    expect(leaves).toBeLessThanOrEqual(limits.leaves);
  }
}

describe('limits', () => {
  it('lightgbm', () => {
    const given = fc.record({
      num_leaves: fc.integer({ min: 2, max: 40 }),
      max_depth: fc.constantFrom(-1, 1, 3, 6),
      min_data_in_leaf: fc.constantFrom(0, 1, 20),
      min_sum_hessian_in_leaf: fc.constantFrom(0.001, 1, 5),
      lambda_l1: fc.constantFrom(0, 0.3),
      lambda_l2: fc.constantFrom(0, 2),
      max_delta_step: fc.constantFrom(0, 0.5),
      path_smooth: fc.constantFrom(0, 3),
      max_bin: fc.constantFrom(2, 16, 255, 400),
      min_data_in_bin: fc.constantFrom(1, 3),
      extra_trees: fc.boolean(),
      zero_as_missing: fc.boolean(),
      bagging_fraction: fc.constantFrom(1, 0.5),
      bagging_freq: fc.constantFrom(0, 1, 2),
      feature_fraction: fc.constantFrom(1, 0.5),
      feature_fraction_bynode: fc.constantFrom(1, 0.5),
      max_cat_to_onehot: fc.constantFrom(1, 4, 100),
    });
    fc.assert(
      fc.property(given, fc.nat(), (values, seed) => {
        const parameters = resolveParameters('lightgbm', lightgbmParameters, { num_iterations: 4, ...values });
        const train = randomRows(seed);
        const job = { train, hasTime: false, parameters, earlyStoppingRounds: 0, seed, pool };
        expectLimits(trainLightgbm(job).forest, {
          leaves: values.num_leaves,
          depth: values.max_depth > 0 ? values.max_depth : Number.POSITIVE_INFINITY,
          hessian: values.min_sum_hessian_in_leaf,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('xgboost', () => {
    const given = fc.record({
      max_depth: fc.constantFrom(0, 1, 4, 8),
      max_leaves: fc.constantFrom(0, 2, 9),
      grow_policy: fc.constantFrom('depthwise', 'lossguide'),
      min_child_weight: fc.constantFrom(0.1, 1, 8),
      gamma: fc.constantFrom(0, 0.7),
      lambda: fc.constantFrom(0, 1),
      alpha: fc.constantFrom(0, 0.4),
      max_delta_step: fc.constantFrom(0, 0.5),
      subsample: fc.constantFrom(1, 0.5),
      colsample_bytree: fc.constantFrom(1, 0.6),
      colsample_bylevel: fc.constantFrom(1, 0.6),
      colsample_bynode: fc.constantFrom(1, 0.6),
      max_bin: fc.constantFrom(2, 16, 256, 300),
      max_cat_to_onehot: fc.constantFrom(1, 4, 100),
    });
    fc.assert(
      fc.property(given, fc.nat(), (values, seed) => {
        const parameters = resolveParameters('xgboost', xgboostParameters, { n_estimators: 4, ...values });
        const train = randomRows(seed);
        const { forest } = trainXgboost({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed, pool });
        expectLimits(forest, {
          leaves: values.max_leaves > 0 ? values.max_leaves : Number.POSITIVE_INFINITY,
          depth: values.max_depth > 0 ? values.max_depth : Number.POSITIVE_INFINITY,
          hessian: values.min_child_weight,
        });
        for (let node = 0; node < forest.feature.length; node++)
          if (forest.feature[node] >= 0) expect(forest.gain[node]).toBeGreaterThanOrEqual(Math.fround(values.gamma));
      }),
      { numRuns: 60 },
    );
  });
});

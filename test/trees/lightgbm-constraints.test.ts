// Monotone and interaction constraints hold on any rows; columns by name or position; bad ones are refused by name.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

/** The label falls with price where it may not, and price acts together with age. */
function rows(count: number): LabelledMatrix {
  const random = new Random(7);
  const draw = () => Float64Array.from({ length: count }, () => random.next() * 10);
  const [price, age, views] = [draw(), draw(), draw()];
  const shop = Float64Array.from({ length: count }, () => random.below(6));
  const label = Float64Array.from({ length: count }, (_, i) => {
    const score = Math.sin(price[i]) + (age[i] - 5) * (views[i] - 5) * 0.1 + (shop[i] - 2.5) * 0.2;
    return score + random.normal() * 0.5 > 0 ? 1 : 0;
  });
  const columns = [
    { name: 'price', kind: 'numeric' as const, values: price },
    { name: 'age', kind: 'numeric' as const, values: age },
    { name: 'views', kind: 'numeric' as const, values: views },
    { name: 'shop', kind: 'categorical' as const, values: shop, categories: ['a', 'b', 'c', 'd', 'e', 'f'] },
  ];
  return { matrix: { rows: count, columns }, label };
}

const train = rows(1500);

function forestOf(given: ParameterValues): Forest {
  const parameters = resolveParameters('lightgbm', lightgbmParameters, { num_iterations: 30, ...given });
  return trainLightgbm({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool }).forest;
}

/** Largest step against `direction` of the probability as `column` rises and the other cells stay. */
function worstStep(forest: Forest, column: number, direction: number): number {
  let worst = 0;
  let before: Float64Array | undefined;
  for (let value = -1; value <= 11; value += 0.25) {
    const columns = train.matrix.columns.map((one, c) =>
      c === column
        ? { ...one, values: new Float64Array(200).fill(value) }
        : { ...one, values: one.values.slice(0, 200) },
    );
    const now = predictProbability(forest, { rows: 200, columns });
    const steps = before === undefined ? [] : Array.from(now, (p, i) => (before![i] - p) * direction);
    worst = Math.max(worst, ...steps);
    before = now;
  }
  return worst;
}

/** The sets of columns that the branches of a forest use. */
function branchesOf(forest: Forest): Set<string> {
  const found = new Set<string>();
  const walk = (node: number, columns: readonly number[]): void => {
    if (forest.feature[node] < 0) {
      found.add([...new Set(columns)].sort().join());
      return;
    }
    for (const child of [forest.left[node], forest.right[node]]) walk(child, [...columns, forest.feature[node]]);
  };
  for (const root of forest.treeStart.subarray(0, forest.treeWeight.length)) walk(root, []);
  return found;
}

describe('monotone_constraints', () => {
  it.each(['basic', 'intermediate', 'advanced'])('%s: keep the score from falling, or rising', (method) => {
    expect(worstStep(forestOf({}), 0, 1)).toBeGreaterThan(0.05);
    for (const [text, price, views] of [
      ['price:1,views:-1', 1, -1],
      ['-1,0,1,0', -1, 1],
      ['0:1', 1, 0],
    ] as const) {
      const forest = forestOf({
        monotone_constraints: text,
        monotone_constraints_method: method,
        path_smooth: views === 0 ? 3 : 0,
      });
      expect(worstStep(forest, 0, price), text).toBeLessThan(1e-12);
      if (views !== 0) expect(worstStep(forest, 2, views), text).toBeLessThan(1e-12);
    }
  });

  it('monotone_penalty keeps monotone columns from the first levels', () => {
    const forest = forestOf({ monotone_constraints: 'views:1,age:1', monotone_penalty: 1 });
    const roots = Array.from(forest.treeStart.subarray(0, 30), (root) => forest.feature[root]);
    expect(roots.every((column) => column === 0 || column === 3)).toBe(true);
  });

  it('are refused with the reason', () => {
    expect(() => forestOf({ monotone_constraints: 'prise:1' })).toThrow(/no column "prise".*price/);
    expect(() => forestOf({ monotone_constraints: 'shop:1' })).toThrow(/"shop" is categorical/);
    expect(() => forestOf({ monotone_constraints: '1,0' })).toThrow(/2 directions for 4 columns/);
    expect(() => forestOf({ monotone_constraints: 'price:2' })).toThrow(/-1, 0 or 1/);
  });
});

describe('interaction_constraints', () => {
  it('keep every branch inside one group', () => {
    const branches = branchesOf(forestOf({ interaction_constraints: '[price,shop],[1,shop]' }));
    expect([...branches].every((used) => /^(0,?)?(3)?$|^(1,?)?(3)?$/.test(used))).toBe(true);
    expect(branches.has('0,3')).toBe(true);
    expect([...branchesOf(forestOf({}))].some((used) => used.startsWith('0,1'))).toBe(true);
  });

  it('hold together with sampled features', () => {
    const given = {
      interaction_constraints: '[price],[age,views]',
      feature_fraction: 0.8,
      feature_fraction_bynode: 0.5,
    };
    for (const used of branchesOf(forestOf(given))) expect(['', '0', '1', '2', '1,2']).toContain(used);
  });

  it('are refused with the reason', () => {
    expect(() => forestOf({ interaction_constraints: '[price,aeg]' })).toThrow(/no column "aeg"/);
    expect(() => forestOf({ interaction_constraints: 'price,age' })).toThrow(/in brackets/);
  });
});

// What XGBoost draws: rows, columns, trees to leave out. That the draws are the original's, test/equivalence/xgboost shows.
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { predictRaw } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { MersenneTwister } from '#ecomml/trees/mersenne-twister.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { XgboostColumns } from '#ecomml/trees/xgboost-columns.js';
import { XgboostDropout } from '#ecomml/trees/xgboost-dropout.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';
import { RowSampler } from '#ecomml/trees/xgboost-row-sample.js';
import { noisyTable } from './random-forest-material.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const train = noisyTable(11, 600);
const valid = noisyTable(12, 300);

function run(given: ParameterValues, job: { readonly earlyStoppingRounds?: number; readonly seed?: number } = {}) {
  const parameters = resolveParameters('xgboost', xgboostParameters, { n_estimators: 20, ...given });
  return trainXgboost({ train, valid, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool, ...job });
}

/** Log loss of a forest on the validation rows. */
function lossOf({ forest }: ReturnType<typeof run>): number {
  const raw = predictRaw(forest, valid.matrix);
  return (
    raw.reduce((sum, score, i) => sum + Math.log1p(Math.exp(valid.label[i] === 1 ? -score : score)), 0) / raw.length
  );
}

describe('rows', () => {
  const sampler = (share: number, byGradient = false, treesPerRound = 1) =>
    new RowSampler(pool, { share, byGradient, treesPerRound }, new MersenneTwister(2));
  /** Gradients of so many rows in the pool's memory, for as long as the test. */
  const gradientsOf = (rows: number): Float32Array => pool.memory.f32(pool.memory.alloc(rows * 8), rows * 2);
  let mark = 0;
  beforeEach(() => {
    mark = pool.memory.mark();
  });
  afterEach(() => pool.memory.release(mark));

  it('are drawn in ascending order, about the share wanted', () => {
    const gradients = { rows: 10_000, entries: gradientsOf(10_000) };
    const sample = sampler(0.3).sample(0, gradients)!;
    expect(sample.every((row, i) => i === 0 || row > sample[i - 1])).toBe(true);
    // Binomial: standard deviation 46.
    expect(Math.abs(sample.length - 3000)).toBeLessThan(185);
    expect(sampler(1).sample(0, gradients)).toBeUndefined();
  });

  it('drawn by gradient keep the sums of gradients, and all large ones', () => {
    const rows = 20_000;
    const random = new MersenneTwister(4);
    const entries = gradientsOf(rows);
    for (let row = 0; row < rows; row++) {
      entries[row * 2] = row % 50 === 0 ? 0.9 : 0.1 * random.nextDouble();
      entries[row * 2 + 1] = 0.05 + 0.01 * random.nextDouble();
    }
    const before = entries.slice();
    const sums = (all: Iterable<number>, from: Float32Array) =>
      [0, 1].map((k) => Array.from(all, (row) => from[row * 2 + k]).reduce((a, b) => a + b, 0));
    const byGradient = sampler(0.2, true, 2);
    const sample = byGradient.sample(0, { rows, entries })!;
    expect(Math.abs(sample.length - rows * 0.2)).toBeLessThan(250);
    const drawn = new Set(sample);
    for (let row = 0; row < rows; row += 50) {
      expect(drawn.has(row)).toBe(true);
      expect(entries[row * 2]).toBe(before[row * 2]);
    }
    const every = Array.from({ length: rows }, (_, row) => row);
    const [all, some] = [sums(every, before), sums(sample, entries)];
    expect(Math.abs(some[0] / all[0] - 1)).toBeLessThan(0.02);
    expect(Math.abs(some[1] / all[1] - 1)).toBeLessThan(0.05);
    expect(some[1]).toBeLessThan(rows * 0.06 * byGradient.largestFactor(rows));
    // The second tree of the round begins with the gradients as they were.
    const next = byGradient.sample(1, { rows, entries })!;
    expect(next).not.toEqual(sample);
    const kept = new Set(next);
    expect(every.every((row) => kept.has(row) || entries[row * 2] === before[row * 2])).toBe(true);
  });

  it.each(['uniform', 'gradient_based'])('%s: may be none at all', (sampling_method) => {
    const { forest } = run({ subsample: 0.0005, sampling_method, n_estimators: 5 });
    expect(predictRaw(forest, valid.matrix).every(Number.isFinite)).toBe(true);
  });
});

describe('columns', () => {
  it('of a node are among the level’s, these among the tree’s, in cumulative shares', () => {
    const columns = new XgboostColumns(new MersenneTwister(1), 40, { byTree: 0.5, byLevel: 0.5, byNode: 0.5 });
    const tree = columns.beginTree();
    expect(tree.length).toBe(20);
    for (const depth of [0, 1]) {
      const nodes = Array.from({ length: 20 }, () => columns.nextNode(depth));
      const level = new Set(nodes.flatMap((node) => [...node]));
      expect(level.size).toBe(10);
      for (const node of nodes) expect(node.length).toBe(5);
      expect([...level].every((column) => tree.includes(column))).toBe(true);
    }
    expect(columns.beginTree()).not.toEqual(tree);
  });

  it('of no weight are drawn last, and one is always left', () => {
    const weights = [0, 1, 0, 1, 1];
    const columns = new XgboostColumns(new MersenneTwister(1), 5, { byTree: 0.6, byLevel: 1, byNode: 0.01, weights });
    for (let tree = 0; tree < 20; tree++) {
      expect([...columns.beginTree()]).toEqual([1, 3, 4]);
      expect(columns.nextNode(0).length).toBe(1);
    }
  });

  it.each([
    [{ feature_weights: 'x9:1' }, /no column "x9"/],
    [{ feature_weights: '1,0' }, /2 numbers for 6 columns/],
    [{ feature_weights: 'x0:-1' }, /feature_weights is "x0:-1"/],
  ])('refuses %j', (given, message) => {
    expect(() => run(given)).toThrow(message);
  });
});

describe('dart', () => {
  const dropout = (given: Partial<ConstructorParameters<typeof XgboostDropout>[0]>) =>
    new XgboostDropout(
      {
        learningRate: 0.5,
        rateDrop: 1,
        skipDrop: 0,
        oneDrop: false,
        weighted: false,
        asForest: false,
        treesPerRound: 1,
        ...given,
      },
      new MersenneTwister(1),
    );
  const rounds = (dart: XgboostDropout, count: number) =>
    Array.from({ length: count }, (_, round) => {
      const dropped = dart.drop(round);
      dart.settle();
      return dropped;
    });

  it('weighs trees by how many were left out, or as one forest', () => {
    const byTree = dropout({});
    expect(rounds(byTree, 3)).toEqual([[], [0], [0, 1]]);
    // One left out: 1 / 1.5 and times 1 / 1.5; two: 1 / 2.5 and times 2 / 2.5.
    [0.8 / 1.5, 0.8 / 1.5, 0.4].forEach((weight, tree) => {
      expect(byTree.weights[tree]).toBeCloseTo(weight, 6);
    });
    const asForest = dropout({ asForest: true });
    rounds(asForest, 3);
    [1 / 2.25, 1 / 2.25, 1 / 1.5].forEach((weight, tree) => {
      expect(asForest.weights[tree]).toBeCloseTo(weight, 6);
    });
  });

  it('leaves out none, one or some', () => {
    expect(rounds(dropout({ skipDrop: 1 }), 5).flat()).toEqual([]);
    expect(rounds(dropout({ rateDrop: 0 }), 5).flat()).toEqual([]);
    for (const weighted of [false, true]) {
      const one = rounds(dropout({ rateDrop: 0, oneDrop: true, weighted }), 30);
      expect(one.map((dropped) => dropped.length)).toEqual([0, ...new Array(29).fill(1)]);
      expect(new Set(one.flat()).size).toBeGreaterThan(5);
    }
    const some = rounds(dropout({ rateDrop: 0.25, weighted: true }), 100).flat();
    // Half of 99 · 100 chances of a quarter: 1237 expected, standard deviation 30.
    expect(Math.abs(some.length - 1237)).toBeLessThan(160);
  });

  it('trains a forest whose loss is the one that it reported, without stopping early', () => {
    const given = { booster: 'dart', rate_drop: 0.3, num_parallel_tree: 2 };
    const model = run(given, { earlyStoppingRounds: 2 });
    expect(model.forest.treeWeight.length).toBe(40);
    expect(model.history.valid![19]).toBeCloseTo(lossOf(model), 9);
    expect(lossOf(model)).not.toBeCloseTo(lossOf(run({ num_parallel_tree: 2 })), 3);
  });

  it('without dropping is gbtree', () => {
    // Scores stay in double precision while dart trains: leaves differ in the last places.
    expect(lossOf(run({ booster: 'dart' }))).toBeCloseTo(lossOf(run({})), 5);
  });
});

describe('num_parallel_tree', () => {
  it('grows several trees a round and stops early by rounds', () => {
    const model = run({ num_parallel_tree: 3, subsample: 0.5, n_estimators: 200 }, { earlyStoppingRounds: 5 });
    expect(model.history.valid!.length).toBe(model.bestIteration + 5);
    expect(model.forest.treeWeight.length).toBe(model.bestIteration * 3);
    expect(model.history.valid![model.bestIteration - 1]).toBeCloseTo(lossOf(model), 6);
  });
});

// With memory for two histograms instead of all of them, the same tree grows: histograms are made from rows again.
import { afterAll, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { binMatrix } from '#ecomml/trees/binned-matrix.js';
import { TreeGrower } from '#ecomml/trees/grow.js';
import { nodesOf } from '#ecomml/trees/grown-tree.js';
import { HistogramMaker } from '#ecomml/trees/histogram.js';
import { HistogramSlots } from '#ecomml/trees/histogram-slots.js';
import { MersenneTwister } from '#ecomml/trees/mersenne-twister.js';
import { RowPartition } from '#ecomml/trees/row-partition.js';
import { RowScores } from '#ecomml/trees/row-scores.js';
import { XgboostColumns } from '#ecomml/trees/xgboost-columns.js';
import { findXgboostFeatures } from '#ecomml/trees/xgboost-features.js';
import { XgboostPolicy } from '#ecomml/trees/xgboost-split.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

it('grows the same tree whatever the budget for histograms', () => {
  const rows = 20_000;
  const random = new Random(3);
  const columns = Array.from({ length: 20 }, (_, c) => ({
    name: `x${c}`,
    kind: 'numeric' as const,
    values: Float64Array.from({ length: rows }, () => random.normal()),
  }));
  const label = columns[0].values.map((x, i) => (x * columns[1].values[i] + random.normal() > 0 ? 1 : 0));
  const matrix = { rows, columns };
  const features = findXgboostFeatures(pool, columns, undefined, 64).map((feature) => feature!);
  const growth = {
    regularization: { lambda: 1, alpha: 0, maxDeltaStep: 0, minChildWeight: 1 },
    ...{ gamma: 0, maxDepth: 7, maxLeaves: 0, lossGuide: true },
    ...{ columnShares: { byTree: 1, byLevel: 1, byNode: 1 }, maxCatToOneHot: 4, maxCatThreshold: 64 },
  };
  const trees = [2 ** 30, 0].map((budget) => {
    const mark = pool.memory.mark();
    const binned = binMatrix(
      pool,
      matrix,
      features.map((feature) => feature.bins),
    );
    const scores = new RowScores(pool, { matrix, label }, 0, true);
    const scale = 2 ** 40;
    const gradients = { address: pool.memory.alloc(rows * 8), scaleG: scale, scaleH: scale };
    pool.kernels.logisticGradients(scores.scores, scores.labels, 0, 0, rows, 1, gradients.address, 0);
    const maker = new HistogramMaker(pool, binned, gradients);
    const partition = new RowPartition(pool, rows, 256);
    const slots = new HistogramSlots(pool, binned.histogramBytes, budget);
    const grower = new TreeGrower(pool, binned, maker, slots, partition);
    const state = { binned, grower, maker, partition, scores, unitG: 1 / scale, unitH: 1 / scale };
    const drawn = new XgboostColumns(new MersenneTwister(1), columns.length, growth.columnShares);
    const policy = new XgboostPolicy(pool, state, features, growth, drawn, columns.length);
    policy.beginTree();
    partition.resetAll();
    const { g, h } = maker.sum({ rows: 0, first: 0, count: rows });
    const tree = grower.grow(policy, rows, policy.sums(Number(g) / scale, Number(h) / scale));
    const found = nodesOf(tree).map((node) => [node.index, node.start, node.count, node.value, node.split?.gain]);
    pool.memory.release(mark);
    return found;
  });
  expect(trees[0].length).toBeGreaterThan(100);
  expect(trees[1]).toEqual(trees[0]);
});

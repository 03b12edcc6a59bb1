import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { labelled, leafOf, matrixOf, noisyTable, rowOf, train, vote } from './random-forest-material.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

describe('a random forest', () => {
  const table = noisyTable(3, 1500);
  const { rows } = table.matrix;

  it('grows leaves that hold the share of class 1 and are pure by default', () => {
    const { forest } = train(pool, table, { n_estimators: 3, bootstrap: false });
    for (let t = 0; t < 3; t++) {
      for (let row = 0; row < rows; row++)
        expect(forest.value[leafOf(forest, t, rowOf(table.matrix, row))]).toBe(table.label[row]);
    }
    expect(forest.average).toBe(true);
    expect(forest.link).toBe('identity');
  });

  it('counts and weighs what reaches each node: children add up, a bag leaves about 37% of the rows out', () => {
    const { forest } = train(pool, table, { n_estimators: 20 });
    for (let t = 0; t < 20; t++) {
      const root = forest.treeStart[t];
      expect(forest.cover[root]).toBe(rows);
      // 1 − 1/e of the rows, ± 5 standard deviations of about sqrt(n · 0.0972).
      expect(Math.abs(forest.count[root] / rows - 0.632)).toBeLessThan(5 * Math.sqrt(0.0972 / rows));
    }
    forest.feature.forEach((feature, node) => {
      if (feature < 0) return;
      const [left, right] = [forest.left[node], forest.right[node]];
      expect(forest.count[left] + forest.count[right]).toBe(forest.count[node]);
      expect(forest.cover[left] + forest.cover[right]).toBe(forest.cover[node]);
      expect(forest.value[left] * forest.cover[left] + forest.value[right] * forest.cover[right]).toBeCloseTo(
        forest.value[node] * forest.cover[node],
        6,
      );
      expect(forest.gain[node]).toBeGreaterThanOrEqual(-1e-12);
      expect(feature).not.toBe(4);
    });
  });

  it('scores each row out of its bag: one tree votes on just the rows it did not draw', () => {
    const { outOfBag, forest, history } = train(pool, table, { n_estimators: 1 });
    if (outOfBag === undefined) throw new Error('no out-of-bag score');
    let scored = 0;
    let right = 0;
    let loss = 0;
    outOfBag.probability.forEach((p, row) => {
      if (Number.isNaN(p)) return;
      scored++;
      expect(p).toBe(vote(forest, rowOf(table.matrix, row)));
      if (p > 0.5 === (table.label[row] === 1)) right++;
      const clipped = Math.min(Math.max(p, 1e-15), 1 - 1e-15);
      loss -= Math.log(table.label[row] === 1 ? clipped : 1 - clipped);
    });
    expect(scored).toBe(rows - forest.count[0]);
    expect(outOfBag.accuracy).toBeCloseTo(right / scored, 12);
    expect(outOfBag.logLoss).toBeCloseTo(loss / scored, 12);
    expect(history.train[0]).toBe(outOfBag.logLoss);
  });

  it('keeps a history of the growing forest and is not trimmed by early stopping', () => {
    const valid = noisyTable(4, 400);
    const seen: (number | undefined)[] = [];
    const model = train(
      pool,
      table,
      { n_estimators: 15 },
      {
        valid,
        earlyStoppingRounds: 1,
        onTree: (done, total, loss) => {
          expect([done, total]).toEqual([seen.length + 1, 15]);
          seen.push(loss);
        },
      },
    );
    expect(model.bestIteration).toBe(15);
    expect(model.forest.treeWeight.length).toBe(15);
    expect([...(model.history.valid ?? [])]).toEqual(seen);
    let loss = 0;
    for (let row = 0; row < 400; row++) {
      const p = Math.min(Math.max(vote(model.forest, rowOf(valid.matrix, row)), 1e-15), 1 - 1e-15);
      loss -= Math.log(valid.label[row] === 1 ? p : 1 - p) / 400;
    }
    expect(model.history.valid?.[14]).toBeCloseTo(loss, 10);
  });

  it('can be cancelled between trees', () => {
    const used = pool.memory.used;
    const stop = () => {
      throw new Error('cancelled');
    };
    expect(() => train(pool, table, { n_estimators: 4 }, { onTree: stop })).toThrow('cancelled');
    expect(pool.memory.used).toBe(used);
  });

  it('draws features at each split: with one feature a split, the useless ones are used too', () => {
    const used = (max_features: number | string) => {
      const { forest } = train(pool, table, { n_estimators: 10, max_features, max_depth: 1, bootstrap: false });
      return new Set([...forest.treeStart.slice(0, -1)].map((root) => forest.feature[root]));
    };
    expect(used('all').size).toBe(1);
    expect(used(1).size).toBeGreaterThan(2);
  });

  it('keeps drawing until a feature that is not constant is found', () => {
    const constant = Array.from({ length: 40 }, () => 1);
    const columns = [...Array.from({ length: 9 }, () => constant), constant.map((_, row) => row)];
    const { forest } = train(
      pool,
      labelled(
        columns,
        constant.map((_, row) => (row < 20 ? 0 : 1)),
      ),
      { n_estimators: 30, max_features: 1, bootstrap: false },
    );
    expect([...forest.feature]).toEqual(Array.from({ length: 30 }, () => [9, -1, -1]).flat());
  });

  it('respects the limits on depth and on the rows of nodes and leaves', () => {
    const limits = { n_estimators: 5, max_depth: 5, min_samples_split: 60, min_samples_leaf: 25 };
    const { forest } = train(pool, table, limits);
    const depth = new Int32Array(forest.feature.length);
    forest.feature.forEach((feature, node) => {
      expect(forest.count[node]).toBeGreaterThanOrEqual(25);
      expect(depth[node]).toBeLessThanOrEqual(5);
      if (feature < 0) return;
      expect(forest.count[node]).toBeGreaterThanOrEqual(60);
      depth[forest.left[node]] = depth[node] + 1;
      depth[forest.right[node]] = depth[node] + 1;
    });
    expect(Math.max(...depth)).toBe(5);
  });

  it('sends missing values where the label is, and unlearned ones with the larger side', () => {
    const x = [1, 2, 3, 4, 5, Number.NaN, Number.NaN, Number.NaN];
    const grown = (label: number[]) => train(pool, labelled([x], label), { n_estimators: 1, bootstrap: false }).forest;
    const withHigh = grown([0, 0, 0, 1, 1, 1, 1, 1]);
    expect([withHigh.threshold[0], withHigh.defaultLeft[0]]).toEqual([3.5, 0]);
    const withLow = grown([1, 1, 1, 0, 0, 1, 1, 1]);
    expect([withLow.threshold[0], withLow.defaultLeft[0]]).toEqual([3.5, 1]);
    const alone = grown([0, 0, 0, 0, 0, 1, 1, 1]);
    expect([alone.threshold[0], alone.defaultLeft[0]]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(vote(alone, [1e300])).toBe(0);
    const known = [1, 2, 3, 4, 5, 6, 7, 8];
    const larger = (label: number[]) =>
      train(pool, labelled([known], label), { n_estimators: 1, bootstrap: false }).forest.defaultLeft[0];
    expect(larger([0, 0, 0, 0, 0, 0, 1, 1])).toBe(1);
    expect(larger([0, 0, 1, 1, 1, 1, 1, 1])).toBe(0);
    expect(larger([0, 0, 0, 0, 1, 1, 1, 1])).toBe(0);
  });

  it('draws rows by weight: a row of weight zero is in no bag, a heavy one in all', () => {
    const weight = Float64Array.from(table.label, (_, row) => (row === 0 ? 1000 : row % 2));
    const { outOfBag } = train(pool, { ...table, weight }, { n_estimators: 40 });
    outOfBag?.probability.forEach((p, row) => {
      if (row === 0) expect(p).toBeNaN();
      else if (row % 2 === 0) expect(p).not.toBeNaN();
    });
  });

  it('weighs classes alike when asked, which lifts the probability of the rare class', () => {
    const rare = { ...table, label: Float64Array.from(table.label, (y, row) => (y === 1 && row % 8 === 0 ? 1 : 0)) };
    const mean = (class_weight: string, bootstrap: boolean) => {
      const given = { n_estimators: 20, class_weight, bootstrap, min_samples_leaf: 40 };
      const { forest } = train(pool, rare, given);
      return [...forest.treeStart.slice(0, -1)].reduce((sum, root) => sum + forest.value[root], 0) / 20;
    };
    const share = rare.label.reduce((sum, y) => sum + y, 0) / rows;
    expect(mean('none', true)).toBeCloseTo(share, 1);
    expect(mean('balanced', false)).toBeCloseTo(0.5, 10);
    expect(mean('balanced_subsample', true)).toBeCloseTo(0.5, 10);
    // Drawn, not weighed: 0.5 only in the mean, with a standard error of about 0.5 / sqrt(20 · 1500).
    expect(Math.abs(mean('balanced', true) - 0.5)).toBeLessThan(0.015);
  });

  it('is scored by forest/ as its trees say, also on what training never saw', () => {
    const { forest } = train(pool, noisyTable(9, 600, 0.3), { n_estimators: 30 });
    const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 1e308, 3.5];
    const random = new Random(2);
    const cells = Array.from({ length: 6 }, () => Array.from({ length: 300 }, () => strange[random.below(7)]));
    const matrix = matrixOf(cells);
    // A node with threshold infinity parts known values from missing ones: there are some.
    expect(forest.threshold.some((threshold) => threshold === Number.POSITIVE_INFINITY)).toBe(true);
    predictProbability(forest, matrix).forEach((p, row) => {
      expect(p).toBeCloseTo(vote(forest, rowOf(matrix, row)), 12);
    });
  });
});

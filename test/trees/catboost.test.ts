// The CatBoost trainer as a whole: the forest scores as training did, threads and seeds, parameters, early stopping.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { learningRate } from '#ecomml/trees/catboost-settings.js';
import type { TrainingJob } from '#ecomml/trees/family.js';
import type { ParameterValues } from '#ecomml/trees/parameters.js';
import { learn, logLoss, mixedTable, numericTable } from './catboost-material.js';

const pool = new KernelPool(1);
const two = new KernelPool(2);
afterAll(async () => {
  await pool.close();
  await two.close();
});

const train = mixedTable(1500, 1);
const valid = mixedTable(500, 2, true);

/** Everything a forest holds, comparable byte for byte. */
function bytes(forest: Forest): string {
  return JSON.stringify(forest, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array, hex) : value,
  );
}

function hex(value: number): string {
  return Buffer.from(Float64Array.of(value).buffer).toString('hex');
}

describe('the forest', () => {
  // Validation rows take their statistics from all training rows, as new rows do: the forest must give them the very
  // scores that training watched. Only the order of the sums differs.
  it.each<ParameterValues>([
    {},
    { depth: 3, max_ctr_complexity: 2 },
    { max_ctr_complexity: 4, leaf_estimation_iterations: 10 },
    { depth: 8, one_hot_max_size: 15 },
    { nan_mode: 'Max' },
    { permutation_count: 1, bootstrap_type: 'Bernoulli' },
    { bootstrap_type: 'Bayesian', bagging_temperature: 0.5, score_function: 'L2' },
    { has_time: true, rsm: 0.5 },
    { boost_from_average: true, auto_class_weights: 'Balanced' },
    {
      feature_border_type: 'Uniform',
      border_count: 20,
      leaf_estimation_method: 'Gradient',
      leaf_estimation_iterations: 10,
    },
    { simple_ctr: 'Buckets:CtrBorderCount=100,Counter:Prior=0.5', counter_calc_method: 'Full' },
    { combinations_ctr: 'BinarizedTargetMeanValue:Prior=2:Prior=-1,FloatTargetMeanValue', max_ctr_complexity: 3 },
    { boosting_type: 'Ordered', max_ctr_complexity: 3 },
    { boosting_type: 'Ordered', has_time: true, bootstrap_type: 'Bernoulli', score_function: 'L2' },
    { feature_border_type: 'UniformAndQuantiles', leaf_estimation_backtracking: 'No', bootstrap_type: 'No' },
  ])('scores rows as training did: %o', (given) => {
    const model = learn(pool, train, given, { valid });
    const best = model.bestIteration;
    expect(logLoss(model, valid)).toBeCloseTo(model.history.valid![best - 1], 10);
    expect(model.forest.oblivious).toBeDefined();
    expect(model.forest.treeWeight.length).toBe(best);
    expect(model.history.valid![best - 1]).toBeLessThan(0.6);
  });

  it('has combinations of columns with each other and with splits of their tree', () => {
    const { forest } = learn(pool, train, { iterations: 40, max_ctr_complexity: 4 });
    const parts = forest.targetStatistics.map((statistic) => statistic.parts);
    expect(parts.some((list) => list.length === 1)).toBe(true);
    expect(parts.some((list) => list.filter((part) => part.border === undefined).length > 1)).toBe(true);
    expect(parts.some((list) => list.some((part) => part.border !== undefined || part.equals !== undefined))).toBe(
      true,
    );
  });

  it('has no combination above max_ctr_complexity', () => {
    const { forest } = learn(pool, train, { max_ctr_complexity: 1 });
    for (const { parts } of forest.targetStatistics) expect(parts.length).toBe(1);
  });

  it('on numeric columns gives training rows the loss that training counted', () => {
    const numeric = { ...train, matrix: { ...train.matrix, columns: train.matrix.columns.slice(0, 2) } };
    const weight = Float64Array.from(train.label, (_, row) => 0.5 + (row % 3));
    for (const table of [numeric, { ...numeric, weight }]) {
      const model = learn(pool, table);
      expect(logLoss(model, table)).toBeCloseTo(model.history.train.at(-1)!, 10);
    }
  });

  it('covers its rows: leaf weights of every tree add up to the rows', () => {
    const { leafStart, leafWeight } = learn(pool, train).forest.oblivious!;
    for (let tree = 0; tree + 1 < leafStart.length; tree++) {
      const sum = leafWeight.slice(leafStart[tree], leafStart[tree + 1]).reduce((a, b) => a + b, 0);
      expect(sum).toBe(train.matrix.rows);
    }
  });
});

describe('repeatability', () => {
  it.each<ParameterValues>([
    {},
    { boosting_type: 'Ordered' },
    { bootstrap_type: 'Bayesian' },
    { rsm: 0.6, bootstrap_type: 'Bernoulli' },
  ])('the same seed gives the same bytes on one thread and two: %o', (given) => {
    const one = learn(pool, train, given, { valid, seed: 5 });
    const other = learn(two, train, given, { valid, seed: 5 });
    expect(bytes(other.forest)).toBe(bytes(one.forest));
    expect(other.history).toEqual(one.history);
    expect(bytes(learn(pool, train, given, { valid, seed: 6 }).forest)).not.toBe(bytes(one.forest));
  });

  it.each<ParameterValues>([{ depth: 4 }, { depth: 3, rsm: 0.5 }, { depth: 3, boosting_type: 'Ordered' }])(
    'ranges that are cut into parts give the same bytes: %o',
    (given) => {
      const random = new Random(3);
      const columns = Array.from({ length: 38 }, () => Array.from({ length: 40_000 }, () => random.normal()));
      const label = columns[0].map((x, row) => (x + columns[37][row] + random.normal() > 0 ? 1 : 0));
      const wide = numericTable(columns, label);
      const { run } = two;
      const seen = new Set<string>();
      two.run = (name, calls, meanwhile) => {
        if (calls.length > 0) seen.add(name);
        run.call(two, name, calls, meanwhile);
      };
      try {
        const [one, other] = [pool, two].map((on) => learn(on, wide, { iterations: 3, ...given }));
        expect(bytes(other.forest)).toBe(bytes(one.forest));
      } finally {
        two.run = run;
      }
      expect(seen).toContain('obliviousSettle');
      expect(seen).toContain('obliviousCountTrue');
    },
  );

  it('calls that run at once share no scratch, also where rsm leaves columns out of a level', () => {
    const wide = numericTable(
      Array.from({ length: 14 }, (_, c) => Array.from({ length: 400 }, (_cell, row) => (row * (c + 3)) % 97)),
      Array.from({ length: 400 }, (_, row) => ((row * row) % 7) & 1),
    );
    const { run } = pool;
    let mixed = 0;
    pool.run = (name, calls) => {
      if (name === 'obliviousRecordHistogram') {
        expect(new Set(calls.map((call) => call[8])).size).toBe(calls.length);
        if (new Set(calls.map(([record]) => record)).size < calls.length) mixed++;
      }
      run.call(pool, name, calls);
    };
    try {
      learn(pool, wide, { iterations: 20, rsm: 0.3 });
    } finally {
      pool.run = run;
    }
    expect(mixed).toBeGreaterThan(5);
  });

  it('gives the memory back', () => {
    const mark = pool.memory.mark();
    learn(pool, train, { iterations: 2 });
    expect(pool.memory.mark()).toBe(mark);
  });
});

describe('early stopping', () => {
  it('keeps the best trees and stops the given rounds after them', () => {
    const noise = numericTable(
      train.matrix.columns.slice(0, 2).map((column) => Array.from(column.values)),
      Array.from(train.label, (_, row) => (row * 7919) % 2),
    );
    const others = numericTable(
      valid.matrix.columns.slice(0, 2).map((column) => Array.from(column.values)),
      Array.from(valid.label, (_, row) => ((row * 104729) >> 1) % 2),
    );
    const seen: number[] = [];
    const model = learn(
      pool,
      noise,
      { iterations: 200, learning_rate: 0.5 },
      { valid: others, earlyStoppingRounds: 7, onTree: (done) => seen.push(done) },
    );
    const losses = Array.from(model.history.valid!);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(model.bestIteration).toBe(best);
    expect(losses.length).toBe(best + 7);
    expect(seen).toEqual(losses.map((_, i) => i + 1));
    expect(model.forest.treeWeight.length).toBe(best);
  });

  it('stops when onTree throws', () => {
    const cancel = () => {
      throw new Error('enough');
    };
    expect(() => learn(pool, train, {}, { onTree: cancel })).toThrow('enough');
  });
});

describe('parameters', () => {
  const small = mixedTable(200, 3);
  const settled = (given: ParameterValues) => learn(pool, small, { depth: 2, ...given }).forest.parameters;

  it('below 200 iterations: no combinations, and one leaf step on fewer than 20 columns', () => {
    expect(settled({ iterations: 199 })).toMatchObject({ max_ctr_complexity: 1, leaf_estimation_iterations: 1 });
    expect(settled({ iterations: 200 })).toMatchObject({ max_ctr_complexity: 4, leaf_estimation_iterations: 10 });
    const wide = {
      ...small,
      matrix: { rows: 200, columns: Array.from({ length: 20 }, () => small.matrix.columns[0]) },
    };
    expect(learn(pool, wide, { iterations: 5 }).forest.parameters['leaf_estimation_iterations']).toBe(10);
    expect(settled({ iterations: 200, leaf_estimation_method: 'Gradient' })['leaf_estimation_iterations']).toBe(40);
  });

  it.each<[ParameterValues, RegExp]>([
    [{ simple_ctr: 'Border' }, /type "Border"/],
    [{ simple_ctr: 'Borders:TargetBorderCount=2' }, /one border/],
    [{ simple_ctr: 'Borders:Prior=1/2' }, /Prior=1\/2/],
    [{ simple_ctr: 'Borders:CtrBorderType=Median' }, /Uniform alone/],
    [{ simple_ctr: 'Borders:CtrBorderCount=0' }, /1 to 255/],
    [{ combinations_ctr: 'Counter:TargetBorderCount=1' }, /does not look at the target/],
    [{ combinations_ctr: 'Borders:Priors=1' }, /"Priors"/],
    [{ combinations_ctr: 'Borders=1' }, /CTR descriptions/],
    [{ class_weights: '1,2', scale_pos_weight: 2 }, /Only one/],
    [{ class_weights: '1,0' }, /above 0/],
    [{ leaf_estimation_iterations: 1.5 }, /whole number/],
    [{ od_type: 'Iter', od_pval: 0.1 }, /od_pval/],
    [{ boosting_type: 'Ordered', depth: 16 }, /Ordered/],
    [{ bootstrap_type: 'No', subsample: 0.5 }, /draws no share/],
    [{ bootstrap_type: 'Bayesian', subsample: 1 }, /draws no share/],
  ])('%o is refused', (given, message) => {
    expect(() => learn(pool, small, given)).toThrow(message);
  });
});

describe('the automatic learning rate', () => {
  const job = (rows: number, parameters: object, withValid: boolean) =>
    ({
      train: { matrix: { rows } },
      valid: withValid ? {} : undefined,
      parameters: {
        learning_rate: 'auto',
        iterations: 1000,
        l2_leaf_reg: 3,
        leaf_estimation_method: 'Newton',
        leaf_estimation_iterations: 'auto',
        boost_from_average: false,
        ...parameters,
      },
    }) as unknown as TrainingJob;

  // What catboost 1.2.10 reports for 600 rows without an evaluation set.
  it('is the original’s', () => {
    expect(learningRate(job(600, {}, false))).toBeCloseTo(0.008283, 6);
    expect(learningRate(job(600, { iterations: 200 }, false))).toBeCloseTo(0.036238, 6);
    expect(learningRate(job(600, { iterations: 300 }, false))).toBeCloseTo(0.024985, 6);
  });

  it('is larger with a validation part and 0.03 when the leaves were changed', () => {
    expect(learningRate(job(600, {}, true))).toBeCloseTo(Math.exp(0.247 * Math.log(600) - 5.158), 5);
    expect(learningRate(job(600, { l2_leaf_reg: 4 }, false))).toBe(0.03);
  });
});

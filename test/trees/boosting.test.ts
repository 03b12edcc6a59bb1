// What LightGBM and XGBoost have in common: determinism, degenerate rows, early stopping, history, sampling, weights.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { FAMILIES, type Forest } from '#ecomml/forest/forest.js';
import { predictProbability, predictRaw } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { MatrixColumn } from '#ecomml/table/matrix.js';
import type { FamilyTrainer, LabelledMatrix, TrainedModel, TrainingJob } from '#ecomml/trees/family.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';

const pools = [1, 2, 3].map((threads) => new KernelPool(threads));
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const families: [string, FamilyTrainer, typeof lightgbmParameters][] = [
  ['lightgbm', trainLightgbm, lightgbmParameters],
  ['xgboost', trainXgboost, xgboostParameters],
];

/** Numeric columns, one of them with holes, a small and a large categorical column, and labels that depend on all. */
function rowsOf(rows: number, seed: number): LabelledMatrix {
  const random = new Random(seed);
  const numeric = Array.from({ length: 4 }, (_, c): MatrixColumn => {
    const values = Float64Array.from({ length: rows }, () => Math.round(random.normal() * 300) / 100);
    if (c === 1) for (let i = 0; i < rows; i++) if (random.next() < 0.2) values[i] = Number.NaN;
    return { name: `x${c}`, kind: 'numeric', values };
  });
  const categorical = [3, 400].map((count): MatrixColumn => {
    const values = Float64Array.from({ length: rows }, () => random.below(count));
    return {
      name: `c${count}`,
      kind: 'categorical',
      values,
      categories: Array.from({ length: count }, (_, i) => `${i}`),
    };
  });
  const columns = [...numeric, ...categorical];
  const label = Float64Array.from({ length: rows }, (_, i) => {
    const [a, b, c, , d, e] = columns.map((column) => column.values[i]);
    const score =
      a + (Number.isNaN(b) ? 1 : -b) * 0.5 + a * c * 0.7 + (d === 1 ? 1 : 0) + ((e * 37) % 11 > 6 ? 0.8 : -0.4);
    return score + random.normal() > 0.3 ? 1 : 0;
  });
  return { matrix: { rows, columns }, label };
}

const train = rowsOf(12_000, 1);
const valid = rowsOf(3000, 2);

function bytes(forest: Forest): string {
  const arrays = Object.entries(forest).filter(([, value]) => ArrayBuffer.isView(value));
  return arrays
    .map(([name, value]) => `${name}:${Buffer.from((value as Float64Array).slice().buffer).toString('hex')}`)
    .join();
}

function isSound({ forest }: TrainedModel, { matrix }: LabelledMatrix): void {
  for (const p of predictProbability(forest, matrix)) expect(p >= 0 && p <= 1).toBe(true);
}

function meanLogLoss(forest: Forest, { matrix, label, weight }: LabelledMatrix): number {
  let [sum, total] = [0, 0];
  predictRaw(forest, matrix).forEach((raw, i) => {
    const w = weight?.[i] ?? 1;
    sum += w * Math.log1p(Math.exp(label[i] === 1 ? -raw : raw));
    total += w;
  });
  return sum / total;
}

describe.each(families)('%s', (name, trainer, table) => {
  const run = (given: ParameterValues, part: Partial<TrainingJob> = {}): TrainedModel => {
    const parameters = resolveParameters(name, table, given);
    return trainer({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool: pools[0], ...part });
  };
  const trees = (count: number): ParameterValues =>
    name === 'lightgbm' ? { num_iterations: count } : { n_estimators: count };
  const sampling: ParameterValues =
    name === 'lightgbm'
      ? { bagging_fraction: 0.6, bagging_freq: 2, feature_fraction: 0.7, feature_fraction_bynode: 0.7 }
      : { subsample: 0.6, colsample_bytree: 0.8, colsample_bylevel: 0.8, colsample_bynode: 0.8 };

  it('is a family', () => expect(FAMILIES).toContain(name));

  it('gives the same bytes on 1, 2 and 3 threads, sampled or not, and gives its memory back', () => {
    for (const given of [trees(8), { ...trees(8), ...sampling }]) {
      const found = pools.map((pool) => {
        const before = pool.memory.used;
        const model = run(given, { pool, valid });
        expect(pool.memory.used).toBe(before);
        return bytes(model.forest) + [...model.history.train, ...model.history.valid!].join();
      });
      expect(found[1]).toBe(found[0]);
      expect(found[2]).toBe(found[0]);
    }
  });

  it('draws by the seed', () => {
    const [one, two] = [1, 2].map((seed) => bytes(run({ ...trees(3), ...sampling }, { seed }).forest));
    expect(one).not.toBe(two);
    expect(bytes(run({ ...trees(3), ...sampling }, { seed: 1 }).forest)).toBe(one);
  });

  it('reports the log loss that its forest has, on training and validation rows, sampled or not', () => {
    for (const given of [trees(12), { ...trees(12), ...sampling }]) {
      const { forest, history, bestIteration } = run(given, { valid });
      expect(bestIteration).toBe(12);
      // XGBoost keeps scores in single precision while it trains.
      expect(history.train[11]).toBeCloseTo(meanLogLoss(forest, train), name === 'xgboost' ? 6 : 12);
      expect(history.valid![11]).toBeCloseTo(meanLogLoss(forest, valid), name === 'xgboost' ? 6 : 12);
      expect(history.train[11]).toBeLessThan(history.train[0]);
    }
  });

  it('stops early and keeps the best iteration', () => {
    const small = rowsOf(600, 5);
    const rounds: (number | undefined)[] = [];
    const { forest, history, bestIteration } = run(trees(200), {
      train: small,
      valid,
      earlyStoppingRounds: 7,
      onTree: (done, total, loss) => {
        expect([done, total]).toEqual([rounds.length + 1, 200]);
        rounds.push(loss);
      },
    });
    const losses = [...history.valid!];
    expect(rounds).toEqual(losses);
    expect(losses.length).toBe(bestIteration + 7);
    expect(losses.indexOf(Math.min(...losses))).toBe(bestIteration - 1);
    expect(forest.treeWeight.length).toBe(bestIteration);
    expect(meanLogLoss(forest, valid)).toBeCloseTo(losses[bestIteration - 1], 6);
  });

  it('passes on what onTree throws, and the pool can be used again', () => {
    const cancel = () => {
      throw new Error('cancelled');
    };
    const before = pools[0].memory.used;
    expect(() => run(trees(5), { onTree: cancel })).toThrow('cancelled');
    expect(pools[0].memory.used).toBe(before);
    isSound(run(trees(2)), train);
  });

  it('counts a row of weight 2 as two rows', () => {
    const { matrix, label } = rowsOf(900, 9);
    const twice = Float64Array.from(label, (_, i) => (i % 3 === 0 ? 2 : 1));
    const rows = Array.from(label.keys()).flatMap((i) => (i % 3 === 0 ? [i, i] : [i]));
    const columns = matrix.columns.map((column) => ({
      ...column,
      values: Float64Array.from(rows, (i) => column.values[i]),
    }));
    const repeated = { matrix: { rows: rows.length, columns }, label: Float64Array.from(rows, (i) => label[i]) };
    // Rows are counted apart from weights: limits on rows must not bind, bins must not depend on counts.
    const given =
      name === 'lightgbm'
        ? { ...trees(10), min_data_in_leaf: 0, min_data_in_bin: 1, max_bin: 2000, min_data_per_group: 1, cat_smooth: 0 }
        : { ...trees(10), max_bin: 2000 };
    const weighted = run(given, { train: { matrix, label, weight: twice } });
    const plain = run(given, { train: repeated });
    expect(weighted.history.train[9]).toBeCloseTo(meanLogLoss(weighted.forest, { matrix, label, weight: twice }), 6);
    expect(weighted.forest.cover[0]).toBe(rows.length);
    expect(plain.forest.cover[0]).toBe(rows.length);
    if (name === 'lightgbm') return; // LightGBM estimates counts from weights: its cat_smooth and rows differ.
    const [a, b] = [predictRaw(weighted.forest, matrix), predictRaw(plain.forest, matrix)];
    a.forEach((score, i) => {
      expect(score).toBeCloseTo(b[i], 5);
    });
  });

  it('refuses rows that nothing can be learned from', () => {
    const empty = { matrix: { rows: 0, columns: [] }, label: new Float64Array() };
    expect(() => run({}, { train: empty })).toThrow('There are no training rows.');
    expect(() => run({}, { train: { ...train, label: train.label.map((y) => y * 2) } })).toThrow(
      /label of training row \d+ is 2/,
    );
    expect(() => run({}, { train: { ...train, weight: train.label.map(() => -1) } })).toThrow(
      /weight of training row 0 is -1/,
    );
    expect(() => run({}, { train: { ...train, weight: train.label.map(() => 0) } })).toThrow(
      'All training weights are 0',
    );
    expect(() => run({}, { valid: { ...valid, label: valid.label.slice(1) } })).toThrow(/validation labels/);
    expect(() =>
      run({}, { valid: { ...valid, matrix: { ...valid.matrix, columns: valid.matrix.columns.slice(1) } } }),
    ).toThrow(/validation rows have 5 columns/);
  });

  describe('degenerate rows', () => {
    const one = (values: readonly number[], label: readonly number[]): LabelledMatrix => ({
      matrix: { rows: values.length, columns: [{ name: 'x', kind: 'numeric', values: Float64Array.from(values) }] },
      label: Float64Array.from(label),
    });
    const many = (make: (i: number) => number, rows = 200) =>
      one(
        Array.from({ length: rows }, (_, i) => make(i)),
        Array.from({ length: rows }, (_, i) => (i % 4 < 2 ? 1 : 0)),
      );
    const cases: [string, LabelledMatrix][] = [
      ['a constant column', many(() => 7)],
      ['a column of nothing but missing values', many(() => Number.NaN)],
      ['one row', one([1], [1])],
      ['one class', one([1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0])],
      ['infinite values', many((i) => (i % 4 < 2 ? Infinity : -Infinity))],
      ['infinite, missing and finite values', many((i) => [Infinity, Number.NaN, -Infinity, 3][i % 4])],
      ['denormals', many((i) => (i % 4) * 5e-324)],
      ['values of 1e308', many((i) => (i % 4 < 2 ? 1e308 : 1.5e308))],
      ['both signs of 1e308', many((i) => (i % 4 < 2 ? 1e308 : -1e308))],
      ['zeros of both signs', many((i) => (i % 2 ? 0 : -0))],
      ['a value present in half the rows', many((i) => (i % 4 < 2 ? Number.NaN : 5))],
    ];
    it.each(cases)('%s', (_, rows) => {
      for (const given of [
        {},
        name === 'lightgbm' ? { min_data_in_leaf: 1 } : { min_child_weight: 0 },
      ] as ParameterValues[]) {
        const model = run({ ...trees(5), ...given }, { train: rows, valid: rows, earlyStoppingRounds: 3 });
        isSound(model, rows);
        const last = Math.max(0, model.bestIteration - 1);
        if (model.bestIteration > 0)
          expect(model.history.train[last]).toBeCloseTo(meanLogLoss(model.forest, rows), name === 'xgboost' ? 5 : 12);
      }
    });

    it('learns what missing values tell', () => {
      const rows = many((i) => (i % 4 < 2 ? Number.NaN : i));
      const { forest } = run(trees(20), { train: rows });
      predictProbability(forest, rows.matrix).forEach((p, i) => {
        expect(Math.abs(p - rows.label[i])).toBeLessThan(0.2);
      });
    });

    it('separates infinities', () => {
      const rows = many((i) => (i % 4 < 2 ? Infinity : -Infinity));
      const { forest } = run(trees(20), { train: rows });
      predictProbability(forest, rows.matrix).forEach((p, i) => {
        expect(Math.abs(p - rows.label[i])).toBeLessThan(0.2);
      });
    });

    it('more features than rows', () => {
      const random = new Random(4);
      const columns = Array.from({ length: 120 }, (_, c): MatrixColumn => {
        return { name: `x${c}`, kind: 'numeric', values: Float64Array.from({ length: 60 }, () => random.normal()) };
      });
      const wide = {
        matrix: { rows: 60, columns },
        label: Float64Array.from(columns[77].values, (x) => (x > 0 ? 1 : 0)),
      };
      const model = run(trees(10), { train: wide });
      isSound(model, wide);
      expect(model.history.train.at(-1)).toBeLessThan(0.6);
    });

    it('sends unseen categories where the validation scores say', () => {
      const { matrix, label } = rowsOf(500, 11);
      const columns = matrix.columns.map((column) =>
        column.kind === 'numeric'
          ? column
          : { ...column, values: column.values.map((code, i) => [-1, Number.NaN, code][i % 3]) },
      );
      const strange = { matrix: { rows: 500, columns }, label };
      const { forest, history } = run(trees(10), { valid: strange });
      expect(history.valid![9]).toBeCloseTo(meanLogLoss(forest, strange), name === 'xgboost' ? 6 : 12);
    });
  });
});

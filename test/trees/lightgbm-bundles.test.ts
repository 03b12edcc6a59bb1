// Exclusive feature bundling: the same trees from fewer columns, and features that conflict stay alone.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { binMatrix } from '#ecomml/trees/binned-matrix.js';
import { goesLeftInBundle } from '#ecomml/trees/bundled-columns.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import type { FeatureBins } from '#ecomml/trees/feature-bins.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { findLightgbmBins } from '#ecomml/trees/lightgbm-bins.js';
import { findBundles } from '#ecomml/trees/lightgbm-bundles.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

/** 60 columns of which a row has one, as numbers, negative ones and missing ones among them; two dense columns. */
function sparse(count: number, seed: number): LabelledMatrix {
  const random = new Random(seed);
  const cells = Array.from({ length: 62 }, () => new Float64Array(count));
  const label = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const one = random.below(60);
    cells[one][row] = one % 5 === 0 ? Number.NaN : one % 3 === 0 ? random.normal() : 1 + random.below(3);
    for (const dense of [60, 61]) cells[dense][row] = random.normal();
    const score = Math.sin(one) + cells[60][row] * 0.5 + (cells[one][row] > 1 ? 0.7 : 0);
    label[row] = score + random.normal() > 0 ? 1 : 0;
  }
  const columns = cells.map((values, c) => ({ name: `c${c}`, kind: 'numeric' as const, values }));
  return { matrix: { rows: count, columns }, label };
}

const train = sparse(6000, 1);
const valid = sparse(900, 2);
const rules = { maxBin: 255, minDataInBin: 3, minDataInLeaf: 20, useMissing: true, zeroAsMissing: false };
const binsOf = ({ matrix }: LabelledMatrix, sample?: Uint32Array) =>
  findLightgbmBins(pool, matrix.columns, sample, () => rules);
const definitionsOf = (found: ReturnType<typeof binsOf>): (FeatureBins | undefined)[] => found.map((one) => one?.bins);

function trained(given: ParameterValues, threads = pool) {
  const parameters = resolveParameters('lightgbm', lightgbmParameters, { num_iterations: 15, ...given });
  return trainLightgbm({ train, valid, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 3, pool: threads });
}

describe('enable_bundle', () => {
  it.each<ParameterValues>([
    {},
    { bagging_fraction: 0.5, bagging_freq: 1, feature_fraction: 0.4 },
    { feature_fraction_bynode: 0.5 },
    { use_quantized_grad: true },
    { zero_as_missing: true },
    { use_missing: false, boosting: 'dart', skip_drop: 0 },
    { monotone_constraints: 'c1:1,c3:-1,c60:1', monotone_constraints_method: 'advanced' },
    { bin_construct_sample_cnt: 500 },
  ])('grows the same trees: %j', async (given) => {
    const { forest, history } = trained(given);
    const apart = trained({ ...given, enable_bundle: false });
    const bytes = (one: typeof forest) => forestBytes({ ...one, parameters: {} });
    expect(Buffer.compare(bytes(forest), bytes(apart.forest))).toBe(0);
    expect(history).toEqual(apart.history);
    const single = new KernelPool(1);
    expect(trained(given, single).forest).toEqual(forest);
    await single.close();
  });

  it('makes few columns of many', () => {
    const found = binsOf(train);
    const groups = findBundles(train.matrix, found, undefined);
    const bundled = groups.reduce((sum, group) => sum + group.length, 0);
    expect(bundled).toBe(60);
    expect(groups.length).toBeLessThan(20);
    const mark = pool.memory.mark();
    const binned = binMatrix(pool, train.matrix, definitionsOf(found), { groups });
    const used = pool.memory.used - mark;
    expect(binned.columns.length).toBe(groups.length + 2);
    expect(binned.features.length).toBe(62);
    pool.memory.release(mark);
    binMatrix(pool, train.matrix, definitionsOf(found));
    expect(pool.memory.used - mark).toBeGreaterThan(used * 2);
    pool.memory.release(mark);
  });

  it('leaves a feature alone that conflicts where the sample did not look', () => {
    const columns = train.matrix.columns.map((column) => ({ ...column, values: column.values.slice() }));
    // Row 5,999 has a value in two columns.
    columns[1].values[5999] = 2;
    columns[2].values[5999] = 2;
    const matrix = { rows: 6000, columns };
    const sample = Uint32Array.from({ length: 5000 }, (_, row) => row);
    const found = binsOf({ matrix, label: train.label }, sample);
    const groups = [[1, 2, 4].map((column) => ({ column, commonBin: found[column]!.commonBin }))];
    const mark = pool.memory.mark();
    const { features, columns: kept } = binMatrix(pool, matrix, definitionsOf(found), { groups });
    expect(features.filter(({ place }) => place !== undefined).map(({ column }) => column)).toEqual([1, 4]);
    expect(kept.length).toBe(61);
    pool.memory.release(mark);
  });

  it('sends the bins of one feature, and the rest as its common bin', () => {
    const left = goesLeftInBundle({ start: 3, commonBin: 1, columnBins: 8 }, Uint8Array.of(1, 0, 0, 1));
    expect([...left]).toEqual([0, 0, 0, 1, 0, 1, 0, 0]);
  });
});

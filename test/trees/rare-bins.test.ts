// Features of 257 bins, which a byte cannot tell apart: their histograms, and the trees grown on them.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { MatrixColumn } from '#ecomml/table/matrix.js';
import { binMatrix } from '#ecomml/trees/binned-matrix.js';
import type { FeatureBins } from '#ecomml/trees/feature-bins.js';
import { HistogramMaker } from '#ecomml/trees/histogram.js';
import { resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';

const pools = [1, 3].map((threads) => new KernelPool(threads));
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const ROWS = 20_000;
const SCALE = 2 ** 40;
const definition: FeatureBins = {
  kind: 'numeric',
  bins: 257,
  borders: Float64Array.from({ length: 255 }, (_, i) => i + 0.5),
  strict: true,
  nanBin: 256,
};

/** Cells whose bin is the cell: the rarest of them is a value, missing, or absent altogether. */
function columnOf(kind: number, random: Random): Float64Array {
  return Float64Array.from({ length: ROWS }, () => {
    if (random.next() < [0.3, 0.0005, 0, 0.9][kind]) return Number.NaN;
    const value = random.below(256);
    return kind === 3 && value < 200 ? 7 : value;
  });
}

describe.each(pools.map((pool) => [pool.threads, pool] as const))('on %i threads', (_, pool) => {
  it('histograms are the sums of each bin’s rows, of 40 such features beside others', () => {
    const random = new Random(5);
    const columns = Array.from({ length: 42 }, (_, c): MatrixColumn => {
      return { name: `x${c}`, kind: 'numeric', values: columnOf(c % 4, random) };
    });
    // The narrower and the wider definition share the borders.
    const definitions = columns.map((_, c): FeatureBins => {
      return c === 10
        ? { ...definition, bins: 256, nanBin: 255 }
        : c === 20
          ? { ...definition, bins: 300 }
          : definition;
    });
    const mark = pool.memory.mark();
    const binned = binMatrix(pool, { rows: ROWS, columns }, definitions);
    expect(binned.rare?.count).toBe(40);
    const gradients = pool.memory.alloc(ROWS * 8);
    const values = pool.memory.f32(gradients, ROWS * 2);
    for (let i = 0; i < ROWS * 2; i++) values[i] = Math.round((random.next() - 0.5) * 2 ** 20) / 2 ** 20;
    const maker = new HistogramMaker(pool, binned, { address: gradients, scaleG: SCALE, scaleH: SCALE });
    const some = Uint32Array.from({ length: ROWS }, (_, row) => row).filter((row) => row % 3 !== 1);
    const indices = pool.memory.alloc(some.byteLength);
    pool.memory.u32(indices, some.length).set(some);
    const out = pool.memory.alloc(binned.histogramBytes);
    for (const rows of [undefined, some]) {
      const count = rows?.length ?? ROWS;
      maker.make([{ rows: rows === undefined ? 0 : indices, first: 0, count }], out);
      binned.features.forEach(({ histogramOffset, bins }, f) => {
        const expected = new BigInt64Array(bins * 2);
        for (let i = 0; i < count; i++) {
          const row = rows?.[i] ?? i;
          const cell = columns[f].values[row];
          const bin = Number.isNaN(cell) ? definitions[f].bins - 1 : cell;
          const at = Number.isNaN(cell) && f === 20 ? 256 : bin;
          expected[at * 2] += BigInt(values[row * 2] * SCALE);
          expected[at * 2 + 1] += BigInt(values[row * 2 + 1] * SCALE);
        }
        expect(pool.memory.i64(out + histogramOffset, bins * 2), `feature ${f}`).toEqual(expected);
      });
    }
    pool.memory.release(mark);
  });
});

it('XGBoost grows the same forest on any number of threads', () => {
  const random = new Random(6);
  const columns = [0, 1, 2, 3].map((kind): MatrixColumn => {
    const values = columnOf(kind, random).map((value) => value + random.next() / 2);
    return { name: `x${kind}`, kind: 'numeric', values };
  });
  const label = Float64Array.from({ length: ROWS }, (_, row) => {
    const [a, b, c, d] = columns.map(({ values }) => values[row]);
    return (Number.isNaN(a) ? 300 : a) + b - c + (Number.isNaN(d) ? 0 : 80) + 100 * random.normal() > 150 ? 1 : 0;
  });
  const parameters = resolveParameters('xgboost', xgboostParameters, { n_estimators: 8 });
  const train = { matrix: { rows: ROWS, columns }, label };
  const [one, three] = pools.map(
    (pool) => trainXgboost({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool }).forest,
  );
  expect(Buffer.compare(forestBytes(one), forestBytes(three))).toBe(0);
  expect(one.feature.filter((feature) => feature === 3).length).toBeGreaterThan(5);
});

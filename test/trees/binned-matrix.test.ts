// The binned matrix, the histograms and the row partition against the obvious computation, on one thread and on three.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { type BinnedMatrix, binMatrix } from '#ecomml/trees/binned-matrix.js';
import type { FeatureBins } from '#ecomml/trees/feature-bins.js';
import { HistogramMaker } from '#ecomml/trees/histogram.js';
import { RowPartition } from '#ecomml/trees/row-partition.js';

const ROWS = 40_000;

function table(columns: number): { matrix: Matrix; definitions: (FeatureBins | undefined)[] } {
  const random = new Random(7);
  const definitions: (FeatureBins | undefined)[] = [];
  const matrix: Matrix = {
    rows: ROWS,
    columns: Array.from({ length: columns }, (_, c) => {
      const values = new Float64Array(ROWS);
      if (c % 5 === 4) {
        const categories = c === 4 ? 70_000 : c === 9 ? 900 : 12;
        for (let i = 0; i < ROWS; i++) values[i] = random.next() < 0.1 ? Number.NaN : random.below(categories) - 1;
        const binOfCode = Uint32Array.from({ length: categories }, (_, code) => (code + 1) % categories);
        definitions.push({ kind: 'categorical', bins: categories, binOfCode, missingBin: 0, otherBin: 1 });
        return { name: `c${c}`, kind: 'categorical' as const, values };
      }
      for (let i = 0; i < ROWS; i++) values[i] = random.next() < 0.1 ? Number.NaN : random.next();
      const borders = Float64Array.from(
        { length: c % 3 === 0 ? 255 : 9 },
        (_, b) => (b + 1) / (c % 3 === 0 ? 256 : 10),
      );
      const bins = borders.length + 2;
      const strict = c % 2 === 0;
      definitions.push(c === 2 ? undefined : { kind: 'numeric', bins, borders, strict, nanBin: bins - 1 });
      return { name: `x${c}`, kind: 'numeric' as const, values };
    }),
  };
  return { matrix, definitions };
}

const { matrix, definitions } = table(23);
const pools = [1, 3].map((threads) => new KernelPool(threads));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

function binOf(pool: KernelPool, { address, width }: BinnedMatrix['features'][number], row: number): number {
  const at = address + row * width;
  return width === 1 ? pool.memory.u8(at, 1)[0] : width === 2 ? pool.memory.u16(at, 1)[0] : pool.memory.u32(at, 1)[0];
}

function expectedBin(definition: FeatureBins, x: number): number {
  if (definition.kind === 'categorical')
    return Number.isNaN(x) ? definition.missingBin : x < 0 ? definition.otherBin : definition.binOfCode[x];
  if (Number.isNaN(x)) return definition.nanBin;
  return definition.borders.filter((border) => (definition.strict ? border <= x : border < x)).length;
}

describe.each(pools.map((pool) => [pool.threads, pool] as const))('on %i threads', (_, pool) => {
  const mark = pool.memory.mark();
  const binned = binMatrix(pool, matrix, definitions);
  const gradients = pool.memory.alloc(ROWS * 8);
  const random = new Random(3);
  // Whole numbers and halves: exact in single precision, and in the fixed point of scale 2.
  const gradientView = pool.memory.f32(gradients, ROWS * 2);
  for (let i = 0; i < gradientView.length; i++) gradientView[i] = (random.below(2 ** 22) - 2 ** 21) / 2;
  const maker = new HistogramMaker(pool, binned, { address: gradients, scaleG: 2, scaleH: 2 });
  const partition = new RowPartition(pool, ROWS, 70_000);
  const [rootHist, childHist] = [0, 1].map(() => pool.memory.alloc(binned.histogramBytes));
  afterAll(() => pool.memory.release(mark));

  it('puts every value into its bin', () => {
    expect(binned.features.map((feature) => feature.column)).not.toContain(2);
    expect(binned.features.map((feature) => feature.width)).toEqual(
      expect.arrayContaining([1, 2, 4]), // narrow, 257 or 900 bins, 70,000 bins
    );
    for (const feature of binned.features) {
      for (let row = 0; row < ROWS; row += 97) {
        const expected = expectedBin(feature.definition, matrix.columns[feature.column].values[row]);
        if (binOf(pool, feature, row) !== expected) expect.fail(`column ${feature.column}, row ${row}`);
      }
    }
  });

  it('makes exact histograms of the root and of a child, and the sibling by subtraction', () => {
    partition.resetAll();
    const split = binned.features[1];
    const goesLeft = Uint8Array.from({ length: split.bins }, (_, bin) => (bin % 3 === 0 ? 1 : 0));
    const leftCount = partition.split(0, ROWS, split, goesLeft);
    const rows = [
      [0, leftCount],
      [leftCount, ROWS - leftCount],
    ].flatMap(([start, count]) => [...pool.memory.u32(partition.together(start, count), count)]);
    const order = Array.from({ length: ROWS }, (_, row) => row);
    const left = order.filter((row) => goesLeft[binOf(pool, split, row)] === 1);
    const right = order.filter((row) => goesLeft[binOf(pool, split, row)] === 0);
    expect(leftCount).toBe(left.length);
    expect(rows).toEqual([...left, ...right]);

    maker.make(partition.sharesOfAll(), rootHist);
    const siblingHist = pool.memory.alloc(binned.histogramBytes);
    pool.memory.u8(siblingHist, binned.histogramBytes).set(pool.memory.u8(rootHist, binned.histogramBytes));
    maker.make(partition.shares(0, leftCount), childHist, undefined, siblingHist);
    const check = (hist: number, of: number[]) => {
      for (const feature of binned.features) {
        const sums = new BigInt64Array(feature.bins * 2);
        for (const row of of) {
          const bin = binOf(pool, feature, row);
          sums[bin * 2] += BigInt(gradientView[row * 2] * 2);
          sums[bin * 2 + 1] += BigInt(gradientView[row * 2 + 1] * 2);
        }
        const found = pool.memory.i64(hist + feature.histogramOffset, feature.bins * 2);
        expect(Buffer.compare(Buffer.from(found.slice().buffer), Buffer.from(sums.buffer)), `${feature.column}`).toBe(
          0,
        );
      }
    };
    check(rootHist, order);
    check(childHist, left);
    check(siblingHist, right);
    let g = 0n;
    for (const row of left) g += BigInt(gradientView[row * 2] * 2);
    expect(maker.sum({ rows: partition.together(0, leftCount), first: 0, count: leftCount }).g).toBe(g);
  });
});

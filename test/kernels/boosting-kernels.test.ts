// The boosting kernels against their plain twins, bit for bit, over random shapes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { exp, log } from '#ecomml/kernels/plain/exponential.js';
import { writeSearchGuide } from '#ecomml/kernels/search-guide.js';
import { expectTwins, memory, withMemory } from './twins.js';

const LANE = 4160;

/** Fills bytes with random bins and i64 gradients of up to 40 bits. */
function randomGradients(random: Random, at: number, rows: number): void {
  const view = memory.i64(at, rows * 2);
  for (let i = 0; i < view.length; i++) view[i] = BigInt(Math.floor((random.next() - 0.5) * 2 ** 40));
}

/** Single-precision numbers of many magnitudes. */
function randomFloats(random: Random, at: number, count: number): void {
  const view = memory.f32(at, count);
  for (let i = 0; i < count; i++) view[i] = (random.next() - 0.5) * 2 ** -random.below(40);
}

/** An ascending random subset of 0 … rows − 1 at a fresh address; at least one row. */
function randomRows(random: Random, alloc: (bytes: number) => { at: number }, rows: number) {
  const kept = Array.from({ length: rows }, (_, row) => row).filter(() => random.next() < 0.6);
  if (kept.length === 0) kept.push(random.below(rows));
  const { at } = alloc(kept.length * 4);
  memory.u32(at, kept.length).set(kept);
  return { at, count: kept.length };
}

const shape = fc.record({
  rows: fc.integer({ min: 1, max: 700 }),
  lanes: fc.integer({ min: 1, max: 64 }),
  bins: fc.integer({ min: 1, max: 256 }),
  seed: fc.nat(),
  indexed: fc.boolean(),
  zero: fc.boolean(),
});

describe('histogram kernels', () => {
  it('histogramTiles', () => {
    fc.assert(
      fc.property(shape, ({ rows, lanes, bins, seed, indexed, zero }) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const stride = lanes > 32 ? 64 : lanes > 16 ? 32 : 16;
          const tile = alloc(rows * stride);
          const gradients = alloc(rows * 8);
          const hist = alloc(64 * LANE);
          const scratch = alloc(20480);
          memory.u8(hist.at, hist.bytes).fill(0);
          memory.u8(tile.at, tile.bytes).forEach((_, i, view) => {
            view[i] = random.below(bins);
          });
          randomFloats(random, gradients.at, rows * 2);
          randomGradients(random, hist.at, 64 * 260);
          const node = randomRows(random, alloc, rows);
          const [address, first, count] = indexed ? [node.at, 0, node.count] : [0, rows >> 1, rows - (rows >> 1)];
          const given = [tile.at, stride, lanes, address, first, count, gradients.at, 2 ** 40, 2 ** 39];
          expectTwins('histogramTiles', [...given, hist.at, scratch.at, zero ? 1 : 0], hist);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([2, 4])('histogramColumn, bins of %i bytes', (width) => {
    fc.assert(
      fc.property(shape, ({ rows, seed, indexed, zero }) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const bins = 300 + random.below(1000);
          const column = alloc(rows * width);
          const gradients = alloc(rows * 8);
          const hist = alloc(bins * 16);
          const view = width === 2 ? memory.u16(column.at, rows) : memory.u32(column.at, rows);
          for (let i = 0; i < rows; i++) view[i] = random.below(bins);
          randomFloats(random, gradients.at, rows * 2);
          randomGradients(random, hist.at, bins);
          const node = randomRows(random, alloc, rows);
          const [address, first, count] = indexed ? [node.at, 0, node.count] : [0, 0, rows];
          const args = [
            column.at,
            width,
            address,
            first,
            count,
            gradients.at,
            2 ** 40,
            2 ** 39,
            hist.at,
            bins,
            zero ? 1 : 0,
          ];
          expectTwins('histogramColumn', args, hist);
          expectTwins('sumGradients', [address, first, count, gradients.at, 2 ** 40, 2 ** 39, hist.at], hist);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('settleHistograms, histogramToDoubles', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 3 }),
        fc.nat(),
        (entries, parts, seed) => {
          withMemory((alloc) => {
            const random = new Random(seed);
            const bytes = entries * 16 + 64;
            const [table, out, partial, parent] = [16, bytes, bytes * 3, bytes].map(alloc);
            for (const { at } of [out, partial, parent]) randomGradients(random, at, entries);
            randomGradients(random, partial.at + bytes, entries * 2);
            // Two columns, the second with a gap before it.
            const middle = random.below(entries);
            memory.u32(table.at, 4).set([0, middle * 16, middle * 16 + 64, (entries - middle) * 16]);
            const columns = random.next() < 0.5 ? [0, 2] : [1, 2];
            const given = [table.at, ...columns, out.at, partial.at, parts, bytes];
            expectTwins('settleHistograms', [...given, parent.at], out, parent);
            expectTwins('settleHistograms', [...given, 0], out, parent);
            expectTwins('histogramToDoubles', [parent.at, entries, 2 ** -41, 2 ** -33, out.at], out);
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('histogram kernels of quantized gradients', () => {
  /** Gradients as large as they get, and entries with sums of both signs. */
  const fill = (random: Random, gradients: number, rows: number, largest: number, hist: number, entries: number) => {
    const view = memory.u8(gradients, rows * 2);
    for (let row = 0; row < rows; row++) {
      const g = random.below(largest + 1) - (largest >> 1);
      view.set([random.next() < 0.5 ? largest : random.below(largest + 1), g & 255], row * 2);
    }
    const sums = memory.i64(hist, entries);
    for (let i = 0; i < entries; i++) sums[i] = (BigInt(random.below(2000) - 1000) << 32n) + BigInt(random.below(2000));
  };
  const packedShape = fc.record({
    rows: fc.integer({ min: 1, max: 1500 }),
    lanes: fc.integer({ min: 1, max: 64 }),
    bins: fc.constantFrom(1, 2, 100, 256),
    largest: fc.constantFrom(2, 4, 32, 126),
    seed: fc.nat(),
    indexed: fc.boolean(),
    zero: fc.boolean(),
  });

  it('packedTiles', () => {
    fc.assert(
      fc.property(packedShape, ({ rows, lanes, bins, largest, seed, indexed, zero }) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const stride = lanes > 32 ? 64 : lanes > 16 ? 32 : 16;
          const [tile, gradients, hist, scratch] = [rows * stride, rows * 2, 64 * 2112, 2 * 87040].map(alloc);
          const view = memory.u8(tile.at, tile.bytes);
          for (let i = 0; i < view.length; i++) view[i] = random.below(bins);
          fill(random, gradients.at, rows, largest, hist.at, hist.bytes / 8);
          memory.u8(scratch.at, scratch.bytes).fill(7);
          const node = randomRows(random, alloc, rows);
          const [address, first, count] = indexed ? [node.at, 0, node.count] : [0, rows >> 1, rows - (rows >> 1)];
          const given = [tile.at, stride, lanes, address, first, count, gradients.at, largest];
          expectTwins('packedTiles', [...given, hist.at, scratch.at, zero ? 1 : 0], hist);
          if (count > Math.floor(65535 / largest) - 256) return;
          // Two parts of short entries, the second of some of the rows only.
          const shorts = [0, 1].map((part) => ({ at: scratch.at + part * 87040 + 17408, bytes: lanes * 1088 }));
          expectTwins('packedTiles', [...given, 0, scratch.at, 1], shorts[0]);
          const some = [...given.slice(0, 5), count >> 1, ...given.slice(6)];
          expectTwins('packedTiles', [...some, 0, scratch.at + 87040, 1], shorts[1]);
          const [table, parent] = [lanes * 8, 64 * 2112].map(alloc);
          memory.u32(table.at, lanes * 2).set(Array.from({ length: lanes }, (_, l) => [l * 2112, 2048]).flat());
          fill(random, gradients.at, rows, largest, parent.at, parent.bytes / 8);
          const settled = [table.at, lanes >> 1, lanes, hist.at, shorts[0].at, 2, 87040];
          expectTwins('settleShorts', [...settled, parent.at], hist, parent);
          expectTwins('settleShorts', [...settled, 0], hist, parent);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([2, 4])('packedColumn, bins of %i bytes, sumPacked and packedToDoubles', (width) => {
    fc.assert(
      fc.property(packedShape, ({ rows, largest, seed, indexed, zero }) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const bins = 300 + random.below(1000);
          const [column, gradients, hist, out] = [rows * width, rows * 2, bins * 8, bins * 16].map(alloc);
          const view = width === 2 ? memory.u16(column.at, rows) : memory.u32(column.at, rows);
          for (let i = 0; i < rows; i++) view[i] = random.below(bins);
          fill(random, gradients.at, rows, largest, hist.at, bins);
          const node = randomRows(random, alloc, rows);
          const [address, first, count] = indexed ? [node.at, 0, node.count] : [0, 0, rows];
          const given = [address, first, count, gradients.at, largest];
          expectTwins('packedColumn', [column.at, width, ...given, hist.at, bins, zero ? 1 : 0], hist);
          expectTwins('packedToDoubles', [hist.at, bins, 0.3, 0.7, out.at], out);
          expectTwins('sumPacked', [...given, out.at], out);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('partition kernels', () => {
  it.each([1, 2, 4])('partitionRows, bins of %i bytes', (width) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), (rows, seed) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const bins = width === 1 ? 256 : 700;
          const column = alloc(rows * width);
          for (let row = 0; row < rows; row++) {
            const at = column.at + row * width;
            const view = width === 1 ? memory.u8(at, 1) : width === 2 ? memory.u16(at, 1) : memory.u32(at, 1);
            view[0] = random.below(bins);
          }
          const goesLeft = alloc(bins);
          memory.u8(goesLeft.at, bins).forEach((_, i, view) => {
            view[i] = random.below(2);
          });
          const node = randomRows(random, alloc, rows);
          const [left, right, result] = [alloc(node.count * 4), alloc(node.count * 4), alloc(4)];
          for (const { at, bytes } of [left, right]) memory.u8(at, bytes).fill(0);
          const args = [node.at, node.count, column.at, width, goesLeft.at, left.at, right.at, result.at];
          // Past its own rows each side's buffer holds whatever a branch-free loop left there: compare only the rows.
          expectTwins('partitionRows', args, result);
          const gone = memory.i32(result.at, 1)[0];
          expectTwins('partitionRows', args, { at: left.at, bytes: gone * 4 });
          expectTwins('partitionRows', args, { at: right.at, bytes: (node.count - gone) * 4 });
          // In place: the rows that go right follow the others, so that both lists end as one.
          const inPlace = alloc(node.count * 4);
          memory.u32(inPlace.at, node.count).set(memory.u32(node.at, node.count));
          const placed = [inPlace.at, node.count, ...args.slice(2, 5), inPlace.at, right.at, result.at];
          expectTwins('partitionRows', placed, inPlace, result);
          expect([...memory.u32(inPlace.at, gone)]).toEqual([...memory.u32(left.at, gone)]);
          expectTwins('copyRows', [node.at, left.at, node.count], left);
          expectTwins('countRows', [left.at, 7, node.count], left);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('gradient kernels', () => {
  const scoreValue = fc.oneof(
    fc.double({ min: -50, max: 50, noNaN: true }),
    fc.constantFrom(0, -0, 1e-300, 5e-324, 708, -708, 710, -745, 1e308, -1e308, Infinity, -Infinity),
  );

  it('logLossGradients, logisticGradients, logLossSum, addToScores', () => {
    fc.assert(
      fc.property(
        fc.array(scoreValue, { minLength: 1, maxLength: 60 }),
        fc.nat(),
        fc.boolean(),
        // Sums of losses take a logarithm every 512 rows.
        fc.constantFrom(1, 1, 1, 40),
        (some, seed, own, times) => {
          withMemory((alloc) => {
            const scores = Array.from({ length: some.length * times }, (_, i) => some[i % some.length]);
            const rows = scores.length;
            const random = new Random(seed);
            const [score, label, weight, out] = [alloc(rows * 8), alloc(rows), alloc(rows * 8), alloc(rows * 8)];
            memory.f64(score.at, rows).set(scores);
            for (let i = 0; i < rows; i++) {
              memory.u8(label.at, rows)[i] = random.below(2);
              memory.f64(weight.at, rows)[i] = Math.fround(random.next() * 3);
            }
            const weights = own ? weight.at : 0;
            const [s, l] = [score.at, label.at];
            const sum = alloc(8);
            expectTwins('logLossGradients', [s, l, weights, 0, rows, 1, 2.5, out.at, sum.at], out, sum);
            expectTwins('logisticGradients', [s, l, weights, 0, rows, 1.7, out.at, sum.at], out, sum);
            expectTwins('logLossSum', [s, l, weights, 0, rows, out.at], { at: out.at, bytes: 8 });
            const node = randomRows(random, alloc, rows);
            for (const single of [0, 1]) expectTwins('addToScores', [node.at, node.count, s, 0.1, single], score);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('exp and log agree with Math to two units in the last place', () => {
    // Both are below one unit by fdlibm's analysis, and so is V8's Math: two allows for both erring apart.
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        const expected = Math.exp(x);
        expect(Math.abs(exp(x) - expected)).toBeLessThanOrEqual(expected * 2 ** -51);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2, noNaN: true }), (x) => {
        const expected = Math.log(x);
        expect(Math.abs(log(x) - expected)).toBeLessThanOrEqual(Math.max(expected * 2 ** -51, 2 ** -1074));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('quantizing kernels', () => {
  it('largestGradients, quantizeGradients, sumOfGradients', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.nat(),
        fc.boolean(),
        fc.boolean(),
        (rows, seed, listed, stochastic) => {
          withMemory((alloc) => {
            const random = new Random(seed);
            const [packed, exact, result] = [alloc(rows * 2), alloc(rows * 8), alloc(16)];
            randomFloats(random, exact.at, rows * 2);
            // h is never negative.
            const numbers = memory.f32(exact.at, rows * 2);
            for (let i = 1; i < numbers.length; i += 2) numbers[i] = Math.abs(numbers[i]);
            const node = randomRows(random, alloc, rows);
            const [list, count] = listed ? [node.at, node.count] : [0, rows];
            const roundings = alloc(count * 16);
            memory.f64(roundings.at, count * 2).forEach((_, i, view) => {
              view[i] = random.next();
            });
            const first = random.below(count);
            const start = random.below(count);
            const from = [packed.at, exact.at, list, first, count - first];
            const rounding = [stochastic ? roundings.at : 0, start, count, 13.7, 4.1];
            expectTwins('quantizeGradients', [...from, ...rounding], packed);
            expectTwins('largestGradients', [exact.at, list, first, count - first, result.at], result);
            expectTwins('sumOfGradients', [exact.at, list, count, result.at], result);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('binning kernels', () => {
  const cell = fc.oneof(
    fc.double(),
    fc.integer({ min: -5, max: 12 }),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 0, -0, 1e308, 5e-324),
  );

  it.each([1, 2, 4])('binNumeric and binCategories into %i bytes', (width) => {
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 1, maxLength: 80 }),
        fc.array(cell, { maxLength: 40 }),
        fc.boolean(),
        (values, edges, strict) => {
          withMemory((alloc) => {
            const borders = Float64Array.from(new Set(edges.filter((x) => !Number.isNaN(x)))).sort();
            const [from, at, table] = [alloc(values.length * 8), alloc(borders.length * 8), alloc(40)];
            const out = alloc(values.length * 16);
            memory.u8(out.at, out.bytes).fill(0);
            memory.f64(from.at, values.length).set(values);
            memory.f64(at.at, borders.length).set(borders);
            memory.u32(table.at, 10).set([3, 1, 4, 1, 5, 9, 2, 6, 5, 8]);
            const numeric = [from.at, values.length, at.at, borders.length, strict ? 1 : 0, 77, out.at, 16, width];
            expectTwins('binNumeric', [...numeric, 0], out);
            expectTwins('binNumeric', [...numeric, writeSearchGuide(memory, borders)], out);
            expectTwins('binCategories', [from.at, values.length, table.at, 10, 12, 13, out.at, width, width], out);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('packTile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 16 }), fc.nat(), (rows, lanes, seed) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const [columns, out] = [alloc(rows * lanes), alloc(rows * 32)];
          for (const { at, bytes } of [columns, out])
            memory.u8(at, bytes).forEach((_, i, view) => {
              view[i] = random.below(256);
            });
          const first = random.below(rows);
          expectTwins('packTile', [columns.at, rows, lanes, first, rows - first, out.at + 16, 32], out);
        });
      }),
      { numRuns: 40 },
    );
  });
});

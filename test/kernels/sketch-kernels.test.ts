// XGBoost's quantile summary against its plain twin, bit for bit, over random columns, weights and sizes of the levels.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectTwins, memory, withMemory } from './twins.js';

/** Cells of one kind or another: few values or many, sorted or not, with missing, infinite, tiny and zero ones of both signs. */
function fill(cells: Float64Array, kind: number, random: Random): void {
  for (let i = 0; i < cells.length; i++) {
    const draw = random.normal();
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-42, -0, 0, 3e38][random.below(7)];
    cells[i] = [draw, Math.round(draw * 3), i, -i, random.next() < 0.3 ? odd : draw, draw * 1e-30, hard(i)][kind];
  }
}

/** A column of pairs that medians of three part badly. */
function hard(i: number): number {
  return Math.floor((i >= 1000 ? 2 * (i - 999) : i % 2 === 0 ? i + 1 : 1000 + i) / 2);
}

describe('sketch kernels', () => {
  it('sketchColumn, countNumbers', () => {
    let pruned = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 9, max: 1200 }),
        fc.integer({ min: 2, max: 90 }),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom('none', 'whole', 'broken', 'cents'),
        fc.nat(),
        (count, wantedLimit, last, kind, weighing, seed) => {
          withMemory((alloc) => {
            const random = new Random(seed);
            const limit = Math.min(count, wantedLimit);
            const [values, weights] = [alloc(count * 8), alloc(count * 8)];
            const scratch = alloc(limit * 96 + (limit + 1) * 16 * 14 + 24_800);
            const out = alloc((last + 2) * 4);
            memory.u8(out.at, out.bytes).fill(0);
            fill(memory.f64(values.at, count), kind, random);
            const weight = memory.f64(weights.at, count);
            const unit = { none: 1, whole: 1, broken: random.next(), cents: 0.01 }[weighing];
            for (let i = 0; i < count; i++) weight[i] = random.below(unit === 1 ? 4 : 300) * unit;
            const first = Math.min(count, last * 8);
            const at = weighing === 'none' ? 0 : weights.at;
            expectTwins('sketchColumn', [values.at, count, at, limit, first, last, scratch.at, out.at], out);
            if (count > limit * 4 && memory.i32(out.at, 1)[0] > 4) pruned++;
            expectTwins('countNumbers', [values.at, count, out.at], out);
          });
        },
      ),
      { numRuns: 400 },
    );
    expect(pruned).toBeGreaterThan(50);
  });

  // The cuts of XGBoost 3.2.0 at max_bin 64. Had weights of equal values been added in the order of the rows, the second
  // number would be among them instead of the first.
  it.each([
    [46, 39428, 39348],
    [47, 43211, 43099],
    [132, 62041, 62169],
    [156, 7807, 7722],
    [173, 41498, 41273],
    [197, 5554, 5669],
  ])('sketchColumn adds weights of equal values in the original’s order: column %i', (seed, there, elsewhere) => {
    withMemory((alloc) => {
      const [values, weights, scratch, out] = [16_000, 16_000, 1025 * 96 + 1026 * 16 * 3 + 24_800, 67 * 4].map(alloc);
      memory.u8(out.at, out.bytes).fill(0);
      let state = seed;
      const next = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state >>> 16;
      };
      for (let i = 0; i < 2000; i++) {
        memory.f64(values.at, 2000)[i] = next() % 3 === 0 ? next() % 3 : next();
        memory.f64(weights.at, 2000)[i] = ((next() % 3) + 1) / 10;
      }
      expectTwins('sketchColumn', [values.at, 2000, weights.at, 1025, 512, 65, scratch.at, out.at], out);
      const cuts = Array.from(memory.f32(out.at + 4, memory.i32(out.at, 1)[0]));
      expect(cuts).toContain(there);
      expect(cuts).not.toContain(elsewhere);
    });
  });
});

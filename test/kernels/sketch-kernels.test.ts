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
    cells[i] = [draw, Math.round(draw * 3), i, -i, random.next() < 0.3 ? odd : draw, draw * 1e-30][kind];
  }
}

describe('sketch kernels', () => {
  it('sketchColumn, countNumbers', () => {
    let pruned = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 9, max: 400 }),
        fc.integer({ min: 2, max: 90 }),
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom('none', 'whole', 'broken'),
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
            for (let i = 0; i < count; i++) weight[i] = weighing === 'whole' ? random.below(4) : random.next();
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
});

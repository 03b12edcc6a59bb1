// XGBoost's draws of rows against their plain twins, bit for bit.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectTwins, memory, withMemory } from './twins.js';

describe('row sample kernels', () => {
  it('drawRows, gradientSizes, sizeThreshold, drawRowsBySize', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(0, 1, 0xffffffff, 12345),
        fc.constantFrom('any', 'equal', 'some none'),
        fc.nat(),
        (rows, share, seed, kind, fill) => {
          withMemory((alloc) => {
            const random = new Random(fill);
            const [gradients, sizes] = [alloc(rows * 8), alloc(rows * 4)];
            const [out, result, scratch] = [alloc(rows * 4), alloc(4), alloc(rows * 8 + 24_576)];
            memory.u8(out.at, out.bytes).fill(0);
            const entries = memory.f32(gradients.at, rows * 2);
            for (let row = 0; row < rows; row++) {
              const none = kind === 'some none' && random.next() < 0.4;
              const draw = kind === 'equal' ? 0.5 : none ? 0 : random.next() ** 3;
              entries[row * 2] = random.next() < 0.5 ? draw : -draw;
              entries[row * 2 + 1] = draw * (1 - draw);
            }
            expectTwins('drawRows', [rows, seed, Math.fround(share), out.at, result.at], out, result);
            expectTwins('gradientSizes', [gradients.at, 0, rows, sizes.at], sizes);
            const wanted = Math.max(1, Math.min(rows - 1, Math.trunc(rows * share)));
            expectTwins('sizeThreshold', [sizes.at, rows, wanted, scratch.at, result.at], result);
            const threshold = Math.max(memory.f32(result.at, 1)[0], Math.fround(1e-6));
            memory.u8(out.at, out.bytes).fill(0);
            const args = [sizes.at, rows, threshold, seed, gradients.at, out.at, result.at];
            expectTwins('drawRowsBySize', args, out, result, gradients);
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});

// The kernel that merges columns of bins against its plain twin, bit for bit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectTwins, memory, withMemory } from './twins.js';

describe('bundle kernels', () => {
  it('mergeBundle', () => {
    let merged = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 20 }), fc.nat(), (rows, bins, seed) => {
        withMemory((alloc) => {
          const random = new Random(seed);
          const [cells, out] = [alloc(rows), alloc(rows)];
          const common = random.below(bins);
          const free = random.next() < 0.5;
          memory.u8(cells.at, rows).forEach((_, row, all) => {
            all[row] = random.next() < 0.8 ? common : random.below(bins);
          });
          memory.u8(out.at, rows).forEach((_, row, all) => {
            const isTaken = random.next() < 0.3 && (!free || memory.u8(cells.at, rows)[row] === common);
            all[row] = isTaken ? 1 + random.below(5) : 0;
          });
          const before = memory.u8(out.at, rows).slice();
          expectTwins('mergeBundle', [cells.at, rows, common, 6, out.at], out);
          if (Buffer.compare(before, memory.u8(out.at, rows)) !== 0) merged++;
        });
      }),
      { numRuns: 100 },
    );
    expect(merged).toBeGreaterThan(20);
  });
});

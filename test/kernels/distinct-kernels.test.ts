// The kernel that counts a column's distinct numbers against its plain twin, bit for bit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectTwins, memory, withMemory } from './twins.js';

const ODD = [
  0,
  -0,
  1e-36,
  -1e-36,
  5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1,
  1 + 2 ** -52,
];

describe('distinctNumbers', () => {
  it('is its twin', () => {
    let most = 0;
    const cell = fc.oneof(fc.double(), fc.constantFrom(...ODD), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 200, size: 'max' }), (column) => {
        withMemory((alloc) => {
          const count = column.length;
          const cells = alloc(count * 8 + 8);
          const scratch = alloc(16 + 6 * 2048 * 4 + count * 16);
          const [values, counts, size] = [alloc(count * 8 + 8), alloc(count * 8 + 8), alloc(4)];
          memory.f64(cells.at, count).set(column);
          for (const out of [values, counts]) memory.f64(out.at, count + 1).fill(0);
          const known = { at: scratch.at, bytes: 4 };
          const args = [cells.at, count, Math.fround(1e-35), scratch.at, values.at, counts.at, size.at];
          expectTwins('distinctNumbers', args, values, counts, size, known);
          most = Math.max(most, memory.i32(size.at, 1)[0]);
        });
      }),
      { numRuns: 300 },
    );
    expect(most).toBeGreaterThan(30);
  });
});

// Rare bins kept apart: the kernels against their plain twins, byte for byte.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectTwins, memory, withMemory } from './twins.js';

describe('rare bin kernels', () => {
  it('keepRareApart, histogramRare, settleRare', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('any', 'few', 'no last'),
        fc.nat(),
        (rows, features, kind, seed) => {
          withMemory((alloc) => {
            const random = new Random(seed);
            const wordsPerRow = Math.ceil(features / 32);
            const [column, narrow, counts] = [alloc(rows * 2), alloc(rows), alloc(257 * 4)];
            const [words, table] = [alloc(rows * wordsPerRow * 4), alloc(features * 8)];
            const [offsets, hist] = [alloc(wordsPerRow * 32 * 4), alloc(features * 4160)];
            memory.u8(words.at, words.bytes).fill(0);
            for (let f = 0; f < features; f++) {
              const bins = memory.u16(column.at, rows);
              for (let row = 0; row < rows; row++)
                bins[row] = kind === 'few' ? 254 + random.below(3) : random.below(kind === 'any' ? 257 : 256);
              const out = { at: table.at + f * 8 + 4, bytes: 4 };
              const args = [column.at, rows, counts.at, narrow.at, words.at, wordsPerRow, f, out.at];
              expectTwins('keepRareApart', args, narrow, words, out);
              memory.u32(table.at, features * 2)[f * 2] = f * 4160;
              memory.u32(offsets.at, features)[f] = f * 4160 + 4096;
            }
            const gradients = alloc(rows * 8);
            const values = memory.f32(gradients.at, rows * 2);
            for (let i = 0; i < rows * 2; i++) values[i] = random.next() - 0.5;
            const sums = memory.i64(hist.at, features * 520);
            for (let i = 0; i < sums.length; i++) sums[i] = BigInt(random.below(1000));
            const index = alloc(rows * 4);
            for (let i = 0; i < rows; i++) memory.u32(index.at, rows)[i] = random.below(rows);
            for (const at of [0, index.at]) {
              const scales = [2 ** 40, 2 ** 38];
              const args = [words.at, wordsPerRow, at, 0, rows, gradients.at, ...scales, hist.at, offsets.at];
              expectTwins('histogramRare', args, hist);
            }
            expectTwins('settleRare', [hist.at, table.at, features], hist);
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

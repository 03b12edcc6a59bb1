import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { externalRanks } from '#ecomml/scoring/external-ranks.js';

const folder = mkdtempSync(join(tmpdir(), 'ecomml-ranks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Few distinct values as well as many, so that points larger than a group occur. */
const values = fc.oneof(
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 400 }),
  fc.array(fc.constantFrom(0, -0, 0.25, 0.5, 1), { maxLength: 400 }),
  fc.array(fc.oneof(fc.constant(0.5), fc.double({ noNaN: true })), { maxLength: 400 }),
);

it('whatever fits in memory, ranks are those of sorting all', () => {
  const file = join(folder, 'values');
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 40 }), (list, group, sample) => {
      writeFileSync(file, new Uint8Array(Float64Array.from(list).buffer));
      const limits = { group, sample, files: 1000 };
      const found = [...externalRanks(file, list.length, join(folder, 'parts'), limits)].flatMap((part) => [...part]);
      const order = list.map((_, i) => i).sort((i, j) => list[j] - list[i] || i - j);
      const expected = new Array<number>(list.length);
      for (const [rank, place] of order.entries()) expected[place] = rank + 1;
      expect(found).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

it('leaves no file behind', () => {
  const file = join(folder, 'many');
  writeFileSync(file, new Uint8Array(Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 101).buffer));
  const parts = join(folder, 'left');
  let ranks = 0;
  for (const part of externalRanks(file, 1000, parts, { group: 64, sample: 16, files: 256 })) ranks += part.length;
  expect(ranks).toBe(1000);
  expect(readdirSync(parts)).toEqual([]);
});

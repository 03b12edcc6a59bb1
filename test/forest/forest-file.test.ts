import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { firstTrees } from '#ecomml/forest/first-trees.js';
import { forestFromBytes, loadForest } from '#ecomml/forest/load-forest.js';
import { predictRaw } from '#ecomml/forest/predict.js';
import { forestBytes, saveForest } from '#ecomml/forest/save-forest.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import { forestCase } from './arbitrary-forest.js';
import { catboostForest, lightgbmForest, SAMPLE_FORESTS, sampleMatrix, sampleRows } from './sample-forests.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecomml-forest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bytes with the sha256 trailer made right again, as an editor who knows the format would leave them. */
function resealed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(createHash('sha256').update(copy.subarray(0, -32)).digest(), copy.length - 32);
  return copy;
}

describe('forest files', () => {
  it.each(SAMPLE_FORESTS)('bring a %s forest back equal, and its bytes do not change', (name, make) => {
    const path = join(folder, `${name}.forest`);
    saveForest(make(), path);
    const loaded = loadForest(path);
    expect(loaded).toEqual(make());
    expect(Buffer.from(forestBytes(loaded)).equals(Buffer.from(forestBytes(make())))).toBe(true);
    const matrix = sampleMatrix(sampleRows());
    expect(predictRaw(loaded, matrix)).toEqual(predictRaw(make(), matrix));
  });

  it('bring random forests back with the same scores and the same bytes', () => {
    fc.assert(
      fc.property(forestCase(5), ({ forest, rows }) => {
        const bytes = forestBytes(forest);
        const loaded = forestFromBytes(bytes, 'x.forest');
        expect(loaded).toEqual(forest);
        expect(Buffer.from(forestBytes(loaded)).equals(Buffer.from(bytes))).toBe(true);
        expect(walkRaw(loaded, sampleMatrix(rows))).toEqual(walkRaw(forest, sampleMatrix(rows)));
      }),
      { numRuns: 60 },
    );
  });

  it('write a table that statistics share once', () => {
    const forest = catboostForest();
    const apart = {
      ...forest,
      targetStatistics: forest.targetStatistics.map((one, k) => ({
        ...one,
        numerator: one.numerator.map((n) => n + k),
      })),
    };
    expect(forestBytes(forest).length).toBeLessThan(forestBytes(apart).length);
    const [first, second] = forestFromBytes(forestBytes(forest), 'x').targetStatistics;
    expect(first.keys).toBe(second.keys);
  });

  it('refuse every cut', () => {
    const bytes = forestBytes(lightgbmForest());
    for (let length = 0; length < bytes.length; length += length < 200 ? 1 : 97) {
      expect(() => forestFromBytes(bytes.subarray(0, length), 'm.forest')).toThrow(EcommlError);
      expect(() => forestFromBytes(bytes.subarray(0, length), 'm.forest')).toThrow(
        /m\.forest is damaged: it is (empty|cut short)/,
      );
    }
  });

  it('refuse every edited byte, resealed or not', () => {
    const bytes = forestBytes(catboostForest());
    fc.assert(
      fc.property(fc.nat(bytes.length - 33), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const edited = bytes.slice();
        edited[at] ^= change;
        expect(() => forestFromBytes(edited, 'm.forest')).toThrow(EcommlError);
        // With a right hash it may be another valid forest; it must not fail in any other way.
        try {
          walkRaw(forestFromBytes(resealed(edited), 'm.forest'), sampleMatrix(sampleRows().slice(0, 9)));
        } catch (error) {
          expect(error).toBeInstanceOf(EcommlError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuse a newer format and another kind of file, and say so', () => {
    const newer = forestBytes(lightgbmForest());
    new DataView(newer.buffer).setUint32(8, 7, true);
    expect(() => forestFromBytes(resealed(newer), 'm.forest')).toThrow(/written by a newer ecomml: it has format 7/);
    const other = join(folder, 'other.forest');
    writeFileSync(other, 'event_time,event_type\n');
    expect(() => loadForest(other)).toThrow(/not a model of ecomml/);
    expect(() => loadForest(join(folder, 'none.forest'))).toThrow(/none\.forest cannot be read/);
    expect(() => loadForest(folder)).toThrow(/cannot be read/);
  });
});

describe('firstTrees', () => {
  it.each(SAMPLE_FORESTS)('keeps a prefix of a %s forest', (_, make) => {
    const forest = make();
    const matrix = sampleMatrix(sampleRows().slice(0, 40));
    const sums = Array.from({ length: forest.treeWeight.length }, (_, t) => {
      const part = firstTrees(forest, t + 1);
      forestFromBytes(forestBytes(part), 'part');
      expect(predictRaw(part, matrix)).toEqual(walkRaw(part, matrix));
      return part;
    });
    expect(sums.at(-1)).toEqual(forest);
    expect(firstTrees(forest, 1).treeWeight.length).toBe(1);
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { hasTable, loadTable, TABLE_NAMES } from './tables.js';

// tables.py wrote these: the same shapes, dictionaries and column bytes must come out here, bit for bit.
const goldens = JSON.parse(readFileSync(new URL('./goldens/tables.json', import.meta.url), 'utf8')).tables;

/** Half a million rows by 41 columns: half a minute of CSV. */
const LONG = new Set(['kddcup']);

function part({ matrix, label }: LabelledMatrix) {
  const columns = matrix.columns.map(({ values }) => {
    const canonical = new DataView(new ArrayBuffer(values.length * 8));
    let missing = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    values.forEach((value, row) => {
      if (Number.isNaN(value)) {
        missing++;
        canonical.setBigUint64(row * 8, 0x7ff8000000000000n, true);
        return;
      }
      min = Math.min(min, value);
      max = Math.max(max, value);
      canonical.setFloat64(row * 8, value, true);
    });
    const sha256 = createHash('sha256').update(canonical).digest('hex').slice(0, 16);
    return { missing, min, max, sha256 };
  });
  return { rows: matrix.rows, positives: label.reduce((sum, y) => sum + y, 0), columns };
}

describe('the real tables are the same in TypeScript and in Python', () => {
  it('every table has a golden', () => expect(Object.keys(goldens)).toEqual(TABLE_NAMES));

  for (const name of TABLE_NAMES) {
    const off = !hasTable(name) || (LONG.has(name) && process.env['ECOMML_LONG_TESTS'] === undefined);
    it.skipIf(off)(`${name}`, { timeout: 300_000 }, () => {
      const { train, test } = loadTable(name);
      expect({
        columns: train.matrix.columns.map(({ name, kind, categories }) => ({
          name,
          kind,
          categories: categories?.length ?? null,
        })),
        train: part(train),
        test: part(test),
      }).toEqual(goldens[name]);
    });
  }
});

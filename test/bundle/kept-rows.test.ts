// Rows a bundle keeps: drawn by the seed, bounded, back as they were; a cut or newer file refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawRows, KEPT_ROWS, keepPart, readKeptRows, writeKeptRows } from '#ecomml/bundle/kept-rows.js';
import type { Matrix } from '#ecomml/table/matrix.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecomml-kept-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const encoder = {
  columns: [
    { name: 'x', kind: 'numeric' as const },
    { name: 'brand', kind: 'categorical' as const, categories: ['a', 'b'] },
  ],
};

function part(rows: number) {
  const x = Float64Array.from({ length: rows }, (_, i) => [i / 3, Number.NaN, Number.POSITIVE_INFINITY, -0][i % 4]);
  const brand = Float64Array.from({ length: rows }, (_, i) => [0, 1, -1, Number.NaN][i % 4]);
  const matrix: Matrix = {
    rows,
    columns: [
      { ...encoder.columns[0], values: x },
      { ...encoder.columns[1], values: brand },
    ],
  };
  return { matrix, label: Float64Array.from(brand, (_, i) => i % 2), unit: Int32Array.from(x, (_, i) => i >> 2) };
}

describe('kept rows', () => {
  it('are a seeded sample without repetition, and come back cell by cell', () => {
    expect(drawRows(5, 10, 1, 0)).toEqual(Int32Array.of(0, 1, 2, 3, 4));
    const drawn = drawRows(100_000, 1000, 1, 7);
    expect(new Set(drawn).size).toBe(1000);
    expect([...drawn]).toEqual([...drawn].sort((a, b) => a - b));
    expect(drawRows(100_000, 1000, 1, 7)).toEqual(drawn);
    expect(drawRows(100_000, 1000, 2, 7)).not.toEqual(drawn);
    const mean = drawn.reduce((sum, row) => sum + row, 0) / 1000;
    expect(Math.abs(mean - 50_000)).toBeLessThan(5 * (100_000 / Math.sqrt(12_000)));

    const kept = { background: keepPart(part(3000), 'background', 1), test: keepPart(part(50), 'test', 1) };
    expect([kept.background.matrix.rows, kept.test.matrix.rows]).toEqual([1000, 50]);
    writeKeptRows(folder, kept);
    const found = readKeptRows(join(folder, KEPT_ROWS), encoder);
    for (const name of ['background', 'test'] as const) {
      expect(found[name].of).toBe(kept[name].of);
      expect([...found[name].label]).toEqual([...kept[name].label]);
      found[name].matrix.columns.forEach((column, c) => {
        expect(column.categories).toEqual(kept[name].matrix.columns[c].categories);
        // JSON has no -0: 0 is as good to every model.
        expect([...column.values].map((v) => v + 0)).toEqual(
          [...kept[name].matrix.columns[c].values].map((v) => v + 0),
        );
      });
      const [ours, theirs] = [found[name].unit as Int32Array, kept[name].unit as Int32Array];
      ours.forEach((code, row) => {
        if (row > 0) expect(code === ours[row - 1]).toBe(theirs[row] === theirs[row - 1]);
      });
    }
  });

  it('of wide tables are fewer, and a cut or newer file is refused', () => {
    const values = new Float64Array(5000);
    const columns = Array.from({ length: 2000 }, (_, c) => ({ name: `c${c}`, kind: 'numeric' as const, values }));
    const wide = keepPart({ matrix: { rows: 5000, columns }, label: values }, 'test', 1);
    expect(wide.matrix.rows).toBe(419);
    const file = join(folder, KEPT_ROWS);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, 200));
    expect(() => readKeptRows(file, encoder)).toThrow(/cut short/);
    const newer = gunzipSync(bytes).toString().replace('"format":1', '"format":2');
    writeFileSync(file, gzipSync(newer));
    expect(() => readKeptRows(file, encoder)).toThrow(/format 2; this ecomml reads format 1/);
  });
});

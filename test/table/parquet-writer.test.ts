import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { Database, literal } from '#ecomml/table/duckdb.js';
import { ParquetWriter, type WriterColumn } from '#ecomml/table/parquet-writer.js';

let db: Database;
let folder: string;
beforeAll(async () => {
  db = await Database.open({ threads: 1 });
  folder = mkdtempSync(join(tmpdir(), 'parquet-'));
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function tableOf(texts: readonly string[]) {
  const bytes = texts.map((text) => Buffer.from(text));
  const offsets = new Float64Array(texts.length + 1);
  for (const [t, { length }] of bytes.entries()) offsets[t + 1] = offsets[t] + length;
  return { bytes: Buffer.concat(bytes), offsets };
}

/** What DuckDB reads of a file written in batches of the sizes given. */
async function throughFile(
  columns: readonly WriterColumn[],
  values: readonly (Float64Array | Int32Array)[],
  batches: readonly number[],
  groupRows: number,
): Promise<Record<string, unknown>[]> {
  const path = join(folder, 'some.parquet');
  const writer = new ParquetWriter(path, columns, { kind: 'of a test' }, groupRows);
  let from = 0;
  for (const rows of batches) {
    writer.write(
      rows,
      values.map((column) => column.slice(from, from + rows)),
    );
    from += rows;
  }
  writer.finish();
  const kinds = await db.rows(`SELECT decode(value) AS value FROM parquet_kv_metadata(${literal(path)})`);
  expect(kinds).toEqual([{ value: 'of a test' }]);
  return db.rows(`SELECT * FROM read_parquet(${literal(path)})`);
}

const doubles = fc.oneof(
  fc.constantFrom(Number.NaN, 0, -0, 1, 2, 0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
  fc.double({ noNaN: true }),
);
const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 300 }),
  cut: fc.integer({ min: 1, max: 100 }),
  groupRows: fc.integer({ min: 1, max: 120 }),
  seed: fc.integer(),
  pool: fc.array(doubles, { minLength: 1, maxLength: 40 }),
  texts: fc.array(fc.string({ unit: 'binary', maxLength: 90 }), { minLength: 1, maxLength: 20 }),
});

describe('a Parquet file of our own', () => {
  it.each([
    ['of any seed', {}],
    // Files of one name, one after the other, which a database with DuckDB's cache of files read as a mixture.
    ['of a seed whose files were mixed up', { seed: 863307461 }],
  ])('is read by DuckDB as what was written, whatever the batches and row groups: %s', async (_, seed) => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, cut, groupRows, seed: draws, pool, texts }) => {
        // Lone surrogates have no UTF-8.
        const plain = texts.map((text) => Buffer.from(text).toString().replaceAll('\u0000', ' '));
        const random = new Random(Math.abs(draws));
        const pick = <T>(from: readonly T[]) => from[Math.floor(random.next() * from.length)];
        const double = Float64Array.from({ length: rows }, () => pick(pool));
        const whole = Float64Array.from({ length: rows }, () => pick([Number.NaN, 0, 7, 2 ** 31 - 1, -(2 ** 31)]));
        const big = Float64Array.from({ length: rows }, () => pick([Number.NaN, 0, 2 ** 53 - 1, -1, 1.5e15]));
        const flag = Int32Array.from({ length: rows }, () => pick([0, 1]));
        const code = Int32Array.from({ length: rows }, () => Math.floor(random.next() * (plain.length + 1)) - 1);
        const textOf = Int32Array.from(plain, (_, c) => (c % 3 === 2 ? -1 : c));
        const columns: WriterColumn[] = [
          { name: 'double', type: 'double' },
          { name: 'whole', type: 'integer' },
          { name: 'big', type: 'bigint' },
          { name: 'time', type: 'timestamp' },
          { name: 'flag', type: 'tinyint' },
          { name: 'text', type: 'text', source: { table: tableOf(plain) } },
          { name: 'some', type: 'text', source: { table: tableOf(plain), textOf } },
          { name: 'none', type: 'text', source: { table: tableOf([]) } },
          { name: 'no number', type: 'double' },
        ];
        const batches = Array.from({ length: Math.ceil(rows / cut) }, (_, b) => Math.min(cut, rows - b * cut));
        const missing = new Float64Array(rows).fill(Number.NaN);
        const none = new Int32Array(rows).fill(-1);
        const values = [double, whole, big, whole, flag, code, code, none, missing];
        const read = await throughFile(columns, values, batches, groupRows);
        const number = (value: number) => (Number.isNaN(value) ? null : value);
        expect(read.length).toBe(rows);
        read.forEach((row, i) => {
          const shown = Number.isFinite(double[i]) ? Number(row.double) : row.double;
          expect(shown).toBe(
            Number.isNaN(double[i])
              ? row.double === null
                ? shown
                : 'missing'
              : Number.isFinite(double[i])
                ? double[i]
                : double[i] > 0
                  ? 'Infinity'
                  : '-Infinity',
          );
          expect(row.whole).toBe(number(whole[i]));
          expect(row.big === null ? null : Number(row.big)).toBe(number(big[i]));
          expect(row.time === null).toBe(Number.isNaN(whole[i]));
          expect(row.flag).toBe(flag[i]);
          expect(row.text).toBe(code[i] < 0 ? null : plain[code[i]]);
          expect(row.some).toBe(code[i] < 0 || textOf[code[i]] < 0 ? null : plain[code[i]]);
          expect(row.none).toBe(null);
          expect(row['no number']).toBe(null);
        });
      }),
      { numRuns: 60, ...seed },
    );
  });

  it('keeps columns of more values than a dictionary holds, from the page on at which it is full', async () => {
    const rows = 60_000;
    const few = Float64Array.from({ length: rows }, (_, i) => i % 100);
    const growing = Float64Array.from({ length: rows }, (_, i) => (i < 20_000 ? i % 5000 : i));
    const ever = Float64Array.from({ length: rows }, (_, i) => i / 7);
    const path = join(folder, 'large.parquet');
    const names = ['few', 'growing', 'ever'];
    const writer = new ParquetWriter(
      path,
      names.map((name) => ({ name, type: 'double' })),
      {},
      50_000,
    );
    for (let from = 0; from < rows; from += 8192)
      writer.write(
        Math.min(8192, rows - from),
        [few, growing, ever].map((column) => column.subarray(from, from + 8192)),
      );
    writer.finish();
    const file = `read_parquet(${literal(path)}, file_row_number = true)`;
    const wrong = await db.number(`SELECT count(*) FROM ${file} WHERE few <> file_row_number % 100
      OR growing <> CASE WHEN file_row_number < 20000 THEN file_row_number % 5000 ELSE file_row_number END
      OR ever <> file_row_number / 7`);
    expect(wrong).toBe(0);
    const chunks =
      await db.rows(`SELECT path_in_schema AS name, row_group_num_rows AS n, total_compressed_size < 8 * num_values AS small,
      dictionary_page_offset IS NOT NULL AS places FROM parquet_metadata(${literal(path)}) WHERE row_group_id = 0`);
    expect(chunks.map(({ name, places }) => [name, places])).toEqual([
      ['few', true],
      ['growing', true],
      ['ever', false],
    ]);
  });
});

/** What is written reads back: each format by a reader that is not ecomml's own (DuckDB, JSON.parse, csv-parse). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formulaSafe } from '#ecomml/scoring/formula-safe.js';
import { type OutputCells, type OutputColumn, parquetColumn } from '#ecomml/scoring/output-column.js';
import { linesToParquet } from '#ecomml/scoring/parquet-output.js';
import { rankRows } from '#ecomml/scoring/rank-rows.js';
import { headerLine, type LineFormat, rowLines } from '#ecomml/scoring/row-lines.js';
import { Database } from '#ecomml/table/duckdb.js';

const folder = mkdtempSync(join(tmpdir(), 'ecomml-lines-'));
let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 1, memoryBytes: 2 ** 28 });
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

interface Table {
  readonly columns: readonly OutputColumn[];
  readonly cells: readonly OutputCells[];
  readonly rows: number;
}

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\r',
    ' a ',
    'null',
    'NULL',
    'NA',
    '=1+1',
    '\\',
    '\\"',
    "'",
    '\t',
    '{"a":1}',
    ',"purchase_probability":',
    '\uFEFF',
    '日本',
  ),
);
const text = fc.option(nasty, { freq: 5 });
const double = fc.oneof(fc.double(), fc.constantFrom(0, -0, 5e-324, 1.7976931348623157e308, 0.1, 1e21, 1 / 3));

/** Rows of two texts, a probability, a number, an integer. */
const tables: fc.Arbitrary<Table> = fc
  .array(fc.tuple(text, text, fc.double({ min: 0, max: 1, noNaN: true }), double, fc.maxSafeInteger()), {
    maxLength: 30,
  })
  .map((rows) => ({
    columns: [
      { name: 'a', type: 'text' },
      { name: 'b "quoted", with\nall', type: 'text' },
      { name: 'purchase_probability', type: 'number' },
      { name: 'number', type: 'number' },
      { name: 'whole', type: 'integer' },
    ],
    cells: [
      rows.map((row) => row[0]),
      rows.map((row) => row[1]),
      Float64Array.from(rows, (row) => row[2]),
      Float64Array.from(rows, (row) => row[3]),
      Float64Array.from(rows, (row) => row[4]),
    ],
    rows: rows.length,
  }));

function lines({ columns, cells, rows }: Table, format: LineFormat, excelSafe = false): string {
  return headerLine(columns, { format, excelSafe }) + rowLines(columns, cells, rows, { format, excelSafe });
}

function cellsOf({ cells, rows }: Table): unknown[][] {
  return Array.from({ length: rows }, (_, row) =>
    cells.map((column) => {
      const cell = column[row];
      return typeof cell === 'number' && Number.isNaN(cell) ? null : cell;
    }),
  );
}

/** Texts in hexadecimal: the client's decoder would drop a byte order mark that begins one. */
async function parquetCells(path: string): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for await (const { chunk } of db.stream(`SELECT hex(COLUMNS('^[ab]')), COLUMNS('^[^ab]') FROM '${path}'`))
    for (const row of chunk.getRows()) found.push(row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));
  return found;
}

const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();

describe('reading back gives what was written', () => {
  it('JSON Lines', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const found = lines(table, 'jsonl')
          .split('\n')
          .slice(0, -1)
          .map((line) => {
            const row = JSON.parse(line) as Record<string, unknown>;
            expect(Object.keys(row)).toEqual(table.columns.map(({ name }) => name));
            return Object.values(row);
          });
        const expected = cellsOf(table).map((row) =>
          row.map((cell) => (typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell)),
        );
        // JSON keeps no sign of zero apart in String(-0), and no reader needs one.
        expect(found).toEqual(expected.map((row) => row.map((cell) => (cell === 0 ? 0 : cell))));
      }),
      { numRuns: 200 },
    );
  });

  it('CSV', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const [header, ...found] = parse(lines(table, 'csv'), { recordDelimiter: '\n' }) as string[][];
        expect(header).toEqual(table.columns.map(({ name }) => name));
        const expected = cellsOf(table).map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
        expect(found).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('Parquet: texts, nulls apart from empty texts, doubles to the bit, whole numbers', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const [source, target] = [join(folder, 'lines.csv'), join(folder, `${run++}.parquet`)];
        writeFileSync(source, lines(table, 'typed-csv'));
        await linesToParquet(db, source, table.columns, target);
        expect((await db.describe(`SELECT * FROM '${target}'`)).map(({ type }) => type)).toEqual([
          ...['VARCHAR', 'VARCHAR', 'DOUBLE', 'DOUBLE', 'BIGINT'],
        ]);
        expect(await parquetCells(target)).toEqual(
          cellsOf(table).map((row) =>
            row.map((cell) => (typeof cell === 'string' ? hex(cell) : cell === 0 ? 0 : cell)),
          ),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a file spelled', () => {
  const columns: OutputColumn[] = [
    { name: 'n', type: 'number', spelled: true },
    { name: 'b', type: 'boolean', spelled: true },
  ];
  const cells = [
    [' 12 ', '+.5', '1e3', 'NA', '', null, '-inf', '007'],
    ['TRUE', 'false', ' True', '?', '', null, 'x', 'FALSE'],
  ];
  it('stays in CSV', () => {
    expect(rowLines(columns, cells, 8, { format: 'csv', excelSafe: false })).toBe(
      ' 12 ,TRUE\n+.5,false\n1e3, True\nNA,?\n"",""\n,\n-inf,x\n007,FALSE\n',
    );
  });
  it('is a number, true or false, or null elsewhere', () => {
    const found = rowLines(columns, cells, 8, { format: 'jsonl', excelSafe: false });
    expect(
      found
        .trimEnd()
        .split('\n')
        .map((line) => Object.values(JSON.parse(line))),
    ).toEqual([
      [12, true],
      [0.5, false],
      [1000, true],
      [null, null],
      [null, null],
      [null, null],
      ['-Infinity', null],
      [7, false],
    ]);
  });
  it('types of Parquet columns pass, digits included', async () => {
    const given = [
      parquetColumn('id', 'UBIGINT'),
      parquetColumn('price', 'DECIMAL(38,10)'),
      parquetColumn('day', 'DATE'),
      parquetColumn('at', 'TIMESTAMP'),
      parquetColumn('tags', 'VARCHAR[]'),
    ];
    const row = [
      ['18446744073709551615'],
      ['12345678901234567.0123456789'],
      ['2020-02-29'],
      ['2020-02-29 01:02:03.000004'],
      ['[a, b]'],
    ];
    const json = rowLines(given, row, 1, { format: 'jsonl', excelSafe: false });
    expect(json).toBe(
      '{"id":18446744073709551615,"price":12345678901234567.0123456789,"day":"2020-02-29","at":"2020-02-29 01:02:03.000004","tags":"[a, b]"}\n',
    );
    const [source, target] = [join(folder, 'types.csv'), join(folder, 'types.parquet')];
    writeFileSync(
      source,
      headerLine(given, { format: 'typed-csv', excelSafe: false }) +
        rowLines(given, row, 1, { format: 'typed-csv', excelSafe: false }),
    );
    await linesToParquet(db, source, given, target);
    expect(await db.describe(`SELECT * FROM '${target}'`)).toEqual([
      { name: 'id', type: 'UBIGINT' },
      { name: 'price', type: 'DECIMAL(38,10)' },
      { name: 'day', type: 'DATE' },
      { name: 'at', type: 'TIMESTAMP' },
      { name: 'tags', type: 'VARCHAR' },
    ]);
  });
});

describe('cells no spreadsheet takes for formulas', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['-5', '-5'],
    ['+5.5e3', '+5.5e3'],
    ['-5+cmd|x', "'-5+cmd|x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t'=1"],
    ['\r=1', "'\r'=1"],
    ['\n=1', "'\n'=1"],
    ['＝1+1', "'＝1+1"],
    ['a;=1', "a;'=1"],
    ['a;"=1', `a;"'=1`],
    ['plain - text', 'plain - text'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('%j', (cell, expected) => {
    expect(formulaSafe(cell)).toBe(expected);
  });

  it('in texts and names of columns; numbers stay numbers', () => {
    const table = {
      columns: [
        { name: '=h', type: 'text' as const },
        { name: 'n', type: 'number' as const },
      ],
      cells: [['=a', null], Float64Array.of(-1, Number.NaN)],
      rows: 2,
    };
    expect(lines(table, 'csv', true)).toBe("'=h,n\n'=a,-1\n,\n");
  });
});

describe('rank and decile', () => {
  const format = fc.constantFrom<LineFormat>('csv', 'jsonl', 'typed-csv');

  it('over all rows, ties in the order of the rows, every other byte kept', async () => {
    await fc.assert(
      fc.asyncProperty(tables, format, async (table, lineFormat) => {
        const before = lines(table, lineFormat);
        const path = join(folder, 'ranked');
        writeFileSync(path, before);
        let after = '';
        const column = { format: lineFormat, place: 2, name: 'purchase_probability' };
        await rankRows(db, path, column, ['rank', 'decile'], async (bytes) => {
          after += bytes.toString('utf8');
        });
        const p = table.cells[2] as Float64Array;
        const order = [...p.keys()].sort((i, j) => p[j] - p[i] || i - j);
        const ranks = [...p.keys()].map((row) => order.indexOf(row) + 1);
        const deciles = ranks.map((rank) => Math.ceil((10 * rank) / p.length));
        const expected = {
          columns: [
            ...table.columns,
            { name: 'rank', type: 'integer' as const },
            { name: 'decile', type: 'integer' as const },
          ],
          cells: [...table.cells, Float64Array.from(ranks), Float64Array.from(deciles)],
          rows: table.rows,
        };
        expect(after).toBe(lines(expected, lineFormat));
      }),
      { numRuns: 80 },
    );
  });

  it('a damaged file is refused', async () => {
    const path = join(folder, 'cut');
    writeFileSync(path, 'purchase_probability\n0.5\n0.2');
    const column = { format: 'csv' as const, place: 0, name: 'purchase_probability' };
    await expect(rankRows(db, path, column, ['rank'], async () => {})).rejects.toMatchObject({ code: 'SPOOL_DAMAGED' });
    expect(readFileSync(path, 'utf8')).toContain('0.2');
  });
});

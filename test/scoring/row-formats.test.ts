/** What is written reads back: each format by a reader that is not ecomml's own (DuckDB, JSON.parse, csv-parse). */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseFormat } from '#ecomml/scoring/choose-format.js';
import { parquetField } from '#ecomml/scoring/field-cells.js';
import { formulaSafe } from '#ecomml/scoring/formula-safe.js';
import type { FormatName } from '#ecomml/scoring/output-names.js';
import { rankRows } from '#ecomml/scoring/rank-rows.js';
import type { ResultColumn, ResultField, Results } from '#ecomml/scoring/results.js';
import type { FormatChoice } from '#ecomml/scoring/row-format.js';
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
  readonly fields: readonly ResultField[];
  readonly results: Results;
}

/** Texts and numbers as columns of the fields. */
function tableOf(fields: readonly ResultField[], cells: readonly ((string | null)[] | Float64Array)[]): Table {
  const columns = cells.map((column, c): ResultColumn => {
    const { name, type } = fields[c];
    if (!(column instanceof Float64Array)) return { kind: 'text', name, texts: column };
    return { kind: type === 'integer' ? 'integer' : 'number', name, values: column };
  });
  return { fields, results: { rows: cells[0].length, columns } };
}

/** The same texts as UTF-8 that a file held; an empty text is a missing one there. */
function asUtf8({ fields, results }: Table): Table {
  const columns = results.columns.map((column): ResultColumn => {
    if (column.kind !== 'text') return column;
    const cells = column.texts.map((cell) => Buffer.from(cell ?? ''));
    const starts = new Uint32Array(cells.length + 1);
    cells.forEach((cell, row) => {
      starts[row + 1] = starts[row] + cell.length;
    });
    const ends = starts.slice(1);
    return { kind: 'utf8', name: column.name, bytes: Buffer.concat(cells), starts: starts.slice(0, -1), ends };
  });
  return { fields, results: { rows: results.rows, columns } };
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

const FIELDS: readonly ResultField[] = [
  { name: 'a', type: 'text' },
  { name: 'b "quoted", with\nall', type: 'text' },
  { name: 'purchase_probability', type: 'number' },
  { name: 'number', type: 'number' },
  { name: 'whole', type: 'integer' },
];

const tables: fc.Arbitrary<Table> = fc
  .array(fc.tuple(text, text, fc.double({ min: 0, max: 1, noNaN: true }), double, fc.maxSafeInteger()), {
    maxLength: 30,
  })
  .map((rows) =>
    tableOf(FIELDS, [
      rows.map((row) => row[0]),
      rows.map((row) => row[1]),
      Float64Array.from(rows, (row) => row[2]),
      Float64Array.from(rows, (row) => row[3]),
      Float64Array.from(rows, (row) => row[4]),
    ]),
  );

function lines({ fields, results }: Table, choice: FormatChoice): string {
  const format = chooseFormat(choice);
  return Buffer.concat([format.head(fields), format.rows(results, fields)]).toString('utf8');
}

/** The file that a format with a sink makes of the rows, given in two chunks. */
async function sunk({ fields, results }: Table, choice: FormatChoice, path: string): Promise<void> {
  const format = chooseFormat(choice);
  const sink = await format.sink!(path, fields);
  const half = Math.floor(results.rows / 2);
  const part = (from: number, to: number): Results => ({
    rows: to - from,
    columns: results.columns.map((column) => {
      if ('values' in column) return { ...column, values: column.values.slice(from, to) };
      if (column.kind === 'text') return { ...column, texts: column.texts.slice(from, to) };
      throw new TypeError('not cut here');
    }),
  });
  for (const [from, to] of [
    [0, half],
    [half, results.rows],
  ])
    await sink.write(format.rows(part(from, to), fields));
  await sink.finish();
  await sink.discard();
}

function cellsOf({ results: { columns, rows } }: Table): unknown[][] {
  return Array.from({ length: rows }, (_, row) =>
    columns.map((column) => {
      if (column.kind === 'utf8') throw new TypeError('compare the texts');
      const cell = column.kind === 'text' ? column.texts[row] : column.values[row];
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
        const found = lines(table, { name: 'jsonl' })
          .split('\n')
          .slice(0, -1)
          .map((line) => {
            const row = JSON.parse(line) as Record<string, unknown>;
            expect(Object.keys(row)).toEqual(table.fields.map(({ name }) => name));
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
        const [header, ...found] = parse(lines(table, { name: 'csv' }), { recordDelimiter: '\n' }) as string[][];
        expect(header).toEqual(table.fields.map(({ name }) => name));
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
        const target = join(folder, `${run++}.parquet`);
        await sunk(table, { name: 'parquet' }, target);
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
  const table = tableOf(
    [
      { name: 'n', type: 'number' },
      { name: 'b', type: 'boolean' },
      { name: 'at', type: 'timestamp' },
    ],
    [
      [' 12 ', '+.5', '1e3', 'NA', '', null, '-inf', '007'],
      ['TRUE', 'false', ' True', '?', '', null, 'x', 'FALSE'],
      ['2019-10-01 00:00:01 UTC', ...Array<null>(7).fill(null)],
    ],
  );
  it('stays in CSV', () => {
    expect(lines(table, { name: 'csv' })).toBe(
      'n,b,at\n 12 ,TRUE,2019-10-01 00:00:01 UTC\n+.5,false,\n1e3, True,\nNA,?,\n"","",\n,,\n-inf,x,\n007,FALSE,\n',
    );
  });
  it('is a number, true or false, a time, or null elsewhere; so is UTF-8', async () => {
    const expected = [
      [12, true],
      [0.5, false],
      [1000, true],
      [null, null],
      [null, null],
      [null, null],
      ['-Infinity', null],
      [7, false],
    ];
    for (const one of [table, asUtf8(table)]) {
      const found = lines(one, { name: 'jsonl' }).trimEnd().split('\n');
      expect(found.map((line) => Object.values(JSON.parse(line)).slice(0, 2))).toEqual(expected);
    }
    const target = join(folder, 'spelled.parquet');
    await sunk(table, { name: 'parquet' }, target);
    expect(await db.rows(`SELECT * FROM '${target}' LIMIT 1`)).toEqual([{ n: 12, b: true, at: '2019-10-01 00:00:01' }]);
    expect(await db.number(`SELECT count(*) FROM '${target}' WHERE n = '-inf'::DOUBLE`)).toBe(1);
  });
  it('is the same CSV from UTF-8', () => {
    fc.assert(
      fc.property(tables, (some) => {
        const bare = lines(some, { name: 'csv' }).replaceAll(/(^|,)""(?=,|$)/gm, '$1');
        expect(lines(asUtf8(some), { name: 'csv' }).replaceAll(/(^|,)""(?=,|$)/gm, '$1')).toBe(bare);
      }),
    );
  });
  it('of Parquet passes with its type, every digit of it', async () => {
    const fields = [
      parquetField('id', 'UBIGINT'),
      parquetField('price', 'DECIMAL(38,10)'),
      parquetField('day', 'DATE'),
      parquetField('at', 'TIMESTAMP'),
      parquetField('tags', 'VARCHAR[]'),
    ];
    const one = tableOf(fields, [
      ['18446744073709551615'],
      ['12345678901234567.0123456789'],
      ['2020-02-29'],
      ['2020-02-29 01:02:03.000004'],
      ['[a, b]'],
    ]);
    expect(lines(one, { name: 'jsonl' })).toBe(
      '{"id":18446744073709551615,"price":12345678901234567.0123456789,"day":"2020-02-29","at":"2020-02-29 01:02:03.000004","tags":"[a, b]"}\n',
    );
    const target = join(folder, 'types.parquet');
    await sunk(one, { name: 'parquet' }, target);
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
    const table = tableOf(
      [
        { name: '=h', type: 'text' },
        { name: 'n', type: 'number' },
      ],
      [['=a', null], Float64Array.of(-1, Number.NaN)],
    );
    const expected = "'=h,n\n'=a,-1\n,\n";
    expect(lines(table, { name: 'csv', excelSafe: true })).toBe(expected);
    expect(lines(asUtf8(table), { name: 'csv', excelSafe: true })).toBe(expected);
  });
});

describe('rank and decile', () => {
  const format = fc.constantFrom<FormatName>('csv', 'jsonl');
  const both = ['rank', 'decile'] as const;
  const added: readonly ResultField[] = both.map((name) => ({ name, type: 'integer' }));

  /** The table with its ranks, computed by sorting all rows. */
  function ranked({ fields, results }: Table): Table {
    const p = (results.columns[2] as { values: Float64Array }).values;
    const order = [...p.keys()].sort((i, j) => p[j] - p[i] || i - j);
    const ranks = Float64Array.from(p.keys(), (row) => order.indexOf(row) + 1);
    const columns: ResultColumn[] = [
      ...results.columns,
      { kind: 'integer', name: 'rank', values: ranks },
      { kind: 'integer', name: 'decile', values: ranks.map((rank) => Math.ceil((10 * rank) / p.length)) },
    ];
    return { fields: [...fields, ...added], results: { rows: results.rows, columns } };
  }

  it('over all rows, ties in the order of the rows, every other byte kept', async () => {
    await fc.assert(
      fc.asyncProperty(tables, format, async (table, name) => {
        const path = join(folder, 'ranked');
        await sunk({ ...table, fields: [...table.fields, ...added] }, { name, rank: both }, path);
        expect(readFileSync(path, 'utf8')).toBe(lines(ranked(table), { name }));
      }),
      { numRuns: 80 },
    );
  });

  it('in Parquet too', async () => {
    const table = tableOf(FIELDS, [
      ['x', '"', null],
      ['', 'b', '\n'],
      Float64Array.of(0.2, 0.9, 0.2),
      Float64Array.of(1, 2, 3),
      Float64Array.of(1, 2, 3),
    ]);
    const path = join(folder, 'ranked.parquet');
    await sunk({ ...table, fields: [...FIELDS, ...added] }, { name: 'parquet', rank: both }, path);
    expect(await db.rows(`SELECT a, rank, decile FROM '${path}'`)).toEqual([
      { a: 'x', rank: '2', decile: '7' },
      { a: '"', rank: '1', decile: '4' },
      { a: null, rank: '3', decile: '10' },
    ]);
  });

  it('nothing is left beside the file, finished or not', async () => {
    const table = tableOf(FIELDS, [['x'], ['y'], Float64Array.of(0.2), Float64Array.of(1), Float64Array.of(1)]);
    const own = mkdtempSync(join(folder, 'own-'));
    const fields = [...FIELDS, ...added];
    const choice = { name: 'parquet', rank: both } as const;
    const sink = await chooseFormat(choice).sink!(join(own, 'aside'), fields);
    await sink.write(chooseFormat(choice).rows(table.results, fields));
    await sink.discard();
    expect(readdirSync(own)).toEqual([]);
    await sunk({ ...table, fields }, choice, join(own, 'whole'));
    expect(readdirSync(own)).toEqual(['whole']);
  });

  it('a damaged file is refused', async () => {
    const path = join(folder, 'cut');
    writeFileSync(path, 'purchase_probability\n0.5\n0.2');
    const column = { json: false, place: 0, name: 'purchase_probability' };
    await expect(rankRows(path, column, ['rank'], join(folder, 'ranks'), async () => {})).rejects.toMatchObject({
      code: 'SPOOL_DAMAGED',
    });
  });
});

/**
 * Published tables, polluted in the ways of the Pollock benchmark (delimiters, quotes, escapes, encodings, line ends, ragged rows,
 * several headers, lines above, footers), through the real binary: every sound row has the score of the unpolluted table, to the
 * byte, and every other one is rejected with its line.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { ecomml, emptyFolder, ROOT } from './run-binary.js';

interface Pollution {
  readonly file: string | Uint8Array;
  /** Data rows (from 0) that must be rejected, and rows in besides those of the table. */
  readonly lost?: readonly number[];
  readonly added?: number;
  readonly options?: readonly string[];
}

/** The records of a table, the header first. */
type Table = readonly (readonly string[])[];

const csvCell = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const record = (cells: readonly string[], delimiter = ',') => cells.map(csvCell).join(delimiter);
const lines = (table: Table) => table.map((cells) => record(cells));
const file = (all: readonly string[], end = '\n') => `${all.join(end)}${end}`;
const quoted = (table: Table, quote: string, delimiter = ',') =>
  file(table.map((cells) => cells.map((cell) => `${quote}${cell}${quote}`).join(delimiter)));
/** The lines with others put before data row `at` (from 0). */
const withLines = (table: Table, at: number, more: readonly string[]) => {
  const all = lines(table);
  return file([...all.slice(0, at + 1), ...more, ...all.slice(at + 1)]);
};
const changed = (table: Table, rows: readonly number[], change: (line: string) => string) =>
  file(lines(table).map((line, i) => (rows.includes(i - 1) ? change(line) : line)));

const KINDS: Readonly<Record<string, (table: Table) => Pollution>> = {
  semicolons: (table) => ({ file: file(table.map((cells) => record(cells, ';'))) }),
  tabs: (table) => ({ file: file(table.map((cells) => record(cells, '\t'))) }),
  bars: (table) => ({ file: file(table.map((cells) => record(cells, '|'))) }),
  'spaces between the fields': (table) => ({ file: quoted(table, '"', ' ') }),
  'commas and spaces': (table) => ({ file: file(table.map((cells) => record(cells, ', '))) }),
  'two characters between the fields, said': (table) => ({
    file: file(table.map((cells) => cells.join('::'))),
    options: ['--delimiter', '::'],
  }),
  'single quotes': (table) => ({ file: quoted(table, "'") }),
  'all in double quotes': (table) => ({ file: quoted(table, '"') }),
  CRLF: (table) => ({ file: file(lines(table), '\r\n') }),
  CR: (table) => ({ file: file(lines(table), '\r') }),
  'no line end at the end': (table) => ({ file: file(lines(table)).trimEnd() }),
  'UTF-8 with a byte order mark': (table) => ({ file: `\ufeff${file(lines(table))}` }),
  'UTF-16 of either order': (table) => ({ file: Buffer.from(`\ufeff${file(lines(table))}`, 'utf16le').swap16() }),
  'windows-1252 above the header': (table) => ({
    file: Buffer.from(`Übersicht für März\n${file(lines(table))}`, 'latin1'),
  }),
  'a title and empty lines above the header': (table) => ({ file: `Export of all rows\n\n\n${file(lines(table))}` }),
  'a title as wide as the table above the header': (table) => ({
    file: `Export of all rows${','.repeat(table[0].length - 1)}\n${file(lines(table))}`,
  }),
  'comments above the header': (table) => ({ file: `# exported on Monday\n# by nobody\n${file(lines(table))}` }),
  'the header twice': (table) => ({ file: withLines(table, 0, [record(table[0])]) }),
  'the header again between the rows': (table) => ({
    file: withLines(table, 100, [record(table[0])]),
    added: 1,
  }),
  'two tables in one file': (table) => ({ file: withLines(table, 200, ['', record(table[0])]), added: 1 }),
  'a footer of a cell': (table) => ({ file: `${file(lines(table))}Total\n`, added: 1 }),
  // One whose only cell is no input of the model leaves a row of which nothing is known, and that is a row.
  'a footer as wide as the table': (table) => ({
    file: `${file(lines(table))}${'Total,'.repeat(table[0].length - 1)}\n`,
    added: 1,
  }),
  'a footer of several lines': (table) => ({
    file: `${file(lines(table))}\nSource: nobody\n"Rights, all reserved"\n`,
    added: 2,
  }),
  'a field too few': (table) => ({
    file: changed(table, [7, 300], (line) => line.slice(0, line.lastIndexOf(','))),
    lost: [7, 300],
  }),
  'a field too many': (table) => ({ file: changed(table, [0, 299], (line) => `${line},more`), lost: [0, 299] }),
  'empty fields too many in every row': (table) => ({ file: file(lines(table).map((line) => `${line},,`)) }),
  'a quote that never closes': (table) => ({
    file: changed(table, [table.length - 2], (line) => `"${line}`),
    lost: [table.length - 2],
  }),
  'stray quotes in a row': (table) => ({ file: changed(table, [50], (line) => `"a" b${line}`), lost: [50] }),
  'an empty line here and there': (table) => ({ file: changed(table, [5, 6, 90], (line) => `${line}\n\n`) }),
};

const TABLES = [
  ['online shoppers', join(ROOT, 'data/online-shoppers/online_shoppers_intention.csv.gz'), ['--target', 'Revenue']],
  [
    'telco',
    join(ROOT, '../shared/data/telco-churn/Telco-Customer-Churn.csv.gz'),
    ['--target', 'Churn', '--id', 'customerID'],
  ],
] as const;

describe.each(TABLES.filter(([, path]) => existsSync(path)))('%s', (_, path, target) => {
  const cwd = emptyFolder();
  const ROWS = 500;
  let table: Table;
  let expected: string[];

  const write = (bytes: string | Uint8Array) => writeFileSync(join(cwd, 'in.csv'), bytes);
  async function scored(options: readonly string[] = []) {
    const args = [
      'score',
      '--input',
      'in.csv',
      '--model',
      'm',
      '--output',
      'out.csv',
      '--max-bad-rows',
      '0.1',
      '--json',
    ];
    const done = await ecomml([...args, ...options], { cwd });
    expect(done.code, done.stderr).toBe(0);
    const rows = readFileSync(join(cwd, 'out.csv'), 'utf8').trimEnd().split('\n').slice(1);
    return {
      counts: JSON.parse(done.stdout) as Record<string, number>,
      rows: rows.map((row) => row.slice(row.indexOf(',') + 1)),
    };
  }

  beforeAll(async () => {
    const text = gunzipSync(readFileSync(path));
    const few = ['--models', 'lightgbm', '--param', 'lightgbm.num_iterations=10'];
    const trained = await ecomml(['train', '--input', path, ...target, '--output', 'm', ...few], { cwd });
    expect(trained.code, trained.stderr).toBe(0);
    table = (parse(text, { relax_column_count: true }) as string[][]).slice(0, ROWS + 1);
    write(file(lines(table)));
    expected = (await scored()).rows;
    expect(expected).toHaveLength(ROWS);
  });

  it.each(Object.keys(KINDS))('%s', async (kind) => {
    const { file: bytes, lost = [], added = 0, options } = KINDS[kind](table);
    write(bytes);
    const { counts, rows } = await scored(options);
    expect(rows).toEqual(expected.filter((_, row) => !lost.includes(row)));
    expect(counts).toMatchObject({
      rows_in: ROWS + added,
      rows_scored: ROWS - lost.length,
      rows_rejected: lost.length + added,
    });
  });
});

/**
 * Parquet tables through the real binary: whatever types their columns have, they score as the CSV of the same cells does; a
 * killed run goes on, shards end to end are one run, and a pipe is a file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { killedAtJournal } from './killed-at-journal.js';
import { expectRefusal } from './refusal.js';
import { ecomml, emptyFolder } from './run-binary.js';
import { writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const home = emptyFolder();
const at = (name: string) => join(home, name);
const bytes = (name: string) => readFileSync(at(name));
const text = (name: string) => readFileSync(at(name), 'utf8');
const args = (input: string, output: string, ...more: string[]) => [
  ...['score', '--input', input, '--model', 'models/it', '--output', output, ...more],
];
const score = (input: string, output: string, ...more: string[]) =>
  ecomml(args(input, output, '--json', '--max-bad-rows', '0.9', ...more), { cwd: home });

async function scored(input: string, output: string, ...more: string[]): Promise<Record<string, number>> {
  const done = await score(input, output, ...more);
  expect(done.code, done.stderr).toBe(0);
  return JSON.parse(done.stdout);
}

/** The rows of a query as NAME.parquet, and as NAME.csv in the spelling that a Parquet table's cells have as text. */
async function write(name: string, sql: string, rowGroup = 2048): Promise<void> {
  await withDatabase({ threads: 1 }, async (db) => {
    await db.run(`COPY (${sql}) TO '${at(`${name}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`);
    const columns = await db.describe(`FROM read_parquet('${at(`${name}.parquet`)}')`);
    const texts = columns.map(({ name: column, type }) =>
      type === 'FLOAT'
        ? `CAST(CAST(${column} AS DOUBLE) AS VARCHAR) AS ${column}`
        : `CAST(${column} AS VARCHAR) AS ${column}`,
    );
    await db.run(`COPY (SELECT ${texts} FROM read_parquet('${at(`${name}.parquet`)}')) TO '${at(`${name}.csv`)}'`);
  });
}

/** Rows of the training table again and again, with a cell in a thousand that is no number. */
const MANY = `SELECT CASE WHEN (i * 200 + r) % 1000 = 777 THEN '"odd"' ELSE amount END AS amount, visits, channel, r AS place
  FROM (SELECT *, row_number() OVER () AS r FROM read_csv('TABLE', all_varchar = true)), range(75) AS t(i) ORDER BY i, r`;

beforeAll(async () => {
  writeTable(home, 'table.csv');
  await trainSmallModel(home, 10);
  await write('many', MANY.replace('TABLE', at('table.csv')));
});

describe('types', () => {
  const doubles = "CASE i WHEN 3 THEN 'inf' WHEN 5 THEN '-inf' WHEN 7 THEN 'nan' ELSE i / 7 END::DOUBLE";
  const blanks = "CASE i % 5 WHEN 0 THEN ' ' || i WHEN 1 THEN 'NA' WHEN 2 THEN '  ' ELSE i::VARCHAR END";
  const misfits = 'CASE WHEN i % 9 = 4 THEN \'a, "b"\' ELSE i::VARCHAR END';
  it.each([
    [
      'whole numbers, huge ones, nulls',
      'CASE WHEN i > 9 THEN i END',
      '18446744073709551615::UBIGINT - i',
      'i::HUGEINT << 80',
    ],
    ['doubles, infinite ones and NaN', doubles, 'i', "'app'"],
    ['floats', '(i / 7)::FLOAT', '(i * 1e30)::FLOAT', '(i / 3)::FLOAT'],
    [
      'decimals, words of a list',
      '(i / 7)::DECIMAL(30, 10)',
      '(i / 7)::DECIMAL(9, 2)',
      "CASE WHEN i % 2 = 0 THEN 'mail' ELSE 'web' END::ENUM('mail', 'web')",
    ],
    ['texts, blank and missing ones', blanks, 'i', "CASE i % 3 WHEN 0 THEN ' mail' WHEN 1 THEN 'NULL' ELSE 'fax' END"],
    ['cells that do not fit', misfits, 'CASE WHEN i % 7 = 4 THEN i > 9 END', "'web'"],
  ])('%s: the scores, reasons and counts of the same cells in CSV', async (_, amount, visits, channel) => {
    await write(
      'typed',
      `SELECT (${amount}) AS amount, (${visits}) AS visits, (${channel}) AS channel, [i, i + 1] AS list,
        TIMESTAMP '2024-02-29 10:00:00' + to_seconds(i) AS seen FROM (SELECT i::INTEGER AS i FROM range(100) AS t(i))`,
    );
    const more = ['--columns', 'seen,amount,list', '--explain', '2'];
    const {
      seconds: _s,
      rows_per_second: _r,
      output: _o,
      rejects: _p,
      ...ofParquet
    } = await scored('typed.parquet', 'p.csv', ...more);
    expect(await scored('typed.csv', 'c.csv', ...more)).toMatchObject(ofParquet);
    expect(text('p.csv')).toBe(text('c.csv'));
    if (ofParquet['rows_rejected'] === 0) return;
    const what = (name: string) =>
      text(name)
        .split('\n')
        .map((line) => line.split(',').slice(1, 3));
    expect(what('p.rejects.csv')).toEqual(what('c.rejects.csv'));
  });

  it('a cell that does not fit is rejected with its row number, column, reason and row; what the model does not read is not judged', async () => {
    await write(
      'odd',
      `SELECT CASE i WHEN 3 THEN 'x "y"' ELSE i::VARCHAR END AS amount, i AS visits, 'web' AS channel, CASE WHEN i % 200 = 0 THEN 'odd' ELSE i::VARCHAR END AS other FROM range(1000) AS t(i)`,
    );
    expect(await scored('odd.parquet', 'odd.csv')).toMatchObject({ rows_in: 1000, rows_scored: 999, rows_rejected: 1 });
    expect(text('odd.rejects.csv')).toBe(
      'line,column,reason,original\n4,amount,not a number,"""x """"y"""""",3,web,3"\n',
    );
  });

  it('too many of them: exit code 3, no output, and the rejects are there', async () => {
    await write(
      'bad',
      `SELECT CASE WHEN i % 2 = 0 THEN 'bad' ELSE '1' END AS amount, i AS visits, 'web' AS channel FROM range(100) AS t(i)`,
    );
    expectRefusal(
      await ecomml(args('bad.parquet', 'none.csv', '--max-bad-rows', '49'), { cwd: home }),
      3,
      /50 of 100 rows \(50.00%\) are bad, 49 allowed/,
    );
    expect(readdirSync(home).filter((name) => name.includes('none'))).toEqual(['none.rejects.csv']);
    expect(text('none.rejects.csv').split('\n')).toHaveLength(52);
  });
});

describe('a table of 30,000 rows', () => {
  beforeAll(async () => {
    expect(await scored('many.parquet', 'whole.csv', '--threads', '1')).toMatchObject({
      rows_in: 30_000,
      rows_rejected: 30,
    });
  });
  const same = (name: string) =>
    bytes(`${name}.csv`).equals(bytes('whole.csv')) && bytes(`${name}.rejects.csv`).equals(bytes('whole.rejects.csv'));

  it('gives the same bytes on two threads, of large row groups, and from a pipe', async () => {
    await scored('many.parquet', 'two.csv', '--threads', '2');
    expect(same('two')).toBe(true);
    await write('large', `FROM read_parquet('${at('many.parquet')}')`, 122_880);
    await scored('large.parquet', 'large.csv');
    expect(same('large')).toBe(true);
    const piped = await ecomml(args('-', 'piped.csv'), { cwd: home, stdin: bytes('many.parquet') });
    expect(piped.code, piped.stderr).toBe(0);
    expect(same('piped')).toBe(true);
  });

  it('killed with -9 and resumed ends at the same bytes', async () => {
    expect(
      await ecomml(args('many.parquet', 'killed.csv', '--max-bad-rows', '0.9'), { cwd: home, env: killedAtJournal() }),
    ).toMatchObject({
      signal: 'SIGKILL',
    });
    const resumed = await scored('many.parquet', 'killed.csv', '--resume');
    expect(resumed['rows_resumed']).toBeGreaterThan(0);
    expect(resumed).toMatchObject({ rows_in: 30_000, rows_rejected: 30 });
    expect(same('killed')).toBe(true);
  });

  it('a reader that leaves ends it quietly, and no temporary folder stays', async () => {
    const temporary = emptyFolder();
    const left = await ecomml(args('many.parquet', '-', '--quiet', '--max-bad-rows', '0.9'), {
      cwd: home,
      env: { TMPDIR: temporary },
      started: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    });
    expect(left).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('the plan says how it is read, and writes nothing', async () => {
    const { stdout } = await score('many.parquet', 'dry.csv', '--dry-run', '--shard', '2/3');
    expect(JSON.parse(stdout)).toMatchObject({
      inputs: [
        {
          name: 'many.parquet',
          format: 'parquet',
          used: ['amount', 'visits', 'channel'],
          chunks: { by: 'rows', first: 10_000, rows: 10_000 },
        },
      ],
    });
    expect(readdirSync(home).filter((name) => name.includes('dry'))).toEqual([]);
  });
});

describe('several files by a pattern', () => {
  const PARTS = [11_000, 4000, 15_000];
  beforeAll(async () => {
    let from = 0;
    for (const [part, rows] of PARTS.entries()) {
      await write(`part-${part}`, `FROM read_parquet('${at('many.parquet')}') LIMIT ${rows} OFFSET ${from}`);
      from += rows;
    }
    await scored('many.parquet', 'one.csv');
    expect(await scored('part-*.parquet', 'parts.csv', '--threads', '2')).toMatchObject({
      rows_in: 30_000,
      rows_scored: 29_970,
      rows_rejected: 30,
    });
  });
  const rowsOf = (name: string) => text(name).trimEnd().split('\n').slice(1);

  it('are scored in the order of their names, each row with its file and its number there', () => {
    const before = PARTS.map((_, part) => PARTS.slice(0, part).reduce((sum, rows) => sum + rows, 0));
    const expected = rowsOf('one.csv').map((row) => {
      const comma = row.indexOf(',');
      const number = Number(row.slice(0, comma));
      const part = before.findLastIndex((rows) => rows < number);
      return `${join(home, `part-${part}.parquet`)},${number - before[part]}${row.slice(comma)}`;
    });
    expect(text('parts.csv').split('\n')[0]).toMatch(/^source_file,source_row,purchase_probability/);
    expect(rowsOf('parts.csv').map((row) => row.replace(/^part-/, `${home}/part-`))).toEqual(expected);
    expect(text('parts.rejects.csv').split('\n')[0]).toBe('file,line,column,reason,original');
    expect(rowsOf('parts.rejects.csv')).toHaveLength(30);
    expect(rowsOf('parts.rejects.csv').map((row) => row.replace(/^.*part-\d\.parquet,\d+,/, ''))).toEqual(
      rowsOf('one.rejects.csv').map((row) => row.replace(/^\d+,/, '')),
    );
  });

  it('give the same bytes by shards, and after kill -9', async () => {
    for (const shard of [1, 2, 3, 4, 5, 6, 7]) await scored('part-*.parquet', 'merged.csv', '--shard', `${shard}/7`);
    expect(await ecomml(['score', '--merge', '--output', 'merged.csv'], { cwd: home })).toMatchObject({ code: 0 });
    expect(bytes('merged.csv').equals(bytes('parts.csv'))).toBe(true);
    expect(bytes('merged.rejects.csv').equals(bytes('parts.rejects.csv'))).toBe(true);
    const limits = ['--max-bad-rows', '0.9'];
    expect(
      await ecomml(args('part-*.parquet', 'again.csv', ...limits), { cwd: home, env: killedAtJournal() }),
    ).toMatchObject({ signal: 'SIGKILL' });
    expect(await scored('part-*.parquet', 'again.csv', '--resume')).toMatchObject({ rows_scored: 29_970 });
    expect(bytes('again.csv').equals(bytes('parts.csv'))).toBe(true);
  });

  it('among files of other kinds are refused', async () => {
    expectRefusal(
      await ecomml(args('part-*', 'none.csv'), { cwd: home }),
      2,
      /part-0\.(csv|parquet) is a Parquet file among others/,
    );
  });
});

/**
 * Tables in every odd form through the real binary: other delimiters, quotes, encodings, line ends, lines above and below, ragged rows,
 * headers repeated, compressed and in several files. What is sound in them gets the scores of the plain file; the rest is rejected.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { ecomml, emptyFolder } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const home = emptyFolder();
const plain = tableCsv({ rows: 300 });
const [header, ...rows] = plain.trimEnd().split('\n');

interface Scored {
  readonly rows_in: number;
  readonly rows_scored: number;
  readonly rows_rejected: number;
}

async function scored(input: string, ...more: string[]): Promise<{ counts: Scored; lines: string[] }> {
  const args = [
    'score',
    '--input',
    input,
    '--model',
    'models/it',
    '--output',
    'out.csv',
    '--json',
    '--max-bad-rows',
    '0.5',
    ...more,
  ];
  const finished = await ecomml(args, { cwd: home });
  expect(finished.code, finished.stderr).toBe(0);
  const lines = readFileSync(join(home, 'out.csv'), 'utf8').trimEnd().split('\n').slice(1);
  return { counts: JSON.parse(finished.stdout) as Scored, lines };
}

/** Scores without the columns that say where a row stood. */
const scoresOf = (lines: readonly string[]) => lines.map((line) => line.split(',').slice(-3).join(','));

let expected: string[];
beforeAll(async () => {
  writeTable(home, 'table.csv');
  await trainSmallModel(home, 10);
  writeFileSync(join(home, 'plain.csv'), plain);
  expected = scoresOf((await scored('plain.csv')).lines);
  expect(expected).toHaveLength(300);
});

const utf16 = Buffer.from(`\ufeff${plain}`, 'utf16le');
const SOUND: Readonly<Record<string, string | Uint8Array>> = {
  'semicolons, CRLF and a byte order mark': `\ufeff${plain.replaceAll(',', ';').replaceAll('\n', '\r\n')}`,
  'tabs, every field in quotes': plain.replaceAll(/[^,\n]+/g, '"$&"').replaceAll(',', '\t'),
  'bars, no line end at the end': plain.replaceAll(',', '|').trimEnd(),
  'lone carriage returns': plain.replaceAll('\n', '\r'),
  'UTF-16': utf16,
  'spaces around the cells': plain.replaceAll(',', ' , '),
  'empty lines': plain.replaceAll('\n', '\n\n'),
  'a title and an empty line above the header': `Visits of the week\n\n${plain}`,
  'two lines of a title': `Visits of the week\nexported on Monday\n${plain}`,
  gzip: gzipSync(plain),
  'two gzip members': Buffer.concat([gzipSync(plain.slice(0, 3000)), gzipSync(plain.slice(3000))]),
};

describe('the same rows in another form', () => {
  it.each(Object.keys(SOUND))('%s: the same scores', async (name) => {
    writeFileSync(join(home, 'form.csv'), SOUND[name]);
    const { counts, lines } = await scored('form.csv');
    expect(counts).toMatchObject({ rows_in: 300, rows_rejected: 0 });
    expect(scoresOf(lines)).toEqual(expected);
  });

  it('several files: in the order of their names, each with its own header', async () => {
    mkdirSync(join(home, 'parts'));
    for (const [i, name] of ['a', 'b', 'c'].entries())
      writeFileSync(
        join(home, 'parts', `${name}.csv`),
        `${[header, ...rows.slice(i * 100, i * 100 + 100)].join('\n')}\n`,
      );
    const { lines } = await scored('parts/*.csv');
    expect(scoresOf(lines)).toEqual(expected);
    expect(lines[100]).toMatch(/^parts\/b\.csv,1,/);
  });
});

describe('files of DuckDB', () => {
  it.each([
    ['Parquet of many row groups', 'groups.parquet', 'FORMAT parquet, ROW_GROUP_SIZE 2048'],
    ['Parquet of zstd pages', 'pages.parquet', 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048'],
    ['zstd', 'table.csv.zst', 'FORMAT csv, COMPRESSION zstd'],
  ])('%s: the same scores, rows in their order', async (_, name, options) => {
    writeFileSync(join(home, 'repeated.csv'), `${header}\n${`${rows.join('\n')}\n`.repeat(30)}`);
    await withDatabase({ threads: 1 }, (db) =>
      db.run(`COPY (FROM read_csv('${join(home, 'repeated.csv')}')) TO '${join(home, name)}' (${options})`),
    );
    const { counts, lines } = await scored(name);
    expect(counts).toMatchObject({ rows_in: 9000, rows_scored: 9000 });
    const times = Array.from({ length: 30 }, () => expected).flat();
    expect(scoresOf(lines)).toEqual(times);
  });
});

describe('rows that are broken', () => {
  it('are rejected with their bytes, and cost no other row', async () => {
    const broken: Readonly<Record<number, string | Uint8Array>> = {
      10: 'ragged',
      50: '"stray quote" x,1,web,0',
      90: Buffer.from([0xff, 0x2c, 0x31, 0x2c, 0x61, 0x2c, 0x30]),
      130: header,
      170: 'word,1,web,0',
      299: '"never closed,1,web,0',
    };
    const lines = [header, ...rows].map((row, i) => Buffer.from(broken[i] ?? row));
    const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    writeFileSync(join(home, 'broken.csv'), bytes);
    const { counts, lines: out } = await scored('broken.csv', '--encoding', 'utf-8', '--delimiter', ',');
    expect(counts).toMatchObject({ rows_in: 300, rows_scored: 294, rows_rejected: 6 });
    expect(scoresOf(out)).toEqual(expected.filter((_, i) => broken[i + 1] === undefined));
    const rejects = readFileSync(join(home, 'out.rejects.csv'), 'latin1').split('\n');
    expect(rejects).toHaveLength(8);
    expect(rejects[3]).toBe('91,,bytes that are no text in the encoding of the file,"\u00ff,1,a,0"');
  });

  it('a footer and headers repeated between the rows are rejected alone', async () => {
    const lines = [
      header,
      ...rows.slice(0, 100),
      header,
      ...rows.slice(100, 200),
      header,
      ...rows.slice(200),
      'Total,300',
    ];
    writeFileSync(join(home, 'joined.csv'), `${lines.join('\n')}\n`);
    const { counts, lines: out } = await scored('joined.csv');
    expect(counts).toMatchObject({ rows_in: 303, rows_scored: 300, rows_rejected: 3 });
    expect(scoresOf(out)).toEqual(expected);
    const rejects = readFileSync(join(home, 'out.rejects.csv'), 'utf8').trimEnd().split('\n').slice(1);
    expect(rejects.map((line) => line.split(',')[0])).toEqual(['102', '203', '304']);
  });

  it('too many of them: exit code 3, no output, and the rejects say why', async () => {
    writeFileSync(join(home, 'bad.csv'), `${header}\n${rows.map((row) => `x${row}`).join('\n')}\n`);
    const finished = await ecomml(['score', '--input', 'bad.csv', '--model', 'models/it', '--output', 'none.csv'], {
      cwd: home,
    });
    expect(finished.code).toBe(3);
    expect(finished.stderr).toMatch(/300 of 300 rows \(100%\) are bad/);
    expect(readFileSync(join(home, 'none.rejects.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(301);
  });
});

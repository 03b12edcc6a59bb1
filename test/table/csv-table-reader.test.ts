/**
 * Cells straight from bytes equal those of the cleaning (DuckDB over a spooled copy), to the bit, and so do the rejects, to the
 * byte: for polluted tables, any cut into chunks, any size of reads, and both the WebAssembly kernels and their plain twins.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanTable } from '#ecomml/clean/clean-table.js';
import { writeRejects } from '#ecomml/clean/write-rejects.js';
import type { Kernels } from '#ecomml/kernels/kernels.js';
import { loadKernels } from '#ecomml/kernels/loader.js';
import { KernelMemory } from '#ecomml/kernels/memory.js';
import { plainKernels } from '#ecomml/kernels/plain/plain-kernels.js';
import { numberOf, presentText, timeOf } from '#ecomml/table/cell-values.js';
import { CsvCutter } from '#ecomml/table/csv-cutter.js';
import type { CsvLayout } from '#ecomml/table/csv-layout.js';
import { CsvTableReader } from '#ecomml/table/csv-table-reader.js';
import { type DetectedInput, detectInput } from '#ecomml/table/detect-input.js';
import { Database } from '#ecomml/table/duckdb.js';
import { readTextColumns } from '#ecomml/table/read-frame.js';
import { REJECTS_HEADER, rejectLine } from '#ecomml/table/reject-line.js';

let db: Database;
let folder: string;
beforeAll(async () => {
  db = await Database.open({ threads: 1 });
  folder = mkdtempSync(join(tmpdir(), 'ecomml-csv-'));
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const LONG = process.env['ECOMML_LONG_TESTS'] ? 20 : 1;
const CATEGORIES = ['red', 'blå', 'a,b', 'x"y', '1', '10', 'true'];

const SCHEMA = [
  { name: 'id', type: 'categorical' },
  { name: 'n', type: 'numeric' },
  { name: 'word', type: 'categorical' },
  { name: 'yes', type: 'boolean' },
  { name: 'm', type: 'numeric' },
  { name: 'at', type: 'time' },
] as const;

interface Read {
  readonly rows: readonly (readonly (number | string)[])[];
  readonly rejects: Buffer;
}

/** What the cleaning says of the file. */
async function cleaned(input: DetectedInput): Promise<Read> {
  const table = await cleanTable(db, input, { schema: SCHEMA });
  const epoch = `coalesce(CAST(epoch("at") AS VARCHAR), 'nan')`;
  const texts = await readTextColumns(
    db,
    `SELECT source_row, raw.c0 AS id, n, word, CAST("yes" AS INTEGER) AS "yes", m, ${epoch} AS "at"
     FROM ${table.relation} JOIN raw_input AS raw ON raw.rowid = source_row - 1 ORDER BY source_row`,
  );
  const path = join(folder, 'rejects.csv');
  await writeRejects(db, input, table.rejects, path);
  const number = (text: string | null) =>
    text === null ? Number.NaN : Number(text === 'inf' ? 'Infinity' : text === '-inf' ? '-Infinity' : text);
  const code = (text: string | null) => (text === null ? Number.NaN : CATEGORIES.indexOf(text));
  const rows = Array.from({ length: texts.rows }, (_, row) => {
    const [source, id, n, word, yes, m, at] = texts.columns.map(({ values }) => values[row]);
    const spelled = m === null ? null : String(number(m));
    return [
      Number(source),
      id ?? '',
      number(n),
      code(word),
      number(yes),
      code(spelled),
      at === 'nan' ? Number.NaN : Number(at),
    ];
  });
  return { rows, rejects: readFileSync(path) };
}

function layoutOf({ dialect, columns, values }: DetectedInput): CsvLayout {
  const column = (name: string) => columns.findIndex((one) => one.name === name);
  return {
    dialect: dialect as CsvLayout['dialect'],
    values,
    columns,
    read: [
      { column: column('n'), type: 'numeric' },
      { column: column('word'), type: 'categorical', categories: CATEGORIES },
      { column: column('yes'), type: 'boolean' },
      { column: column('m'), type: 'numeric', categories: CATEGORIES },
      { column: column('at'), type: 'time' },
    ],
    kept: [column('id')],
  };
}

interface Cut {
  readonly chunkBytes: number;
  readonly readBytes: number;
  readonly kernels: (memory: KernelMemory) => Kernels;
}

/** The same by chunks. */
function readInChunks(bytes: Uint8Array, layout: CsvLayout, { chunkBytes, readBytes, kernels }: Cut): Read {
  const memories = [new KernelMemory(), new KernelMemory()];
  const cutter = new CsvCutter(layout.dialect, layout.columns.length, memories[0], kernels(memories[0]));
  const reader = new CsvTableReader(layout, memories[1], kernels(memories[1]));
  let at = layout.dialect.bomBytes;
  const more = () => {
    if (at >= bytes.length) cutter.end();
    cutter.push(bytes.subarray(at, at + readBytes));
    at += readBytes;
  };
  cutter.resume(layout.dialect.bomBytes, 1, 1);
  while (!cutter.skipHeader()) more();
  const rows: (number | string)[][] = [];
  const rejects: Uint8Array[] = [Buffer.from(REJECTS_HEADER)];
  while (!cutter.ended) {
    const chunk = cutter.cut((Math.floor(cutter.position / chunkBytes) + 1) * chunkBytes);
    if (chunk === undefined) more();
    if (chunk === undefined || chunk.records === 0) continue;
    const asked = { ...chunk, bytes: chunk.end - chunk.start, extent: chunk.extent - chunk.start };
    reader.place(asked).set(bytes.subarray(chunk.start, chunk.extent));
    const read = reader.read(asked);
    const [{ starts, ends }] = read.kept;
    for (let row = 0; row < read.rows; row++)
      rows.push([
        read.records[row],
        read.text.toString('utf8', starts[row], ends[row]),
        ...read.values.map((column) => column[row]),
      ]);
    for (const { line, column, reason, start, end } of read.faults)
      rejects.push(...rejectLine(line, column, reason, read.text.subarray(start, end)));
  }
  return { rows, rejects: Buffer.concat(rejects) };
}

const numberText = fc.oneof(
  fc.double({ noNaN: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom(
    '',
    ' ',
    'NA',
    '?',
    '\\N',
    'nan',
    ' 7 ',
    '\t7',
    '+5',
    '-0',
    '.5',
    '5.',
    '1e400',
    '1e-400',
    'inf',
    '-Infinity',
  ),
  fc.constantFrom(
    '1.7976931348623157e308',
    '9007199254740993',
    '0.1000000000000000055511151231257827',
    '1e23',
    '4.9e-324',
    '\u00a01\u00a0',
  ),
  fc
    .tuple(fc.stringMatching(/^\d{1,19}$/), fc.stringMatching(/^\d{0,9}$/), fc.integer({ min: -30, max: 30 }))
    .map(([a, b, e]) => `${a}.${b}e${e}`),
);
const oddNumber = fc.constantFrom('x', '1_000', '1,5', '12abc', '--5', '1e', 'Inf1', 'nan(1)', '0x10');
const word = fc.oneof(
  fc.constantFrom(...CATEGORIES, '', ' red ', 'green', 'NULL', 'Null', 'é', '中文', 'a\nb', 'a\r\nb', '"', "it's"),
);
const truth = fc.constantFrom('true', 'FALSE', 'True', '', 'NA', 'TRUE ', 'yes');
const time = fc.constantFrom(
  '2019-10-01',
  '2019-10-01 00:00:07 UTC',
  '2019-10-01T10:00:00.25+02:00',
  '',
  '2020-02-29',
  '2019-02-29',
  '1969-12-31 23:59:59.5',
  '24:00',
);

const record = fc.record({
  cells: fc.tuple(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.oneof({ weight: 20, arbitrary: numberText }, { weight: 1, arbitrary: oddNumber }),
    word,
    truth,
    numberText,
    time,
  ),
  quoteAll: fc.boolean(),
  crlf: fc.boolean(),
  damage: fc.oneof(
    { weight: 14, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('short', 'long', 'stray quote', 'open quote', 'control', 'no text', 'blank', 'header'),
    },
  ),
});
type Made = typeof record extends fc.Arbitrary<infer T> ? T : never;

const HEADER = 'id,n,word,yes,m,at,more';

function bytesOf({ cells, quoteAll, crlf, damage }: Made): Buffer {
  const spelled = [...cells, 'rest'].map((cell) =>
    quoteAll || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  const end = crlf ? '\r\n' : '\n';
  if (damage === 'blank') return Buffer.from(end);
  if (damage === 'header') return Buffer.from(HEADER + end);
  if (damage === 'short') spelled.pop();
  if (damage === 'long') spelled.push('');
  if (damage === 'stray quote') spelled[2] = '"red" x';
  if (damage === 'open quote') spelled[2] = '"red';
  if (damage === 'control') spelled[2] = 're\u0002d';
  const bytes = Buffer.from(spelled.join(',') + end);
  return damage === 'no text' ? Buffer.concat([Buffer.from([0xff, 0xc3]), bytes]) : bytes;
}

const SOUND = Buffer.from('a,1,red,true,1,2019-10-01,x\nb,2,blå,false,10,2019-10-02,y\n');

async function detected(name: string, bytes: Uint8Array): Promise<DetectedInput> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const reading = { delimiter: ',', quote: '"', header: true, encoding: 'utf-8', date: 'iso', decimal: '.' } as const;
  return detectInput(db, path, { asTable: true, reading });
}

const wasm = (memory: KernelMemory) => loadKernels(memory.memory);

describe('cells straight from bytes', () => {
  it('are those of the cleaning, however the file is cut', async () => {
    const table = fc.record({
      records: fc.array(record, { minLength: 1, maxLength: 25 }),
      bom: fc.boolean(),
      cutEnd: fc.boolean(),
      chunkBytes: fc.constantFrom(1, 2, 17, 100, 1000, 2 ** 20),
      readBytes: fc.constantFrom(1, 13, 64, 4096),
    });
    await fc.assert(
      fc.asyncProperty(table, async ({ records, bom, cutEnd, chunkBytes, readBytes }) => {
        const body = Buffer.concat([Buffer.from(`${HEADER}\n`), SOUND, ...records.map(bytesOf)]);
        const whole = Buffer.concat([Buffer.from(bom ? [0xef, 0xbb, 0xbf] : []), body]);
        const bytes = cutEnd ? whole.subarray(0, -1) : whole;
        const input = await detected('table.csv', bytes);
        // What no model reads is judged by nobody: as text, it fits.
        const expected = await cleaned(input);
        const layout = layoutOf(input);
        for (const kernels of [wasm, plainKernels]) {
          const found = readInChunks(bytes, layout, { chunkBytes, readBytes, kernels });
          expect(found.rejects.toString('latin1')).toBe(expected.rejects.toString('latin1'));
          expect(found.rows).toEqual(expected.rows);
        }
      }),
      { numRuns: 60 * LONG },
    );
  });

  it('a record longer than allowed, and a quote that closes far behind a border, are rejected alike', async () => {
    const far = `"open${'\n1,2,red,true,1,2019-10-01,x'.repeat(300)}" x,1,red,true,1,2019-10-01,x\n`;
    const body = [`${HEADER}\n`, SOUND, `${'l'.repeat(2 ** 20)},1,red,true,1,2019-10-01,x\n`, far, SOUND];
    const bytes = Buffer.concat(body.map((part) => Buffer.from(part)));
    const input = await detected('far.csv', bytes);
    const expected = await cleaned(input);
    for (const chunkBytes of [50, 3000, 2 ** 20]) {
      const found = readInChunks(bytes, layoutOf(input), { chunkBytes, readBytes: 100_000, kernels: wasm });
      expect(found.rejects.equals(expected.rejects)).toBe(true);
      expect(found.rows).toEqual(expected.rows);
    }
  });
});

describe('cell values', () => {
  const cast = async (sql: string, texts: readonly string[]) => {
    const list = texts.map((text) => `(${texts.indexOf(text)}, '${text.replaceAll("'", "''")}')`).join(',');
    return db.rows(`SELECT ${sql} AS x FROM (VALUES ${list}) AS t(i, v) ORDER BY i`);
  };

  it('numbers are those of the SQL, by any spelling', async () => {
    const { cellNumberSql, presentSql } = await import('#ecomml/clean/column-types.js');
    const { trimmed } = await import('#ecomml/clean/event-sql.js');
    const spelled = fc.array(fc.oneof(numberText, oddNumber, fc.stringMatching(/^[-+0-9.eEinfaty_ ,$€' ]{1,9}$/)), {
      minLength: 1,
      maxLength: 40,
    });
    const formats = [
      { decimal: '.', amounts: false },
      { decimal: '.', amounts: true },
      { decimal: ',', amounts: false },
      { decimal: ',', amounts: true },
    ] as const;
    await fc.assert(
      fc.asyncProperty(spelled, fc.constantFrom(...formats), async (raw, format) => {
        const texts = [...new Set(raw)];
        const present = texts.map(presentText);
        const shown = await cast(presentSql(trimmed('v')), texts);
        expect(present).toEqual(shown.map(({ x }) => x));
        const found = present.map((text) => (text === null ? null : (numberOf(text, format) ?? null)));
        const sql = cellNumberSql('v', { ...format, date: 'iso' });
        const rows = await db.rows(
          `SELECT ${sql} AS x FROM (VALUES ${present.map((text, i) => `(${i}, ${text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`}::VARCHAR)`).join(',')}) AS t(i, v) ORDER BY i`,
        );
        const expected = rows.map(({ x }) => (x === null ? null : Number(x)));
        expect(found.map((x) => (x === 0 ? 0 : x))).toEqual(expected.map((x) => (x === 0 ? 0 : x)));
      }),
      { numRuns: 60 * LONG },
    );
  });

  it('times are those of the SQL', async () => {
    const { cellTimeSql } = await import('#ecomml/clean/column-types.js');
    const two = fc.integer({ min: 0, max: 61 }).map((n) => String(n).padStart(2, '0'));
    const made = fc
      .tuple(
        fc.constantFrom('2019', '1969', '2000', '1900', '0001', '9999'),
        two,
        two,
        fc.constantFrom(' ', 'T', 't'),
        two,
        two,
        two,
      )
      .chain(([y, mo, d, t, h, mi, s]) =>
        fc.constantFrom(
          `${y}-${mo}-${d}`,
          `${y}-${mo}-${d}${t}${h}:${mi}`,
          `${y}-${mo}-${d}${t}${h}:${mi}:${s}`,
          `${y}-${mo}-${d}${t}${h}:${mi}:${s}.1234567Z`,
          `${y}-${mo}-${d}${t}${h}:${mi}:${s} UTC`,
          `${y}-${mo}-${d}${t}${h}:${mi}:${s}+0530`,
          `${y}-${mo}-${d}${t}${h}:${mi}:${s} -14:00`,
        ),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 60 }), async (raw) => {
        const texts = [...new Set(raw)];
        const rows = await cast(`epoch(${cellTimeSql('v', { decimal: '.', amounts: false, date: 'iso' })})`, texts);
        expect(texts.map((text) => timeOf(text) ?? null)).toEqual(rows.map(({ x }) => (x === null ? null : Number(x))));
      }),
      { numRuns: 40 * LONG },
    );
  });
});

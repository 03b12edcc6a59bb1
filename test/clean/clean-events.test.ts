import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cleanEvents } from '#ecomml/clean/clean-events.js';
import type { QualitySummary } from '#ecomml/clean/quality-summary.js';
import { writeRejects } from '#ecomml/clean/write-rejects.js';
import { detectInput } from '#ecomml/table/detect-input.js';
import { writeParquet } from '#ecomml/table/parquet-file.js';
import { inDatabase, parseCsvBytes, type Row, testFolder } from '../table/input-files.js';

const folder = testFolder();
const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
const TIME = '2019-10-01 00:00:00 UTC';

interface Cleaned {
  readonly rows: Row[];
  readonly rejects: { line: number; column: string; reason: string; original: Buffer }[];
  readonly summary: QualitySummary;
}

async function cleaned(content: string | Uint8Array, threads = 1): Promise<Cleaned> {
  const path = folder.file('events', content);
  return inDatabase(async (db) => {
    const input = await detectInput(db, path);
    const { relation, rejects, summary } = await cleanEvents(db, input);
    await writeRejects(db, input, rejects, `${folder.path}/rejects.csv`);
    const [, ...lines] = parseCsvBytes(readFileSync(`${folder.path}/rejects.csv`));
    return {
      rows: await db.rows(`FROM ${relation}`),
      rejects: lines.map(([line, column, reason, original]) => ({
        line: Number(line),
        column: column.toString(),
        reason: reason.toString(),
        original,
      })),
      summary,
    };
  }, threads);
}

/** An event line; a value may be replaced. */
function event(changes: Partial<Record<string, string>> = {}, n = 1): string {
  const values: Record<string, string> = {
    event_time: TIME,
    event_type: 'view',
    product_id: String(n),
    category_id: '2053',
    category_code: 'a.b',
    brand: 'acme',
    price: '3.5',
    user_id: 'u1',
    user_session: 's1',
  };
  return HEADER.split(',')
    .map((name) => changes[name] ?? values[name])
    .join(',');
}

const file = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`;
const found = ({ rejects }: Cleaned) => rejects.map(({ line, column, reason }) => `${line} ${column}: ${reason}`);

describe('cleanEvents', () => {
  it('gives the columns their types, trimmed, empty as NULL', async () => {
    const { rows, summary } = await cleaned(file(event({ brand: '', category_code: ' ', user_id: ' u1\t' })));
    expect(rows).toEqual([
      {
        source_row: '1',
        event_time: '2019-10-01 00:00:00',
        event_type: 'view',
        product_id: '1',
        category_id: '2053',
        category_code: null,
        brand: null,
        price: 3.5,
        user_id: 'u1',
        user_session: 's1',
      },
    ]);
    expect(summary.repairs).toEqual([{ rule: 'spaces around a value removed', rows: 1 }]);
  });

  it('reads times of every zone into UTC', async () => {
    const times: [string, string | null][] = [
      ['2019-10-01 00:00:00 UTC', '2019-10-01 00:00:00'],
      ['2019-10-01T00:00:00Z', '2019-10-01 00:00:00'],
      ['2019-10-01T02:30:00+02:00', '2019-10-01 00:30:00'],
      ['2019-10-01T00:00:00.5-0530', '2019-10-01 05:30:00.5'],
      ['2019-10-01 00:00:00+14', '2019-09-30 10:00:00'],
      ['2019-10-01 00:00', '2019-10-01 00:00:00'],
      ['2019-10-01T00:00:00.123456789', '2019-10-01 00:00:00.123456'],
      ['2019-10-01 00:00:00.999999999 UTC', '2019-10-01 00:00:00.999999'],
      ['2019-02-29 00:00:00 UTC', null],
      ['2019-10-01 25:00:00', null],
      ['2019-10-01 00:00:00 CET', null],
      ['2019-10-01', null],
      ['1569888000', null],
    ];
    const result = await cleaned(file(...times.map(([time], n) => event({ event_time: time }, n))));
    expect(result.rows.map((row) => row.event_time)).toEqual(times.map(([, utc]) => utc).filter((utc) => utc !== null));
    expect(found(result)).toEqual([10, 11, 12, 13, 14].map((line) => `${line} event_time: not a time`));
    expect(result.summary.repairs).toEqual([{ rule: 'time with an offset moved to UTC', rows: 3 }]);
    const far = await cleaned(
      file(event({ event_time: '1969-12-31T23:59:59Z' }), event({ event_time: '2100-01-01 00:00:00 UTC' }), event()),
    );
    expect(found(far)).toEqual(['2 event_time: outside 1970 to 2099', '3 event_time: outside 1970 to 2099']);
  });

  it('judges prices', async () => {
    const prices: [string, number | null | string][] = [
      ['0', 0],
      ['-0.0', 0],
      ['', null],
      ['1e3', 1000],
      ['1000000000', 1e9],
      ['1000000000.01', 'above 1e9'],
      ['1e308', 'above 1e9'],
      ['1e400', 'above 1e9'],
      ['-0.01', 'negative'],
      ['inf', 'not finite'],
      ['-Infinity', 'not finite'],
      ['NaN', 'not finite'],
      ['12 apples', 'not a number'],
      ['1_000', 'not a number'],
    ];
    const result = await cleaned(file(...prices.map(([price], n) => event({ price }, n))));
    expect(result.rows.map((row) => row.price)).toEqual([0, 0, null, 1000, 1e9]);
    expect(Object.is(result.rows[1].price, -0)).toBe(false);
    expect(found(result)).toEqual(prices.slice(5).map(([, reason], n) => `${n + 7} price: ${reason}`));
    expect(result.summary.notices).toEqual([
      { rule: 'price missing, kept as missing', rows: 1 },
      { rule: 'price zero, kept', rows: 2 },
    ]);
  });

  it('rejects unknown types and missing keys, repairs mixed case', async () => {
    const result = await cleaned(
      file(
        event({ event_type: 'View' }, 1),
        event({ event_type: 'REMOVE_FROM_CART' }, 2),
        event({ event_type: 'wishlist' }),
        event({ event_type: '' }),
        event({ event_time: '' }),
        event({ product_id: ' ' }),
        event({ user_id: '' }),
        event({ user_session: '' }),
        event({ category_id: '' }, 3),
      ),
    );
    expect(result.rows.map((row) => row.event_type)).toEqual(['view', 'remove_from_cart', 'view']);
    expect(found(result)).toEqual([
      '4 event_type: unknown event type',
      '5 event_type: missing',
      '6 event_time: missing',
      '7 product_id: missing',
      '8 user_id: missing',
      '9 user_session: missing',
    ]);
    expect(result.summary.repairs).toEqual([{ rule: 'event_type written in lower case', rows: 2 }]);
    expect(result.summary.eventTypes).toEqual([
      { type: 'view', rows: 2 },
      { type: 'remove_from_cart', rows: 1 },
    ]);
  });

  it('removes exact duplicates after parsing and keeps the first', async () => {
    const { rows, summary } = await cleaned(
      file(
        event({}, 1),
        event({ price: '' }, 2),
        event({ event_time: '2019-10-01T00:00:00Z', event_type: 'VIEW', price: '3.50' }, 1),
        event({ price: '' }, 2),
        event({ brand: 'other' }, 1),
        event({ event_type: 'nothing' }, 1),
        event({}, 1),
      ),
    );
    expect(rows.map((row) => row.source_row)).toEqual(['1', '2', '5']);
    expect(summary.rows).toMatchObject({ in: 7, kept: 3, rejected: 1, duplicatesRemoved: 3 });
  });

  it('keeps line numbers and bytes over quoted line breaks, blank lines and broken records', async () => {
    const result = await cleaned(
      file(
        event({ brand: '"two\nlines"' }, 1),
        '',
        'ragged,line',
        event({ brand: '"with, comma and ""quote"""' }, 2),
        event({ brand: 'un"quoted' }, 3),
        `${event({}, 4)},extra`,
        event({ price: '"bad, ""price"""' }, 5),
        event({ brand: 'nul\0' }, 6),
        event({ brand: '"stray' }, 7),
        event({}, 8),
      ),
    );
    expect(result.rows.map((row) => [row.source_row, row.brand])).toEqual([
      ['1', 'two\nlines'],
      ['3', 'with, comma and "quote"'],
      ['4', 'un"quoted'],
      ['9', 'acme'],
    ]);
    expect(found(result)).toEqual([
      '5 product_id: too few fields: 2 of 9',
      '8 : too many fields: 10 of 9',
      '9 price: not a number',
      '10 brand: control character 0x00',
      '11 brand: quote never closed',
    ]);
    expect(result.rejects[2].original.toString()).toBe(event({ price: '"bad, ""price"""' }, 5));
    expect(result.summary.rows).toEqual({
      in: 9,
      kept: 4,
      rejected: 5,
      duplicatesRemoved: 0,
      duplicatesKept: 0,
      blankLines: 1,
    });
  });

  it.each<[string, (text: string) => Buffer, BufferEncoding]>([
    ['UTF-8 with BOM and CRLF', (text) => Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`), 'utf8'],
    ['gzip', (text) => gzipSync(text), 'utf8'],
    ['Latin-1', (text) => Buffer.from(text, 'latin1'), 'latin1'],
    ['UTF-16LE', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'), 'utf16le'],
    ['UTF-16LE without BOM', (text) => Buffer.from(text, 'utf16le'), 'utf16le'],
    ['CR line ends', (text) => Buffer.from(text.replaceAll('\n', '\r')), 'utf8'],
    ['semicolons', (text) => Buffer.from(text.replaceAll(',', ';')), 'utf8'],
  ])('reads %s, and gives rejects in their own bytes', async (name, encode, encoding) => {
    const bad = event({ brand: 'Café', event_type: 'nothing' });
    const result = await cleaned(encode(file(event({ brand: 'Nestlé' }), bad, event({ brand: 'Müller' }))));
    expect(result.rows.map((row) => row.brand)).toEqual(['Nestlé', 'Müller']);
    expect(found(result)).toEqual(['3 event_type: unknown event type']);
    const original = name === 'semicolons' ? bad.replaceAll(',', ';') : bad;
    expect(result.rejects[0].original).toEqual(Buffer.from(original, encoding));
  });

  it('rejects bytes that are no UTF-8, unchanged', async () => {
    const bad = Buffer.concat([
      Buffer.from('2019-10-01 00:00:00 UTC,view,1,2,,'),
      Buffer.from([0xff, 0xe9, 0x22]),
      Buffer.from(',1,2,3'),
    ]);
    const result = await cleaned(
      Buffer.concat([Buffer.from(`${HEADER}\n${event({ brand: 'é' })}\n`), bad, Buffer.from('\n')]),
    );
    expect(found(result)).toEqual(['3 : bytes that are no text in the encoding of the file']);
    expect(result.rejects[0].original).toEqual(bad);
    expect(result.rows).toHaveLength(1);
  });

  it('takes files without the optional columns, and says so', async () => {
    const { rows, summary } = await cleaned(
      `user_session;user_id;event_type;product_id;event_time;colour\ns;u;cart;p;${TIME};red\n`,
    );
    expect(rows[0]).toMatchObject({ event_type: 'cart', product_id: 'p', price: null, brand: null });
    expect(summary.notes).toContain('no column price: it is missing in every row');
  });

  it('reads events from Parquet, and its own clean Parquet unchanged', async () => {
    await inDatabase(async (db) => {
      const raw = `${folder.path}/raw.parquet`;
      await writeParquet(
        db,
        `SELECT TIMESTAMPTZ '2019-10-01 02:00:00+02' AS event_time, 'View' AS event_type, 9007199254740993 AS product_id,
           NULL AS category_id, NULL AS category_code, 'a"b' AS brand, x::FLOAT AS price, 5 AS user_id, 's' AS user_session
         FROM (VALUES (0.1), (-1)) t(x)`,
        raw,
      );
      const input = await detectInput(db, raw);
      const { summary, rejects } = await cleanEvents(db, input);
      expect(summary.rows).toMatchObject({ in: 2, kept: 1, rejected: 1 });
      const rows = await db.rows('FROM clean_events');
      expect(rows[0]).toMatchObject({
        product_id: '9007199254740993',
        event_time: '2019-10-01 00:00:00',
        price: Math.fround(0.1),
      });
      await writeRejects(db, input, rejects, `${folder.path}/parquet-rejects.csv`);
      expect(parseCsvBytes(readFileSync(`${folder.path}/parquet-rejects.csv`))[1].map(String)).toEqual([
        '2',
        'price',
        'negative',
        '2019-10-01 00:00:00+00,View,9007199254740993,,,"a""b",-1.0,5,s',
      ]);
      const own = `${folder.path}/clean.parquet`;
      await writeParquet(db, 'FROM clean_events', own, { 'ecomml.kind': 'clean-events' });
      const again = await cleanEvents(db, await detectInput(db, own));
      expect(again.summary.rows).toMatchObject({ in: 1, kept: 1, rejected: 0 });
      expect(await db.rows('FROM clean_events')).toEqual(rows);
    });
  });
});

describe('the shipped events', () => {
  const path = 'data/rees46/2019-Oct-17k.csv.gz';

  it('are 17,435 rows: one cut short, the duplicates counted as plain SQL counts them', async () => {
    const bytes = readFileSync(path);
    const result = await cleaned(bytes);
    const lines = gunzipSync(bytes).toString('utf8').split('\r\n');
    const { rows } = result.summary;
    expect(rows).toMatchObject({ in: 17435, rejected: 1, blankLines: 0 });
    expect(rows.duplicatesRemoved).toBe(lines.length - new Set(lines).size);
    expect(rows.kept).toBe(17435 - 1 - rows.duplicatesRemoved);
    expect(found(result)).toEqual(['17436 user_session: too few fields: 8 of 9']);
    expect(result.rejects[0].original.toString()).toBe(lines[17435]);
    // The kept rows hold the file's own values, in the file's order.
    for (const row of result.rows.filter((_, n) => n % 97 === 0)) {
      const fields = lines[Number(row.source_row)].split(',');
      expect([`${row.event_time} UTC`, row.event_type, row.product_id, row.user_id, row.user_session]).toEqual(
        [0, 1, 2, 7, 8].map((c) => fields[c]),
      );
      expect(row.price).toBe(Number(fields[6]));
      expect([row.category_code ?? '', row.brand ?? '']).toEqual([fields[4], fields[5]]);
    }
  });

  it('come out the same for one thread and three', async () => {
    const bytes = readFileSync(path);
    expect(await cleaned(bytes, 3)).toEqual(await cleaned(bytes, 1));
  });
});

import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanEvents } from '#ecomml/clean/clean-events.js';
import { cleanTable } from '#ecomml/clean/clean-table.js';
import { amountSql, priceSql } from '#ecomml/clean/event-sql.js';
import type { QualitySummary } from '#ecomml/clean/quality-summary.js';
import { writeRejects } from '#ecomml/clean/write-rejects.js';
import { type DetectOptions, detectInput } from '#ecomml/table/detect-input.js';
import { literal } from '#ecomml/table/duckdb.js';
import { parseAmount } from '#ecomml/table/value-format.js';
import { inDatabase, parseCsvBytes, type Row, testFolder } from '../table/input-files.js';

const folder = testFolder();
const LONG = process.env['ECOMML_LONG_TESTS'] === '1';
const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';

interface Cleaned {
  readonly rows: Row[];
  readonly faults: string[];
  readonly summary: QualitySummary;
}

async function cleaned(content: string, options: DetectOptions = {}): Promise<Cleaned> {
  const path = folder.file('events.csv', content);
  return inDatabase(async (db) => {
    const input = await detectInput(db, path, options);
    const { relation, rejects, summary } = await cleanEvents(db, input);
    await writeRejects(db, input, rejects, `${folder.path}/rejects.csv`);
    const [, ...lines] = parseCsvBytes(readFileSync(`${folder.path}/rejects.csv`));
    return {
      rows: await db.rows(`FROM ${relation}`),
      faults: lines.map(([line, column, reason]) => `${line} ${column}: ${reason}`),
      summary,
    };
  });
}

type Changes = Partial<Record<'time' | 'product' | 'brand' | 'price' | 'user' | 'session', string>>;
const event = ({
  time = '2019-10-01 00:00:00 UTC',
  product = '1',
  brand = 'acme',
  price = '3.5',
  user = 'u1',
  session = 's1',
}: Changes) => `${time},view,${product},2053,a.b,${brand},${price},${user},${session}`;
const file = (...events: Changes[]) => `${[HEADER, ...events.map(event)].join('\n')}\n`;
const notice = ({ summary }: Cleaned, rule: RegExp) => summary.notices.find((one) => rule.test(one.rule))?.rows ?? 0;
const repair = ({ summary }: Cleaned, rule: RegExp) => summary.repairs.find((one) => rule.test(one.rule))?.rows ?? 0;

describe('times', () => {
  it('of a clock that was never set, and of 2262, are rejected', async () => {
    const result = await cleaned(
      file(
        {},
        { time: '1970-01-01 00:00:00 UTC', product: '2' },
        { time: '1970-01-01T23:59:59Z', product: '3' },
        { time: '1970-01-02 00:00:00 UTC', product: '4' },
        { time: '2262-04-11 23:47:16 UTC', product: '5' },
        { time: '1969-12-31 23:59:59 UTC', product: '6' },
      ),
    );
    expect(result.faults).toEqual([
      '3 event_time: a clock that was never set (1970-01-01)',
      '4 event_time: a clock that was never set (1970-01-01)',
      '6 event_time: outside 1970 to 2099',
      '7 event_time: outside 1970 to 2099',
    ]);
    expect(result.rows.map((row) => row.product_id)).toEqual(['1', '4']);
  });

  it('that go backwards within a session are kept and counted, and mean nothing for the clean events', async () => {
    const events = [30, 10, 20, 40].map((second, n) => ({
      time: `2019-10-01 00:00:${second} UTC`,
      product: String(n),
    }));
    const result = await cleaned(file(...events, { time: '2019-10-01 00:00:05 UTC', session: 's2', product: '9' }));
    expect(result.rows).toHaveLength(5);
    expect(notice(result, /time before/)).toBe(1);
  });

  const dated = (...times: string[]) => file(...times.map((time, n) => ({ time, product: String(n) })));

  it('are read by the order that their own values show', async () => {
    const dayFirst = await cleaned(dated('01/02/2021 10:00', '31/01/2021 09:30:15'));
    expect(dayFirst.rows.map((row) => row.event_time)).toEqual(['2021-02-01 10:00:00', '2021-01-31 09:30:15']);
    const monthFirst = await cleaned(dated('02/01/2021 1:00 PM', '01/31/2021 12:05 AM'));
    expect(monthFirst.rows.map((row) => row.event_time)).toEqual(['2021-02-01 13:00:00', '2021-01-31 00:05:00']);
    const dotted = await cleaned(dated('1.2.2021', '31.1.2021 9:30'));
    expect(dotted.rows.map((row) => row.event_time)).toEqual(['2021-02-01 00:00:00', '2021-01-31 09:30:00']);
    const seconds = await cleaned(dated('1612069510', '1612069511'));
    expect(seconds.rows[0].event_time).toBe('2021-01-31 05:05:10');
  });

  it('that may be day or month first are refused, and read as they are said to be', async () => {
    const ambiguous = dated('01/02/2021 10:00', '03/04/2021 09:30');
    await expect(cleaned(ambiguous)).rejects.toMatchObject({ code: 'INPUT_AMBIGUOUS_TIME', exitCode: 3 });
    const said = await cleaned(ambiguous, { reading: { date: 'month-first' } });
    expect(said.rows[0].event_time).toBe('2021-01-02 10:00:00');
  });

  it('of no calendar are rejected one by one', async () => {
    const result = await cleaned(dated('31/12/2020', '30/12/2020', '31/02/2021', '32/12/2020', '12/31/2020'), {
      reading: { date: 'day-first' },
    });
    expect(result.faults).toEqual(['4 event_time: not a time', '5 event_time: not a time', '6 event_time: not a time']);
  });
});

describe('ids', () => {
  it('written as floats are whole numbers again; other points stay', async () => {
    const result = await cleaned(
      file({ product: '123.0', user: '7.0' }, { product: '123.10', user: '7' }, { product: 'v1.0', user: '1.2.0' }),
    );
    expect(result.rows.map((row) => [row.product_id, row.user_id])).toEqual([
      ['123', '7'],
      ['123.10', '7'],
      ['v1.0', '1.2.0'],
    ]);
    expect(repair(result, /float/)).toBe(1);
  });

  it('of one session under two users are kept and counted', async () => {
    const result = await cleaned(
      file(
        { user: 'a' },
        { user: 'b', product: '2' },
        { user: 'a', session: 's2' },
        { user: 'a', session: 's2', product: '3' },
      ),
    );
    expect(result.rows).toHaveLength(4);
    expect(notice(result, /several users/)).toBe(2);
  });
});

describe('prices', () => {
  const AMOUNTS: [string, number][] = [
    ['$1,234.50', 1234.5],
    ['1.234,50 €', 1234.5],
    ['USD 12', 12],
    ['12 EUR', 12],
    ['-£3.20', -3.2],
    ["1'234.5", 1234.5],
    ['1 234,5', Number.NaN],
    ['1\u202f234\u202f567', 1234567],
    ['12,34.5', Number.NaN],
    ['12 apples', Number.NaN],
    ['RI-8070', Number.NaN],
    ['kr 5', 5],
    ['', Number.NaN],
    ['€', Number.NaN],
  ];

  it('with currency signs and grouped digits are read alike by the rule in JavaScript and in SQL', async () => {
    await inDatabase(async (db) => {
      for (const [text, expected] of AMOUNTS) {
        expect(parseAmount(text, '.'), text).toBe(expected);
        for (const decimal of ['.', ','] as const) {
          const row = await db.row(
            `SELECT ${amountSql(literal(text), decimal)} AS x, ${priceSql(literal(text), { decimal, amounts: true, date: 'iso' })} AS price`,
          );
          const twin = parseAmount(text, decimal);
          if (!/^[0-9]+$/.test(text)) expect(row.x ?? Number.NaN, `${text} ${decimal}`).toBe(twin);
          expect(row.price ?? Number.NaN, `${text} ${decimal}`).toBe(twin);
        }
      }
    });
  });

  it('are read and counted in a file', async () => {
    const result = await cleaned(
      file(
        { price: '"$1,234.50"' },
        { price: '"1.234,50 €"', product: '2' },
        { price: '12.50', product: '3' },
        { price: 'free', product: '4' },
      ),
    );
    expect(result.rows.map((row) => row.price)).toEqual([1234.5, 1234.5, 12.5]);
    expect(repair(result, /currency/)).toBe(2);
    expect(result.faults).toEqual(['5 price: not a number']);
  });

  it('with a decimal comma are found by their own values, or said to have one', async () => {
    const lines = (...prices: string[]) =>
      `${HEADER.replaceAll(',', ';')}\n${prices.map((price, n) => `2019-10-01 00:00:00 UTC;view;${n};1;a;b;${price};u;s`).join('\n')}\n`;
    const found = await cleaned(lines('1,5', '1.234,5', '12'));
    expect(found.rows.map((row) => row.price)).toEqual([1.5, 1234.5, 12]);
    expect(found.summary.notes).toContain('the decimal mark is the comma');
    const grouped = await cleaned(lines('1,234', '2,500'));
    expect(grouped.rows.map((row) => row.price)).toEqual([1234, 2500]);
    const said = await cleaned(lines('1,234', '2,500'), { reading: { decimal: ',' } });
    expect(said.rows.map((row) => row.price)).toEqual([1.234, 2.5]);
  });
});

describe('tables', () => {
  const table = (content: string, options: DetectOptions = {}) =>
    inDatabase(async (db) => {
      const input = await detectInput(db, folder.file('table.csv', content), options);
      const { relation, columns, summary } = await cleanTable(db, input);
      return {
        rows: await db.rows(`SELECT * EXCLUDE (source_row) FROM ${relation}`),
        types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
        summary,
      };
    });

  it('with decimal commas, amounts and dates by day have numbers and times', async () => {
    const { rows, types } = await table('a;b;c;d\n1,5;"1.000,50 €";31/12/2020;RI-80\n-2,25;3,00 €;01/02/2021;KX-9\n');
    expect(types).toEqual({ a: 'numeric', b: 'numeric', c: 'time', d: 'categorical' });
    expect(rows).toEqual([
      { a: 1.5, b: 1000.5, c: '2020-12-31 00:00:00', d: 'RI-80' },
      { a: -2.25, b: 3, c: '2021-02-01 00:00:00', d: 'KX-9' },
    ]);
  });

  it('of versions, phone numbers and codes keep them as texts', async () => {
    const { types } = await table('v,phone,code\n1.2.3,+41 44 123,A-1\n1.10.0,+41 44 999,B-2\n');
    expect(types).toEqual({ v: 'categorical', phone: 'categorical', code: 'categorical' });
  });

  it('of 3,000 columns (600 in the short form) are read in time that grows with the columns alone', async () => {
    const width = LONG ? 3000 : 600;
    const line = (cell: (c: number) => string) => Array.from({ length: width }, (_, c) => cell(c)).join(',');
    const rows = Array.from({ length: 30 }, (_, r) =>
      line((c) => (c % 3 === 0 ? String(r * c) : c % 3 === 1 ? `t${r}` : (r / 7).toFixed(3))),
    );
    const started = process.cpuUsage();
    const { summary, types } = await table(`${line((c) => `c${c}`)}\n${rows.join('\n')}\n1,2\n`);
    const { user, system } = process.cpuUsage(started);
    expect(summary.rows).toMatchObject({ in: 31, kept: 30, rejected: 1 });
    expect([types.c0, types.c1, types.c2]).toEqual(['numeric', 'categorical', 'numeric']);
    expect(Object.keys(types)).toHaveLength(width);
    // Measured 4.3 ms a column at 750, at 1,500 and at 3,000; five times that leaves room for slower machines.
    expect((user + system) / 1e6).toBeLessThan(0.0215 * width);
  });
});

describe('a line without end', () => {
  it('is rejected by its beginning, in bounded memory, and what follows is read', async () => {
    const megabytes = LONG ? 1024 : 48;
    const path = `${folder.path}/endless.csv`;
    const out = createWriteStream(path);
    const chunk = Buffer.alloc(2 ** 20, 'x');
    const write = async (bytes: string | Uint8Array) => {
      if (!out.write(bytes)) await once(out, 'drain');
    };
    await write(`${HEADER}\n${event({})}\n`);
    for (let n = 0; n < megabytes; n++) await write(chunk);
    await write(`\n${event({ product: '2' })}\n`);
    await new Promise<void>((resolve) => out.end(resolve));
    const before = process.memoryUsage.rss();
    await inDatabase(async (db) => {
      const input = await detectInput(db, path);
      const { relation, rejects, summary } = await cleanEvents(db, input);
      expect(summary.rows).toMatchObject({ in: 3, kept: 2, rejected: 1 });
      expect((await db.rows(`SELECT product_id FROM ${relation}`)).map((row) => row.product_id)).toEqual(['1', '2']);
      await writeRejects(db, input, rejects, `${folder.path}/endless-rejects.csv`);
    });
    const [, [line, , reason, original]] = parseCsvBytes(readFileSync(`${folder.path}/endless-rejects.csv`));
    expect(line.toString()).toBe('3');
    expect(reason.toString()).toMatch(/^line longer than 16777216 bytes/);
    expect(original).toHaveLength(2 ** 20);
    // The line is held up to 16 MiB, copied a few times on the way; a gigabyte would be seen.
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
  });
});

import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DetectOptions, describeInput, detectInput } from '#ecomml/table/detect-input.js';
import { writeParquet } from '#ecomml/table/parquet-file.js';
import { inDatabase, testFolder } from './input-files.js';

const folder = testFolder();
const EVENTS = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
const EVENT = '2019-10-01 00:00:00 UTC,view,1,2,,acme,3.5,4,5';

const detect = (path: string, options?: DetectOptions) => inDatabase((db) => detectInput(db, path, options));
const detected = (name: string, content: string | Uint8Array, options?: DetectOptions) =>
  detect(folder.file(name, content), options);

describe('detectInput', () => {
  it('knows raw events in every dialect', async () => {
    const text = (delimiter: string, newline: string) => [EVENTS, EVENT, ''].join(newline).replaceAll(',', delimiter);
    const cases: [string, string | Uint8Array, string][] = [
      ['comma', text(',', '\n'), 'raw events, CSV (comma, LF, UTF-8, header), 9 columns'],
      ['crlf', text(';', '\r\n'), 'raw events, CSV (semicolon, CRLF, UTF-8, header), 9 columns'],
      ['cr', text('\t', '\r'), 'raw events, CSV (tab, CR, UTF-8, header), 9 columns'],
      ['bom', `\uFEFF${text('|', '\n')}`, 'raw events, CSV (bar, LF, UTF-8 with BOM, header), 9 columns'],
      ['gz', gzipSync(text(',', '\n')), 'raw events, CSV (comma, LF, UTF-8, header), gzip, 9 columns'],
      [
        'utf16',
        Buffer.from(`\uFEFF${text(',', '\n')}`, 'utf16le'),
        'raw events, CSV (comma, LF, UTF-16LE with BOM, header), 9 columns',
      ],
      [
        'latin',
        Buffer.from(text(',', '\n').replace('acme', 'Nestlé'), 'latin1'),
        'raw events, CSV (comma, LF, Latin-1 (windows-1252), header), 9 columns',
      ],
    ];
    for (const [name, content, expected] of cases) expect(describeInput(await detected(name, content))).toBe(expected);
  });

  it('finds the delimiter despite commas in quotes and decimal commas', async () => {
    const quoted = await detected('quoted', 'a;b;c\n"x,y";1,5;2,5\n"p;q,r";1,5;3,5\n');
    expect(quoted.dialect?.delimiter).toBe(';');
    const single = await detected('single', "a,b\n'x,y',1\n'z,w',2\n'v,u',3\n");
    expect(single.dialect?.quote).toBe("'");
    expect((await detected('apostrophe', "a,b\n'til,1\nx,2\n'n',3\n")).dialect?.quote).toBe('"');
  });

  it('tells a header from a first row', async () => {
    expect((await detected('numbers', '1\t2\t3\n4\t5\t6\n')).columns.map(({ name }) => name)).toEqual([
      'column_1',
      'column_2',
      'column_3',
    ]);
    const years = await detected('years', 'name,2019,2020\na,1,2\n');
    expect(years.dialect?.header).toBe(false);
    const mixed = await detected('mixed', 'id,2019,2020\n1,1,2\n2,3,4\n');
    expect(mixed.columns.map(({ name }) => name)).toEqual(['id', '2019', '2020']);
    const index = await detected('index', ',a,a\n1,2,3\n');
    expect(index.columns.map(({ name }) => name)).toEqual(['column_1', 'a', 'a_2']);
    expect(index.notes).toHaveLength(2);
  });

  it('reads stdin', async () => {
    const input = await inDatabase(async (db) => {
      const found = await detectInput(db, '-', {
        stdin: Readable.from([Buffer.from(`${EVENTS}\n`), Buffer.from(EVENT)]),
      });
      expect(found.file.path.startsWith(db.folder)).toBe(true);
      return found;
    });
    expect(input.file.name).toBe('stdin');
    expect(input.kind).toBe('events');
  });

  it('applies --map, and spelling of canonical names', async () => {
    const theirs = EVENTS.replace('event_time', 'ts').replace('user_session', 'visit');
    const input = await detected('mapped', `${theirs}\n${EVENT}\n`, {
      map: { event_time: 'ts', user_session: 'visit' },
    });
    expect(input.kind).toBe('events');
    expect(input.columns.map(({ name }) => name).join()).toBe(EVENTS);
    const upper = await detected('upper', `${EVENTS.toUpperCase()}\n${EVENT}\n`);
    expect(upper.kind).toBe('events');
    const table = await detected('table-map', 'x,y\n1,2\n', { map: { income: 'y' }, target: 'income' });
    expect(table.columns).toMatchObject([{ name: 'x' }, { name: 'income', fileName: 'y' }]);
  });

  it('knows its own Parquet files by their mark', async () => {
    await inDatabase(async (db) => {
      for (const kind of ['clean-events', 'features'] as const) {
        const path = `${folder.path}/${kind}.parquet`;
        await writeParquet(db, 'SELECT 1 AS a', path, { 'ecomml.kind': kind });
        expect((await detectInput(db, path)).kind).toBe(kind);
      }
      const path = `${folder.path}/other.parquet`;
      await writeParquet(db, 'SELECT 1 AS a, true AS b', path);
      expect((await detectInput(db, path)).kind).toBe('table');
      await writeParquet(db, 'SELECT 1 AS a WHERE false', `${folder.path}/none.parquet`);
      await expect(detectInput(db, `${folder.path}/none.parquet`)).rejects.toMatchObject({ code: 'INPUT_HEADER_ONLY' });
    });
  });

  it.each<[string, string | Uint8Array, string, RegExp]>([
    ['empty', '', 'INPUT_EMPTY', /0 bytes/],
    ['blank-gz', gzipSync(''), 'INPUT_EMPTY', /decompressed/],
    ['header-only', `${EVENTS}\n`, 'INPUT_HEADER_ONLY', /event_time, event_type/],
    ['one-column', 'a:b\n1:2\n', 'INPUT_ONE_COLUMN', /a:b/],
    ['cut.parquet', 'PAR1aaaaaaaaaaaaaaaa', 'INPUT_PARQUET', /cut short/],
    ['zip', 'PK\x03\x04....', 'INPUT_FOREIGN', /zip/],
    ['newlines', '\n\n\n', 'INPUT_NO_RECORDS', /no readable record/],
    ['not-gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 'INPUT_GZIP', /damaged gzip/],
    ['cut-gzip', gzipSync(`${EVENTS}\n${EVENT}\n`).subarray(0, 60), 'INPUT_GZIP', /damaged gzip/],
    [
      'no-session',
      `${EVENTS.replace('user_session', 'session_id')}\n${EVENT}\n`,
      'INPUT_MISSING_COLUMN',
      /"user_session".*session_id.*nearest is "session_id"/,
    ],
  ])('refuses %s', async (name, content, code, message) => {
    await expect(detected(name, content)).rejects.toMatchObject({
      code,
      exitCode: 3,
      message: expect.stringMatching(message),
    });
  });

  it('refuses what is no file, and names the nearest', async () => {
    folder.file('events.csv', `${EVENTS}\n${EVENT}\n`);
    await expect(detect(`${folder.path}/event.csv`)).rejects.toMatchObject({
      code: 'INPUT_MISSING',
      hint: expect.stringContaining('events.csv'),
    });
    await expect(detect(folder.path)).rejects.toMatchObject({ code: 'INPUT_DIRECTORY' });
    await expect(detect('/dev/null')).rejects.toMatchObject({ code: 'INPUT_NOT_A_FILE' });
  });

  it('refuses a mapping and a target that are not there', async () => {
    await expect(detected('m', `${EVENTS}\n${EVENT}\n`, { map: { event_time: 'tme' } })).rejects.toMatchObject({
      code: 'INPUT_MISSING_COLUMN',
    });
    await expect(detected('t', 'a,Revenue\n1,2\n', { target: 'revenue' })).rejects.toMatchObject({
      code: 'INPUT_MISSING_COLUMN',
      message: expect.stringContaining('The nearest is "Revenue"'),
    });
  });
});

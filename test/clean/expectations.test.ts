import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '#ecomml/base/progress.js';
import { readExpectations } from '#ecomml/clean/expectations.js';
import { type CleanResult, clean } from '#ecomml/workflows/clean.js';
import type { CleanOptions } from '#ecomml/workflows/options.js';
import { parseCsvBytes, testFolder } from '../table/input-files.js';

const folder = testFolder();
const LONG = process.env['ECOMML_LONG_TESTS'] === '1';
let run = 0;

interface Run {
  readonly result?: CleanResult;
  readonly error?: { readonly code: string; readonly message: string; readonly exitCode: number };
  readonly warnings: string[];
  /** Rows of failures.csv. */
  readonly failures: string[][];
  readonly quality: { expectations?: { column: string; rule: string; rows: number; met: boolean }[] };
  readonly output: string;
}

/** Cleans a table against a schema, an object or its text. */
async function held(content: string, schema: unknown, options: Partial<CleanOptions> = {}): Promise<Run> {
  run++;
  const output = `${folder.path}/out-${run}`;
  const input = folder.file(`input-${run}.csv`, content);
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const warnings: string[] = [];
  const progress = (event: ProgressEvent) => {
    if (event.type === 'message' && event.level === 'warning') warnings.push(event.text);
  };
  const context = { seed: 1, threads: 1, progress, signal: new AbortController().signal };
  const given = schema === undefined ? {} : { schemaFile: folder.file(`schema-${run}.json`, text) };
  const work = clean({ input, output, map: {}, maxBadRows: 0.99, ...given, ...options }, context);
  const done: Pick<Run, 'result' | 'error'> = await work.then(
    (result) => ({ result }),
    (error) => ({ error }),
  );
  const read = (name: string) => {
    try {
      return readFileSync(`${output}/${name}`);
    } catch {
      return Buffer.from('');
    }
  };
  const quality = read('quality.json').toString();
  return {
    ...done,
    warnings,
    // Read when asked for: the long form has millions.
    get failures() {
      return parseCsvBytes(read('failures.csv'))
        .slice(1)
        .map((row) => row.map(String));
    },
    quality: quality === '' ? {} : JSON.parse(quality),
    output,
  };
}

const table = (rows: readonly (readonly string[])[]) =>
  `id,price,kind,day\n${rows.map((row) => row.join(',')).join('\n')}\n`;
const SCHEMA = {
  kind: 'table',
  required: ['id', 'price', 'kind', 'day'],
  properties: {
    id: { type: 'string', unique: true, pattern: '^k[0-9]+$', maxLength: 4 },
    price: { type: ['number', 'null'], minimum: 0, exclusiveMaximum: 100 },
    kind: { type: 'string', enum: ['a', 'b'] },
    day: { type: 'string', format: 'date', formatMinimum: '2020-01-01', formatMaximum: '2020-12-31' },
  },
};
const GOOD = ['k1', '5', 'a', '2020-05-01'];

describe('expectations', () => {
  it('that are met change nothing', async () => {
    const { result, failures, quality } = await held(table([GOOD, ['k2', '', 'b', '2020-12-31']]), SCHEMA);
    expect(result?.rowsKept).toBe(2);
    expect(failures).toEqual([]);
    expect(quality.expectations?.every(({ met }) => met)).toBe(true);
  });

  it('are all checked, on every row, and every failing row is written with its line', async () => {
    const { error, failures } = await held(
      table([
        GOOD,
        ['k1', '-1', 'a', '2020-05-01'],
        ['x2', '100', 'c', '2019-12-31'],
        ['k12345', '99.99', '', '2021-01-01'],
      ]),
      SCHEMA,
    );
    expect(error).toMatchObject({ code: 'EXPECTATIONS_NOT_MET', exitCode: 3 });
    expect(failures).toEqual([
      ['2', '3', 'id', 'unique', 'error', 'k1'],
      ['2', '3', 'price', 'minimum', 'error', '-1.0'],
      ['3', '4', 'id', 'pattern', 'error', 'x2'],
      ['3', '4', 'price', 'exclusiveMaximum', 'error', '100.0'],
      ['3', '4', 'kind', 'enum', 'error', 'c'],
      ['3', '4', 'day', 'formatMinimum', 'error', '2019-12-31 00:00:00'],
      ['4', '5', 'id', 'maxLength', 'error', 'k12345'],
      ['4', '5', 'kind', 'null', 'error', ''],
      ['4', '5', 'day', 'formatMaximum', 'error', '2021-01-01 00:00:00'],
    ]);
    for (const rule of [
      'unique',
      'minimum',
      'pattern',
      'exclusiveMaximum',
      'enum',
      'formatMinimum',
      'maxLength',
      'null',
      'formatMaximum',
    ])
      expect(error?.message).toContain(`(${rule}), 1 rows fail`);
  });

  it('by their severity refuse the input, reject rows or are told', async () => {
    const properties = {
      ...SCHEMA.properties,
      price: { ...SCHEMA.properties.price, severity: { minimum: 'reject', exclusiveMaximum: 'warn' } },
    };
    const rows = [GOOD, ['k2', '-1', 'a', '2020-05-01'], ['k3', '200', 'b', '2020-05-01']];
    const { result, warnings, output, failures } = await held(table(rows), { ...SCHEMA, properties });
    expect(result).toMatchObject({ rowsIn: 3, rowsKept: 2, rowsRejected: 1 });
    expect(readFileSync(`${output}/rejects.csv`, 'utf8')).toBe(
      'line,column,reason,original\n3,price,expected at least 0,"k2,-1,a,2020-05-01"\n',
    );
    expect(warnings).toEqual(['price: expected below 100 (exclusiveMaximum), 1 rows fail']);
    expect(failures).toHaveLength(2);
    // Rejected rows count as bad ones.
    const strict = await held(table(rows), { ...SCHEMA, properties }, { maxBadRows: 0 });
    expect(strict.error).toMatchObject({ code: 'INPUT_TOO_MANY_BAD_ROWS', exitCode: 3 });
  });

  it('report more failing rows than anybody would list by hand', async () => {
    const n = 3000;
    const rows = Array.from({ length: n }, (_, r) => [`k${r}`, r % 3 === 0 ? '-1' : '1', 'a', '2020-05-01']);
    const { failures } = await held(table(rows), SCHEMA);
    const negative = failures.filter((row) => row[3] === 'minimum');
    expect(negative).toHaveLength(n / 3);
    expect(negative.at(-1)?.[0]).toBe(String(n - 2));
  });

  it('hold types: cells that do not fit are rejected, and refuse the input when asked to', async () => {
    const rows = [GOOD, ['k2', 'free', 'a', '2020-05-01']];
    const { result } = await held(table(rows), SCHEMA);
    expect(result).toMatchObject({ rowsKept: 1, rowsRejected: 1 });
    const price = { ...SCHEMA.properties.price, severity: { type: 'error' } };
    const strict = await held(table(rows), { ...SCHEMA, properties: { ...SCHEMA.properties, price } });
    expect(strict.error?.message).toContain('price: expected number (type), 1 rows rejected');
  });

  it('hold volume, freshness and columns', async () => {
    const rows = table([GOOD]);
    const whole = {
      ...SCHEMA,
      rows: { minimum: 2 },
      freshness: { column: 'day', maxAge: '2d' },
      additionalProperties: false,
    };
    const asOf = Date.parse('2020-05-04T00:00:01Z');
    const { error } = await held(rows, whole, { asOf });
    expect(error?.message).toMatch(/at least 2 rows \(rows\), 1 rows/);
    expect(error?.message).toContain('(freshness), latest 2020-05-01');
    const fresh = { ...SCHEMA, freshness: { column: 'day', maxAge: '3d', latestFrom: '2020-05-01' } };
    expect((await held(rows, fresh, { asOf: Date.parse('2020-05-04T00:00:00Z') })).result?.rowsKept).toBe(1);
    const { id: _, ...others } = SCHEMA.properties;
    const more = await held(rows, { ...whole, required: [], rows: {}, freshness: undefined, properties: others });
    expect(more.error?.message).toContain('no column but those named (additionalProperties), id');
    const lacking = await held('id,price,kind\nk1,2,a\n', SCHEMA);
    expect(lacking.error).toMatchObject({ code: 'INPUT_MISSING_COLUMN', exitCode: 3 });
  });

  it('hold the share of missing values, within tolerance and chance', async () => {
    const schema = (nullRate: number) => ({
      properties: { price: { type: ['number', 'null'], nullRate, nullRateTolerance: 0.02 } },
    });
    const rows = (missing: number) =>
      table(Array.from({ length: 1000 }, (_, r) => [`k${r}`, r < missing ? '' : '1', 'a', '2020-05-01']));
    // Three standard errors of 10% in 1,000 rows are 2.85%: 14.8% may be chance and tolerance, 15% is not.
    expect((await held(rows(148), schema(0.1))).error).toBeUndefined();
    expect((await held(rows(150), schema(0.1))).error?.message).toContain('15.00% missing');
    expect((await held(rows(50), schema(0.1))).error?.message).toContain('5.00% missing');
  });

  it('inferred from a file are met by it, and tell what another one breaks', async () => {
    const rows = Array.from({ length: 400 }, (_, r) => [
      `k${r}`,
      r % 10 === 0 ? '' : String(r % 50),
      'ab'[r % 2],
      `2020-01-${String(1 + (r % 28)).padStart(2, '0')}`,
    ]);
    const infer = `${folder.path}/inferred.json`;
    await held(table(rows), undefined, { infer });
    const text = readFileSync(infer, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      kind: 'table',
      required: ['id', 'price', 'kind', 'day'],
      properties: {
        id: { type: 'string', unique: true },
        price: { type: ['integer', 'null'], minimum: 1, maximum: 49, nullRate: 0.1 },
        kind: { type: 'string', enum: ['a', 'b'] },
        day: { type: 'string', format: 'date-time' },
      },
      rows: { minimum: 200, maximum: 800 },
      freshness: { column: 'day', latestFrom: '2020-01-28T00:00:00Z' },
    });
    const same = await held(table(rows), text);
    expect([same.error, same.warnings, same.failures]).toEqual([undefined, [], []]);
    const other = await held(
      table([...rows.slice(0, 100), ['k7', '60', 'z', '2020-01-01'], ['k-', '', '', '2020-01-02']]),
      text,
    );
    expect(other.error?.message).toContain('id: expected no value twice');
    expect(other.error?.message).toContain('kind: expected a value in every row');
    expect(other.warnings.join('\n')).toMatch(
      /price: expected at most 49[\s\S]*kind: expected one of a, b[\s\S]*200 to 800 rows/,
    );
  });

  it('lists of texts on a column of numbers are met by none of them', async () => {
    const { error, result, quality } = await held('a,b\n1,x\n2,y\n', {
      properties: { a: { enum: ['one', '2', 3], severity: 'warn' } },
    });
    expect(error).toBeUndefined();
    expect(result).toBeDefined();
    expect(quality.expectations).toMatchObject([{ column: 'a', rule: 'enum', rows: 1, met: false }]);
  });

  it('of events are held on events, and not on tables', async () => {
    const header = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
    const events = (price: string) =>
      `${header}\n2019-10-01 00:00:00 UTC,view,1,2,a.b,acme,${price},u,s\n2019-10-01 00:00:01 UTC,view,1,2,a.b,acme,1,u,s\n`;
    const schema = { kind: 'events', properties: { price: { type: 'number', maximum: 9, severity: 'reject' } } };
    expect((await held(events('10'), schema)).result).toMatchObject({ kind: 'events', rowsKept: 1, rowsRejected: 1 });
    expect((await held(table([GOOD]), schema)).error).toMatchObject({ code: 'SCHEMA_KIND' });
  });

  it('are refused with line and column when the file is not one of them', () => {
    const refused = (text: string) => {
      const path = folder.file('bad.json', text);
      try {
        readExpectations(path);
      } catch (error) {
        return (error as Error).message.replace(path, 'bad.json');
      }
      return 'accepted';
    };
    expect(refused('{"properties": {"a": {"minimun": 1}}}')).toBe(
      'bad.json:1:23: column "a" has no field "minimun". Did you mean "minimum"?',
    );
    expect(refused('{"properties":\n {"a": {"type": "decimal"}}}')).toContain(
      'bad.json:2:17: type of column "a" is the text "decimal"',
    );
    expect(refused('{"rows": {"severity": "reject"}}')).toContain('must be one of error, warn');
    expect(refused('{"properties": {"a": {"pattern": "(?=x)"}}}')).toContain('look-around');
    expect(refused('{"properties": {"a": {"formatMinimum": "yesterday"}}}')).toContain('must be a time');
    expect(refused('[')).toContain('is not valid JSON');
  });

  it(`on ${LONG ? '1,000,000' : '100,000'} rows of ten columns take seconds`, async () => {
    const n = LONG ? 1_000_000 : 100_000;
    const header = Array.from({ length: 10 }, (_, c) => `c${c}`).join(',');
    const path = `${folder.path}/many.csv`;
    writeFileSync(path, `${header}\n`);
    for (let from = 0; from < n; from += 50_000) {
      const lines = Array.from({ length: Math.min(50_000, n - from) }, (_, r) => {
        const row = from + r;
        return `${row},${row % 97},${(row % 1000) / 7},k${row % 30},v${row % 5000},${row % 2},x,2020-01-01,${row % 11 === 0 ? '' : 1},t`;
      });
      writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'a' });
    }
    const properties = Object.fromEntries(
      Array.from({ length: 10 }, (_, c) => [
        `c${c}`,
        c < 3
          ? { type: 'number', minimum: 0, maximum: n, unique: c === 0 }
          : { enum: Array.from({ length: 40 }, (_, k) => `k${k}`), severity: 'warn' },
      ]),
    );
    const base = process.cpuUsage();
    await held(readFileSync(path, 'utf8'), undefined);
    const without = process.cpuUsage(base);
    const again = process.cpuUsage();
    const held10 = await held(readFileSync(path, 'utf8'), { properties });
    expect(held10.error).toBeUndefined();
    const withRules = process.cpuUsage(again);
    const seconds = (usage: NodeJS.CpuUsage) => (usage.user + usage.system) / 1e6;
    // The rules alone; what writes the 6 million failures of the long form is most of it.
    expect(seconds(withRules) - seconds(without)).toBeLessThan(LONG ? 90 : 15);
  });
});

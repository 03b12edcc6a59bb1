import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CleanTableOptions, cleanTable } from '#ecomml/clean/clean-table.js';
import { detectInput } from '#ecomml/table/detect-input.js';
import { writeParquet } from '#ecomml/table/parquet-file.js';
import { inDatabase, testFolder } from '../table/input-files.js';

const folder = testFolder();
const shared = fileURLToPath(new URL('../../../shared/data', import.meta.url));

function cleaned(path: string, options: CleanTableOptions = {}, threads = 1) {
  return inDatabase(async (db) => {
    const input = await detectInput(db, path, options.target === undefined ? {} : { target: options.target });
    const result = await cleanTable(db, input, options);
    return {
      ...result,
      rows: await db.rows(`FROM ${result.relation} LIMIT 200000`),
      rejected: await db.rows(`FROM ${result.rejects} ORDER BY source_row`),
      types: Object.fromEntries(result.columns.map(({ name, type }) => [name, type])),
      sqlTypes: (await db.describe(`FROM ${result.relation}`)).map(({ type }) => type),
    };
  }, threads);
}

function written(columns: Record<string, readonly string[]>, options: CleanTableOptions = {}) {
  return cleaned(folder.file('table.csv', writtenText(columns)), options);
}

function writtenText(columns: Record<string, readonly string[]>): string {
  const names = Object.keys(columns);
  const rows = Math.max(...Object.values(columns).map((values) => values.length));
  const lines = Array.from({ length: rows }, (_, row) => names.map((name) => columns[name][row] ?? '').join(','));
  return [names.join(','), ...lines, ''].join('\n');
}

/** `n` values, all `usual` but the first. */
const mostly = (n: number, usual: string, ...first: string[]) => [
  ...first,
  ...new Array<string>(n - first.length).fill(usual),
];

describe('cleanTable', () => {
  it('reads a table of 300 columns, words for missing among them, in seconds', async () => {
    const columns = Object.fromEntries(
      Array.from({ length: 300 }, (_, c) => [`f${c}`, ['1', '2', 'NA', c === 7 ? 'x' : '3']]),
    );
    const result = await written(columns);
    expect(result.types.f7).toBe('categorical');
    expect(Object.values(result.types).filter((type) => type === 'numeric').length).toBe(299);
    expect(result.rows[2]).toMatchObject({ f0: null, f299: null });
    expect(result.summary.columns[299]).toMatchObject({ name: 'f299', missing: 1, distinct: 3, min: 1, max: 3 });
  });

  // DuckDB plans a statement in a time that grows with the square of its expressions: one of 1,500 columns took a minute,
  // of 3,000 it never ended. Taken in parts, 300 columns more cost what the first 300 did.
  it('reads a table of 1,500 columns in seconds: types, faults, spaces and broken rows as in a narrow one', async () => {
    const columns = Object.fromEntries(
      Array.from({ length: 1500 }, (_, c) => [`f${c}`, mostly(250, String(c), String(c + 1))]),
    );
    columns.f70[3] = 'odd';
    columns.f1400[3] = 'odd';
    columns.f1400[5] = 'odd';
    columns.f1450[9] = ' 4 ';
    columns.f1499 = columns.f1499.map((_, row) => (row % 2 === 0 ? 'TRUE' : 'False'));
    columns.f1499[7] = 'TRUE,one too many';
    const began = process.cpuUsage();
    const result = await written(columns, { target: 'f1499' });
    const { user } = process.cpuUsage(began);
    // Processor time, which other work on the machine does not swell; about 5 s where this was written.
    expect(user / 1e6).toBeLessThan(40);
    expect(result.rejected).toEqual([
      { source_row: '4', column: 'f70', reason: 'not a number' },
      { source_row: '6', column: 'f1400', reason: 'not a number' },
      { source_row: '8', column: '', reason: 'too many fields: 1501 of 1500' },
    ]);
    expect(result.summary.rows).toMatchObject({ in: 250, kept: 247, rejected: 3 });
    expect(result.summary.repairs).toEqual([{ rule: 'spaces around a value removed', rows: 1 }]);
    expect(result.columns.map(({ name }) => name)).toEqual(Object.keys(columns));
    expect(Object.values(result.types).filter((type) => type === 'numeric').length).toBe(1499);
    expect(result.types.f1499).toBe('boolean');
    expect(result.booleanTarget).toEqual({ yes: 'TRUE', no: 'False' });
    expect(result.sqlTypes.slice(0, -1).every((type) => type === 'BIGINT')).toBe(true);
    expect(result.rows.map((row) => Number(row.source_row))).toEqual(
      Array.from({ length: 250 }, (_, row) => row + 1).filter((row) => ![4, 6, 8].includes(row)),
    );
    expect(result.rows[0]).toMatchObject({ f0: '1', f64: '65', f1400: '1401', f1499: true });
    expect(result.rows.find((row) => row.source_row === '10')).toMatchObject({ f1450: '4', f1499: false });
  });

  it('reads a wide table the same with one thread and three', async () => {
    const columns = Object.fromEntries(
      Array.from({ length: 200 }, (_, c) => [
        `f${c}`,
        Array.from({ length: 300 }, (_, row) => (row === c ? 'odd' : String((row * 7919 + c) % 101))),
      ]),
    );
    const path = folder.file('wide.csv', writtenText(columns));
    expect(await cleaned(path, {}, 3)).toEqual(await cleaned(path, {}, 1));
  });

  it('tells how the file spells a target of true and false, the commoner spelling where there are two', async () => {
    const of = async (...target: string[]) => {
      const x = target.map((_, row) => String(row));
      return (await written({ x, target }, { target: 'target' })).booleanTarget;
    };
    expect(await of('TRUE', 'FALSE', 'TRUE')).toEqual({ yes: 'TRUE', no: 'FALSE' });
    expect(await of('true', 'True', 'False', 'True')).toEqual({ yes: 'True', no: 'False' });
    expect(await of('1', '0', '1')).toBeUndefined();
    expect((await written({ x: ['1', '2'], flag: ['true', 'false'] })).booleanTarget).toBeUndefined();
  });

  it('infers each type from all rows', async () => {
    const result = await written({
      integer: ['1', '-2', '+3', '1e2'],
      real: ['1', '.5', '2.', '-1e-3'],
      flag: ['TRUE', 'false', 'True', 'FALSE'],
      word: ['yes', 'no', 'yes', 'no'],
      code: ['007', '8', '9', '10'],
      long: ['9007199254740993', '1', '2', '3'],
      day: ['2020-02-29', '2019-10-01 12:00:00 UTC', '2019-10-01T02:00:00+02:00', '2020-01-01'],
      none: ['', 'NA', '?', 'null'],
      late: mostly(4, '1').map((value, n) => (n === 3 ? 'x' : value)),
    });
    expect(result.types).toEqual({
      integer: 'numeric',
      real: 'numeric',
      flag: 'boolean',
      word: 'categorical',
      code: 'categorical',
      long: 'categorical',
      day: 'time',
      none: 'empty',
      late: 'categorical',
    });
    expect(result.sqlTypes).toEqual(
      'BIGINT BIGINT DOUBLE BOOLEAN VARCHAR VARCHAR VARCHAR TIMESTAMP VARCHAR VARCHAR'.split(' '),
    );
    expect(result.rows[0]).toEqual({
      source_row: '1',
      integer: '1',
      real: 1,
      flag: true,
      word: 'yes',
      code: '007',
      long: '9007199254740993',
      day: '2020-02-29 00:00:00',
      none: null,
      late: '1',
    });
    expect(result.rows[2].day).toBe('2019-10-01 00:00:00');
    const note = (name: string) => result.summary.columns.find((column) => column.name === name)?.note;
    expect(note('code')).toContain('leading zeros (1)');
    expect(note('long')).toContain('2^53');
    expect(note('late')).toBe('25.00% of its values are no numbers: read as categories');
  });

  it('takes blanks and words for missing as missing, spelled infinities and 1e308 as numbers', async () => {
    const { rows, summary } = await written({
      x: ['', ' NA ', 'NaN', '?', 'null', '\\N', 'inf', '-Infinity', '1e308', '1e400'],
      s: ['', ' NA ', 'NaN', '?', 'null', '\\N', 'None', ' b ', 'a', 'na'],
    });
    expect(rows.map((row) => row.x)).toEqual([...new Array(6).fill(null), 'Infinity', '-Infinity', 1e308, 'Infinity']);
    expect(rows.map((row) => row.s)).toEqual([...new Array(6).fill(null), 'None', 'b', 'a', 'na']);
    expect(summary.columns[0]).toMatchObject({
      missing: 6,
      missingShare: 0.6,
      min: '-Infinity',
      note: '3 values are infinite',
    });
    expect(summary.repairs).toEqual([{ rule: 'spaces around a value removed', rows: 2 }]);
  });

  it('rejects the odd cell of a column that is 99% numbers, and not at 98%', async () => {
    const numeric = await written({ x: mostly(100, '1', '12 apples'), y: mostly(100, 'a') });
    expect(numeric.types.x).toBe('numeric');
    expect(numeric.rejected).toEqual([{ source_row: '1', column: 'x', reason: 'not a number' }]);
    expect(numeric.summary.rows).toMatchObject({ in: 100, kept: 99, rejected: 1, duplicatesKept: 98 });
    expect(numeric.rows[0].source_row).toBe('2');
    const mixed = await written({ x: mostly(100, '1', '12 apples', '1_000'), y: mostly(100, 'a') });
    expect(mixed.types.x).toBe('categorical');
    expect(mixed.summary.rows.kept).toBe(100);
  });

  it('rejects ragged rows and rows without a target', async () => {
    const path = folder.file('ragged.csv', 'a,target\n1,yes\n2\n3,no,4\n5,\n6,no\n');
    const { rejected, summary } = await cleaned(path, { target: 'target' });
    expect(rejected).toEqual([
      { source_row: '2', column: 'target', reason: 'too few fields: 1 of 2' },
      { source_row: '3', column: '', reason: 'too many fields: 3 of 2' },
      { source_row: '4', column: 'target', reason: 'missing target' },
    ]);
    expect(summary.rows).toMatchObject({ in: 5, kept: 2, rejected: 3 });
  });

  it('reads by a given schema, whatever the values would suggest', async () => {
    const columns = { a: ['1', 'x', '3'], b: ['1', '2', '3'], c: ['', '', ''] };
    const schema = [
      { name: 'a', type: 'numeric' },
      { name: 'b', type: 'categorical' },
      { name: 'c', type: 'numeric' },
    ] as const;
    const { rows, rejected, sqlTypes } = await written(columns, { schema });
    expect(sqlTypes).toEqual(['BIGINT', 'DOUBLE', 'VARCHAR', 'DOUBLE']);
    expect(rows).toEqual([
      { source_row: '1', a: 1, b: '1', c: null },
      { source_row: '3', a: 3, b: '3', c: null },
    ]);
    expect(rejected).toEqual([{ source_row: '2', column: 'a', reason: 'not a number' }]);
    await expect(written({ a: ['1'], b: ['2'] }, { schema })).rejects.toMatchObject({
      code: 'INPUT_MISSING_COLUMN',
      exitCode: 3,
    });
  });

  it('keeps the types of Parquet columns, and refuses a column named source_row', async () => {
    const path = `${folder.path}/typed.parquet`;
    await inDatabase((db) =>
      writeParquet(
        db,
        `SELECT * FROM (VALUES (1::UTINYINT, 9007199254740993, 0.1::FLOAT, true, DATE '2020-01-01', '7'),
           (2, 2, 'nan', NULL, NULL, '8')) t(tiny, big, real, flag, day, word)`,
        path,
      ),
    );
    const { rows, types } = await cleaned(path);
    expect(types).toMatchObject({ tiny: 'numeric', big: 'numeric', real: 'numeric', flag: 'boolean', day: 'time' });
    expect(rows.map((row) => row.real)).toEqual([Math.fround(0.1), null]);
    await expect(cleaned(folder.file('reserved.csv', 'source_row,b\n1,2\n'))).rejects.toMatchObject({
      code: 'INPUT_RESERVED_COLUMN',
    });
  });
});

describe('Online Shoppers', () => {
  it('is 12,330 rows, 1,908 of them TRUE, 125 copies, the same for one thread and three', async () => {
    const path = 'data/online-shoppers/online_shoppers_intention.csv.gz';
    const one = await cleaned(path, { target: 'Revenue' });
    expect(one.summary.rows).toMatchObject({ in: 12330, kept: 12330, rejected: 0, duplicatesKept: 125 });
    expect(one.types).toMatchObject({
      Revenue: 'boolean',
      Weekend: 'boolean',
      Month: 'categorical',
      BounceRates: 'numeric',
    });
    expect(one.rows.filter((row) => row.Revenue === true)).toHaveLength(1908);
    expect(await cleaned(path, { target: 'Revenue' }, 3)).toEqual(one);
  });
});

describe.skipIf(!existsSync(shared))('the real tables', () => {
  it.each<[string, string, number, Record<string, string>, Record<string, number>]>([
    [
      'adult/train.csv.gz',
      'income',
      22792,
      { age: 'numeric', workclass: 'categorical', income: 'categorical' },
      { workclass: 1257, occupation: 1260, native_country: 407 },
    ],
    [
      'telco-churn/Telco-Customer-Churn.csv.gz',
      'Churn',
      7043,
      { TotalCharges: 'numeric', customerID: 'categorical' },
      { TotalCharges: 11 },
    ],
    [
      'credit-default/UCI_Credit_Card.csv.gz',
      'default.payment.next.month',
      30000,
      { LIMIT_BAL: 'numeric', PAY_0: 'numeric' },
      { AGE: 2 },
    ],
    ['higgs/binary.train.gz', 'column_1', 7000, { column_1: 'numeric', column_29: 'numeric' }, {}],
    ['pmlb/phoneme.tsv.gz', 'target', 5404, { Aa: 'numeric', target: 'numeric' }, {}],
    ['pmlb/magic.tsv.gz', 'target', 19020, { FLength: 'numeric' }, {}],
    ['pmlb/churn.tsv.gz', 'target', 5000, { state: 'numeric', 'phone number': 'numeric' }, {}],
  ])('%s', async (path, target, rows, types, missing) => {
    const result = await cleaned(`${shared}/${path}`, { target });
    expect(result.summary.rows).toMatchObject({ in: rows, kept: rows, rejected: 0 });
    expect(result.types).toMatchObject(types);
    const found = result.summary.columns.filter((column) => column.missing > 0);
    expect(Object.fromEntries(found.map((column) => [column.name, column.missing]))).toEqual(missing);
  });

  it('agaricus is refused as no table', async () => {
    await expect(cleaned(`${shared}/agaricus/agaricus.txt.train.gz`)).rejects.toMatchObject({
      code: 'INPUT_ONE_COLUMN',
    });
  });
});

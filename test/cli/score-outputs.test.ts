/** What comes out of score, through the real binary: formats, ranks, reasons, actions, and what is refused. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { expectRefusal, filesIn } from './refusal.js';
import { ecomml, emptyFolder, type Finished } from './run-binary.js';
import { writeTable } from './small-inputs.js';

const cwd = emptyFolder();
const ROWS = 500;

type Row = Record<string, string>;

/** Formulas and awkward texts in a column that the model does not read. */
const NOTES = ['=1+1', '-7', '@x', 'a "b", c', 'line\nbreak', '', '+49 30', 'plain', '\tx', '日本'];

beforeAll(async () => {
  const path = writeTable(cwd, 'train.csv', { rows: 600 });
  const few = [
    'catboost.iterations=8',
    'xgboost.n_estimators=8',
    'lightgbm.num_iterations=8',
    'random-forest.n_estimators=8',
  ];
  const trained = await ecomml(
    ['train', '--input', path, '--target', 'bought', '--output', 'models/m', ...few.flatMap((one) => ['--param', one])],
    { cwd },
  );
  expect(trained).toMatchObject({ code: 0 });
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1, ROWS + 1);
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = lines.map((line, i) => {
    const [amount, visits, channel] = line.split(',');
    // Every seventh channel was never seen, every ninth amount is missing.
    return `${i % 9 === 8 ? '' : amount},${visits},${i % 7 === 6 ? 'fax' : channel},${cell(NOTES[i % NOTES.length])},${i % 5 === 4 ? '' : 20 + (i % 40)}`;
  });
  writeFileSync(join(cwd, 'new.csv'), `amount,visits,channel,note,price\n${rows.join('\n')}\n`);
});

function score(...args: readonly string[]): Promise<Finished> {
  return ecomml(['score', '--input', 'new.csv', '--model', 'models/m', ...args], { cwd });
}

async function scored(file: string, ...args: readonly string[]): Promise<string> {
  const done = await score('--output', file, ...args);
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('')]);
  return join(cwd, file);
}

const csv = (path: string) => parse(readFileSync(path), { columns: true, bom: false }) as Row[];
const jsonl = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('formats', () => {
  const columns = ['--columns', 'note,visits,amount', '--scores', 'confidence,members,rank,decile'];

  it('CSV, JSON Lines and Parquet say the same, by ending or by --format', async () => {
    const rows = csv(await scored('f.csv', ...columns));
    const objects = jsonl(await scored('f.jsonl', ...columns));
    const path = await scored('f.other', ...columns, '--format', 'parquet');
    expect(Object.keys(rows[0])).toEqual([
      ...['source_row', 'note', 'visits', 'amount', 'purchase_probability', 'confidence'],
      ...['catboost', 'xgboost', 'lightgbm', 'random_forest', 'rank', 'decile'],
    ]);
    expect(rows).toHaveLength(ROWS);
    expect(objects.map((row) => Object.keys(row))).toEqual(rows.map((row) => Object.keys(row)));
    for (const [i, row] of rows.entries())
      for (const [name, text] of Object.entries(row)) {
        const value = objects[i][name];
        if (text === '') expect(value ?? '').toBe('');
        else if (name === 'note') expect(value).toBe(text);
        else expect(value).toBe(Number(text));
      }
    const found = await withDatabase({ threads: 1 }, async (db) => {
      const types = (await db.describe(`FROM read_parquet('${path}')`)).map(({ type }) => type);
      expect(types).toEqual(['BIGINT', 'VARCHAR', 'DOUBLE', 'DOUBLE', ...Array(6).fill('DOUBLE'), 'BIGINT', 'BIGINT']);
      return db.rows(`FROM read_parquet('${path}')`);
    });
    const numbers = found.map((row) => ({
      ...row,
      source_row: Number(row.source_row),
      rank: Number(row.rank),
      decile: Number(row.decile),
    }));
    expect(numbers).toEqual(objects);
    expect(filesIn(cwd).filter((name) => name.includes('.ecomml-'))).toEqual([]);
  });

  it('ranks: every one once, by probability, deciles of a tenth each', async () => {
    const rows = jsonl(await scored('r.jsonl', '--scores', 'rank,decile')) as {
      purchase_probability: number;
      rank: number;
      decile: number;
    }[];
    expect(Object.keys(rows[0])).toEqual(['source_row', 'purchase_probability', 'rank', 'decile']);
    const byRank = [...rows].sort((a, b) => a.rank - b.rank);
    expect(byRank.map(({ rank }) => rank)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
    for (let i = 1; i < ROWS; i++)
      expect(byRank[i].purchase_probability).toBeLessThanOrEqual(byRank[i - 1].purchase_probability);
    for (let decile = 1; decile <= 10; decile++)
      expect(rows.filter((row) => row.decile === decile)).toHaveLength(ROWS / 10);
  });

  it('stdout takes CSV and JSON Lines, ranked too, the same bytes as a file; one thread the same as two', async () => {
    for (const format of ['csv', 'jsonl']) {
      const args = ['--format', format, '--scores', 'rank', '--explain', '1'];
      const file = readFileSync(await scored(`o.${format}`, ...args, '--threads', '2'), 'utf8');
      const piped = await score('--output', '-', ...args, '--threads', '1');
      expect(piped).toMatchObject({ code: 0, stdout: file });
    }
  });

  it('--columns all: every column once in the file’s order, a file and stdin alike; what was only read is not written twice', async () => {
    const header = ['source_row', 'amount', 'visits', 'channel', 'note', 'price', 'purchase_probability'];
    const args = ['--columns', 'all', '--scores', 'probability', '--explain', '1'];
    const file = readFileSync(await scored('all.csv', ...args), 'utf8');
    expect(file.split('\n')[0].split(',').slice(0, 7)).toEqual(header);
    const stdin = readFileSync(join(cwd, 'new.csv'));
    const piped = await ecomml(['score', '--input', '-', '--model', 'models/m', '--output', '-', ...args], {
      cwd,
      stdin,
    });
    expect(piped.stdout).toBe(file);
  });

  it('columns of a Parquet input keep their types; a name that score adds is told apart', async () => {
    const path = join(cwd, 'typed.parquet');
    await withDatabase({ threads: 1 }, (db) =>
      db.run(`COPY (SELECT 1.5 AS amount, 3::INTEGER AS visits, 'web' AS channel, 12345678901234567.89::DECIMAL(19,2) AS price,
        DATE '2020-02-29' AS day, 9007199254740993::BIGINT AS id, 0.25::FLOAT AS purchase_probability, NULL::BOOLEAN AS known)
        TO '${path}' (FORMAT parquet)`),
    );
    const args = [
      'score',
      '--input',
      'typed.parquet',
      '--model',
      'models/m',
      '--columns',
      'all',
      '--scores',
      'probability',
    ];
    expect(await ecomml([...args, '--output', 'typed.scored.parquet'], { cwd })).toMatchObject({ code: 0 });
    await withDatabase({ threads: 1 }, async (db) => {
      const file = `FROM read_parquet('${join(cwd, 'typed.scored.parquet')}')`;
      expect(Object.fromEntries((await db.describe(file)).map(({ name, type }) => [name, type]))).toEqual({
        source_row: 'BIGINT',
        amount: 'DECIMAL(2,1)',
        visits: 'INTEGER',
        channel: 'VARCHAR',
        price: 'DECIMAL(19,2)',
        day: 'DATE',
        id: 'BIGINT',
        'purchase_probability (file)': 'DOUBLE',
        known: 'BOOLEAN',
        purchase_probability: 'DOUBLE',
      });
      expect(await db.row(`SELECT price, id, known, "purchase_probability (file)" AS p ${file}`)).toEqual({
        price: '12345678901234567.89',
        id: '9007199254740993',
        known: null,
        p: 0.25,
      });
    });
    const { stdout } = await ecomml([...args, '--output', '-', '--format', 'jsonl'], { cwd });
    expect(stdout).toMatch(
      /^\{"source_row":1,"amount":1\.5,"visits":3,"channel":"web","price":12345678901234567\.89,"day":"2020-02-29","id":9007199254740993,"purchase_probability \(file\)":0\.25,"known":null,"purchase_probability":0\.\d+\}\n$/,
    );
  });

  it('--excel-safe: texts that begin as formulas do not, numbers stay numbers', async () => {
    const plain = csv(await scored('p.csv', '--columns', 'note,visits'));
    const safe = csv(await scored('s.csv', '--columns', 'note,visits', '--excel-safe'));
    expect(safe.slice(0, 10).map(({ note }) => note)).toEqual([
      "'=1+1",
      '-7',
      "'@x",
      'a "b", c',
      'line\nbreak',
      '',
      "'+49 30",
      'plain',
      "'\tx",
      '日本',
    ]);
    expect(safe.map(({ note, ...rest }) => rest)).toEqual(plain.map(({ note, ...rest }) => rest));
  });
});

describe('--explain', () => {
  it('the largest shares first, with the cell as the file spells it', async () => {
    const rows = jsonl(await scored('e.jsonl', '--explain', '3')) as Record<string, string & number>[];
    const input = csv(join(cwd, 'new.csv'));
    for (const [i, row] of rows.entries()) {
      const reasons = [1, 2, 3]
        .map((k) => [row[`reason_${k}`], row[`reason_${k}_value`], row[`reason_${k}_points`]])
        .filter(([name]) => name !== null);
      const sizes = reasons.map(([, , points]) => Math.abs(points));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      for (const [name, value] of reasons) {
        const cell = input[i][name];
        expect(value === null ? '' : name === 'channel' ? value : Number(value)).toEqual(
          name === 'channel' || cell === '' ? cell : Number(cell),
        );
      }
    }
    // All three inputs: their shares add up to the distance from one base.
    const bases = rows.map(
      (row) => row.purchase_probability - [1, 2, 3].reduce((sum, k) => sum + (row[`reason_${k}_points`] ?? 0), 0),
    );
    for (const base of bases) expect(base).toBeCloseTo(bases[0], 9);
    expect(rows.some((row) => [1, 2, 3].some((k) => row[`reason_${k}_value`] === 'fax'))).toBe(true);
  });
});

describe('--action', () => {
  const policy = {
    price: 'price',
    margin: 0.3,
    actions: [
      { name: 'call', cost: 6 },
      { name: 'mail', cost: 0.4, effect: 0.5, when: { channel: ['mail', 'web'], probability: { max: 0.9 } } },
    ],
  };

  it('what gains most at the row’s own price; rows without a price are left alone', async () => {
    writeFileSync(join(cwd, 'policy.json'), JSON.stringify(policy));
    const rows = csv(await scored('a.csv', '--action', 'policy.json', '--columns', 'price,channel'));
    const plain = csv(await scored('b.csv', '--action', 'policy.json'));
    expect(Object.keys(plain[0])).toEqual([
      'source_row',
      'purchase_probability',
      'confidence',
      'catboost',
      'xgboost',
      'lightgbm',
      'random_forest',
      'action',
      'action_gain',
    ]);
    const seen = new Set<string>();
    for (const [i, row] of rows.entries()) {
      const p = Number(row.purchase_probability);
      const price = Number(row.price);
      const call = price * 0.3 * p - 6;
      const mail = ['mail', 'web'].includes(row.channel) && p <= 0.9 ? price * 0.3 * 0.5 * p - 0.4 : -1;
      const expected = row.price === '' || Math.max(call, mail) <= 0 ? 'leave alone' : call >= mail ? 'call' : 'mail';
      expect(row.action).toBe(expected);
      if (row.price === '') expect(row.action_gain).toBe('');
      else expect(Number(row.action_gain)).toBeCloseTo(Math.max(0, call, mail), 10);
      expect(plain[i].action).toBe(row.action);
      seen.add(row.action);
    }
    expect([...seen].sort()).toEqual(['call', 'leave alone', 'mail']);
  });

  it('prices and numbers with a decimal comma are what they mean', async () => {
    const lines = readFileSync(join(cwd, 'train.csv'), 'utf8').trimEnd().split('\n').slice(1, 60);
    const rows = lines.map((line) => line.split(',').slice(0, 3).join(';').replace('.', ','));
    writeFileSync(
      join(cwd, 'comma.csv'),
      `amount;visits;channel;price\n${rows.map((row) => `${row};12,50`).join('\n')}\n`,
    );
    writeFileSync(
      join(cwd, 'c.json'),
      JSON.stringify({ price: 'price', margin: 1, actions: [{ name: 'call', cost: 1 }] }),
    );
    const args = ['--model', 'models/m', '--columns', 'amount', '--action', 'c.json', '--output', 'c.jsonl'];
    expect(await ecomml(['score', '--input', 'comma.csv', ...args], { cwd })).toMatchObject({ code: 0 });
    const found = jsonl(join(cwd, 'c.jsonl')) as {
      amount: number;
      purchase_probability: number;
      action_gain: number;
    }[];
    expect(found.map(({ amount }) => amount)).toEqual(lines.map((line) => Number(line.split(',')[0])));
    for (const row of found) expect(row.action_gain).toBeCloseTo(Math.max(0, 12.5 * row.purchase_probability - 1), 10);
  });

  it('by thresholds of probability', async () => {
    writeFileSync(
      join(cwd, 't.json'),
      JSON.stringify({ decide_by: 'probability', default: 'wait', actions: [{ name: 'call', from: 0.4 }] }),
    );
    const rows = csv(await scored('t.csv', '--action', 't.json'));
    for (const row of rows) expect(row.action).toBe(Number(row.purchase_probability) >= 0.4 ? 'call' : 'wait');
    expect(rows[0]).not.toHaveProperty('action_gain');
  });

  it('the plan names it all, and writes nothing', async () => {
    const args = [
      '--action',
      'policy.json',
      '--explain',
      '2',
      '--scores',
      'rank',
      '--format',
      'jsonl',
      '--runtime',
      'onnx',
      '--dry-run',
    ];
    const { stdout, code } = await score('--output', 'dry.jsonl', ...args, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: { name: 'm', runtime: 'onnx' },
      output: {
        path: 'dry.jsonl',
        format: 'jsonl',
        columns: [
          ...['source_row', 'purchase_probability', 'reason_1', 'reason_1_value', 'reason_1_points'],
          ...['reason_2', 'reason_2_value', 'reason_2_points', 'action', 'action_gain', 'rank'],
        ],
      },
      explain: 2,
      policy: { file: 'policy.json', actions: ['leave alone', 'call', 'mail'], reads: ['price', 'channel'] },
    });
    expect((await score('--output', 'dry.jsonl', ...args)).stdout).toMatch(
      /run by onnxruntime[\s\S]*jsonl, 11 columns[\s\S]*2 reasons a row[\s\S]*by policy\.json: leave alone, call, mail/,
    );
    expect(existsSync(join(cwd, 'dry.jsonl'))).toBe(false);
  });
});

describe('shards', () => {
  it('of JSON Lines are merged to the bytes of one run; of Parquet they stay files of a data set; ranks need all rows', async () => {
    const whole = readFileSync(await scored('w.jsonl'), 'utf8');
    for (const shard of ['1/2', '2/2'])
      for (const file of ['m.jsonl', 'm.parquet']) await scored(file, '--shard', shard);
    const merge = (file: string) => ecomml(['score', '--output', file, '--merge'], { cwd });
    expect(await merge('m.jsonl')).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'm.jsonl'), 'utf8')).toBe(whole);
    expectRefusal(await merge('m.parquet'), 2, /Parquet files, which are not one file put behind each other/);
    expect(existsSync(join(cwd, 'm.parquet'))).toBe(false);
    expectRefusal(await score('--shard', '1/2', '--scores', 'rank'), 2, /is over all rows, and a shard has only some/);
  });
});

describe('refusals', () => {
  const write = (name: string, content: unknown) => writeFileSync(join(cwd, name), JSON.stringify(content));

  it.each([
    [['--columns', 'amont'], 3, /has no column "amont".*Did you mean "amount"\?/],
    [['--explain', '0'], 2, /--explain is "0", but must be a whole number of at least 1/],
    [['--explain', '4'], 2, /--explain 4 asks for more reasons than m has inputs: 3\./],
    [['--scores', 'ranks'], 2, /--scores is "ranks", but must be one or more of .* Did you mean "rank"\?/],
    [['--format', 'xml'], 2, /--format is "xml", but must be one of csv, jsonl, parquet/],
    [['--format', 'parquet', '--output', '-'], 2, /Parquet cannot go to stdout/],
    [['--format', 'jsonl', '--excel-safe'], 2, /--excel-safe is for CSV/],
    [['--features', 'amount'], 2, /--features is for ONNX files of other makers/],
    [['--action', 'nowhere.json'], 2, /The policy file nowhere\.json does not exist/],
    [['--runtime', 'tensorflow'], 2, /--runtime is "tensorflow"/],
  ] as [string[], number, RegExp][])('%s', async (args, exitCode, message) => {
    const refused = await score('--output', 'no.csv', ...args);
    expectRefusal(refused, exitCode, message);
    expect(existsSync(join(cwd, 'no.csv'))).toBe(false);
  });

  it.each([
    [
      'unknown field',
      { price: 1, margin: 1, actions: [{ name: 'a', cost: 1, prize: 2 }] },
      2,
      /no-policy\.json:1:\d+: an action has no field "prize"/,
    ],
    [
      'negative cost',
      { price: 1, margin: 1, actions: [{ name: 'a', cost: -1 }] },
      2,
      /"cost" must be a number of at least 0/,
    ],
    ['no price', { margin: 1, actions: [{ name: 'a', cost: 1 }] }, 2, /needs "price"/],
    [
      'no such price column',
      { price: 'cost_price', margin: 1, actions: [{ name: 'a', cost: 1 }] },
      3,
      /has no column "cost_price"/,
    ],
  ] as [string, unknown, number, RegExp][])('a policy with %s', async (_, content, exitCode, message) => {
    write('no-policy.json', content);
    expectRefusal(await score('--output', 'no.csv', '--action', 'no-policy.json'), exitCode, message);
    expect(existsSync(join(cwd, 'no.csv'))).toBe(false);
  });
});

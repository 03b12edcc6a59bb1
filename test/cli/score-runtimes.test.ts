/** score in onnxruntime, through the real binary: a bundle's own ensemble beside the kernels, and models of other makers. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from './refusal.js';
import { ecomml, emptyFolder, ROOT } from './run-binary.js';

const SHARED = join(ROOT, '../shared/data');
const FOREIGN = fileURLToPath(new URL('../onnx/foreign/', import.meta.url));
const cwd = emptyFolder();

const FEW_TREES = [
  ...['--param', 'catboost.iterations=12', '--param', 'xgboost.n_estimators=10', '--param', 'xgboost.max_depth=5'],
  ...['--param', 'lightgbm.num_iterations=10', '--param', 'random-forest.n_estimators=6'],
];

/** Tables with missing cells, categories, truth values; and events. */
const INPUTS: readonly (readonly [name: string, input: string, target: readonly string[]])[] = [
  ['shoppers', join(ROOT, 'data/online-shoppers/online_shoppers_intention.csv.gz'), ['--target', 'Revenue']],
  ['events', join(ROOT, 'data/rees46/2019-Oct-17k.csv.gz'), []],
  ...(process.env['ECOMML_LONG_TESTS']
    ? ([
        ['adult', join(SHARED, 'adult/train.csv.gz'), ['--target', 'income']],
        ['telco', join(SHARED, 'telco-churn/Telco-Customer-Churn.csv.gz'), ['--target', 'Churn', '--id', 'customerID']],
      ] as const)
    : []),
];

type Row = Record<string, string>;
const csv = (path: string) => parse(readFileSync(join(cwd, path)), { columns: true }) as Row[];

async function run(...args: readonly string[]) {
  const done = await ecomml(args, { cwd });
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('')]);
  return done;
}

describe.each(INPUTS)('%s: kernels and onnxruntime', (name, input, target) => {
  it.skipIf(!existsSync(input))('agree to 1e-6 in every column of every row', async () => {
    const model = `models/${name}`;
    await run('train', '--input', input, ...target, '--output', model, ...FEW_TREES);
    await run('score', '--input', input, '--model', model, '--output', 'wasm.csv', '--explain', '1');
    await run(
      'score',
      '--input',
      input,
      '--model',
      model,
      '--output',
      'onnx.csv',
      '--explain',
      '1',
      '--runtime',
      'onnx',
    );
    const [wasm, onnx] = [csv('wasm.csv'), csv('onnx.csv')];
    expect(onnx).toHaveLength(wasm.length);
    expect(wasm.length).toBeGreaterThan(5000);
    let largest = 0;
    const numbers = ['purchase_probability', 'confidence', 'catboost', 'xgboost', 'lightgbm', 'random_forest'];
    for (const [i, row] of wasm.entries())
      for (const [column, cell] of Object.entries(row)) {
        if (numbers.includes(column)) largest = Math.max(largest, Math.abs(Number(cell) - Number(onnx[i][column])));
        else if (onnx[i][column] !== cell) throw new Error(`${column} of row ${i + 1}: ${cell} and ${onnx[i][column]}`);
      }
    // Thresholds are exact doubles on both sides, so no row takes another path; sums differ in their last bits. The
    // confidence takes a root of the members' spread, which turns 1e-16 into 1e-8 where they agree.
    expect(largest).toBeLessThanOrEqual(1e-6);
  });
});

describe('a bundle’s ensemble', () => {
  it('gives the same bytes on one thread and on two', async () => {
    const args = ['--input', INPUTS[0][1], '--model', 'models/shoppers', '--runtime', 'onnx'];
    await run('score', ...args, '--output', 'one.csv', '--threads', '1');
    await run('score', ...args, '--output', 'two.csv', '--threads', '2');
    expect(readFileSync(join(cwd, 'two.csv')).equals(readFileSync(join(cwd, 'one.csv')))).toBe(true);
  });

  it('missing or damaged is refused', async () => {
    for (const [name, damage] of [
      ['missing', (file: string) => rmSync(file)],
      ['damaged', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5000))],
    ] as const) {
      cpSync(join(cwd, 'models/shoppers'), join(cwd, name), { recursive: true });
      damage(join(cwd, name, 'ensemble.onnx'));
      const refused = await ecomml(
        ['score', '--input', INPUTS[0][1], '--model', name, '--runtime', 'onnx', '--output', 'x.csv'],
        { cwd },
      );
      expectRefusal(
        refused,
        1,
        /The bundle is damaged: .*ensemble\.onnx: it (is missing|has 5000 bytes instead of \d+)/,
      );
      expect(existsSync(join(cwd, 'x.csv'))).toBe(false);
    }
  });
});

describe('a policy for events', () => {
  it('reads ids and other columns, and leaves every cell in its column', async () => {
    const policy = {
      price: 'price',
      margin: 0.3,
      actions: [{ name: 'coupon', cost: 0.01, relative_uplift: 0.3, discount: 0.05, when: { event_type: 'cart' } }],
    };
    writeFileSync(join(cwd, 'events.json'), JSON.stringify(policy));
    const args = ['score', '--input', INPUTS[1][1], '--model', 'models/events', '--columns', 'brand'];
    await run(...args, '--action', 'events.json', '--output', 'acted.csv');
    await run(...args, '--output', 'bare.csv');
    const [acted, bare] = [csv('acted.csv'), csv('bare.csv')];
    expect(acted.map(({ action, action_gain, ...rest }) => rest)).toEqual(bare);
    expect(new Set(acted.map(({ event_type }) => event_type))).toEqual(new Set(['view', 'cart']));
    for (const row of acted) if (row.action === 'coupon') expect(row.event_type).toBe('cart');
    expect(acted.filter(({ action }) => action === 'coupon').length).toBeGreaterThan(50);
  });
});

describe('models of other makers', () => {
  const rows = parse(readFileSync(join(FOREIGN, 'rows.csv')), { columns: true }) as Row[];
  const expected = JSON.parse(readFileSync(join(FOREIGN, 'expected.json'), 'utf8')) as Record<string, number[]>;
  const NUMBERS = ['--features', 'amount,visits,rate'];
  const score = (model: string, ...args: readonly string[]) =>
    ecomml(['score', '--input', 'rows.csv', '--model', join(FOREIGN, `${model}.onnx`), '--output', 'f.csv', ...args], {
      cwd,
    });
  beforeAll(() => cpSync(join(FOREIGN, 'rows.csv'), join(cwd, 'rows.csv')));

  it.each([
    ['columns', []],
    ['lightgbm', NUMBERS],
    ['logit', NUMBERS],
    ['unnamed-logit', [...NUMBERS, '--onnx-output', 'result:logit']],
    ['fixed-batch', NUMBERS],
  ] as [string, string[]][])('%s', async (model, args) => {
    expect(await score(model, ...args, '--columns', 'id')).toMatchObject({ code: 0 });
    const found = csv('f.csv');
    expect(Object.keys(found[0])).toEqual(['source_row', 'id', 'purchase_probability']);
    expect(found.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    for (const [i, row] of found.entries()) expect(Number(row.purchase_probability)).toBeCloseTo(expected[model][i], 6);
  });

  it('a matrix by order when the input has just as many columns, with a warning', async () => {
    const lines = rows.map(({ amount, visits, rate }) => `${amount},${visits},${rate}`);
    writeFileSync(join(cwd, 'three.csv'), `a,b,c\n${lines.join('\n')}\n`);
    const done = await ecomml(
      ['score', '--input', 'three.csv', '--model', join(FOREIGN, 'logistic.onnx'), '--output', 't.csv'],
      { cwd },
    );
    expect(done).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /warning: .*does not name its 3 columns: the input's are taken in their order \(a, b, c\)/,
      ),
    });
    const found = csv('t.csv').map((row) => Number(row.purchase_probability));
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected.logistic[i], 6);
  });

  it('the same policy, ranks and formats as a bundle', async () => {
    const policy = {
      price: 'amount',
      margin: 0.3,
      actions: [{ name: 'call', cost: 5, when: { channel: 'app, other' } }],
    };
    writeFileSync(join(cwd, 'policy.json'), JSON.stringify(policy));
    const done = await score('columns', '--action', 'policy.json', '--scores', 'rank', '--output', 'f.jsonl', '--json');
    expect(JSON.parse(done.stdout)).toMatchObject({ rows_in: 120, rows_scored: 120, rows_rejected: 0 });
    const found = readFileSync(join(cwd, 'f.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(Object.keys(found[0])).toEqual(['source_row', 'purchase_probability', 'action', 'action_gain', 'rank']);
    for (const [i, { action, purchase_probability: p }] of found.entries())
      expect(action).toBe(
        rows[i].channel === 'app, other' && Number(rows[i].amount) * 0.3 * p > 5 ? 'call' : 'leave alone',
      );
  });

  it('a row whose cell is no number is rejected and counted, as of any table', async () => {
    const text = readFileSync(join(FOREIGN, 'rows.csv'), 'utf8').replace(/^r005,[^,]*/m, 'r005,many');
    writeFileSync(join(cwd, 'bad.csv'), text);
    const done = await ecomml(
      [
        'score',
        '--input',
        'bad.csv',
        '--model',
        join(FOREIGN, 'columns.onnx'),
        '--output',
        'b.csv',
        '--max-bad-rows',
        '1',
        '--json',
      ],
      { cwd },
    );
    expect(JSON.parse(done.stdout)).toMatchObject({ rows_in: 120, rows_scored: 119, rows_rejected: 1 });
    expect(readFileSync(join(cwd, 'b.rejects.csv'), 'utf8')).toContain('r005,many');
  });

  it.each([
    ['logistic', [], 3, /takes 3 columns in one matrix and does not name them/],
    ['logistic', ['--features', 'amount,visits'], 2, /takes 3 columns, but 2 are named/],
    [
      'logistic',
      ['--features', 'amount,visits,rat'],
      3,
      /takes "rat", but the input has no such column\. Did you mean "rate"\?/,
    ],
    ['logistic', [...NUMBERS, '--explain', '1'], 2, /--explain needs a bundle/],
    ['logistic', [...NUMBERS, '--scores', 'members'], 2, /--scores members needs a bundle/],
    ['logistic', [...NUMBERS, '--runtime', 'wasm'], 2, /--runtime wasm cannot run it/],
    ['logistic', ['--features', 'amount,visits,channel'], 3, /./],
    ['zipmap', NUMBERS, 1, /no tensor but a list of maps \(ZipMap\).*\n.*"zipmap": False/],
    ['unnamed-logit', NUMBERS, 1, /the output "result" is .* for source_row \d+, and no probability/],
    [
      'newer-opset',
      NUMBERS,
      1,
      /it is of opset 99, and the runtime here knows opsets up to \d+\.\n.*lower target opset/,
    ],
    ['nowhere', NUMBERS, 1, /The model .*nowhere\.onnx does not exist/],
  ] as [string, string[], number, RegExp][])('%s %s is refused', async (model, args, exitCode, message) => {
    rmSync(join(cwd, 'f.csv'), { force: true });
    expectRefusal(await score(model, ...args), exitCode, message);
    expect(existsSync(join(cwd, 'f.csv'))).toBe(false);
  });
});

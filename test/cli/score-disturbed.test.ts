import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { atJournal, killedAtJournal } from './killed-at-journal.js';
import { expectRefusal } from './refusal.js';
import { ecomml, emptyFolder, ROOT, run } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const home = emptyFolder();
const args = (input: string, output: string, ...more: string[]) => [
  ...['score', '--input', input, '--model', 'models/it', '--output', output],
  ...more,
];
const score = (input: string, output: string, ...more: string[]) =>
  ecomml(args(input, output, '--json', ...more), { cwd: home });
const bytes = (name: string) => readFileSync(join(home, name));
const same = (one: string, other: string) => bytes(one).equals(bytes(other));
const unfinished = () => readdirSync(home).filter((name) => name.startsWith('.ecomml-'));
const journalOf = (output: string) => join(home, `.ecomml-${output}.journal`);

beforeAll(async () => {
  writeTable(home, 'table.csv');
  await trainSmallModel(home, 20);
  const [header, ...rows] = tableCsv({ rows: 5000, number: (row) => (row % 1000 === 999 ? 'odd' : undefined) })
    .trimEnd()
    .split('\n');
  const block = `${rows.join('\n')}\n`;
  mkdirSync(join(home, 'g'));
  for (const [file, blocks] of [
    ['g/1.csv', 50],
    ['g/2.csv', 1],
    ['g/3.csv', 25],
  ] as const) {
    writeFileSync(join(home, file), `${header}\n`);
    for (let i = 0; i < blocks; i++) appendFileSync(join(home, file), block);
  }
  writeFileSync(
    join(home, 'policy.json'),
    JSON.stringify({
      decide_by: 'probability',
      default: 'wait',
      actions: [
        { name: 'call', from: 0.5 },
        { name: 'mail', from: 0.2 },
      ],
    }),
  );
});

describe('a disk that fills up', () => {
  // So many blocks may a file of the process have: of 512 bytes or of 1,024, as the shell counts, so .4 or .8 of the output.
  it('is said with what was kept, and --resume ends at the same bytes once there is room', async () => {
    expect(await score('g/1.csv', 'whole.csv')).toMatchObject({ code: 0 });
    const blocks = Math.floor((bytes('whole.csv').length / 1024) * 0.8);
    const command = `ulimit -f ${blocks}; exec "$NODE" "$BINARY" ${args('g/1.csv', 'full.csv', '--quiet').join(' ')}`;
    const full = await run('sh', ['-c', command], {
      cwd: home,
      env: { NODE: process.execPath, BINARY: join(ROOT, 'bin/ecomml.js') },
    });
    expectRefusal(full, 1, /full\.csv cannot be written: the disk.+is full/);
    expect(existsSync(join(home, 'full.csv'))).toBe(false);
    const resumed = await score('g/1.csv', 'full.csv', '--resume');
    expect(resumed).toMatchObject({ code: 0 });
    expect(JSON.parse(resumed.stdout).rows_resumed).toBeGreaterThan(0);
    expect(same('full.csv', 'whole.csv')).toBe(true);
    expect(same('full.rejects.csv', 'whole.rejects.csv')).toBe(true);
    expect(unfinished()).toEqual([]);
  });
});

it('a model replaced in the middle changes no row: the run ends with the model it began with', async () => {
  for (const trees of [20, 3]) await trainSmallModel(home, trees, `models/of-${trees}`);
  const replaced = (output: string, env?: Record<string, string>) =>
    ecomml(['score', '--input', 'g/1.csv', '--model', 'models/now', '--output', output], { cwd: home, env });
  const put = (model: string) =>
    `fs.rmSync('models/now', { recursive: true, force: true }); fs.cpSync('${model}', 'models/now', { recursive: true }); fs.writeFileSync('put-${model.slice(7)}', '')`;
  cpSync(join(home, 'models/of-20'), join(home, 'models/now'), { recursive: true });
  expect(await replaced('before.csv')).toMatchObject({ code: 0 });
  expect(await replaced('during.csv', atJournal(put('models/of-3')))).toMatchObject({ code: 0 });
  expect(existsSync(join(home, 'put-of-3'))).toBe(true);
  expect(same('during.csv', 'before.csv')).toBe(true);
  expect(await replaced('after.csv')).toMatchObject({ code: 0 });
  expect(same('after.csv', 'before.csv')).toBe(false);
});

describe('kill -9', () => {
  it('among several inputs: --resume ends at the bytes of an undisturbed run', async () => {
    expect(await score('g/*.csv', 'three.csv')).toMatchObject({ code: 0 });
    const killed = await ecomml(args('g/*.csv', 'killed.csv', '--threads', '1'), {
      cwd: home,
      env: killedAtJournal(1),
    });
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    expect(await score('g/*.csv', 'killed.csv', '--resume')).toMatchObject({ code: 0 });
    expect(same('killed.csv', 'three.csv')).toBe(true);
    expect(same('killed.rejects.csv', 'three.rejects.csv')).toBe(true);
  });

  it('with --action: the same bytes, and all rows counted by action', async () => {
    const action = ['--action', 'policy.json'];
    const whole = JSON.parse((await score('g/1.csv', 'acted.csv', ...action)).stdout);
    const counts = { wait: 0, call: 0, mail: 0 };
    for (const line of bytes('acted.csv').toString().trimEnd().split('\n').slice(1))
      counts[line.slice(line.lastIndexOf(',') + 1) as keyof typeof counts]++;
    expect(whole.rows_per_action).toEqual(counts);
    expect(counts.wait + counts.call + counts.mail).toBe(whole.rows_scored);
    const killed = await ecomml(args('g/1.csv', 'half.csv', ...action), { cwd: home, env: killedAtJournal() });
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    const resumed = JSON.parse((await score('g/1.csv', 'half.csv', '--resume', ...action)).stdout);
    expect(resumed.rows_per_action).toEqual(counts);
    expect(same('half.csv', 'acted.csv')).toBe(true);
  });
});

describe('another machine', () => {
  /** An unfinished run, as a machine of another name left it. */
  async function leftByAnother(output: string): Promise<string> {
    await ecomml(args('g/1.csv', output), { cwd: home, env: killedAtJournal() });
    const journal = journalOf(output);
    const entry = JSON.parse(readFileSync(journal, 'utf8'));
    const foreign = JSON.stringify({ ...entry, process: { host: 'elsewhere', pid: 7 } });
    writeFileSync(journal, foreign);
    return foreign;
  }

  it('at work on the same output is seen by its journal', async () => {
    const foreign = await leftByAnother('shared.csv');
    const at = setInterval(() => writeFileSync(journalOf('shared.csv'), foreign), 300);
    const refused = await ecomml(args('g/1.csv', 'shared.csv', '--resume'), { cwd: home });
    clearInterval(at);
    expectRefusal(refused, 1, /Process 7 on elsewhere is scoring into shared\.csv/);
  });

  it('that is gone is resumed', async () => {
    await leftByAnother('gone.csv');
    utimesSync(journalOf('gone.csv'), 1, 1);
    const resumed = await score('g/1.csv', 'gone.csv', '--resume');
    expect(JSON.parse(resumed.stdout).rows_resumed).toBeGreaterThan(0);
    expect(same('gone.csv', 'whole.csv')).toBe(true);
  });
});

it('a run begun by another version is not gone on with', async () => {
  await ecomml(args('g/1.csv', 'older.csv'), { cwd: home, env: killedAtJournal() });
  const journal = journalOf('older.csv');
  const entry = JSON.parse(readFileSync(journal, 'utf8'));
  writeFileSync(journal, JSON.stringify({ ...entry, identity: { ...entry.identity, ecomml: '0.0.1' } }));
  expectRefusal(await ecomml(args('g/1.csv', 'older.csv', '--resume'), { cwd: home }), 1, /another version/);
});

it('a shard whose file is gone is named, with what to say to score it again', async () => {
  for (const shard of ['1/2', '2/2']) await score('g/2.csv', 'parts.csv', '--shard', shard);
  rmSync(join(home, 'parts.shard-2-of-2.csv'));
  const refused = await ecomml(['score', '--merge', '--output', 'parts.csv'], { cwd: home });
  expectRefusal(refused, 1, /parts\.shard-2-of-2\.csv is not there/);
  expect(refused.stderr).toContain('--shard 2/2');
});

it('a pattern finds no earlier output in its folder, and formats have rejects of their own', async () => {
  const first = JSON.parse((await score('g/*.csv', 'g/all.csv')).stdout);
  const second = JSON.parse((await score('g/*.csv', 'g/all.csv')).stdout);
  expect(second.rows_in).toBe(first.rows_in);
  expect(await score('g/2.csv', 'g/2.scored.csv')).toMatchObject({ code: 0 });
  expect(await score('g/2.csv', 'g/2.scored.jsonl')).toMatchObject({ code: 0 });
  expect(
    readdirSync(join(home, 'g'))
      .filter((name) => name.includes('rejects'))
      .sort(),
  ).toEqual(['2.scored.jsonl.rejects.csv', '2.scored.rejects.csv', 'all.rejects.csv']);
  rmSync(join(home, 'g/all.csv'));
  expect(JSON.parse((await score('g/*.csv', 'again.csv')).stdout).rows_in).toBe(first.rows_in);
});

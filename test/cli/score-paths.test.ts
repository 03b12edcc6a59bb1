/** Names that scoring must not write under, through the real binary: inputs stay as they are, and no shard takes another's rejects. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ecomml, emptyFolder } from './run-binary.js';
import { writeTable } from './small-inputs.js';

const home = emptyFolder();
const text = (name: string) => readFileSync(join(home, name), 'utf8');
const score = (...args: string[]) =>
  ecomml(['score', '--model', 'models/it', '--max-bad-rows', '0.5', ...args], { cwd: home });

beforeAll(async () => {
  writeTable(home, 'table.csv');
  writeTable(home, 'rows.csv', { rows: 100, number: (row) => (row % 30 === 5 ? 'odd' : undefined) });
  const train = ['train', '--input', 'table.csv', '--target', 'bought', '--output', 'models/it'];
  const small = ['--models', 'lightgbm', '--param', 'lightgbm.num_iterations=10'];
  expect(await ecomml([...train, ...small], { cwd: home })).toMatchObject({ code: 0 });
});

describe('names that scoring refuses', () => {
  it.each([
    ['the input as the output', 'same.csv', 'same.csv', '--output same.csv is the input itself'],
    ['the input as the output, by another path', 'by.csv', 'models/../by.csv', 'is the input itself'],
    ['the input as the rejects', 'back.rejects.csv', 'back.csv', 'back.rejects.csv, which is the input itself'],
  ])('%s', async (_, input, output, message) => {
    copyFileSync(join(home, 'table.csv'), join(home, input));
    const { code, stderr } = await score('--input', input, '--output', output);
    expect(stderr.replace(/\s+/g, ' ')).toContain(message);
    expect(code).toBe(2);
    expect(text(input)).toBe(text('table.csv'));
  });

  it('a folder as the output, before a row is scored', async () => {
    mkdirSync(join(home, 'folder'));
    const { code, stderr } = await score('--input', 'rows.csv', '--output', 'folder');
    expect(stderr).toContain('--output folder is a folder');
    expect(code).toBe(2);
    expect(readdirSync(home).filter((name) => name.includes('folder'))).toEqual(['folder']);
  });
});

it('a file that would not be what its ending says is refused', async () => {
  const { code, stderr } = await score('--input', 'rows.csv', '--output', 'scores.csv.gz');
  expect(stderr).toContain('scores are not compressed');
  expect(code).toBe(2);
});

it('the rejects of a pattern that goes to stdout have a name without its signs', async () => {
  expect(await score('--input', 'row?.csv', '--output', '-')).toMatchObject({ code: 0 });
  expect(text('row_.rejects.csv')).toContain('odd');
});

it('no two columns get one name, whatever the file calls its own', async () => {
  const [, ...rows] = text('rows.csv').trimEnd().split('\n');
  const lines = ['amount,visits,channel,confidence,confidence (file)', ...rows.map((row) => `${row},own`)];
  writeFileSync(join(home, 'named.csv'), `${lines.join('\n')}\n`);
  const done = await score('--input', 'named.csv', '--output', 'named.jsonl', '--columns', 'all');
  expect(done).toMatchObject({ code: 0 });
  const [first] = text('named.jsonl').split('\n');
  expect(JSON.parse(first)).toMatchObject({
    'confidence (file) (file)': rows[0].split(',')[3],
    'confidence (file)': 'own',
    confidence: expect.any(Number),
  });
});

describe('shards', () => {
  it('to stdout keep the rejects of each', async () => {
    for (const shard of ['1/2', '2/2'])
      expect(await score('--input', 'rows.csv', '--shard', shard, '--output', '-')).toMatchObject({ code: 0 });
    const rejects = [1, 2].flatMap((i) => text(`rows.rejects.shard-${i}-of-2.csv`).trimEnd().split('\n').slice(1));
    expect(rejects.map((line) => line.split(',')[0])).toEqual(['7', '37', '67', '97']);
  });

  it('whose rejects are gone are scored again', async () => {
    const first = ['--input', 'rows.csv', '--shard', '1/2', '--output', 'gone.csv'];
    expect(await score(...first)).toMatchObject({ code: 0 });
    const rejects = text('gone.shard-1-of-2.rejects.csv');
    rmSync(join(home, 'gone.shard-1-of-2.rejects.csv'));
    expect(await score(...first, '--resume')).toMatchObject({ code: 0 });
    expect(text('gone.shard-1-of-2.rejects.csv')).toBe(rejects);
  });

  it('of an output with the same name and an ending are not merged into it', async () => {
    expect(await score('--input', 'rows.csv', '--output', 'whole.csv')).toMatchObject({ code: 0 });
    for (const output of ['parts', 'parts.csv'])
      for (const shard of ['1/2', '2/2'])
        expect(await score('--input', 'rows.csv', '--shard', shard, '--output', output)).toMatchObject({ code: 0 });
    expect(await score('--merge', '--output', 'parts')).toMatchObject({ code: 0 });
    expect(text('parts')).toBe(text('whole.csv'));
  });
});

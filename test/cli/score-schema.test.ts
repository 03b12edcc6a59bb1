import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn } from './refusal.js';
import { ecomml, emptyFolder } from './run-binary.js';
import { writeTable } from './small-inputs.js';

const cwd = emptyFolder();

beforeAll(async () => {
  const input = writeTable(cwd, 'train.csv', { rows: 300 });
  expect(
    await ecomml(['clean', '--input', input, '--target', 'bought', '--infer', 'schema.json'], { cwd }),
  ).toMatchObject({
    code: 0,
  });
  const args = ['--models', 'lightgbm', '--param', 'lightgbm.num_iterations=3', '--target', 'bought', '--output', 'm'];
  expect(await ecomml(['train', '--input', input, ...args], { cwd })).toMatchObject({ code: 0 });
  const rows = readFileSync(input, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(',').slice(0, 3).join(','));
  writeFileSync(join(cwd, 'new.csv'), `${rows.join('\n')}\n`);
  const bad = rows.map((row, n) =>
    n === 2 ? '-5,3,web' : n >= 10 && n < 260 ? row.replace(/web|mail|app/, 'fax') : row,
  );
  writeFileSync(join(cwd, 'bad.csv'), `${bad.join('\n')}\n`);
});

const score = (input: string, ...more: string[]) =>
  ecomml(['score', '--model', 'm', '--input', input, ...more], { cwd });

describe('score --schema', () => {
  it('scores what meets the schema of the training data, of which the target is not asked for', async () => {
    const plain = await ecomml(['score', '--model', 'm', '--input', 'new.csv', '--output', 'plain.csv'], { cwd });
    expect(plain.code).toBe(0);
    const { code, stderr } = await score('new.csv', '--schema', 'schema.json', '--output', 'held.csv');
    expect([code, stderr]).toEqual([0, expect.stringContaining('a table')]);
    expect(readFileSync(join(cwd, 'held.csv'), 'utf8')).toBe(readFileSync(join(cwd, 'plain.csv'), 'utf8'));
  });

  it('refuses the input with exit code 3 and writes every row that fails, with its line, and no scores', async () => {
    // Inferred bounds and values warn; here they are meant.
    const schema = JSON.parse(readFileSync(join(cwd, 'schema.json'), 'utf8'));
    for (const name of ['amount', 'channel']) delete schema.properties[name].severity;
    writeFileSync(join(cwd, 'strict.json'), JSON.stringify(schema));
    const { code, stderr } = await score('bad.csv', '--schema', 'strict.json', '--output', 'bad-scores.csv');
    expect(code).toBe(3);
    expect(stderr).toContain('expectations are not met');
    expect(stderr).toContain('bad-scores.failures.csv');
    expect(stderr).toContain('channel: expected');
    expect(stderr).toContain('amount: expected at least');
    const failures = readFileSync(join(cwd, 'bad-scores.failures.csv'), 'utf8').trimEnd().split('\n');
    expect(failures[0]).toBe('row,line,column,rule,severity,value');
    expect(failures).toContainEqual(expect.stringMatching(/^2,3,amount,minimum,\w+,-5/));
    expect(failures.filter((line) => line.includes(',channel,enum,'))).toHaveLength(250);
    expect(filesIn(cwd)).not.toContain('bad-scores.csv');
  });
});

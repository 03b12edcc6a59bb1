/** Outputs that are no files: what is written to a pipe or a device goes on there, and nothing takes its place. */
import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, filesIn } from './refusal.js';
import { BINARY, ecomml, emptyFolder, type Finished, run } from './run-binary.js';
import { writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const cwd = emptyFolder();
const score = (...args: string[]) =>
  ecomml(['score', '--quiet', '--input', 'table.csv', '--model', 'models/it', ...args], { cwd });
/** In bash, for the files it makes of commands. */
const shell = (command: string): Promise<Finished> =>
  run('bash', ['-c', command], { cwd, env: { ECOMML: `${process.execPath} ${BINARY}` } });
const SCORE = '$ECOMML score --input table.csv --model models/it';
const isPipe = (name: string) => lstatSync(join(cwd, name)).isFIFO();

let whole: string;
beforeAll(async () => {
  writeTable(cwd, 'table.csv', { rows: 3000 });
  await trainSmallModel(cwd, 20, 'models/it');
  expect(await score('--output', 'whole.csv')).toMatchObject({ code: 0 });
  whole = readFileSync(join(cwd, 'whole.csv'), 'utf8');
  execFileSync('mkfifo', ['pipe', 'other'], { cwd });
});

describe('scores go', () => {
  it('into a named pipe, whole, also when its reader is slow', async () => {
    const read = shell('sleep 1; exec cat pipe');
    expect(await score('--output', 'pipe')).toMatchObject({ code: 0, stdout: '' });
    expect((await read).stdout).toBe(whole);
    expect(isPipe('pipe')).toBe(true);
  });

  // Bash waits for the command behind >( ) by its number alone. Node makes a stdout that is a pipe non-blocking, also for
  // those who share it: the command writes into a file.
  it('into a command, ranks too', async () => {
    const into = (command: string) => `${SCORE} --quiet ${command}; wait $!`;
    expect(await shell(into('--output >(cat > got.csv)'))).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(cwd, 'got.csv'), 'utf8')).toBe(whole);
    expect(await score('--scores', 'rank', '--output', 'ranked.csv')).toMatchObject({ code: 0 });
    expect(await shell(into('--scores rank --output >(cmp - ranked.csv)'))).toMatchObject({ code: 0, stdout: '' });
  });

  it('to stdout under its other name, and the page of results to stderr', async () => {
    const { stdout, stderr } = await shell(`${SCORE} --output /dev/stdout`);
    expect(stdout).toBe(whole);
    expect(stderr).toMatch(/3,000 rows = 3,000 scored/);
  });

  it('nowhere, and what stood there is there still', async () => {
    expect(await score('--output', '/dev/null')).toMatchObject({ code: 0 });
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('to a reader that leaves, which is no failure, and not to a full device', async () => {
    const left = await shell(`${SCORE} --quiet --output >(head -1 > head.csv)`);
    expect(left).toMatchObject({ code: 0, stderr: '', stdout: '' });
    expect(readFileSync(join(cwd, 'head.csv'), 'utf8')).toBe(whole.slice(0, whole.indexOf('\n') + 1));
    expectRefusal(await score('--output', '/dev/full'), 1, /\/dev\/full cannot be written: the disk is full/);
  });

  it('to a file as stdout, whole or not at all', async () => {
    expect(await shell(`${SCORE} --quiet --output - > stdout.csv`)).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'stdout.csv'), 'utf8')).toBe(whole);
    // What is behind a descriptor keeps its name.
    expect(await shell(`${SCORE} --quiet --output /dev/fd/3 3> third.csv`)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(cwd, 'third.csv'), 'utf8')).toBe(whole);
    const full = await shell(`ulimit -f 60; ${SCORE} --quiet --output - > cut.csv`);
    expect(full).toMatchObject({ code: 1 });
    expect(full.stderr).toMatch(/^error: The output is larger than .*\nhint: .*\n$/);
    expect((await shell('$ECOMML --version > /dev/full')).stderr).toMatch(/^error: .*disk is full\.\nhint: .*\n$/);
  });

  it('not as Parquet', async () => {
    expectRefusal(await score('--output', 'pipe', '--format', 'parquet'), 2, /Parquet cannot go to .* a pipe/);
  });
});

it('generate writes into pipes', async () => {
  const generate = '$ECOMML generate --quiet --events 2000 --seed 5';
  const made = await shell(
    `${generate} --output e.csv --truth t.csv; cat other > t2.csv & cat pipe > e2.csv & ` +
      `${generate} --output pipe --truth other; wait; cmp t.csv t2.csv && cmp e.csv e2.csv`,
  );
  expect(made).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

it('a file is not missed because the reader of another output left', async () => {
  const { code, stderr } = await shell(
    'head -c 10 other > /dev/null & $ECOMML generate --quiet --events 200000 --output made.csv --truth other',
  );
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/neither is complete/) });
  expect(filesIn(cwd)).not.toContain('made.csv');
});

it.each([
  ['a named pipe that nobody reads', '--output pipe', ''],
  ['a reader that stands still', '--output -', '> >(exec sleep 9 > /dev/null 2>&1)'],
  ['a writer that stands still', '--input - --output late.csv', '< <(exec sleep 9 2> /dev/null)'],
])('one signal ends a run that waits for %s', { timeout: 30_000 }, async (_, words, redirected) => {
  const input = words.includes('--input') ? '' : '--input big.csv';
  // Two million bytes of scores fill a pipe.
  await shell('head -1 table.csv > big.csv; for i in 1 2 3 4 5 6 7 8; do tail -n +2 table.csv >> big.csv; done');
  const begun = performance.now();
  const { stdout } = await shell(
    `$ECOMML score --quiet ${input} --model models/it ${words} 2> /dev/null ${redirected} & p=$!; sleep 1.5; ` +
      'kill -TERM $p; wait $p; echo "code $?" > code.txt; cat code.txt',
  );
  expect(stdout).toBe('code 130\n');
  expect(performance.now() - begun).toBeLessThan(8800);
});

describe('what appears under a name', () => {
  it.each([
    [
      'train',
      'train --input table.csv --target bought --models lightgbm --param lightgbm.num_iterations=2 --output pipe',
    ],
    ['clean', 'clean --input table.csv --target bought --output pipe'],
    ['a schema', 'clean --input table.csv --target bought --output cleaned --infer other'],
    ['report', 'report --model models/it --output pipe'],
    ['export', 'export --model models/it --output pipe'],
  ])('takes no place of a pipe: %s', async (_, words) => {
    const before = filesIn(cwd);
    const refused = await ecomml(words.split(' '), { cwd });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/(pipe|other) is a (device or a pipe|file)/);
    expect([isPipe('pipe'), isPipe('other')]).toEqual([true, true]);
    expect(filesIn(cwd).filter((name) => !before.includes(name) && !name.startsWith('cleaned'))).toEqual([]);
  });
});

describe('readers of words that leave', () => {
  const gone = (command: string) => shell(`${command}; echo "code $?"`);
  it('of stderr: the work is done', async () => {
    const train =
      '$ECOMML train --input table.csv --target bought --models lightgbm --param lightgbm.num_iterations=20';
    expect((await gone(`${train} --output models/unread 2> >(true)`)).stdout).toMatch(
      /bundle +models\/unread[\s\S]*\ncode 0\n$/,
    );
    expect((await gone(`${SCORE} --output unread.csv 2> >(true) > /dev/null`)).stdout).toBe('code 0\n');
    expect(readFileSync(join(cwd, 'unread.csv'), 'utf8')).toBe(whole);
    expect((await gone(`${SCORE} --output pipe/x 2> >(true)`)).stdout).toBe('code 1\n');
  });

  it('of stdout: a gate that is missed is told by the exit code', async () => {
    const evaluate = '$ECOMML evaluate --model models/it --input table.csv --target bought --gate "auc>=0.9999"';
    const { stdout } = await shell(`${evaluate} | true; echo "code \${PIPESTATUS[0]}"`);
    expect(stdout).toBe('code 4\n');
  });
});

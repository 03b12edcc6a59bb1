/**
 * Runs that are killed, run out of disk or meet each other: nothing half-written stays under a final name, and the next
 * run works. A killed process may leave `.ecomml-…` entries; it had no chance to tidy up.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, filesIn } from './refusal.js';
import { ecomml, emptyFolder, type Finished, saidOnStderr } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';

const QUICK = ['--models', 'lightgbm', '--param', 'lightgbm.num_iterations=20'];
const TRAIN = ['train', '--input', 'table.csv', '--target', 'bought', '--output', 'models/it', ...QUICK];
/** Enough trees that training is still under way long after its first line. */
const LONG = [...TRAIN, '--param', 'lightgbm.num_iterations=100000', '--early-stopping-rounds', '0'];
const SCORE = ['score', '--input', 'many.csv', '--model', 'models/it', '--output', 'scored.csv'];

const trained = emptyFolder();

beforeAll(async () => {
  writeTable(trained, 'table.csv');
  expect(await ecomml(TRAIN, { cwd: trained })).toMatchObject({ code: 0 });
  // A hundred thousand rows: scoring takes seconds, and the kill comes in its middle.
  const [header, ...rows] = tableCsv({ rows: 5000 }).trimEnd().split('\n');
  writeFileSync(join(trained, 'many.csv'), `${header}\n${Array(20).fill(rows.join('\n')).join('\n')}\n`);
});

/** Everything that has its final name; what is written aside starts with `.ecomml-`. */
function finalFiles(folder: string): string[] {
  return filesIn(folder).filter((file) => !/(^|\/)\.ecomml-/.test(file));
}

function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /(^|\/)\.ecomml-/.test(name));
}

const whenSaid = (text: string | RegExp, signal: NodeJS.Signals) => (child: ChildProcess) =>
  void saidOnStderr(child, text).then(() => child.kill(signal));

/** Once a file has been begun aside in `folder`, the signal is sent. */
const whenBegun = (folder: string, signal: NodeJS.Signals) => (child: ChildProcess) => {
  const timer = setInterval(() => {
    if (leftovers(folder).length === 0) return;
    child.kill(signal);
    clearInterval(timer);
  }, 5);
  child.on('close', () => clearInterval(timer));
};

describe.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  const expectEnd = ({ code, signal: ended, stderr }: Finished) => {
    if (signal === 'SIGKILL') expect(ended).toBe('SIGKILL');
    else expect([code, stderr.includes('Interrupted.')]).toEqual([130, true]);
  };

  it('in the middle of train: no bundle, no models/latest; the next run works', async () => {
    const cwd = emptyFolder();
    copyFileSync(join(trained, 'table.csv'), join(cwd, 'table.csv'));
    expectEnd(await ecomml(LONG, { cwd, started: whenSaid('split by', signal) }));
    expect(finalFiles(cwd)).toEqual(['table.csv']);
    if (signal !== 'SIGKILL') expect(leftovers(cwd)).toEqual([]);
    expect(await ecomml(TRAIN, { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'models/latest'), 'utf8')).toBe('it\n');
  });

  it('in the middle of score: no output; the next run works', async () => {
    const cwd = emptyFolder();
    execFileSync('cp', ['-r', `${trained}/.`, cwd]);
    const before = filesIn(cwd);
    expectEnd(await ecomml(SCORE, { cwd, started: whenBegun(cwd, signal) }));
    expect(finalFiles(cwd)).toEqual(before);
    if (signal !== 'SIGKILL') expect(leftovers(cwd)).toEqual([]);
    expect(await ecomml(SCORE, { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'scored.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(100_001);
  });
});

describe('two runs into the same folder at once', () => {
  it('train: both end well, and the bundle is one of the two, whole', async () => {
    const cwd = emptyFolder();
    copyFileSync(join(trained, 'table.csv'), join(cwd, 'table.csv'));
    const runs = await Promise.all([1, 2].map((seed) => ecomml([...TRAIN, '--seed', String(seed), '--json'], { cwd })));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(leftovers(cwd)).toEqual([]);
    const judged = await ecomml(['evaluate', '--model', 'models/latest', '--input', 'table.csv', '--json'], { cwd });
    expect(judged.code).toBe(0);
  });

  it('score: both end well, and the output is whole', async () => {
    const cwd = emptyFolder();
    execFileSync('cp', ['-r', `${trained}/.`, cwd]);
    const runs = await Promise.all([1, 2].map(() => ecomml(SCORE, { cwd })));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const alone = emptyFolder();
    const args = SCORE.map((word) => (word === 'scored.csv' ? join(alone, 'scored.csv') : word));
    expect(await ecomml(args, { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'scored.csv')).equals(readFileSync(join(alone, 'scored.csv')))).toBe(true);
    expect(leftovers(cwd)).toEqual([]);
  });
});

// A file system of one megabyte; only root may mount one.
const disk = emptyFolder();
const mounted = (() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
});

describe.runIf(mounted)('a full disk', () => {
  const fill = () => writeFileSync(join(disk, 'filler'), Buffer.alloc(1024 * 1024 - 4096));

  it.each([
    ['train', [...TRAIN.slice(0, 5), '--output', `${disk}/models/it`, ...QUICK]],
    ['score', [...SCORE.slice(0, 5), '--output', `${disk}/scored.csv`]],
    ['clean', ['clean', '--input', 'many.csv', '--output', `${disk}/clean`, '--max-bad-rows', '0']],
    ['export', ['export', '--model', 'models/it', '--output', `${disk}/exports`]],
    ['report', ['report', '--model', 'models/it', '--output', `${disk}/reports`]],
  ])('%s: says so and leaves nothing', async (_verb, args) => {
    execFileSync('rm', ['-rf', ...readdirSync(disk).map((name) => join(disk, name))]);
    fill();
    const finished = await ecomml(args, { cwd: trained });
    expectRefusal(finished, 1, /disk is full/i);
    expect(leftovers(disk)).toEqual([]);
    expect(existsSync(join(disk, 'models', 'it'))).toBe(false);
    expect(existsSync(join(disk, 'scored.csv'))).toBe(false);
  });
});

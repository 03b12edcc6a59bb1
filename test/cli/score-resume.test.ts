/**
 * A score run that is killed, meets a changed input or another model, or runs out of disk: --resume ends at the bytes of a run
 * that nobody disturbed, or says why it cannot, and nothing is lost meanwhile.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { killedAtJournal } from './killed-at-journal.js';
import { expectRefusal } from './refusal.js';
import { ecomml, emptyFolder, type Finished, run } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const KILLS = process.env['ECOMML_LONG_TESTS'] ? 30 : 10;

const home = emptyFolder();
const score = (input: string, output: string, ...more: string[]) => plain(input, output, '--json', ...more);
const plain = (input: string, output: string, ...more: string[]) =>
  ecomml(['score', '--input', input, '--model', join(home, 'models/it'), '--output', output, ...more], {
    cwd: home,
  });
const bytes = (name: string) => readFileSync(join(home, name));
const unfinished = () => readdirSync(home).filter((name) => name.startsWith('.ecomml-'));
const result = ({ stdout }: Finished) => JSON.parse(stdout) as Record<string, number>;

beforeAll(async () => {
  writeTable(home, 'table.csv');
  for (const [name, trees] of [
    ['it', 30],
    ['other', 31],
  ] as const)
    await trainSmallModel(home, trees, `models/${name}`);
  // Some seconds of work; every thousandth row is bad, and some of its bytes are no text.
  const [header, ...rows] = tableCsv({ rows: 5000, number: (row) => (row % 1000 === 999 ? '"\nodd' : undefined) })
    .trimEnd()
    .split('\n');
  const block = `${rows.join('\n')}\n`;
  writeFileSync(join(home, 'many.csv'), `${header}\n`);
  for (let i = 0; i < 60; i++) appendFileSync(join(home, 'many.csv'), block);
  expect(await score('many.csv', 'whole.csv')).toMatchObject({ code: 0 });
});

/** Kills the process so many milliseconds after its journal was there, or after its start. */
const killedAfter = (milliseconds: number) => (child: ChildProcess) => {
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  child.on('close', () => clearTimeout(timer));
};

describe('kill -9', () => {
  it('at any moments: --resume ends at the bytes of an undisturbed run', async () => {
    const random = new Random(Number(process.env['ECOMML_SEED'] ?? 11));
    let kills = 0;
    for (let attempt = 0; attempt < KILLS; attempt++) {
      // From before the first chunk to the renaming at the end.
      const child = killedAfter(200 + random.below(1200));
      const last = await ecomml(
        ['score', '--input', 'many.csv', '--model', 'models/it', '--output', 'killed.csv', '--json', '--resume'],
        { cwd: home, started: child },
      );
      if (last.signal === 'SIGKILL') kills++;
      if (last.code === 0) {
        expect(bytes('killed.csv').equals(bytes('whole.csv'))).toBe(true);
        expect(unfinished()).toEqual([]);
        renameSync(join(home, 'killed.csv'), join(home, 'done.csv'));
      }
    }
    expect(kills).toBeGreaterThan(0);
    expect(await score('many.csv', 'killed.csv', '--resume')).toMatchObject({ code: 0 });
    expect(bytes('killed.csv').equals(bytes('whole.csv'))).toBe(true);
    expect(bytes('killed.rejects.csv').equals(bytes('whole.rejects.csv'))).toBe(true);
    expect(unfinished()).toEqual([]);
  });
});

describe('an unfinished run', () => {
  /** Killed once its journal says that rows were scored. */
  async function interrupted(output: string): Promise<void> {
    const args = ['score', '--input', 'input.csv', '--model', 'models/it', '--output', output];
    expect(await ecomml(args, { cwd: home, env: killedAtJournal() })).toMatchObject({ signal: 'SIGKILL' });
  }

  it('goes on behind its last whole chunk', async () => {
    copyFileSync(join(home, 'many.csv'), join(home, 'input.csv'));
    await interrupted('r.csv');
    const finished = await score('input.csv', 'r.csv', '--resume', '--threads', '1');
    expect(finished).toMatchObject({ code: 0 });
    expect(result(finished)['rows_resumed']).toBeGreaterThan(0);
    expect(bytes('r.csv').equals(bytes('whole.csv'))).toBe(true);
    expect(bytes('r.rejects.csv').equals(bytes('whole.rejects.csv'))).toBe(true);
  });

  it('is not gone on with after the input changed, with another model or with other options; nothing is lost', async () => {
    await interrupted('a.csv');
    const kept = unfinished();
    expect(kept).toHaveLength(3);
    const resume = (...more: string[]) => plain('input.csv', 'a.csv', '--resume', ...more);
    expectRefusal(await resume('--columns', 'visits'), 1, /other options/);
    expectRefusal(await resume('--model', join(home, 'models/other')), 1, /another model/);
    utimesSync(join(home, 'input.csv'), 1, 1);
    expectRefusal(await resume(), 1, /input changed/);
    expect(unfinished()).toEqual(kept);
    // Without --resume a run starts anew, and sweeps what is left.
    expect(await score('input.csv', 'a.csv')).toMatchObject({ code: 0 });
    expect(unfinished()).toEqual([]);
    expect(bytes('a.csv').equals(bytes('whole.csv'))).toBe(true);
  });

  it('of which only a claim is left is swept, and those of running processes and other machines are not', async () => {
    const claim = (of: string | number) => join(home, `.ecomml-swept.csv.journal.${of}`);
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const [lost, running, remote] = [`${hostname()}.${gone}`, `${hostname()}.${process.pid}`, `elsewhere.${gone}`];
    for (const of of [lost, running, remote]) writeFileSync(claim(of), '');
    writeFileSync(join(home, '.ecomml-swept.csv.journal'), '');
    utimesSync(join(home, '.ecomml-swept.csv.journal'), 0, 0);
    expect(await score('table.csv', 'swept.csv', '--resume')).toMatchObject({ code: 0 });
    expect(unfinished().sort()).toEqual([claim(running), claim(remote)].map((path) => basename(path)).sort());
    for (const of of [running, remote]) rmSync(claim(of));
  });

  it('whose files are shorter than its journal says is refused', async () => {
    await interrupted('b.csv');
    writeFileSync(join(home, '.ecomml-b.csv.part'), 'source');
    expectRefusal(await plain('input.csv', 'b.csv', '--resume'), 1, /holds 6 bytes/);
  });

  it('there is none: --resume scores from the beginning, and again when all is done', async () => {
    for (const attempt of [1, 2]) {
      const finished = await score('many.csv', 'c.csv', '--resume', '--threads', String(attempt));
      expect(finished).toMatchObject({ code: 0 });
      expect(result(finished)).toMatchObject({ rows_resumed: 0 });
    }
    expect(bytes('c.csv').equals(bytes('whole.csv'))).toBe(true);
  });
});

describe('pipes', () => {
  it('from stdin to stdout the bytes are the same, also for a slow reader, and a reader that leaves is no failure', async () => {
    const pipe = (command: string) =>
      run('sh', ['-c', command], {
        cwd: home,
        env: { ECOMML: `${process.execPath} ${join(import.meta.dirname, '../../bin/ecomml.js')}` },
      });
    const whole = await pipe(
      'cat many.csv | $ECOMML score --quiet --input - --model models/it --output - --max-bad-rows 0.01 | cmp - whole.csv',
    );
    expect(whole).toMatchObject({ code: 0, stdout: '' });
    // The process ends no sooner than its reader has taken the last byte.
    const late = await pipe(
      '$ECOMML score --quiet --input many.csv --model models/it --output - --max-bad-rows 0.01 | (sleep 1; cmp - whole.csv)',
    );
    expect(late).toMatchObject({ code: 0, stdout: '' });
    const headed = await pipe('$ECOMML score --quiet --input many.csv --model models/it --output - | head -2');
    expect(headed.stdout.split('\n')).toHaveLength(3);
    expect(headed.stderr).toBe('');
  });
});

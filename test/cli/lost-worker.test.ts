/**
 * A thread of the kernel pool that ends in the middle of training, whatever the family: an error, no hang, and nothing
 * under a final name. The thread is ended from within by a script that Node loads into every thread first.
 */
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAMILIES } from '#ecomml/forest/forest.js';
import { Control } from '#ecomml/kernels/pool.js';
import { expectRefusal, filesIn } from './refusal.js';
import { ecomml, emptyFolder, saidOnStderr } from './run-binary.js';
import { writeTable } from './small-inputs.js';

/**
 * In a pool's thread, ends it right after a word of the control block was lowered for the TAKEN-th time: after it took
 * its 40th task, say, which nobody then does.
 */
const ENDING = `
const { workerData } = require('node:worker_threads');
if (workerData?.tasks !== undefined && workerData?.control !== undefined) {
  const sub = Atomics.sub;
  let taken = 0;
  Atomics.sub = (...args) => {
    const ticket = sub(...args);
    if (args[1] === Number(process.env.LOWERED) && ticket > 0 && ++taken === Number(process.env.TAKEN)) HOW;
    return ticket;
  };
}
`;

const folder = emptyFolder();
beforeAll(() => {
  writeTable(folder, 'input.csv', { rows: 5000 });
  writeFileSync(join(folder, 'exit.cjs'), ENDING.replace('HOW', 'process.exit(1)'));
  writeFileSync(join(folder, 'throw.cjs'), ENDING.replace('HOW', "(() => { throw new Error('lost') })()"));
});

const MANY: Readonly<Record<string, string>> = {
  catboost: 'iterations=20000',
  xgboost: 'n_estimators=20000',
  lightgbm: 'num_iterations=20000',
  'random-forest': 'n_estimators=20000',
};

describe.each(['exit.cjs', 'throw.cjs'])('a worker thread that is lost (%s)', (script) => {
  it.each(FAMILIES)('%s', { timeout: 60_000 }, async (family) => {
    const cwd = emptyFolder();
    copyFileSync(join(folder, 'input.csv'), join(cwd, 'input.csv'));
    const more = ['--models', family, '--param', `${family}.${MANY[family]}`, '--early-stopping-rounds', '0'];
    const args = ['train', '--input', 'input.csv', '--target', 'bought', '--output', 'models/it', '--threads', '2'];
    const env = { NODE_OPTIONS: `--require ${join(folder, script)}`, LOWERED: `${Control.Tickets}`, TAKEN: '40' };
    const finished = await ecomml([...args, ...more], { cwd, env });
    expectRefusal(finished, 1, /A worker thread failed in the kernel \w+/, /--threads 1/);
    expect(filesIn(cwd)).toEqual(['input.csv']);
  });

  it('that just woke and holds no task: the others do its share, to the same model', { timeout: 60_000 }, async () => {
    const models: Buffer[] = [];
    for (const taken of ['0', '2']) {
      const cwd = emptyFolder();
      copyFileSync(join(folder, 'input.csv'), join(cwd, 'input.csv'));
      const more = ['--models', 'random-forest', '--param', 'random-forest.n_estimators=60'];
      const args = ['train', '--input', 'input.csv', '--target', 'bought', '--output', 'models/it', '--threads', '2'];
      const env = { NODE_OPTIONS: `--require ${join(folder, script)}`, LOWERED: `${Control.Sleeping}`, TAKEN: taken };
      const { code, stderr } = await ecomml([...args, ...more], { cwd, env });
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      models.push(readFileSync(join(cwd, 'models/it/random-forest.forest')));
    }
    expect(models[1].equals(models[0])).toBe(true);
  });
});

describe('Ctrl-C in the middle of training', () => {
  it.each(FAMILIES)('%s: ends soon, with 130 and nothing under a final name', { timeout: 60_000 }, async (family) => {
    const cwd = emptyFolder();
    copyFileSync(join(folder, 'input.csv'), join(cwd, 'input.csv'));
    const more = ['--models', family, '--param', `${family}.${MANY[family]}`, '--early-stopping-rounds', '0'];
    const args = ['train', '--input', 'input.csv', '--target', 'bought', '--output', 'models/it'];
    let interrupted = 0;
    const started = (child: ChildProcess) =>
      void saidOnStderr(child, `${family} will take about`).then(() =>
        setTimeout(() => {
          interrupted = performance.now();
          child.kill('SIGINT');
        }, 250),
      );
    const finished = await ecomml([...args, ...more], { cwd, started });
    // A tree of these rows takes a few milliseconds; the rest is for a machine with other work.
    expect(performance.now() - interrupted).toBeLessThan(10_000);
    expect([finished.code, finished.stderr.includes('Interrupted.')]).toEqual([130, true]);
    expect(filesIn(cwd)).toEqual(['input.csv']);
  });
});

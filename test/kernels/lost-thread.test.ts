/**
 * A thread of the kernel pool that ends while the caller waits for its task, in every way a thread can end: the caller
 * gets an error. Each case is a process of its own, so that a caller that waits for ever fails the test alone.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Loaded into every thread first; in a pool's, ends it right after it took its third task, which nobody then does. */
const ending = (how: string) => `
const { workerData } = require('node:worker_threads');
if (workerData?.tasks !== undefined) {
  const sub = Atomics.sub;
  let taken = 0;
  Atomics.sub = (...args) => {
    const ticket = sub(...args);
    if (ticket > 0 && ++taken === 3) { ${how} }
    return ticket;
  };
}
`;

/** The caller takes no task before the other thread took all but `left` of them; what it says is the error of the batch. */
const CALLER = `
import { KernelPool } from POOL;
import { Worker } from 'node:worker_threads';
const threads = [];
const { unref } = Worker.prototype;
Worker.prototype.unref = function () { threads.push(this); unref.call(this); };
const pool = new KernelPool(2);
const { sub } = Atomics;
let left = 0;
Atomics.sub = (words, at, value) => {
  while (Atomics.load(words, at) > left);
  return sub(words, at, value);
};
function say(name, calls) {
  try {
    pool.run(name, calls);
    console.log('no error');
  } catch (error) {
    console.log(error.message);
  }
}
`;

const NINE = `
left = 6;
const out = pool.memory.alloc(72);
say('fillF64', Array.from({ length: 9 }, (_, t) => [out + t * 8, 1, t]));
await pool.close();
`;

/** The caller ends the other thread as soon as it would sleep: in the middle of sorting four million numbers. */
const ENDED_FROM_WITHOUT = `
const count = 2 ** 22;
const [values, spare, digits] = [count * 8, count * 8, 49152].map((bytes) => pool.memory.alloc(bytes));
pool.memory.f64(values, count).forEach((_, i, all) => { all[i] = Math.sin(i); });
const { wait } = Atomics;
Atomics.wait = (...args) => { threads[0].terminate(); return wait(...args); };
say('sortNumbers', [[values, count, spare, digits], [values, count, spare, digits]]);
await pool.close();
`;

const folder = mkdtempSync(join(tmpdir(), 'ecomml-lost-'));
const pool = new URL('../../dist/kernels/pool.js', import.meta.url).href;

function said(code: string, ...options: string[]): string {
  const script = join(folder, 'caller.mjs');
  writeFileSync(script, CALLER.replace('POOL', `'${pool}'`) + code);
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  return execFileSync(process.execPath, [...options, script], { timeout: 20_000, encoding: 'utf8', stdio: [...stdio] });
}

it('without a loss there is no error', () => {
  expect(said(NINE)).toBe('no error\n');
});

it.each([
  ['an exit', 'process.exit(0)'],
  ['an error that nobody catches', "throw new Error('lost')"],
  ['a heap that is full', 'const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length + 0.5))'],
])('a thread lost by %s in the middle of a task is an error', (name, how) => {
  const script = join(folder, `${name.replaceAll(' ', '-')}.cjs`);
  writeFileSync(script, ending(how));
  expect(said(NINE, '--require', script, '--max-old-space-size=64')).toMatch(
    /^A worker thread failed in the kernel fill/,
  );
});

it('a thread ended from without in the middle of a task is an error', () => {
  expect(said(ENDED_FROM_WITHOUT)).toMatch(/^A worker thread failed in the kernel sortNumbers/);
});

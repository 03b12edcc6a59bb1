/**
 * A scoring thread that ends, in every way a thread can end, before its first chunk, in a chunk or idle after one: the
 * reader gets an error where the answer would stand. Each case is a process of its own, so that a wait for ever fails here.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ecomml-lost-'));
const pool = new URL('../../dist/scoring/ordered-pool.js', import.meta.url).href;

/** Chunks 0 to 7, one after the other's answer and a pause: an idle thread has time to be lost. */
const CALLER = `
import { OrderedPool } from '${pool}';
import { Worker } from 'node:worker_threads';
const threads = [];
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (...args) { threads.push(this); postMessage.apply(this, args); };
const pool = new OrderedPool({ thread: () => new Worker(new URL('worker.mjs', import.meta.url)), job: 'job', threads: 1 });
async function* chunks() {
  for (let chunk = 0; chunk < 8; chunk++) {
    if (chunk === 4 && process.env.WHEN === 'from without') threads.forEach((thread) => thread.terminate());
    yield { chunk };
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
try {
  for await (const { result } of pool.map(chunks())) console.log(result);
  console.log('no error');
} catch (error) {
  console.log(error.code, error.message);
}
await pool.close();
`;

const WORKER = (way: string) => `
import { parentPort } from 'node:worker_threads';
const when = process.env.WHEN;
const end = () => { ${way} };
if (when === 'at the start') end();
parentPort.on('message', (chunk) => {
  if (chunk === 'job') return;
  if (when === 'in a chunk' && chunk === 3) end();
  parentPort.postMessage({ ok: true, result: chunk });
  if (when === 'idle' && chunk === 3) setTimeout(end, 1);
});
`;

function said(way: string, when: string): string[] {
  const script = join(folder, 'caller.mjs');
  writeFileSync(script, CALLER);
  writeFileSync(join(folder, 'worker.mjs'), WORKER(way));
  const lines = execFileSync(process.execPath, ['--max-old-space-size=64', script], {
    env: { ...process.env, WHEN: when },
    timeout: 30_000,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return lines.trimEnd().split('\n');
}

const WAYS: Readonly<Record<string, string>> = {
  'an exit': 'process.exit(0)',
  'an error that nobody catches': "throw new Error('lost')",
  'a heap that is full': 'const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length + 0.5))',
};
const FAILURE = /^WORKER_FAILED A scoring thread (failed: .+|ended early \(exit code \d+\)\.)$/;

describe.each(Object.entries(WAYS))('a scoring thread lost by %s', (_, way) => {
  it.each(['at the start', 'in a chunk', 'idle'])('%s', (when) => {
    const lines = said(way, when);
    expect(lines.at(-1)).toMatch(FAILURE);
    // Answers before the loss stand, in their order.
    expect(lines.slice(0, -1)).toEqual(lines.slice(0, -1).map((_, chunk) => String(chunk)));
  });
});

it('a scoring thread ended from without', () => {
  expect(said('', 'from without').at(-1)).toMatch(FAILURE);
});

it('without a loss there is no error', () => {
  expect(said('', 'never')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', 'no error']);
});

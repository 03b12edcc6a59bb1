import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { contents, HEADER, shopLines, testFolder } from '../workflows/store-events.js';
import { ecomml, ROOT } from './run-binary.js';

// `store ingest --follow` of the real binary, killed ten times without a word while its file grows, against one run over the
// whole file: the same states to the byte, the same counts, the same rejects.
const LINES = 2000;
const KILLS = 10;

const folder = testFolder();
afterAll(folder.remove);

async function outcome(online: string, rejects: string) {
  const { entries, position } = await contents(online);
  const { counts, watermark, newest } = position;
  return { entries, counts, watermark, newest, rejects: readFileSync(rejects, 'utf8') };
}

it('killed ten times while its file grows, it ends with what one run makes', async () => {
  const random = new Random(11);
  const lines = shopLines(LINES, 3);
  const path = folder.file('events.csv', `${HEADER}\n`);
  const [online, rejects] = [folder.path('online'), folder.path('rejects.csv')];
  const args = ['--lateness', '3s', '--max-bad-rows', '50%', '--quiet'];
  const start = () =>
    spawn(
      process.execPath,
      [
        join(ROOT, 'bin', 'ecomml.js'),
        'store',
        'ingest',
        '--input',
        path,
        '--follow',
        '--online',
        online,
        '--rejects',
        rejects,
        ...args,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  const ended = (child: ChildProcess) =>
    new Promise<number | string | null>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const taken = async () => (await contents(online).catch(() => undefined))?.position.counts.in ?? 0;

  let written = 0;
  const places: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const child = start();
    const exit = ended(child);
    const before = await taken();
    // The file grows, in pieces that end anywhere in a line, until the run has taken something in; then it has a random time left.
    const until = () => written < (LINES * (kill + 1)) / (KILLS + 1);
    for (let left = 1 + random.below(4), waited = 0; left > 0 && waited < 400; waited++) {
      if (until()) {
        const next = lines.slice(written, written + 30).join('\n');
        const cut = random.below(next.length);
        appendFileSync(path, next.slice(0, cut));
        await sleep(random.below(30));
        appendFileSync(path, `${next.slice(cut)}\n`);
        written += 30;
      }
      await sleep(20 + random.below(40));
      if ((await taken()) > before) left--;
    }
    await sleep(random.below(200));
    child.kill('SIGKILL');
    expect(await exit).toBe('SIGKILL');
    places.push(await taken());
  }
  expect(new Set(places).size).toBeGreaterThan(5);
  appendFileSync(
    path,
    lines
      .slice(written)
      .map((line) => `${line}\n`)
      .join(''),
  );
  const last = start();
  const exit = ended(last);
  while ((await taken()) < LINES && last.exitCode === null) await sleep(50);
  last.kill('SIGTERM');
  expect(await exit).toBe(0);

  const whole = folder.path('whole.csv');
  writeFileSync(whole, `${[HEADER, ...lines].join('\n')}\n`);
  const [once, onceRejects] = [folder.path('once'), folder.path('once.csv')];
  const run = await ecomml(['store', 'ingest', '--input', whole, '--online', once, '--rejects', onceRejects, ...args]);
  expect(run.code).toBe(0);
  const [killed, straight] = [await outcome(online, rejects), await outcome(once, onceRejects)];
  expect(killed.counts).toEqual(straight.counts);
  expect(killed.rejects).toBe(straight.rejects);
  expect(killed).toEqual(straight);
  expect(straight.counts).toMatchObject({ in: LINES });
  expect(straight.counts.rejected).toBeGreaterThan(10);
  expect(straight.counts.duplicates).toBeGreaterThan(50);
}, 240_000);

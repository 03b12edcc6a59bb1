/** Runs the real binary with --json under GNU time's bookkeeping: its document, wall seconds and peak memory. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../bin/ecomml.js', import.meta.url));

export function runEcomml(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-bench-'));
  const peak = join(folder, 'peak');
  // The child writes its own peak on exit, so no tool beside Node is needed.
  const reporter = join(folder, 'reporter.cjs');
  const write = `require('fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS))`;
  writeFileSync(reporter, `process.on('exit', () => ${write});`);
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', reporter, BINARY, ...args, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`ecomml ${args.join(' ')} ended with ${status}:\n${stderr}`);
  const megabytes = Number(readFileSync(peak, 'utf8')) / 1024;
  rmSync(folder, { recursive: true, force: true });
  return { result: JSON.parse(stdout), seconds, megabytes };
}

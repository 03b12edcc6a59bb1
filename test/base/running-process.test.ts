import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRunning, startOf } from '#ecomml/base/running-process.js';

describe('a process', () => {
  it('runs until it has ended, and began once', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const pid = child.pid as number;
    expect([isRunning(process.pid), isRunning(pid)]).toEqual([true, true]);
    expect(startOf(pid)).toBe(startOf(pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(pid)).toBe(false);
    expect(startOf(pid)).toBe('');
  });

  it.runIf(existsSync('/proc/self/stat'))('that was killed and never waited for does not run', () => {
    // The shell starts a process that ends at once, turns into one that asks nothing of its children, and looks at it.
    const script = `sh -c 'echo $$; kill -9 $$' & exec "$0" --input-type=module -e "$1"`;
    const look = `
      import { readdirSync, readFileSync } from 'node:fs';
      import { isRunning } from '${new URL('../../dist/base/running-process.js', import.meta.url)}';
      const stats = () => readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).flatMap((pid) => {
        try { return [[pid, ...readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].split(' ')]]; } catch { return []; }
      });
      for (let tries = 0; tries < 500; tries++) {
        const left = stats().find(([, state, parent]) => state === 'Z' && Number(parent) === process.pid);
        if (left) { process.kill(Number(left[0]), 0); console.log('left', isRunning(Number(left[0]))); break; }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }`;
    const said = execFileSync('sh', ['-c', script, process.execPath, look], { encoding: 'utf8' });
    expect(said).toMatch(/left false\n$/);
  });
});

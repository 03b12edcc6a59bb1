/**
 * bin/ecomml.js starts from dist/start/, the built modules in few files, only while those are as new as the modules: in a clone
 * where only the compiler ran since, the modules themselves run.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, ROOT } from './run-binary.js';

describe('the start files', () => {
  const folder = emptyFolder();
  cpSync(join(ROOT, 'bin/ecomml.js'), join(folder, 'bin/ecomml.mjs'));
  const file = (room: string) => join(folder, 'dist', room, 'main.js');
  for (const room of ['start', 'cli']) {
    mkdirSync(join(folder, 'dist', room), { recursive: true });
    writeFileSync(join(folder, 'dist', room, 'package.json'), '{"type":"module"}');
    writeFileSync(file(room), `export const main = () => console.log(${JSON.stringify(room)});`);
  }
  const started = (start: number, modules: number): string => {
    utimesSync(file('start'), start, start);
    utimesSync(file('cli'), modules, modules);
    return execFileSync(process.execPath, [join(folder, 'bin/ecomml.mjs')], { encoding: 'utf8' }).trim();
  };

  it.each([
    ['newer than the modules', 2000, 1000, 'start'],
    ['of the same time, as npm packs all files', 1000, 1000, 'start'],
    ['older than the modules', 1000, 2000, 'cli'],
  ])('%s', (_, start, modules, room) => {
    expect(started(start, modules)).toBe(room);
  });

  it('absent', () => {
    rmSync(file('start'));
    expect(execFileSync(process.execPath, [join(folder, 'bin/ecomml.mjs')], { encoding: 'utf8' }).trim()).toBe('cli');
  });
});

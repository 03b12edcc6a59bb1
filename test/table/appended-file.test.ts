/** A file that grows: whose it is, and what of it counts. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { AppendedFile } from '#ecomml/table/appended-file.js';

const folder = mkdtempSync(join(tmpdir(), 'ecomml-appended-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = () => join(folder, `${files++}.csv`);
const text = (path: string) => readFileSync(path, 'utf8');

function append(path: string, bytes: number | undefined, owner: string, line: string): number {
  const file = new AppendedFile(path, bytes, 'head\n', owner);
  try {
    file.append([Buffer.from(line)]);
    return file.bytes;
  } finally {
    file.close();
  }
}

it('goes on at the length that counts, and loses what a killed run wrote behind it', () => {
  const path = fresh();
  const bytes = append(path, undefined, 'a', 'one\n');
  expect(text(path)).toBe('head\none\n');
  writeFileSync(path, `${text(path)}half a li`);
  append(path, bytes, 'a', 'two\n');
  expect(text(path)).toBe('head\none\ntwo\n');
});

it('goes on at the end when its length is not known, or it was taken away', () => {
  const path = fresh();
  append(path, undefined, 'a', 'one\n');
  append(path, undefined, 'a', 'two\n');
  expect(text(path)).toBe('head\none\ntwo\n');
  rmSync(path);
  append(path, 13, 'a', 'three\n');
  expect(text(path)).toBe('head\nthree\n');
});

it('takes no line of another owner, nor a file of nobody', () => {
  const path = fresh();
  append(path, undefined, 'a', 'one\n');
  expect(() => append(path, undefined, 'b', 'two\n')).toThrow(/is there already, of a, and nothing of b/);
  expect(() => append(path, 5, 'b', 'two\n')).toThrow(/of a/);
  expect(text(path)).toBe('head\none\n');
  const precious = fresh();
  writeFileSync(precious, 'precious\n');
  expect(() => append(precious, undefined, 'a', 'one\n')).toThrow(/is there already, and nothing of a/);
  expect(text(precious)).toBe('precious\n');
  // A run before owners were kept knew its length.
  expect(append(precious, 9, 'a', 'one\n')).toBe(13);
  expect(existsSync(join(folder, '.ecomml-2.csv.owner'))).toBe(true);
});

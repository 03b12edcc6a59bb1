/** What tests of bad input share: a run on one input file, and what a refusal must look like. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ecomml, emptyFolder, type Finished } from './run-binary.js';

/** All files below a folder, by their path in it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Runs in a folder that holds `input.csv` alone; undefined leaves it out. */
export async function withInput(
  content: string | undefined,
  args: readonly string[],
): Promise<Finished & { readonly files: readonly string[]; readonly cwd: string }> {
  const cwd = emptyFolder();
  if (content !== undefined) writeFileSync(join(cwd, 'input.csv'), content);
  const finished = await ecomml([...args, '--input', 'input.csv'], { cwd });
  return { ...finished, cwd, files: filesIn(cwd).filter((file) => file !== 'input.csv') };
}

/** One clear error: a sentence and perhaps a hint, no stack, not called a defect, nothing on stdout, no file left behind. */
export function expectRefusal(
  finished: Finished & { readonly files?: readonly string[] },
  exitCode: number,
  ...patterns: readonly RegExp[]
): void {
  const error = finished.stderr.slice(finished.stderr.indexOf('error:'));
  expect(error).toMatch(/^error: \S.*\n(hint: \S.*\n)?$/);
  expect(error).not.toMatch(/does not know|defect|undefined|\[object|NaN\b/);
  for (const pattern of patterns) expect(error).toMatch(pattern);
  expect(finished).toMatchObject({ code: exitCode, stdout: '' });
  if (finished.files !== undefined) expect(finished.files).toEqual([]);
}

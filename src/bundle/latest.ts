/**
 * `models/latest`: a small text file that names the newest bundle beside it. A file and not a symbolic link, so that it
 * moves atomically and survives every file system and archive.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { EcommlError } from '../base/errors.js';

export function pointLatest(bundle: string): void {
  writeFileAtomic(join(dirname(bundle), 'latest'), `${basename(bundle)}\n`);
}

/** The bundle's folder for a `--model` argument: the folder itself, or where a `latest` file points. */
export function resolveBundle(model: string): string {
  if (!existsSync(model)) {
    const hint =
      basename(model) === 'latest'
        ? 'Train a model first: "ecomml train" writes one and points models/latest to it.'
        : 'Check the path; "ecomml train --output models/NAME" writes a bundle.';
    throw new EcommlError('NO_BUNDLE', `There is no bundle at ${model}.`, { hint });
  }
  if (statSync(model).isDirectory()) return model;
  const name = readFileSync(model, 'utf8').trim();
  const folder = join(dirname(model), name);
  if (name === '' || name.includes('/') || name.includes('\\') || !existsSync(folder)) {
    throw new EcommlError('NO_BUNDLE', `${model} points to "${name}", which is not a folder beside it.`, {
      hint: 'Name the bundle itself with --model models/NAME.',
    });
  }
  return folder;
}

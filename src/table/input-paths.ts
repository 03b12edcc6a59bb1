/**
 * The files that an `--input` names: itself, or what a pattern of `*`, `?`, `[…]` and `**` finds, for shells that do not
 * expand it and for commands that take one name. Patterns match whole path segments; a leading dot only when it is said, and
 * so are files named as scoring names its own: a folder may be scored twice.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { EcommlError } from '../base/errors.js';
import { compareCodePoints } from './code-points.js';

const PATTERN = /[*?[]/;
/** Scores, rejects and shards beside an input. */
const WRITTEN = /\.(scored|rejects|shard-\d+-of-\d+)\./;

/**
 * In the order of their code points. A name without pattern, or of a file that exists, is itself. `written`: files that the
 * command itself writes, which no pattern finds.
 */
export function inputPaths(input: string, written: readonly string[] = []): string[] {
  if (!PATTERN.test(input) || existsSync(input)) return [input];
  const segments = input.split('/');
  const absolute = segments[0] === '';
  const own = new Set(written.map((path) => resolve(path)));
  const isOwn = (path: string) => own.has(resolve(path)) || (WRITTEN.test(basename(path)) && !saysWritten(segments));
  const found = matching(absolute ? '/' : '', absolute ? segments.slice(1) : segments).filter((path) => !isOwn(path));
  if (found.length === 0)
    throw new EcommlError('INPUT_MISSING', `No file matches ${input}.`, {
      hint: 'Check --input, and the folder you are in.',
    });
  return found.sort(compareCodePoints);
}

/** A pattern that names such files means them. */
function saysWritten(segments: readonly string[]): boolean {
  return /scored|rejects|shard/.test(segments[segments.length - 1]);
}

function matching(folder: string, [segment, ...rest]: readonly string[]): string[] {
  if (segment === undefined) return [];
  const here = (name: string) => (folder === '' ? name : join(folder, name));
  if (segment === '**') {
    const below = entries(folder).filter((name) => !name.startsWith('.') && isFolder(here(name)));
    const deeper = below.flatMap((name) => matching(here(name), [segment, ...rest]));
    return [...new Set([...matching(folder, rest), ...deeper])];
  }
  if (!PATTERN.test(segment)) {
    if (rest.length === 0) return isFile(here(segment)) ? [here(segment)] : [];
    return isFolder(here(segment)) ? matching(here(segment), rest) : [];
  }
  const fits = segmentPattern(segment);
  const names = entries(folder).filter((name) => fits.test(name) && (segment.startsWith('.') || !name.startsWith('.')));
  if (rest.length === 0) return names.map(here).filter(isFile);
  return names
    .map(here)
    .filter(isFolder)
    .flatMap((path) => matching(path, rest));
}

function segmentPattern(segment: string): RegExp {
  const source = segment.replaceAll(/\[(!?)([^\]]+)\]|[*?]|[.+^${}()|\\[\]]/g, (part, not: string, set: string) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`;
    return part === '*' ? '.*' : part === '?' ? '.' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'su');
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder);
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * The journal of a score run: a small file beside the unfinished output that says how far it came, so that --resume goes
 * on behind the last whole chunk. What it says was on the disk before it said so. It reads and writes no row.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fsyncPath } from '../base/atomic-file.js';
import { EcommlError } from '../base/errors.js';
import type { SourcePosition } from './chunk-source.js';
import type { RejectedFault } from './scoring-job.js';

/** What must be the same for a run to go on: each part is compared as JSON. */
export interface RunIdentity {
  readonly model: unknown;
  readonly inputs: unknown;
  readonly options: unknown;
}

export interface JournalEntry {
  readonly format: 1;
  readonly process: { readonly host: string; readonly pid: number };
  readonly identity: RunIdentity;
  /** Absent: nothing was scored yet. */
  readonly position?: SourcePosition;
  /** Bytes of the unfinished files that count; what lies behind them is cut off. */
  readonly outputBytes: number;
  readonly rejectsBytes: number;
  readonly scored: number;
  readonly rejected: number;
  readonly faults: readonly RejectedFault[];
  /** All is written and checked: only the names were left to give. */
  readonly whole: boolean;
}

/** The unfinished files of an output, beside it and always of the same names. */
export function unfinishedPaths(output: string, rejects: string) {
  const aside = (path: string, end: string) => join(dirname(path), `.ecomml-${basename(path)}.${end}`);
  return { output: aside(output, 'part'), rejects: aside(rejects, 'part'), journal: aside(output, 'journal') };
}

export function thisProcess(): JournalEntry['process'] {
  return { host: hostname(), pid: process.pid };
}

export function saveJournal(path: string, entry: JournalEntry): void {
  const next = `${path}.new`;
  const descriptor = openSync(next, 'w');
  try {
    writeSync(descriptor, JSON.stringify(entry));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, path);
  fsyncPath(dirname(path));
}

/** Makes the first journal of a run, whole; false when another run has made its own. */
export function claimJournal(path: string, entry: JournalEntry): boolean {
  const own = `${path}.${process.pid}`;
  try {
    saveJournal(own, entry);
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    for (const made of [own, `${own}.new`]) rmSync(made, { force: true });
  }
}

/** Undefined when there is none, or it cannot be read (a journal is replaced whole, so that is no journal of ours). */
export function readJournal(path: string): JournalEntry | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const entry = JSON.parse(readFileSync(path, 'utf8')) as JournalEntry;
    return entry.format === 1 ? entry : undefined;
  } catch {
    return undefined;
  }
}

export function removeUnfinished(paths: ReturnType<typeof unfinishedPaths>): void {
  for (const path of [paths.output, paths.rejects, `${paths.journal}.new`, paths.journal])
    rmSync(path, { force: true });
}

/** Whether the run that wrote the journal is still at work on this machine. */
export function isBusy({ process: { host, pid } }: JournalEntry): boolean {
  return host === hostname() && pid !== process.pid && isAlive(pid);
}

export function outputBusy({ process: { pid } }: JournalEntry, output: string, journal: string): EcommlError {
  return new EcommlError('OUTPUT_BUSY', `Process ${pid} is scoring into ${output}: there is nothing to resume yet.`, {
    hint: `Wait for it, or choose another --output. If that process is no ecomml, remove ${journal}.`,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Throws when an unfinished run was another one than this: it cannot be gone on with. */
export function checkSameRun(entry: JournalEntry, identity: RunIdentity, output: string): void {
  const changed = (part: keyof RunIdentity) => JSON.stringify(entry.identity[part]) !== JSON.stringify(identity[part]);
  const hint = `Nothing was lost or changed: what was scored is kept. Score anew without --resume, which starts ${output} again.`;
  if (changed('model'))
    throw new EcommlError('MODEL_CHANGED', `${output} was begun with another model than this one.`, { hint });
  if (changed('inputs'))
    throw new EcommlError('INPUT_CHANGED', `The input changed since ${output} was begun.`, { hint });
  if (changed('options'))
    throw new EcommlError('OPTIONS_CHANGED', `${output} was begun with other options than these.`, { hint });
}

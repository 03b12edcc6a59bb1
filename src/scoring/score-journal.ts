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
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fsyncPath } from '../base/atomic-file.js';
import { EcommlError } from '../base/errors.js';
import { isRunning } from '../base/running-process.js';
import type { ActionCounts } from './action-counts.js';
import type { SourcePosition } from './chunk-source.js';
import type { RejectedFault } from './rejected-rows.js';

/** What must be the same for a run to go on: each part is compared as JSON. */
export interface RunIdentity {
  readonly model: unknown;
  readonly inputs: unknown;
  readonly options: unknown;
  /** The version of ecomml: another may parse or print a cell in another way. */
  readonly ecomml: string;
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
  readonly actions?: ActionCounts;
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
  writeSynced(next, entry);
  renameSync(next, path);
  fsyncPath(dirname(path));
}

function writeSynced(path: string, entry: JournalEntry): void {
  const descriptor = openSync(path, 'w');
  try {
    // It writes on until all is there, or throws: a disk may take a part alone.
    writeFileSync(descriptor, JSON.stringify(entry));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the first journal of a run, whole; false when another run has made its own. */
export function claimJournal(path: string, entry: JournalEntry): boolean {
  const own = claimPath(path, process.pid);
  const taken = statSync(path, { throwIfNoEntry: false });
  // A name that was taken and never filled: see claimName.
  if (taken?.size === 0 && Date.now() - taken.mtimeMs > LOOKED_AT) rmSync(path, { force: true });
  try {
    writeSynced(own, entry);
    claimName(own, path);
    fsyncPath(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** A journal before it has its name: of one process of one machine, as a folder may be shared. */
function claimPath(journal: string, pid: number | string): string {
  return `${journal}.${hostname()}.${pid}`;
}

/** Removes what processes of this machine that were killed while they claimed the journal's name have left. */
function removeLostClaims(journal: string): void {
  const start = basename(claimPath(journal, ''));
  for (const name of readdirSync(dirname(journal))) {
    const pid = name.startsWith(start) ? Number(name.slice(start.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid)) rmSync(join(dirname(journal), name), { force: true });
  }
}

/** Gives a whole file a name that nobody has; throws `EEXIST`. Where there are no hard links, the name is taken first. */
function claimName(own: string, path: string): void {
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    closeSync(openSync(path, 'wx'));
    renameSync(own, path);
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
  removeLostClaims(paths.journal);
}

/** A journal that was not touched for so long is of no run at work, whatever the clocks of two machines say. */
const LONG_AGO = 600_000;
/** A run at work writes its journal several times in this time. */
const LOOKED_AT = 8_000;

/**
 * Whether the run that wrote the journal is still at work. On this machine its process says so; of a run on another one the
 * journal does, which is watched for some seconds when it is not old.
 */
export async function isBusy({ process: { host, pid } }: JournalEntry, journal: string): Promise<boolean> {
  if (host === hostname()) return pid !== process.pid && isRunning(pid);
  const changed = () => statSync(journal, { throwIfNoEntry: false })?.mtimeMs;
  const before = changed();
  if (before === undefined || Math.abs(Date.now() - before) > LONG_AGO) return false;
  for (let waited = 0; waited < LOOKED_AT; waited += 250) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (changed() !== before) return true;
  }
  return false;
}

export function outputBusy({ process: { host, pid } }: JournalEntry, output: string, journal: string): EcommlError {
  const who = host === hostname() ? `Process ${pid}` : `Process ${pid} on ${host}`;
  return new EcommlError('OUTPUT_BUSY', `${who} is scoring into ${output}: there is nothing to resume yet.`, {
    hint: `Wait for it, or choose another --output. If that process is no ecomml, remove ${journal}.`,
  });
}

/** Throws when an unfinished run was another one than this: it cannot be gone on with. */
export function checkSameRun(entry: JournalEntry, identity: RunIdentity, output: string): void {
  const changed = (part: keyof RunIdentity) => JSON.stringify(entry.identity[part]) !== JSON.stringify(identity[part]);
  const hint = `Nothing was lost or changed: what was scored is kept. Score anew without --resume, which starts ${output} again.`;
  if (changed('model'))
    throw new EcommlError('MODEL_CHANGED', `${output} was begun with another model than this one.`, { hint });
  if (changed('inputs'))
    throw new EcommlError('INPUT_CHANGED', `The input changed since ${output} was begun.`, { hint });
  if (changed('ecomml'))
    throw new EcommlError('VERSION_CHANGED', `${output} was begun by another version of ecomml.`, { hint });
  if (changed('options'))
    throw new EcommlError('OPTIONS_CHANGED', `${output} was begun with other options than these.`, { hint });
}

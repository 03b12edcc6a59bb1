/**
 * A file that says which process of this machine writes to a store. It is a courtesy that refuses early and by name: what
 * keeps batches apart is the store's own writer number. A lock whose process is gone is taken over.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { EcommlError } from '../base/errors.js';
import { isRunning, startOf } from '../base/running-process.js';

/** Locks of this very process: its own number in a lock may also be that of a process before it. */
const HELD = new Set<string>();

export class WriterLock {
  readonly #path: string;
  #held = true;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws `STORE_LOCKED` while the process that holds it runs. */
  static take(path: string, place: string): WriterLock {
    for (let attempt = 0; ; attempt++) {
      try {
        const descriptor = openSync(path, 'wx');
        writeSync(descriptor, `${process.pid} ${hostname()} ${startOf(process.pid)}\n`);
        closeSync(descriptor);
        HELD.add(path);
        return new WriterLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 5) throw error;
      }
      const holder = holderOf(path);
      if (HELD.has(path) || (holder !== undefined && isHeld(holder)))
        throw new EcommlError('STORE_LOCKED', `${sayHolder(holder)} is writing to the online store ${place}.`, {
          hint: `Wait for it, or stop it. If no such process is at work, delete ${path}. Reading is possible meanwhile.`,
        });
      rmSync(path, { force: true });
    }
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    HELD.delete(this.#path);
    if (holderOf(this.#path)?.pid === process.pid) rmSync(this.#path, { force: true });
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system tells; numbers of processes come again. */
  readonly start: string;
}

function sayHolder(holder: Holder | undefined): string {
  if (holder === undefined) return 'This process';
  return `Process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`;
}

function holderOf(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const [pid, host, start = ''] = text.trim().split(' ');
  return /^\d+$/.test(pid) && host !== undefined ? { pid: Number(pid), host, start } : undefined;
}

/** Of another machine nobody can tell: it counts as running. */
function isHeld({ pid, host, start }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid || !isRunning(pid)) return false;
  return start === '' || startOf(pid) === start;
}

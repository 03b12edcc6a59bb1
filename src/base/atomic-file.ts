/**
 * Files and folders that appear whole or not at all: written aside in the same directory, fsynced, renamed.
 * A killed process leaves at most a `.ecomml-…` entry, never anything under the final name.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { refuseSpecialFile } from './special-file.js';

/** A path beside `path`, on the same file system, unique to this call. Throws `OUTPUT_SPECIAL` where a rename would destroy. */
export function pathAside(path: string): string {
  refuseSpecialFile(path);
  return join(dirname(path), `.ecomml-${basename(path)}-${process.pid}-${randomUUID().slice(0, 8)}`);
}

/** Flushes one file or directory to the disk. */
export function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** fsyncs what was written aside and gives it its final name; the directory entry is flushed too. */
export function publishFile(aside: string, path: string): void {
  fsyncPath(aside);
  renameSync(aside, path);
  fsyncPath(dirname(path));
}

/** Writes a small file whole. Creates the directory. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  try {
    writeFileSync(aside, data);
    publishFile(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/**
 * Lets `fill` write into a fresh folder, then puts it under `path`, replacing what was there.
 * The old folder is moved aside before the new one takes its name and deleted after, so the name is never half a folder.
 */
export async function writeFolderAtomic(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  mkdirSync(aside);
  try {
    await fill(aside);
    for (const entry of readdirSync(aside)) if (statSync(join(aside, entry)).isFile()) fsyncPath(join(aside, entry));
    fsyncPath(aside);
    publishFolder(aside, path);
    fsyncPath(dirname(path));
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
}

/** Renames `aside` to `path`, moving an older folder away first. Of two runs at once the last one stays, whole. */
function publishFolder(aside: string, path: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      if (existsSync(path)) {
        const old = pathAside(path);
        renameSync(path, old);
        renameSync(aside, path);
        rmSync(old, { recursive: true, force: true });
      } else {
        renameSync(aside, path);
      }
      return;
    } catch (error) {
      // Another run took or gave the name between our two steps: look again.
      const { code } = error as NodeJS.ErrnoException;
      const contested = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT';
      if (!contested || attempt >= 20 || !existsSync(aside)) throw error;
    }
  }
}

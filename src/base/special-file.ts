/** Devices, pipes and open descriptors under a name: what is written there goes on, so nothing may be renamed over it. */
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { usageError } from './errors.js';

/** A descriptor of this process or another by its name on Linux; the file behind it may be an ordinary one. */
const DESCRIPTOR = /^\/(dev\/fd|proc\/(self|thread-self|\d+)(\/task\/\d+)?\/fd)\/\d+$/;
const MOST_LINKS = 40;

/** Whether `path` is there, links followed, and neither file nor folder: /dev/null, a FIFO, what a shell makes of >(command), /dev/stdout. */
export function isSpecialFile(path: string): boolean {
  if (isDescriptor(path)) return true;
  if (!existsSync(path)) return false;
  const found = statSync(path);
  return !found.isFile() && !found.isDirectory();
}

function isDescriptor(path: string): boolean {
  let at = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    if (DESCRIPTOR.test(at)) return true;
    try {
      at = resolve(dirname(at), readlinkSync(at));
    } catch {
      return false;
    }
  }
  return false;
}

/** Throws `OUTPUT_SPECIAL` (exit code 2). */
export function refuseSpecialFile(path: string): void {
  if (isSpecialFile(path))
    throw usageError(
      'OUTPUT_SPECIAL',
      `${path} is a device or a pipe, and what is written here appears as a whole, under a name.`,
      'Name a file or a folder.',
    );
}

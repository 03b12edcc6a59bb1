/** Devices, pipes and sockets under a name: what is written there goes on, so nothing may be renamed over it. */
import { existsSync, statSync } from 'node:fs';
import { usageError } from './errors.js';

/** Whether `path` is there, links followed, and neither file nor folder: /dev/null, a FIFO, what a shell makes of >(command). */
export function isSpecialFile(path: string): boolean {
  if (!existsSync(path)) return false;
  const found = statSync(path);
  return !found.isFile() && !found.isDirectory();
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

/**
 * What events take of memory and of disk before they are rows. DuckDB cleans and orders them in `EVENT_MEMORY`; what does
 * not fit goes to the temporary directory, as does the spool of coded events. Beside it stands what the pass over the
 * events knows of users, products and sessions: some 100 bytes an event.
 */
import { statfsSync, statSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import type { ProgressSink } from '../base/progress.js';

export const EVENT_MEMORY = Math.min(totalmem() / 2, 1.5 * 2 ** 30);

/** Of a CSV's bytes: its plain copy, then its texts and typed columns (half of each is spilled at most), then the spool. */
const DISK_OF_CSV = 2.5;
/** Of compressed bytes: clickstreams shrink to about an eighth. */
const EXPANDED = 8;

/** Bytes that a file of events takes of the temporary directory at most, about; 0 for stdin, whose size nobody knows. */
export function eventDisk(path: string): number {
  const stat = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return 0;
  return Math.round(stat.size * DISK_OF_CSV * (/\.(gz|zst|parquet)$/i.test(path) ? EXPANDED : 1));
}

/** One sentence about a file that will not stay in memory; a warning when the disk has less than it may take. */
export function sayEventDisk(
  path: string,
  progress: ProgressSink,
  free = () => freeBytes(tmpdir()),
  memory = EVENT_MEMORY,
): void {
  const bytes = eventDisk(path);
  if (bytes <= memory) return;
  const size = (n: number) => `${(n / 2 ** 30).toFixed(1)} GiB`;
  const left = free();
  const lacking = left < bytes ? `, more than it has free: point TMPDIR at a larger disk` : '';
  const text = `${path} is larger than what stays in memory: it may take ${size(bytes)} of temporary files in ${tmpdir()} (${size(left)} free)${lacking}.`;
  progress({ type: 'message', level: lacking === '' ? 'info' : 'warning', text });
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProgressEvent } from '#ecomml/base/progress.js';
import { eventDisk, sayEventDisk } from '#ecomml/workflows/event-memory.js';

const folder = mkdtempSync(join(tmpdir(), 'ecomml-disk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of that many bytes, none of them on disk. */
function sparse(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  truncateSync(path, bytes);
  return path;
}

function said(path: string, free: number): ProgressEvent[] {
  const events: ProgressEvent[] = [];
  sayEventDisk(
    path,
    (event) => events.push(event),
    () => free,
    2 ** 30,
  );
  return events;
}

describe('the disk that events take', () => {
  it('grows with the file, more of a compressed one, and is unknown of stdin and of what is not there', () => {
    expect(eventDisk(sparse('a.csv', 1000))).toBe(2500);
    expect(eventDisk(sparse('a.csv.gz', 1000))).toBe(20_000);
    expect(eventDisk('-')).toBe(0);
    expect(eventDisk(join(folder, 'absent.csv'))).toBe(0);
  });

  it('is said before a file that will not stay in memory, and warned of when the disk has less', () => {
    expect(said(sparse('small.csv', 1000), 0)).toEqual([]);
    const large = sparse('large.csv', 4 * 2 ** 30);
    expect(said(large, 100 * 2 ** 30)).toEqual([
      { type: 'message', level: 'info', text: expect.stringContaining('may take 10.0 GiB') },
    ]);
    expect(said(large, 2 ** 30)).toEqual([
      { type: 'message', level: 'warning', text: expect.stringContaining('TMPDIR') },
    ]);
  });
});

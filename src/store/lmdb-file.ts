/**
 * A look at LMDB's file before it is mapped into memory, where a file cut short or of another kind would end the process
 * instead of failing. It reads the two meta pages and changes no page.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { corrupt } from './checked-value.js';
import { foreign } from './store-format.js';

const MAGIC = 0xbeefc0de;
/** Offsets within a meta page of LMDB 0.9.90, as lmdb 3 writes them: a header of 24 bytes, then the meta data. */
const AT = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152, end: 160 } as const;

/** The last pages of a sound file may never have been written, if nothing was kept in them: a few, at most. */
const UNWRITTEN_PAGES = 16;

/**
 * Throws `STORE_FOREIGN` for what is no LMDB file, `STORE_CORRUPT` for one that was cut short. One that lacks its last
 * pages alone gets zeros there: LMDB finds a page that is none, and says so, where it would have met a bus error.
 */
export function guardLmdbFile(path: string, place: string): void {
  if (!existsSync(path)) return;
  const descriptor = openSync(path, 'r');
  let needed = 0;
  let pageSize = 0;
  let length = 0;
  try {
    length = fstatSync(descriptor).size;
    if (length === 0) return;
    const first = metaAt(descriptor, 0);
    if (first === undefined) throw foreign(place);
    const second = metaAt(descriptor, first.pageSize);
    const latest = second !== undefined && second.transaction > first.transaction ? second : first;
    pageSize = first.pageSize;
    needed = (latest.lastPage + 1) * first.pageSize;
  } finally {
    closeSync(descriptor);
  }
  if (length >= needed) return;
  if (length < needed - UNWRITTEN_PAGES * pageSize)
    throw corrupt(place, `its file ends at byte ${length} of ${needed}`);
  const writing = openSync(path, 'r+');
  try {
    ftruncateSync(writing, needed);
  } finally {
    closeSync(writing);
  }
}

function metaAt(
  descriptor: number,
  position: number,
): { pageSize: number; lastPage: number; transaction: number } | undefined {
  const page = Buffer.alloc(AT.end);
  if (readSync(descriptor, page, 0, AT.end, position) < AT.end || page.readUInt32LE(AT.magic) !== MAGIC)
    return undefined;
  return {
    pageSize: page.readUInt32LE(AT.pageSize),
    lastPage: Number(page.readBigUInt64LE(AT.lastPage)),
    transaction: Number(page.readBigUInt64LE(AT.transaction)),
  };
}

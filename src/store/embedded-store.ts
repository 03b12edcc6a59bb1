/**
 * The online store in a folder of this machine, by LMDB: reads come from the memory map in microseconds, a batch is one
 * transaction that is on the disk when it returns, and other processes read while one writes. A process killed at any
 * moment leaves the latest whole batch: pages are never changed in place.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { open as Open, RootDatabase } from 'lmdb';
import { EcommlError } from '../base/errors.js';
import { checked, corrupt, withChecksum } from './checked-value.js';
import { guardLmdbFile } from './lmdb-file.js';
import {
  FORMAT_KEY,
  keyBytes,
  type OnlineBatch,
  type OnlineStore,
  OWN,
  POSITION_KEY,
  VERSION_KEY,
  WRITER_KEY,
} from './online-store.js';
import { checkFormat, foreign, formatMark, taken } from './store-format.js';
import { WriterLock } from './writer-lock.js';

type Lmdb = RootDatabase<Buffer, Buffer>;

const DATA_FILE = 'data.mdb';
/** What LMDB and this file put into the folder. */
const OUR_FILES = new Set([DATA_FILE, 'lock.mdb', 'writer.lock']);
const ENTRIES_AT_ONCE = 1000;

export interface EmbeddedOptions {
  /** Makes the folder when it is not there; false: `STORE_MISSING`. */
  readonly create: boolean;
}

export class EmbeddedStore implements OnlineStore {
  readonly place: string;
  readonly #db: Lmdb;
  #lock: WriterLock | undefined;
  #writer = -1;

  private constructor(place: string, db: Lmdb) {
    this.place = place;
    this.#db = db;
  }

  /** Errors: `STORE_MISSING`, `STORE_FOREIGN`, `STORE_NEWER`, `STORE_CORRUPT`, `STORE_PACKAGE`. */
  static async open(folder: string, { create }: EmbeddedOptions): Promise<EmbeddedStore> {
    checkFolder(folder, create);
    const data = join(folder, DATA_FILE);
    guardLmdbFile(data, folder);
    const open = await loadLmdb();
    mkdirSync(folder, { recursive: true });
    let db: Lmdb;
    try {
      // overlappingSync off: a transaction is on the disk before it is said to be done.
      db = open<Buffer, Buffer>({
        path: folder,
        noSubdir: false,
        keyEncoding: 'binary',
        encoding: 'binary',
        overlappingSync: false,
      });
    } catch (cause) {
      throw failure(folder, cause);
    }
    const store = new EmbeddedStore(folder, db);
    try {
      store.#checkMark(create);
      return store;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    // One read transaction for all, begun after the latest batch.
    this.#db.resetReadTxn();
    return keys.map((key) => this.#read(key));
  }

  async logged(from: string, to: string, limit: number): Promise<[string, Uint8Array][]> {
    this.#db.resetReadTxn();
    return this.#range(Buffer.from(from), Buffer.from(to), limit);
  }

  async *entries(prefix: string): AsyncGenerator<[string, Uint8Array]> {
    const end = Buffer.concat([Buffer.from(prefix), Buffer.from([0xff])]);
    let from = Buffer.from(prefix);
    for (;;) {
      this.#db.resetReadTxn();
      const found = this.#range(from, end, ENTRIES_AT_ONCE);
      for (const [key, bytes] of found) if (!key.startsWith(OWN)) yield [key, bytes];
      if (found.length < ENTRIES_AT_ONCE) return;
      from = Buffer.concat([Buffer.from(found[found.length - 1][0]), Buffer.from([0])]);
    }
  }

  async position(): Promise<Uint8Array | undefined> {
    this.#db.resetReadTxn();
    return this.#read(POSITION_KEY);
  }

  async version(): Promise<number> {
    this.#db.resetReadTxn();
    return this.#number(VERSION_KEY);
  }

  async claim(): Promise<void> {
    this.#lock ??= WriterLock.take(join(this.place, 'writer.lock'), this.place);
    this.#inTransaction(() => {
      this.#writer = this.#number(WRITER_KEY) + 1;
      this.#put(WRITER_KEY, Buffer.from(String(this.#writer)));
    });
  }

  async apply({ puts, deletes }: OnlineBatch, position: Uint8Array): Promise<void> {
    this.#inTransaction(() => {
      if (this.#number(WRITER_KEY) !== this.#writer) throw taken(this.place);
      for (const key of deletes) this.#db.removeSync(keyBytes(key));
      for (const [key, bytes] of puts) this.#put(key, bytes);
      this.#put(POSITION_KEY, position);
      this.#put(VERSION_KEY, Buffer.from(String(this.#number(VERSION_KEY) + 1)));
    });
  }

  async close(): Promise<void> {
    this.#lock?.release();
    await this.#db.close();
  }

  #checkMark(create: boolean): void {
    const mark = this.#read(FORMAT_KEY);
    if (mark !== undefined) {
      checkFormat(mark, this.place);
      return;
    }
    if (this.#range(Buffer.from([0]), Buffer.from([0xff]), 1).length > 0) throw foreign(this.place);
    if (!create) throw missing(this.place);
    this.#inTransaction(() => this.#put(FORMAT_KEY, formatMark()));
  }

  #number(key: string): number {
    return Number(Buffer.from(this.#read(key) ?? []).toString() || 0);
  }

  #read(key: string): Uint8Array | undefined {
    const name = keyBytes(key);
    let value: Buffer | undefined;
    try {
      value = this.#db.get(name);
    } catch (cause) {
      throw failure(this.place, cause);
    }
    return value === undefined ? undefined : checked(name, value, this.place);
  }

  #range(start: Buffer, end: Buffer, limit: number): [string, Uint8Array][] {
    const found: [string, Uint8Array][] = [];
    try {
      for (const { key, value } of this.#db.getRange({ start, end, limit }))
        found.push([key.toString(), checked(key, value, this.place)]);
    } catch (cause) {
      throw failure(this.place, cause);
    }
    return found;
  }

  #put(key: string, bytes: Uint8Array): void {
    const name = keyBytes(key);
    this.#db.putSync(name, withChecksum(name, bytes) as Buffer);
  }

  #inTransaction(work: () => void): void {
    try {
      this.#db.transactionSync(work);
    } catch (cause) {
      throw failure(this.place, cause);
    }
  }
}

function checkFolder(folder: string, create: boolean): void {
  if (!existsSync(folder)) {
    if (!create) throw missing(folder);
    return;
  }
  if (!statSync(folder).isDirectory()) throw foreign(folder);
  const names = readdirSync(folder);
  if (names.length > 0 && !names.includes(DATA_FILE) && names.some((name) => !OUR_FILES.has(name)))
    throw foreign(folder);
  if (!create && !names.includes(DATA_FILE)) throw missing(folder);
}

function missing(folder: string): EcommlError {
  return new EcommlError('STORE_MISSING', `There is no online store at ${folder}.`, {
    hint: 'Make one: ecomml store ingest --input events.csv.',
  });
}

async function loadLmdb(): Promise<typeof Open> {
  try {
    return (await import('lmdb')).open;
  } catch (cause) {
    throw new EcommlError('STORE_PACKAGE', 'The package "lmdb" could not be loaded on this machine.', {
      hint: `It has binaries for Linux, macOS and Windows; this is ${process.platform} on ${process.arch}. Redis is the other way: --online redis://127.0.0.1:6379.`,
      cause,
    });
  }
}

function failure(place: string, cause: unknown): EcommlError {
  if (cause instanceof EcommlError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID|BAD_TXN|PANIC|VERSION_MISMATCH)/.test(text))
    return corrupt(place, text.replace(/\.$/, ''), cause);
  if (/No space left|ENOSPC|MDB_MAP_FULL/.test(text))
    return new EcommlError(
      'STORE_FULL',
      `The disk of the online store ${place} is full; its latest batch was not applied.`,
      {
        hint: 'Free some space and run again: it goes on where it stopped.',
        cause,
      },
    );
  if (/EACCES|Permission denied|EROFS|Read-only/.test(text))
    return new EcommlError('STORE_DENIED', `The online store ${place} may not be written: ${text}.`, {
      hint: 'Change its permissions, or choose another place.',
      cause,
    });
  return new EcommlError('STORE_FAILED', `The online store ${place} failed: ${text}.`, { cause });
}

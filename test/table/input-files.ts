import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Cell, type Database, withDatabase } from '#ecomml/table/duckdb.js';

/** A folder for the files of one test file, deleted at its end. */
export function testFolder(): { path: string; file(name: string, content: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), 'ecomml-test-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    file(name, content) {
      const full = join(path, name);
      writeFileSync(full, content);
      return full;
    },
  };
}

export function inDatabase<T>(work: (db: Database) => Promise<T>, threads = 1): Promise<T> {
  return withDatabase({ threads }, work);
}

export type Row = Record<string, Cell>;

/** The records of a CSV file of bytes, by RFC 4180 and nothing of ecomml: what a reader of rejects.csv gets. */
export function parseCsvBytes(bytes: Uint8Array): Buffer[][] {
  const records: Buffer[][] = [];
  let record: Buffer[] = [];
  let i = 0;
  while (i < bytes.length) {
    const field: number[] = [];
    if (bytes[i] === 0x22) {
      i++;
      while (bytes[i] !== 0x22 || bytes[i + 1] === 0x22) {
        if (bytes[i] === 0x22) i++;
        field.push(bytes[i++]);
      }
      i++;
    } else {
      while (i < bytes.length && bytes[i] !== 0x2c && bytes[i] !== 0x0a) field.push(bytes[i++]);
    }
    record.push(Buffer.from(field));
    if (bytes[i] === 0x0a || i >= bytes.length) {
      records.push(record);
      record = [];
    }
    i++;
  }
  return records;
}

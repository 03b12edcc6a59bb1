/**
 * The history snapshot of a bundle: the clean events that later files are scored against, as one Parquet file. It
 * keeps every column that tells events apart, so that an event also found in a later file is counted once.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { inputRejected } from '../base/errors.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import { EVENT_COLUMNS } from './events.js';

/**
 * Writes each distinct event of a clean relation once, ordered by time and then by every other column: the same events
 * in any order, and any number of threads, give the same bytes. Returns the events written.
 */
export async function writeHistory(db: Database, events: string, path: string): Promise<number> {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  const columns = EVENT_COLUMNS.join(', ');
  try {
    await db.run(`
      COPY (SELECT DISTINCT ${columns} FROM ${identifier(events)} ORDER BY ${columns})
      TO ${literal(aside)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`);
    publishFile(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  return db.number(`SELECT count(*) FROM read_parquet(${literal(path)})`);
}

/** Reads a snapshot into the table `into` (replaced if there); returns its events. */
export async function readHistory(db: Database, path: string, into: string): Promise<number> {
  if (!existsSync(path)) throw inputRejected('history/missing', `There is no history snapshot at ${path}.`);
  const found = (await db.describe(`SELECT * FROM read_parquet(${literal(path)})`)).map(({ name }) => name);
  const absent = EVENT_COLUMNS.filter((column) => !found.includes(column));
  if (absent.length > 0)
    throw inputRejected('history/columns', `The history snapshot ${path} lacks ${absent.join(', ')}.`);
  await db.run(
    `CREATE OR REPLACE TABLE ${identifier(into)} AS SELECT ${EVENT_COLUMNS.join(', ')} FROM read_parquet(${literal(path)})`,
  );
  return db.number(`SELECT count(*) FROM ${identifier(into)}`);
}

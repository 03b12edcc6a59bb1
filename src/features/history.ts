/**
 * The history snapshot of a bundle: the clean events that later files are scored against, as one Parquet file. It
 * keeps every column that tells events apart, so that an event also found in a later file is counted once.
 */
import { existsSync } from 'node:fs';
import { inputRejected } from '../base/errors.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';
import { writeParquet } from '../table/parquet-file.js';

/**
 * Writes each distinct event of a clean relation once, ordered by time and then by every other column: the same events
 * in any order, and any number of threads, give the same bytes. Returns the events written.
 */
export async function writeHistory(db: Database, events: string, path: string): Promise<number> {
  const columns = EVENT_COLUMNS.join(', ');
  await writeParquet(db, `SELECT DISTINCT ${columns} FROM ${identifier(events)} ORDER BY ${columns}`, path);
  return db.number(`SELECT count(*) FROM read_parquet(${literal(path)})`);
}

/** Reads a snapshot into the table `into` (replaced if there); returns its events. */
export async function readHistory(db: Database, path: string, into: string): Promise<number> {
  if (!existsSync(path)) throw inputRejected('HISTORY_MISSING', `There is no history snapshot at ${path}.`);
  const found = await columnsOf(db, path);
  const absent = EVENT_COLUMNS.filter((column) => !found.includes(column));
  if (absent.length > 0)
    throw inputRejected('HISTORY_COLUMNS', `The history snapshot ${path} lacks ${absent.join(', ')}.`);
  await db.run(
    `CREATE OR REPLACE TABLE ${identifier(into)} AS SELECT ${EVENT_COLUMNS.join(', ')} FROM read_parquet(${literal(path)})`,
  );
  return db.number(`SELECT count(*) FROM ${identifier(into)}`);
}

async function columnsOf(db: Database, path: string): Promise<string[]> {
  try {
    return (await db.describe(`SELECT * FROM read_parquet(${literal(path)})`)).map(({ name }) => name);
  } catch (cause) {
    throw inputRejected('HISTORY_UNREADABLE', `The history snapshot ${path} is no readable Parquet file: ${cause}`);
  }
}

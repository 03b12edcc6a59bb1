/**
 * Days of a feature store in SQL: the parts of a materialisation as relations, and tables of events and rows as parts,
 * one a day of UTC. The bytes of a day depend on its events alone, not on how many times they came.
 */
import { rmSync } from 'node:fs';
import { STORED_COLUMNS } from '../features/stored-features.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';
import { writeParquet } from '../table/parquet-file.js';
import type { FeatureStore } from './feature-store.js';
import type { StoredDay, StoredPart } from './materialisation.js';

export const COLUMNS = EVENT_COLUMNS.join(', ');

/** A query of the stored events of some days, in order of time within each; none when there are no days. */
export async function eventsOf(store: FeatureStore, days: readonly StoredDay[]): Promise<string> {
  const paths = await store.checkedParts(days.map(({ events }) => events.sha256));
  if (paths.length === 0) return emptyEvents();
  return `SELECT ${COLUMNS} FROM read_parquet([${paths.map(literal).join(', ')}])`;
}

/** A query of rows: `STORED_COLUMNS` and features, and `place`, by which rows of an instant are in order. */
export async function rowsOf(store: FeatureStore, days: readonly StoredDay[]): Promise<string> {
  const paths = await store.checkedParts(days.map(({ features }) => features.sha256));
  return `SELECT * EXCLUDE file_row_number, file_row_number AS place
    FROM read_parquet([${paths.map(literal).join(', ')}], file_row_number = true)`;
}

function emptyEvents(): string {
  const types = { event_time: 'TIMESTAMP', price: 'DOUBLE' } as Readonly<Record<string, string>>;
  return `SELECT ${EVENT_COLUMNS.map((name) => `NULL::${types[name] ?? 'VARCHAR'} AS ${name}`).join(', ')} WHERE false`;
}

/** Tables with source_row, in whose order they are written. */
export interface NewRows {
  readonly events: string;
  readonly features: string;
  readonly names: readonly string[];
}

/** The days of the new rows, each behind what `before` has of the same day; other days of `before` stay as they are. */
export async function writeDays(
  db: Database,
  store: FeatureStore,
  { events, features, names }: NewRows,
  before: readonly StoredDay[],
  onDay: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<StoredDay[]> {
  const days = new Map(before.map((day) => [day.day, day]));
  const found = await db.rows(
    `SELECT DISTINCT event_time::DATE::VARCHAR AS day FROM ${identifier(events)} ORDER BY day`,
  );
  const featureColumns = [...STORED_COLUMNS, ...names.map(identifier)].join(', ');
  for (const [i, row] of found.entries()) {
    signal.throwIfAborted();
    const day = String(row.day);
    const old = days.get(day);
    days.set(day, {
      day,
      events: await writePart(db, store, day, events, COLUMNS, old?.events),
      features: await writePart(db, store, day, features, featureColumns, old?.features),
    });
    onDay(i + 1, found.length);
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

async function writePart(
  db: Database,
  store: FeatureStore,
  day: string,
  table: string,
  columns: string,
  old: StoredPart | undefined,
): Promise<StoredPart> {
  const fresh = `SELECT 1 AS part, source_row AS place, ${columns} FROM ${identifier(table)} WHERE event_time::DATE = '${day}'`;
  const all =
    old === undefined
      ? fresh
      : `SELECT 0 AS part, file_row_number AS place, ${columns} FROM read_parquet(${literal(
          (await store.checkedParts([old.sha256]))[0],
        )}, file_row_number = true) UNION ALL ${fresh}`;
  const path = store.newPart();
  try {
    await writeParquet(db, `SELECT ${columns} FROM (${all}) ORDER BY part, place`, path);
    const rows = await db.number(`SELECT count(*) FROM read_parquet(${literal(path)})`);
    return { sha256: await store.keepPart(path), rows };
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

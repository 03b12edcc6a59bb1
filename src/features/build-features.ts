/**
 * Clean events to one row a decision moment: the one function that makes features, for training and for scoring. It
 * reads and writes tables of the database alone, no files.
 */
import { EcommlError } from '../base/errors.js';
import { type Database, identifier } from '../table/duckdb.js';
import { catalogue } from './catalogue.js';
import { codeEvents } from './events.js';
import type { Feature } from './feature.js';
import { type Moments, markMoments } from './moments.js';
import { markEvents, sumPasts } from './totals.js';

export interface BuildFeaturesOptions {
  /** A relation of clean events; each view or cart in it may become a row. */
  readonly events: string;
  /** A relation of earlier clean events (columns of an event, no source_row), read but given no rows. */
  readonly history?: string;
  readonly moments: Moments;
  /** Seconds after the moment in which a purchase counts; absent: until the session's end. */
  readonly horizon?: number;
  readonly idFeatures: boolean;
  /** Name of the table to create; it replaces one of the same name. Default "features". */
  readonly into?: string;
  /** Looked at between statements; an aborted one throws its reason. */
  readonly signal?: AbortSignal;
}

export interface BuiltFeatures {
  readonly relation: string;
  readonly rows: number;
  readonly positives: number;
  /** Distinct events read, those of the history included. */
  readonly events: number;
  readonly features: readonly Feature[];
}

/** Columns of the relation before the features: what a row is, its label, and the span of its session. */
export const MOMENT_COLUMNS: readonly string[] = [
  'source_row',
  'event_time',
  'user_id',
  'user_session',
  'product_id',
  'event_type',
  'label',
  'session_first_event',
  'session_last_event',
];

/**
 * Creates the relation: `MOMENT_COLUMNS`, then the features in the catalogue's order (numeric ones DOUBLE, categorical
 * ones VARCHAR, missing NULL), ordered by source_row. Exact duplicates, within the file or with the history, are one
 * event; of duplicate rows the first in the file is the moment.
 *
 * A feature is a function of the moment's own event and of events strictly before its instant, so it is the same to the
 * bit for any order of rows, number of threads, later events, and any cut of the same events into history and file.
 * `label` and `session_last_event` look forward: they are for training and splitting, never inputs of a model.
 */
export async function buildFeatures(db: Database, options: BuildFeaturesOptions): Promise<BuiltFeatures> {
  const { events, history, moments, horizon, idFeatures, into = 'features', signal } = options;
  const features = catalogue({ idFeatures });
  await codeEvents(db, events, history);
  signal?.throwIfAborted();
  await markMoments(db, moments, horizon);
  signal?.throwIfAborted();
  await markEvents(db);
  signal?.throwIfAborted();
  const pasts = await sumPasts(db);
  signal?.throwIfAborted();
  await checkSideBySide(db, ['moments', 'marked_events', ...pasts]);
  await db.run(`
    CREATE OR REPLACE TABLE ${identifier(into)} AS
    SELECT source_row, event_time, user_id, user_session, product_id, event_type, label,
      make_timestamp(session_begin_us) AS session_first_event, make_timestamp(session_end_us) AS session_last_event,
      ${features.map(featureColumn).join(',\n      ')}
    FROM ${['distinct_events', 'moments', 'marked_events', ...pasts].join(' POSITIONAL JOIN ')}
    WHERE is_moment`);
  const counted = await db.row(
    `SELECT count(*) AS n, coalesce(sum(label), 0) AS positives, (SELECT count(*) FROM distinct_events) AS events
     FROM ${identifier(into)}`,
  );
  for (const table of ['distinct_events', 'coded_events', 'moments', 'marked_events', ...pasts])
    await db.run(`DROP TABLE ${table}`);
  return {
    relation: into,
    rows: Number(counted.n),
    positives: Number(counted.positives),
    events: Number(counted.events),
    features,
  };
}

function featureColumn({ name, kind, sql }: Feature): string {
  return `CAST(${sql} AS ${kind === 'numeric' ? 'DOUBLE' : 'VARCHAR'}) AS ${identifier(name)}`;
}

/** Tables joined by position must hold the same events in the same order; else features would go to wrong rows. */
async function checkSideBySide(db: Database, tables: readonly string[]): Promise<void> {
  const misplaced = await db.number(`
    SELECT count(*) FROM distinct_events POSITIONAL JOIN ${tables.join(' POSITIONAL JOIN ')}
    WHERE ${tables.map((table) => `${table}.event_code IS DISTINCT FROM distinct_events.rowid`).join(' OR ')}`);
  if (misplaced > 0)
    throw new EcommlError('FEATURES_MISPLACED', `${misplaced} events lost their place while features were made.`, {
      hint: 'This is a fault of ecomml, not of the data: please report it.',
    });
}

/**
 * Features of stored events, in parts: a pass over events that goes on from a checkpoint, and writes the next one. The
 * rows of later events, made from a checkpoint, are those that one pass over all events makes.
 */
import { join } from 'node:path';
import { type Database, identifier } from '../table/duckdb.js';
import { catalogue } from './catalogue.js';
import { wholeInstants } from './event-batch.js';
import { writeSpool } from './event-spool.js';
import { codeEventsInTime, countTexts, dropCodedEvents, dropTexts, readEvents } from './events.js';
import type { Feature, FeatureFamily } from './feature.js';
import { featureRows } from './feature-rows.js';
import { Sweep } from './sweep.js';
import { readCheckpoint, writeCheckpoint } from './sweep-checkpoint.js';

export interface StoredSweepOptions {
  /** A relation of the columns of events: all that the codes of the checkpoint come from, then those of `rows`. */
  readonly all: string;
  /**
   * A query of the columns of events, source_row (any numbers that order the events of an instant) and is_moment (1: the
   * event becomes a row; 2: it is asked about and no event), none earlier than the checkpoint's events.
   */
  readonly rows: string;
  /** A file to go on from; absent: there is nothing before. */
  readonly checkpoint?: string;
  readonly idFeatures: boolean;
  readonly families: readonly FeatureFamily[];
  readonly signal?: AbortSignal;
}

export interface StoredRows {
  /** Distinct events so far, those before the checkpoint included. */
  readonly events: number;
  readonly features: readonly Feature[];
  /** Writes what the pass knows now. */
  readonly checkpoint: (path: string) => void;
}

/** Columns before the features. */
export const STORED_COLUMNS = ['event_time', 'user_id', 'user_session', 'product_id', 'event_type'] as const;

/** The families whose state a pass keeps: those of numeric features. */
export function sweptFamilies(features: readonly Feature[]): ReadonlySet<FeatureFamily> {
  return new Set(features.filter(({ kind }) => kind === 'numeric').map(({ family }) => family));
}

/** Creates the table `into`: source_row, `STORED_COLUMNS` and the features, a row a moment, in the order of time. */
export async function storedFeatures(db: Database, options: StoredSweepOptions, into: string): Promise<StoredRows> {
  const { all, rows, checkpoint, idFeatures, families, signal } = options;
  await codeEventsInTime(db, all, rows);
  signal?.throwIfAborted();
  const counts = await countTexts(db);
  const spool = await writeSpool(join(db.folder, 'stored.spool'), wholeInstants(readEvents(db)));
  await dropCodedEvents(db);
  signal?.throwIfAborted();
  const features = catalogue({ idFeatures, families });
  const swept = sweptFamilies(features);
  const sweep = checkpoint === undefined ? new Sweep(swept) : readCheckpoint(checkpoint, swept);
  const { sql } = featureRows(db, { spool, ahead: undefined, features, sweep }, false);
  const columns = ['source_row', ...STORED_COLUMNS, ...features.map(({ name }) => identifier(name))];
  await db.run(`CREATE OR REPLACE TABLE ${identifier(into)} AS
    SELECT ${columns.join(', ')} FROM (${sql}) ORDER BY event_time, source_row`);
  await dropTexts(db);
  return { events: sweep.events, features, checkpoint: (path) => writeCheckpoint(path, sweep, swept, counts) };
}

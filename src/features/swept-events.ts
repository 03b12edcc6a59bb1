/**
 * Clean events made ready for the pass over them: coded, ordered by time, spooled to a file, with what labels need to
 * know ahead. From here features go to a table or file of DuckDB (feature-rows.ts) or into memory (feature-table.ts).
 */
import { join } from 'node:path';
import type { Database } from '../table/duckdb.js';
import { catalogue } from './catalogue.js';
import { wholeInstants } from './event-batch.js';
import { type EventSpool, writeSpool } from './event-spool.js';
import { codeEvents, dropCodedEvents, readEvents, readPurchases, readSessionSpans } from './events.js';
import type { Feature, FeatureFamily } from './feature.js';
import type { Ahead } from './moment-rows.js';
import { horizonMicroseconds, type Moments } from './moments.js';
import type { Sweep } from './sweep.js';

export interface SweepOptions {
  /** A relation of clean events; each view or cart in it may become a row. */
  readonly events: string;
  /** A relation of earlier clean events (columns of an event, no source_row), read but given no rows. */
  readonly history?: string;
  readonly moments: Moments;
  /** Seconds after the moment in which a purchase counts; absent: until the session's end. */
  readonly horizon?: number;
  readonly idFeatures: boolean;
  /** The families of features to make; all by default. */
  readonly families?: readonly FeatureFamily[];
  /** False: no labels and no spans of sessions, which are for training. Default true. */
  readonly labelled?: boolean;
  /** Looked at between statements; an aborted one throws its reason. */
  readonly signal?: AbortSignal;
}

export interface SpooledEvents {
  readonly spool: EventSpool;
  readonly ahead: Ahead | undefined;
  readonly features: readonly Feature[];
  /** The pass that goes on with these events; absent: a new one. It can be gone through once. */
  readonly sweep?: Sweep;
}

/** The spool lies in the database's folder; the tables of texts (events.ts) stay until `dropTexts`. */
export async function spoolEvents(db: Database, options: SweepOptions): Promise<SpooledEvents> {
  const { events, history, moments, horizon, idFeatures, families, labelled = true, signal } = options;
  if (horizon !== undefined) horizonMicroseconds(horizon);
  await codeEvents(db, events, history, moments);
  signal?.throwIfAborted();
  const ahead = labelled
    ? {
        purchases: await readPurchases(db),
        spans: await readSessionSpans(db),
        ...(horizon === undefined ? {} : { horizon }),
      }
    : undefined;
  signal?.throwIfAborted();
  const spool = await writeSpool(join(db.folder, 'events.spool'), wholeInstants(readEvents(db)));
  signal?.throwIfAborted();
  await dropCodedEvents(db);
  return { spool, ahead, features: catalogue({ idFeatures, ...(families && { families }) }) };
}

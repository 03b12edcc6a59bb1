/**
 * Clean events to one row a decision moment: the one way in which features are made, for training and for scoring.
 *
 * A feature is a function of the moment's own event and of events strictly before its instant, so it is the same to the
 * bit for any order of rows, number of threads, later events, and any cut of the same events into history and file.
 * `label` and `session_last_event` look forward: they are for training and splitting, never inputs of a model. Exact
 * duplicates, within the file or with the history, are one event; of duplicate rows the first in the file is the moment.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import { writeParquet } from '../table/parquet-file.js';
import { dropTexts } from './events.js';
import type { Feature } from './feature.js';
import { type FoundRows, writeFeatureFile } from './feature-file.js';
import { type SpooledEvents, type SweepOptions, spoolEvents } from './swept-events.js';

export interface BuildFeaturesOptions extends SweepOptions {
  /** Name of the table to create; it replaces one of the same name. Default "features". */
  readonly into?: string;
}

export interface BuiltFeatures {
  readonly rows: number;
  readonly positives: number;
  /** Distinct events read, those of the history included. */
  readonly events: number;
  readonly features: readonly Feature[];
}

/** Creates a table of `MOMENT_COLUMNS` and the features in the catalogue's order, ordered by source_row. */
export async function buildFeatures(
  db: Database,
  { into = 'features', ...options }: BuildFeaturesOptions,
): Promise<BuiltFeatures & { readonly relation: string }> {
  const path = ownPath(db);
  const built = await madeFrom(db, options, async (spooled) => {
    const found = await writeFeatureFile(db, path, spooled, {}, options.signal);
    await db.run(`CREATE OR REPLACE TABLE ${identifier(into)} AS ${inFileOrder(path, spooled)}`);
    rmSync(path);
    return found;
  });
  return { ...built, relation: into };
}

/** Writes the same rows as one Parquet file that appears whole; they are made while it is written. */
export async function writeFeatures(
  db: Database,
  path: string,
  metadata: Readonly<Record<string, string>>,
  options: SweepOptions,
): Promise<BuiltFeatures> {
  mkdirSync(dirname(path), { recursive: true });
  return madeFrom(db, options, async (spooled) => {
    const aside = spooled.spool.inFileOrder ? pathAside(path) : ownPath(db);
    try {
      const found = await writeFeatureFile(db, aside, spooled, metadata, options.signal);
      if (spooled.spool.inFileOrder) publishFile(aside, path);
      else await writeParquet(db, inFileOrder(aside, spooled), path, metadata);
      return found;
    } finally {
      rmSync(aside, { force: true });
    }
  });
}

/** A new name each time: DuckDB remembers what lay under a name that it has read. */
function ownPath(db: Database): string {
  return pathAside(join(db.folder, 'features.parquet'));
}

/** Rows come in the order of time, which is that of most files. */
function inFileOrder(path: string, { spool }: SpooledEvents): string {
  return `SELECT * FROM read_parquet(${literal(path)})${spool.inFileOrder ? '' : ' ORDER BY source_row'}`;
}

async function madeFrom(
  db: Database,
  options: SweepOptions,
  make: (spooled: SpooledEvents) => Promise<FoundRows>,
): Promise<BuiltFeatures> {
  const spooled = await spoolEvents(db, options);
  const found = await make(spooled);
  options.signal?.throwIfAborted();
  await dropTexts(db);
  return { ...found, features: spooled.features };
}

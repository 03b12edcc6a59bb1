/**
 * Clean events to one row a decision moment: the one way in which features are made, for training and for scoring.
 *
 * A feature is a function of the moment's own event and of events strictly before its instant, so it is the same to the
 * bit for any order of rows, number of threads, later events, and any cut of the same events into history and file.
 * `label` and `session_last_event` look forward: they are for training and splitting, never inputs of a model. Exact
 * duplicates, within the file or with the history, are one event; of duplicate rows the first in the file is the moment.
 */
import { EcommlError } from '../base/errors.js';
import { type Database, identifier } from '../table/duckdb.js';
import { writeParquet } from '../table/parquet-file.js';
import { dropTexts } from './events.js';
import type { Feature } from './feature.js';
import { areInOrder, featureRows } from './feature-rows.js';
import { type SweepOptions, spoolEvents } from './swept-events.js';

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
  const built = await inOrder(db, options, async (sql) => {
    await db.run(`CREATE OR REPLACE TABLE ${identifier(into)} AS ${sql}`);
    return areInOrder(db, identifier(into));
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
  return inOrder(db, options, (sql) => writeParquet(db, sql, path, metadata, (relation) => areInOrder(db, relation)));
}

/** `make` makes something of a query's rows; false: they were out of order, and it is called again with a sorted query. */
async function inOrder(
  db: Database,
  options: SweepOptions,
  make: (sql: string) => Promise<boolean>,
): Promise<BuiltFeatures> {
  const spooled = await spoolEvents(db, options);
  let rows = featureRows(db, spooled, !spooled.spool.inFileOrder);
  const made = spooled.spool.inFileOrder ? await db.inOrder(() => make(rows.sql)) : await make(rows.sql);
  options.signal?.throwIfAborted();
  if (!made) {
    rows = featureRows(db, spooled, true);
    if (!(await make(rows.sql)))
      throw new EcommlError('FEATURES_MISPLACED', 'Rows were not in the order of the file after sorting.', {
        hint: 'This is a fault of ecomml, not of the data: please report it.',
      });
  }
  await dropTexts(db);
  return { ...rows.found, features: spooled.features };
}

/**
 * Clean events to one row a decision moment: the one function that makes features, for training and for scoring. It
 * reads and writes tables of the database alone, no files.
 */
import { type Database, identifier } from '../table/duckdb.js';
import { catalogue } from './catalogue.js';
import { wholeInstants } from './event-batch.js';
import { codeEvents, dropCodedEvents, keyOf, readEvents, readPurchases, readSessionSpans, textsOf } from './events.js';
import type { CategoryColumn, Feature, FeatureFamily, NumericFeature } from './feature.js';
import { Labels, type Moments } from './moments.js';
import { Sweep, type SweptMoments } from './sweep.js';

export interface BuildFeaturesOptions {
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
  const { events, history, moments, horizon, idFeatures, families, into = 'features', signal } = options;
  const features = catalogue({ idFeatures, ...(families === undefined ? {} : { families }) });
  const numeric = features.filter((feature) => feature.kind === 'numeric');
  await codeEvents(db, events, history, moments);
  signal?.throwIfAborted();
  const labels = new Labels(await readPurchases(db), horizon);
  const spans = await readSessionSpans(db);
  const beside = ['source_row', 'us', 'label', 'session_first', 'session_last', ...CODES];
  const columns = [...beside, ...numeric.map(({ name }) => name)].map(identifier);
  await db.run(`CREATE OR REPLACE TABLE swept_rows (${columns.map((name) => `${name} DOUBLE`).join(', ')})`);
  const appender = await db.appendTo('swept_rows');
  const sweep = new Sweep(new Set(features.map(({ family }) => family)));
  let rows = 0;
  let positives = 0;
  for await (const batch of wholeInstants(readEvents(db))) {
    signal?.throwIfAborted();
    const swept = sweep.advance(batch);
    rows += swept.rows;
    const label = new Float64Array(swept.rows);
    const pick = (values: Float64Array | Int32Array) =>
      Float64Array.from({ length: swept.rows }, (_, row) => values[swept.event[row]]);
    const [session, product, us] = [pick(batch.session), pick(batch.product), pick(batch.us)];
    for (let row = 0; row < swept.rows; row++)
      positives += label[row] = labels.labelOf(session[row], product[row], us[row]);
    const cells = [
      pick(batch.sourceRow),
      us,
      label,
      session.map((code) => spans.first[code]),
      session.map((code) => spans.last[code]),
      ...CODES.map((key) => pick(batch[key])),
      ...numeric.map((feature) => valuesOf(feature, swept)),
    ];
    appender.append(cells, swept.rows);
  }
  appender.close();
  const textOf = (column: CategoryColumn | 'user_session') => `${textsOf(keyOf(column))}.text`;
  await db.run(`
    CREATE OR REPLACE TABLE ${identifier(into)} AS
    SELECT source_row::BIGINT AS source_row, make_timestamp(us::BIGINT) AS event_time, ${textOf('user_id')} AS user_id,
      ${textOf('user_session')} AS user_session, ${textOf('product_id')} AS product_id,
      CASE WHEN event_is_cart = 1 THEN 'cart' ELSE 'view' END AS event_type, label::TINYINT AS label,
      make_timestamp(session_first::BIGINT) AS session_first_event,
      make_timestamp(session_last::BIGINT) AS session_last_event,
      ${features.map(featureColumn).join(',\n      ')}
    FROM swept_rows ${CODES.map((key) => `LEFT JOIN ${textsOf(key)} ON ${textsOf(key)}.code = ${identifier(key)}`).join(' ')}
    ORDER BY source_row`);
  await dropCodedEvents(db);
  await db.run('DROP TABLE swept_rows');
  return { relation: into, rows, positives, events: sweep.events, features };
}

const CODES = ['user', 'product', 'category', 'brand', 'session', 'categoryCode'] as const;

function valuesOf({ value }: NumericFeature, { rows, totals }: SweptMoments): Float64Array {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) values[row] = value(totals, row);
  return values;
}

function featureColumn(feature: Feature): string {
  const name = identifier(feature.name);
  if (feature.kind === 'numeric') return `CASE WHEN isnan(${name}) THEN NULL ELSE ${name} END AS ${name}`;
  const text = `${textsOf(keyOf(feature.column))}.text`;
  return `${feature.level === undefined ? text : `nullif(split_part(${text}, '.', ${feature.level}), '')`} AS ${name}`;
}

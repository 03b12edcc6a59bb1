/**
 * Features of moments that somebody asks about, whether or not there was an event: each from the stored events strictly
 * before it, by the same pass that made the stored rows. The moments themselves are no events and see nothing of each
 * other.
 */
import { existsSync } from 'node:fs';
import { EcommlError, inputRejected } from '../base/errors.js';
import { storedFeatures } from '../features/stored-features.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import type { FeatureStore } from './feature-store.js';
import type { Materialisation } from './materialisation.js';
import { COLUMNS, eventsOf } from './stored-days.js';

const REQUIRED = ['event_time', 'user_id', 'product_id'] as const;
/** What the latest event of the product tells when the moments do not: a column that is there is taken as it is. */
const TOLD = ['category_id', 'category_code', 'brand', 'price'] as const;

export type Told = (typeof TOLD)[number];

/**
 * Reads moments into `moments_given` (texts as they are, and row_of_file) and checks them; returns which columns of
 * `TOLD` they have. Of a CSV: UTF-8 with a header. Errors: `INPUT_MISSING`, `MOMENTS_COLUMNS`, `MOMENTS_BAD`.
 */
export async function readMoments(db: Database, source: string | { readonly sql: string }): Promise<readonly Told[]> {
  const name = typeof source === 'string' ? source : 'the moment';
  if (typeof source === 'string' && !existsSync(source))
    throw new EcommlError('INPUT_MISSING', `There is no file ${source}.`, {
      hint: 'Check --input, and the folder you are in.',
    });
  const from = typeof source === 'string' ? readerOf(source) : `(${source.sql})`;
  try {
    await db.run(`CREATE TABLE moments_given AS SELECT row_number() OVER () AS row_of_file, * FROM ${from}`);
  } catch (cause) {
    throw inputRejected(
      'MOMENTS_UNREADABLE',
      `${name} cannot be read as a table: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
  const names = (await db.describe('FROM moments_given')).map((column) => column.name);
  const lacking = REQUIRED.filter((column) => !names.includes(column));
  if (lacking.length > 0)
    throw inputRejected(
      'MOMENTS_COLUMNS',
      `${name} lacks ${lacking.join(', ')}; it has ${names.filter((one) => one !== 'row_of_file').join(', ')}.`,
      `Moments need ${REQUIRED.join(', ')}; user_session, event_type, ${TOLD.join(', ')} are taken if there.`,
    );
  const has = (column: string) => names.includes(column);
  const text = (column: string) => (has(column) ? `nullif(trim(${identifier(column)}::VARCHAR), '')` : 'NULL::VARCHAR');
  await db.run(`
    CREATE TABLE moments_asked AS
    SELECT row_of_file AS source_row,
      try_cast(regexp_replace(trim(event_time::VARCHAR), ' ?UTC$', 'Z') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS event_time,
      coalesce(${text('event_type')}, 'view') AS event_type, ${text('product_id')} AS product_id,
      ${text('category_id')} AS category_id, ${text('category_code')} AS category_code, ${text('brand')} AS brand,
      ${has('price') ? 'try_cast(price AS DOUBLE)' : 'NULL::DOUBLE'} AS price, ${text('user_id')} AS user_id,
      coalesce(${text('user_session')}, chr(1) || 'moment ' || row_of_file) AS user_session
    FROM moments_given`);
  await check(db, name, has('price'));
  return TOLD.filter(has);
}

function readerOf(path: string): string {
  if (/\.parquet$/i.test(path)) return `read_parquet(${literal(path)})`;
  return `read_csv(${literal(path)}, header = true, all_varchar = true)`;
}

async function check(db: Database, name: string, hasPrice: boolean): Promise<void> {
  const reasons: readonly (readonly [string, string])[] = [
    ['event_time IS NULL', 'event_time is no instant'],
    ['user_id IS NULL', 'user_id is missing'],
    ['product_id IS NULL', 'product_id is missing'],
    ["event_type NOT IN ('view', 'cart')", 'event_type is neither view nor cart'],
    ...(hasPrice
      ? ([
          [
            "price IS NULL AND nullif(trim((SELECT g.price FROM moments_given g WHERE g.row_of_file = source_row)::VARCHAR), '') IS NOT NULL",
            'price is no number',
          ],
        ] as const)
      : []),
  ];
  for (const [condition, reason] of reasons) {
    const { bad, first } = await db.row(
      `SELECT count(*) AS bad, min(source_row) AS first FROM moments_asked WHERE ${condition}`,
    );
    if (Number(bad) > 0)
      throw inputRejected(
        'MOMENTS_BAD',
        `${name}: ${reason} in ${bad} of its rows, first in row ${first} after the header.`,
        'Mend these rows: every moment that is asked about gets a row.',
      );
  }
  if ((await db.number('SELECT count(*) FROM moments_asked')) === 0)
    throw inputRejected('MOMENTS_BAD', `${name} has no rows.`);
}

/** Creates `moment_features`: source_row and all features of the store, a row for each of `moments_asked`. */
export async function featuresAt(
  db: Database,
  store: FeatureStore,
  { days, until, checkpoint, options }: Materialisation,
  given: readonly Told[],
  signal: AbortSignal,
): Promise<void> {
  await db.run(`CREATE VIEW stored_events AS ${await eventsOf(store, days)}`);
  const told = TOLD.filter((column) => !given.includes(column));
  if (told.length > 0)
    await db.run(`
      CREATE TABLE latest_of_product AS
      SELECT product_id, event_time, ${TOLD.join(', ')} FROM stored_events
      WHERE product_id IN (SELECT product_id FROM moments_asked)
      QUALIFY row_number() OVER (PARTITION BY product_id, event_time
        ORDER BY ${TOLD.toSorted(byOrder)
          .map((column) => `${column} DESC NULLS LAST`)
          .join(', ')}) = 1;
      CREATE OR REPLACE TABLE moments_asked AS
      SELECT m.* REPLACE (${told.map((column) => `l.${column} AS ${column}`).join(', ')})
      FROM moments_asked m
      ASOF LEFT JOIN latest_of_product l ON m.product_id = l.product_id AND m.event_time > l.event_time`);
  const end = `'${until.replace('Z', '')}'::TIMESTAMP`;
  const later = (await db.number(`SELECT count(*) FROM moments_asked WHERE event_time <= ${end}`)) === 0;
  const [path] = later ? await store.checkedParts([checkpoint]) : [];
  // From the checkpoint on there is nothing but the moments; else the events up to the last moment.
  const events = later
    ? ''
    : `SELECT 0 AS source_row, ${COLUMNS}, 0::TINYINT AS is_moment FROM stored_events
       WHERE event_time < (SELECT max(event_time) FROM moments_asked) UNION ALL `;
  await storedFeatures(
    db,
    {
      all: `(SELECT ${COLUMNS} FROM stored_events UNION ALL SELECT ${COLUMNS.replace('event_time', 'NULL::TIMESTAMP')} FROM moments_asked)`,
      rows: `${events}SELECT source_row, ${COLUMNS}, 2::TINYINT AS is_moment FROM moments_asked`,
      ...(path !== undefined && { checkpoint: path }),
      ...options,
      signal,
    },
    'moment_features',
  );
}

/** Of several events of an instant the one with the highest price tells, then the greatest category, and so on. */
function byOrder(a: Told, b: Told): number {
  const order = ['price', 'category_id', 'category_code', 'brand'];
  return order.indexOf(a) - order.indexOf(b);
}

/**
 * Clean events, and the history before them, as one table of coded events: each event once, with its keys as small
 * integers, its type as flags and its price as a whole number. It makes no feature.
 */
import { type Database, identifier } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';

/**
 * Prices above this are left out of sums and means (as if missing there); a moment's own price stays what it is. In
 * ten-thousandths they still fit 63 bits, and a sum of 2^63 of them fits 127.
 */
const LARGEST_SUMMED_PRICE = '1e14::DOUBLE';

/** Integer codes of a key's values. Which value gets which code is open: codes are compared for equality alone. */
const KEYS = {
  user_code: 'user_id',
  product_code: 'product_id',
  category_id_code: 'category_id',
  brand_code: 'brand',
  session_code: 'user_session',
} as const;

/**
 * Creates the table `distinct_events` (source_row and the columns of an event), those of the history alone first
 * (source_row NULL), then the file's by source_row; and, in the same order, `coded_events`, numbers alone, whose
 * `event_code` is the place in that order. An event in both, or twice in the file, is one event, at its first row.
 */
export async function codeEvents(db: Database, events: string, history: string | undefined): Promise<void> {
  const columns = EVENT_COLUMNS.join(', ');
  const past =
    history === undefined ? '' : `UNION ALL SELECT NULL::BIGINT AS source_row, ${columns} FROM ${identifier(history)}`;
  const all = `(SELECT source_row, ${columns} FROM ${identifier(events)} ${past})`;
  // Rows of different hashes are different: where all are, which is the rule for clean events, grouping is spared.
  const repeated = await db.number(`SELECT count(*) - count(DISTINCT hash(${columns})) FROM ${all}`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE distinct_events AS
    SELECT ${repeated > 0 ? 'min(source_row) AS source_row' : 'source_row'}, ${columns} FROM ${all}
    ${repeated > 0 ? `GROUP BY ${columns}` : ''} ORDER BY source_row NULLS FIRST`);
  const joins: string[] = [];
  for (const [code, column] of Object.entries(KEYS)) {
    await db.run(`
      CREATE OR REPLACE TEMP TABLE ${code}s AS
      SELECT ${column}, (row_number() OVER ())::INTEGER AS ${code}
      FROM (SELECT DISTINCT ${column} FROM distinct_events WHERE ${column} IS NOT NULL)`);
    joins.push(`LEFT JOIN ${code}s USING (${column})`);
  }
  await db.run(`
    CREATE OR REPLACE TEMP TABLE coded_events AS
    SELECT *,
      CASE WHEN is_purchase = 1 THEN price_units END AS purchase_units,
      CASE WHEN is_purchase = 1 THEN us END AS purchase_us,
      CASE WHEN is_cart = 1 THEN us END AS cart_us
    FROM (
      SELECT distinct_events.rowid AS event_code, epoch_us(event_time) AS us, ${Object.keys(KEYS).join(', ')},
        (event_type = 'view')::TINYINT AS is_view,
        (event_type = 'cart')::TINYINT AS is_cart,
        (event_type = 'remove_from_cart')::TINYINT AS is_removal,
        (event_type = 'purchase')::TINYINT AS is_purchase,
        CASE WHEN price BETWEEN 0 AND ${LARGEST_SUMMED_PRICE} THEN round(price * 1e4::DOUBLE)::BIGINT END AS price_units
      FROM distinct_events ${joins.join(' ')})
    ORDER BY event_code`);
  for (const code of Object.keys(KEYS)) await db.run(`DROP TABLE ${code}s`);
}

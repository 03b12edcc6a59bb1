/**
 * The law of point-in-time features as a check that any builder can be put to: later events, events of the same
 * instant and the order of the file change no bit of a moment's row.
 */
import type { Database } from '#ecomml/table/duckdb.js';
import { type Builder, featureRows, firstDifference } from '../features/feature-rows.js';

const COLUMNS = 'event_time, event_type, product_id, category_id, category_code, brand, price, user_id, user_session';

/** An order of the rows that depends on the seed and on what they hold, not on where they are. */
const order = (seed: number) => `hash(source_row, ${seed})`;

/** What is done to events after the instant (or at it, see `lonely`). */
export const TREATMENTS: Readonly<Record<string, (events: string, instant: string, seed: number) => string>> = {
  dropped: (events, instant) => `SELECT ${COLUMNS} FROM ${events} WHERE event_time <= ${instant}`,
  // Each later event gets the fields of other later events, every field of another one, and a later time.
  scrambled: (events, instant, seed) => {
    const fields = COLUMNS.split(', ').slice(1);
    const shuffled = fields.map(
      (field, i) => `JOIN (
      SELECT row_number() OVER (ORDER BY ${order(seed + i + 1)}) AS n, ${field} FROM later) USING (n)`,
    );
    return `
      WITH later AS (SELECT * FROM ${events} WHERE event_time > ${instant})
      SELECT ${COLUMNS} FROM ${events} WHERE event_time <= ${instant}
      UNION ALL SELECT ${COLUMNS} FROM (
        SELECT row_number() OVER (ORDER BY ${order(seed)}) AS n, event_time + INTERVAL (n % 97) SECOND AS event_time FROM later)
      ${shuffled.join(' ')}`;
  },
  // More of everything: later events of the same sessions and products, with other prices.
  multiplied: (events, instant) => `
    SELECT ${COLUMNS} FROM ${events}
    UNION ALL SELECT event_time + INTERVAL 1 MICROSECOND, 'purchase', product_id, category_id, category_code, brand,
      price * 3 + 1, user_id, user_session FROM ${events} WHERE event_time > ${instant}`,
};

/** Puts treated events into "treated", in a shuffled order of rows. */
async function treat(db: Database, select: string, seed: number): Promise<void> {
  await db.run(`CREATE OR REPLACE TABLE treated AS
    SELECT row_number() OVER (ORDER BY hash(${COLUMNS}, ${seed})) AS source_row, * FROM (${select}) ORDER BY source_row`);
}

/**
 * Describes the first row with event_time <= instant that a treatment of the later events changed; else undefined.
 */
export async function seesTheFuture(
  db: Database,
  build: Builder,
  events: string,
  { instant, treatment, seed }: { instant: string; treatment: string; seed: number },
): Promise<string | undefined> {
  const untouched = `event_time <= ${instant}`;
  await build(db, events);
  const expected = await featureRows(db, untouched);
  await treat(db, TREATMENTS[treatment](events, instant, seed), seed);
  await build(db, 'treated');
  return firstDifference(expected, await featureRows(db, untouched));
}

/** The same for one moment (a source_row), of which the file keeps it and the strictly earlier events alone. */
export async function seesItsOwnInstant(
  db: Database,
  build: Builder,
  events: string,
  sourceRow: number,
): Promise<string | undefined> {
  await build(db, events);
  const expected = await featureRows(db, `source_row = ${sourceRow}`);
  const own = `(SELECT event_time FROM ${events} WHERE source_row = ${sourceRow})`;
  await db.run(`CREATE OR REPLACE TABLE treated AS
    SELECT source_row, ${COLUMNS} FROM ${events} WHERE event_time < ${own} OR source_row = ${sourceRow}`);
  await build(db, 'treated');
  return firstDifference(expected, await featureRows(db, `source_row = ${sourceRow}`));
}

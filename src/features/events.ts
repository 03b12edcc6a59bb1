/**
 * Clean events, and the history before them, as one table of coded events in the order of time, and out of it as typed
 * batches. It makes no feature.
 */
import { EcommlError } from '../base/errors.js';
import { type Database, identifier } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';
import { COLUMNS, type EventBatch, emptyBatch, TYPE_CODES } from './event-batch.js';
import { lastMoments, type Moments, type Purchases } from './moments.js';

/** Integer codes of a key's values, from 0. Which value gets which code is open: codes are compared for equality alone. */
const KEYS = {
  user: 'user_id',
  product: 'product_id',
  category: 'category_id',
  brand: 'brand',
  session: 'user_session',
  categoryCode: 'category_code',
} as const;

export type Key = keyof typeof KEYS;

/** The table of a key's texts: columns `text` and `code`; the code of a missing text (NULL) is −1. */
export function textsOf(key: Key): string {
  return `texts_of_${key}`;
}

/** The key of a column of events. */
export function keyOf(column: (typeof KEYS)[Key]): Key {
  return (Object.keys(KEYS) as Key[]).find((key) => KEYS[key] === column)!;
}

const CODED_EVENTS = 'coded_events';

/**
 * Creates the table `coded_events` (the columns of an `EventBatch`), ordered by instant and then by row of the file, and
 * for each key its table of texts. Repeated events are still in it.
 */
export async function codeEvents(
  db: Database,
  events: string,
  history: string | undefined,
  moments: Moments,
): Promise<void> {
  const columns = EVENT_COLUMNS.join(', ');
  const past = history === undefined ? '' : `UNION ALL SELECT 0, ${columns} FROM ${identifier(history)}`;
  const all = `(SELECT source_row, ${columns} FROM ${identifier(events)} ${past})`;
  for (const [key, column] of Object.entries(KEYS))
    await db.run(`
      CREATE OR REPLACE TEMP TABLE ${textsOf(key as Key)} AS
      SELECT NULL AS text, -1 AS code
      UNION ALL SELECT text, (row_number() OVER () - 1)::INTEGER
      FROM (SELECT DISTINCT ${column} AS text FROM ${all} WHERE ${column} IS NOT NULL)`);
  const codes = Object.keys(KEYS).map((key) => `coalesce(${textsOf(key as Key)}.code, -1) AS ${identifier(key)}`);
  const joins = Object.entries(KEYS).map(
    ([key, column]) => `LEFT JOIN ${textsOf(key as Key)} ON ${textsOf(key as Key)}.text = ${column}`,
  );
  const type = TYPE_CODES.map((name, code) => `WHEN '${name}' THEN ${code}`).join(' ');
  const isMoment =
    moments === 'last'
      ? 'source_row IN (FROM last_moments)'
      : `source_row > 0 AND event_type ${moments === 'cart' ? "= 'cart'" : "IN ('view', 'cart')"}`;
  if (moments === 'last') await db.run(`CREATE OR REPLACE TEMP TABLE last_moments AS ${lastMoments(all)}`);
  await db.run(`
    CREATE OR REPLACE TEMP TABLE ${CODED_EVENTS} AS
    SELECT epoch_us(event_time) AS us, source_row AS "sourceRow", ${codes.join(', ')},
      (CASE event_type ${type} END)::TINYINT AS type, price, (${isMoment})::TINYINT AS "isMoment"
    FROM ${all} ${joins.join(' ')}
    ORDER BY us, source_row`);
  if (moments === 'last') await db.run('DROP TABLE last_moments');
}

export async function dropCodedEvents(db: Database): Promise<void> {
  await db.run(`DROP TABLE ${CODED_EVENTS}`);
}

export async function dropTexts(db: Database): Promise<void> {
  for (const key of Object.keys(KEYS)) await db.run(`DROP TABLE ${textsOf(key as Key)}`);
}

/** Rows of a batch: its columns stay in the second-level cache. */
const BATCH_ROWS = 8192;

/** The coded events; a batch is good until the next one. Losing one on the way is an error. */
export async function* readEvents(db: Database): AsyncGenerator<EventBatch> {
  const expected = await db.number(`SELECT count(*) FROM ${CODED_EVENTS}`);
  let read = 0;
  const numbers = COLUMNS.map((name) =>
    name === 'price' ? "coalesce(price, 'nan'::DOUBLE)" : `CAST(${identifier(name)} AS DOUBLE)`,
  );
  const batch = emptyBatch(BATCH_ROWS);
  let rows = 0;
  for await (const { chunk } of db.stream(`SELECT ${numbers.join(', ')} FROM ${CODED_EVENTS}`)) {
    if (rows + chunk.rowCount > BATCH_ROWS) {
      yield { ...batch, rows };
      rows = 0;
    }
    for (let c = 0; c < COLUMNS.length; c++) {
      // The items of a vector of numbers are a typed array; taken whole, they cost a tenth of as many calls of getItem.
      const vector = chunk.getColumnVector(c) as unknown as { readonly items: Float64Array };
      batch[COLUMNS[c]].set(vector.items, rows);
    }
    rows += chunk.rowCount;
    read += chunk.rowCount;
  }
  if (read !== expected)
    throw new EcommlError(
      'FEATURES_EVENTS_LOST',
      `Of ${expected} events, ${read} were read while features were made.`,
      {
        hint: 'This is a fault of ecomml, not of the data: please report it.',
      },
    );
  if (rows > 0) yield { ...batch, rows };
}

/** Of each session its first and last instant, by its code. */
export async function readSessionSpans(db: Database): Promise<{ first: Float64Array; last: Float64Array }> {
  const sessions = await db.number(`SELECT count(*) - 1 FROM ${textsOf('session')}`);
  const first = new Float64Array(sessions);
  const last = new Float64Array(sessions);
  const spans = `SELECT session, min(us)::DOUBLE, max(us)::DOUBLE FROM ${CODED_EVENTS} GROUP BY session`;
  for await (const { chunk } of db.stream(spans)) {
    const [session, begin, end] = [0, 1, 2].map((c) => chunk.getColumnVector(c));
    for (let row = 0; row < chunk.rowCount; row++) {
      first[session.getItem(row) as number] = begin.getItem(row) as number;
      last[session.getItem(row) as number] = end.getItem(row) as number;
    }
  }
  return { first, last };
}

/** Every purchase's session, product and instant, by instant. */
export async function readPurchases(db: Database): Promise<Purchases> {
  const purchases = `FROM ${CODED_EVENTS} WHERE type = ${TYPE_CODES.indexOf('purchase')}`;
  const rows = await db.number(`SELECT count(*) ${purchases}`);
  const session = new Int32Array(rows);
  const product = new Int32Array(rows);
  const us = new Float64Array(rows);
  let at = 0;
  for await (const { chunk } of db.stream(`SELECT session, product, us::DOUBLE ${purchases} ORDER BY us`)) {
    const [sessions, products, instants] = [0, 1, 2].map((c) => chunk.getColumnVector(c));
    for (let row = 0; row < chunk.rowCount; row++, at++) {
      session[at] = sessions.getItem(row) as number;
      product[at] = products.getItem(row) as number;
      us[at] = instants.getItem(row) as number;
    }
  }
  return { session, product, us };
}

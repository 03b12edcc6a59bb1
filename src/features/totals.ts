/**
 * The running totals that features are made of: for each event, sums over the earlier events of its user, product,
 * category, brand or session. It names no feature.
 *
 * Point in time: every window is ordered by the event's instant and ends with the group of the instant before it, so
 * neither the event itself nor another of the same instant is in it. Exact arithmetic: prices are summed
 * as whole ten-thousandths, times as whole microseconds, so no bit depends on the order of rows or on threads.
 */
import type { Database } from '../table/duckdb.js';

/**
 * Each sum over a window costs a tree of its own, so several counts ride in one: lanes of 31 bits of a 128-bit sum,
 * enough for 2^31 − 1 events a key. Prices take the lane of their count and what lies above it: 2^60 ten-thousandths
 * (events.ts) times 2^31 events leave room.
 */
const LANE = 31;
const lane = (sum: string, number: number) => `(${sum} >> ${LANE * number}) & ${2 ** LANE - 1}`;
const inLane = (number: number) => `${1n << BigInt(LANE * number)}::HUGEINT`;

const TYPES = `sum(CASE WHEN is_view = 1 THEN ${inLane(0)} WHEN is_cart = 1 THEN ${inLane(1)}
  WHEN is_removal = 1 THEN ${inLane(2)} WHEN is_purchase = 1 THEN ${inLane(3)} END)`;
const TYPE_COUNTS = {
  views: lane('types', 0),
  carts: lane('types', 1),
  removals: lane('types', 2),
  purchases: lane('types', 3),
};
const PRICES = `sum(price_units * ${inLane(1)} + 1)`;
const PURCHASES = `sum(purchase_units * ${inLane(1)} + 1)`;

interface Past {
  /** Columns of the coded events (events.ts) that name whose past is read. */
  readonly of: string;
  /** Aggregates and window functions over the earlier events. */
  readonly windows: Readonly<Record<string, string>>;
  /** Totals made of the windows; each becomes the column PAST_TOTAL. A number of events is an INTEGER. */
  readonly counts?: Readonly<Record<string, string>>;
  /** Prices in ten-thousandths: exact sums, turned to DOUBLE once. */
  readonly units?: Readonly<Record<string, string>>;
  /** Instants and durations in microseconds. */
  readonly times?: Readonly<Record<string, string>>;
}

const { views, carts, removals, purchases } = TYPE_COUNTS;
const PRICED = { counts: { prices: lane('prices', 0) }, units: { price_units: `prices >> ${LANE}` } };

/** rank() is one more than the number of earlier events, and cheaper than a sum. */
const PASTS: Readonly<Record<string, Past>> = {
  user: {
    of: 'user_code',
    windows: {
      rank: 'rank()',
      types: TYPES,
      spent: PURCHASES,
      sessions: 'sum(begins_user_session)',
      first_us: 'first_value(us)',
      last_us: 'last_value(us)',
      last_purchase_us: 'max(purchase_us)',
    },
    counts: { rank: 'rank', views, carts, purchases, sessions: 'sessions', priced_purchases: lane('spent', 0) },
    units: { spend_units: `spent >> ${LANE}` },
    times: { first_us: 'first_us', last_us: 'last_us', last_purchase_us: 'last_purchase_us' },
  },
  product: {
    of: 'product_code',
    windows: {
      types: TYPES,
      prices: PRICES,
      lowest: 'min(price_units)',
      users: 'sum(begins_user_product)',
      first_us: 'first_value(us)',
      last_us: 'last_value(us)',
      last_purchase_us: 'max(purchase_us)',
    },
    counts: { ...TYPE_COUNTS, users: 'users', ...PRICED.counts },
    units: { ...PRICED.units, lowest_units: 'lowest' },
    times: { first_us: 'first_us', last_us: 'last_us', last_purchase_us: 'last_purchase_us' },
  },
  category: {
    of: 'category_id_code',
    windows: { types: TYPES, prices: PRICES },
    counts: { views, purchases, ...PRICED.counts },
    units: PRICED.units,
  },
  brand: {
    of: 'brand_code',
    windows: { types: TYPES, prices: PRICES },
    counts: { views, purchases, ...PRICED.counts },
    units: PRICED.units,
  },
  session: {
    of: 'session_code',
    windows: {
      rank: 'rank()',
      instant: 'dense_rank()',
      types: TYPES,
      prices: PRICES,
      firsts: `sum(begins_session_product::HUGEINT + begins_session_category::HUGEINT * ${inLane(1)})`,
      first_us: 'first_value(us)',
      last_us: 'last_value(us)',
      last_cart_us: 'max(cart_us)',
    },
    counts: {
      rank: 'rank',
      instant: 'instant',
      ...TYPE_COUNTS,
      products: lane('firsts', 0),
      categories: lane('firsts', 1),
      ...PRICED.counts,
    },
    units: PRICED.units,
    times: { first_us: 'first_us', last_us: 'last_us', last_cart_us: 'last_cart_us' },
  },
  user_product: {
    of: 'user_code, product_code',
    windows: { types: TYPES, last_us: 'last_value(us)' },
    counts: { views, carts, purchases },
    times: { last_us: 'last_us' },
  },
  user_category: {
    of: 'user_code, category_id_code',
    windows: { rank: 'rank()', purchases: 'sum(is_purchase)' },
    counts: { rank: 'rank', purchases: 'purchases' },
  },
  session_product: {
    of: 'session_code, product_code',
    windows: { types: TYPES, dwell_us: 'sum(dwell_us)', last_us: 'last_value(us)' },
    counts: { views, carts, removals },
    times: { dwell_us: 'dwell_us', last_us: 'last_us' },
  },
  session_category: { of: 'session_code, category_id_code', windows: { rank: 'rank()' }, counts: { rank: 'rank' } },
};

/**
 * Creates the table `marked_events`: the coded events with what needs a window of its own before it can be summed.
 * - begins_…: the event is (one of the rows of) the first of its pair, so that summing it counts distinct values;
 *   among rows of one instant it does not matter which carries the mark;
 * - dwell_us: time from this instant to the session's next, once for each product of the instant. A window that
 *   ends before a moment holds instants of its session whose next is at most the moment: no future in it.
 */
export async function markEvents(db: Database): Promise<void> {
  const begins = (keys: string) => `row_number() OVER (PARTITION BY ${keys} ORDER BY us) = 1`;
  await db.run(`
    CREATE OR REPLACE TEMP TABLE marked_events AS
    SELECT *,
      ${begins('user_code, session_code')} AS begins_user_session,
      ${begins('user_code, product_code')} AS begins_user_product,
      ${begins('session_code, product_code')} AS begins_session_product,
      category_id_code IS NOT NULL AND ${begins('session_code, category_id_code')} AS begins_session_category,
      CASE WHEN lag(us) OVER (PARTITION BY session_code, product_code ORDER BY us) IS DISTINCT FROM us
        THEN next_instant_us - us END AS dwell_us
    FROM (
      SELECT *, first_value(us) OVER (
        PARTITION BY session_code ORDER BY us GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_instant_us
      FROM coded_events)
    ORDER BY event_code`);
}

/**
 * Creates a table `past_of_…` for each past: event_code and the totals of every marked event, in the order of the
 * codes. Returns the tables' names. A total of more than 2^31 − 1 events is an error of DuckDB's.
 *
 * One narrow table for each past, put side by side by position, costs a quarter of one query with all windows, which
 * would carry every total through every sort.
 */
export async function sumPasts(db: Database): Promise<string[]> {
  const tables: string[] = [];
  for (const [name, { of, windows, counts, units, times }] of Object.entries(PASTS)) {
    const columns = (totals: Past['counts'], type: string) =>
      Object.entries(totals ?? {}).map(([total, sql]) => `, CAST(${sql} AS ${type}) AS ${name}_${total}`);
    const sums = Object.entries(windows).map(([alias, sql]) => `${sql} OVER past AS ${alias}`);
    await db.run(`
      CREATE OR REPLACE TEMP TABLE past_of_${name} AS
      SELECT event_code ${[...columns(counts, 'INTEGER'), ...columns(units, 'DOUBLE'), ...columns(times, 'BIGINT')].join('')}
      FROM (
        SELECT event_code, ${sums.join(', ')} FROM marked_events
        WINDOW past AS (PARTITION BY ${of} ORDER BY us GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
      ORDER BY event_code`);
    tables.push(`past_of_${name}`);
  }
  return tables;
}

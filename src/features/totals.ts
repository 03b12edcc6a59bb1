/**
 * The running totals that features are made of: for each event, sums over the earlier events of its user, product,
 * category, brand or session. It names no feature.
 *
 * Point in time: every window is ordered by the event's instant and ends with the group of the instant before it, so
 * neither the event itself nor another of the same instant is in it. Exact arithmetic: prices are summed
 * as whole ten-thousandths, times as whole microseconds, so no bit depends on the order of rows or on threads.
 */
import type { Database } from '../table/duckdb.js';

/** Columns of the coded events (events.ts) that name whose past is read. */
const PAST_OF = {
  user: 'user_code',
  product: 'product_code',
  category: 'category_id_code',
  brand: 'brand_code',
  session: 'session_code',
  user_product: 'user_code, product_code',
  user_category: 'user_code, category_id_code',
  session_product: 'session_code, product_code',
  session_category: 'session_code, category_id_code',
} as const;

type Past = keyof typeof PAST_OF;

interface Total {
  readonly name: string;
  readonly past: Past;
  /** An aggregate or window function over the earlier events. */
  readonly sql: string;
  readonly type: 'INTEGER' | 'BIGINT' | 'DOUBLE';
}

type Expressions = Readonly<Record<string, string>>;

/** Totals of one past: counts, sums and extremes of prices in ten-thousandths, and instants in microseconds. */
function totals(past: Past, kinds: { counts?: Expressions; units?: Expressions; instants?: Expressions }): Total[] {
  const typed = (expressions: Expressions | undefined, type: Total['type']) =>
    Object.entries(expressions ?? {}).map(([name, sql]) => ({ name: `${past}_${name}`, past, sql, type }));
  return [...typed(kinds.counts, 'INTEGER'), ...typed(kinds.units, 'DOUBLE'), ...typed(kinds.instants, 'BIGINT')];
}

/** One more than the number of earlier events: cheaper than a sum. */
const RANK = { rank: 'rank()' };

const TOTALS: readonly Total[] = [
  ...totals('user', {
    counts: {
      ...RANK,
      views: 'sum(is_view)',
      carts: 'sum(is_cart)',
      purchases: 'sum(is_purchase)',
      priced_purchases: 'count(purchase_units)',
      sessions: 'sum(begins_user_session)',
    },
    units: { spend_units: 'sum(purchase_units)' },
    instants: { first_us: 'first_value(us)', last_us: 'last_value(us)', last_purchase_us: 'max(purchase_us)' },
  }),
  ...totals('product', {
    counts: {
      views: 'sum(is_view)',
      carts: 'sum(is_cart)',
      removals: 'sum(is_removal)',
      purchases: 'sum(is_purchase)',
      users: 'sum(begins_user_product)',
      prices: 'count(price_units)',
    },
    units: { price_units: 'sum(price_units)', lowest_units: 'min(price_units)' },
    instants: { first_us: 'first_value(us)', last_us: 'last_value(us)', last_purchase_us: 'max(purchase_us)' },
  }),
  ...(['category', 'brand'] as const).flatMap((past) =>
    totals(past, {
      counts: { views: 'sum(is_view)', purchases: 'sum(is_purchase)', prices: 'count(price_units)' },
      units: { price_units: 'sum(price_units)' },
    }),
  ),
  ...totals('session', {
    counts: {
      ...RANK,
      instant: 'dense_rank()',
      views: 'sum(is_view)',
      carts: 'sum(is_cart)',
      removals: 'sum(is_removal)',
      purchases: 'sum(is_purchase)',
      products: 'sum(begins_session_product)',
      categories: 'sum(begins_session_category)',
      prices: 'count(price_units)',
    },
    units: { price_units: 'sum(price_units)' },
    instants: { first_us: 'first_value(us)', last_us: 'last_value(us)', last_cart_us: 'max(cart_us)' },
  }),
  ...totals('user_product', {
    counts: { views: 'sum(is_view)', carts: 'sum(is_cart)', purchases: 'sum(is_purchase)' },
    instants: { last_us: 'last_value(us)' },
  }),
  ...totals('user_category', { counts: { ...RANK, purchases: 'sum(is_purchase)' } }),
  ...totals('session_product', {
    counts: { views: 'sum(is_view)', carts: 'sum(is_cart)', removals: 'sum(is_removal)' },
    instants: { dwell_us: 'sum(dwell_us)', last_us: 'last_value(us)' },
  }),
  ...totals('session_category', { counts: RANK }),
];

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
  for (const past of Object.keys(PAST_OF) as Past[]) {
    const columns = TOTALS.filter((total) => total.past === past).map(
      ({ name, sql, type }) => `CAST(${sql} OVER past AS ${type}) AS ${name}`,
    );
    await db.run(`
      CREATE OR REPLACE TEMP TABLE past_of_${past} AS
      SELECT event_code, ${columns.join(', ')} FROM marked_events
      WINDOW past AS (PARTITION BY ${PAST_OF[past]} ORDER BY us GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
      ORDER BY event_code`);
    tables.push(`past_of_${past}`);
  }
  return tables;
}

/**
 * The running totals that features are made of: for each event, sums over the earlier events of its user, product,
 * category, brand or session. It names no feature.
 *
 * Point in time: every window is ordered by the event's instant and ends one microsecond before it, the resolution of
 * time here, so neither the event itself nor another of the same instant is in it. Exact arithmetic: prices are summed
 * as whole ten-thousandths, times as whole microseconds, so no bit depends on the order of rows or on threads.
 */

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
  /** An aggregate or window function over the earlier events; `rank() - 1` counts them without summing. */
  readonly sql: string;
}

function totals(past: Past, expressions: Readonly<Record<string, string>>): Total[] {
  return Object.entries(expressions).map(([name, sql]) => ({ name: `${past}_${name}`, past, sql }));
}

const EARLIER_EVENTS = 'rank()';

/** Sums over the events before each event. `…_last_us` and `…_first_us` are instants, in microseconds since 1970. */
const TOTALS: readonly Total[] = [
  ...totals('user', {
    rank: EARLIER_EVENTS,
    views: 'sum(is_view)',
    carts: 'sum(is_cart)',
    purchases: 'sum(is_purchase)',
    priced_purchases: 'sum(is_priced_purchase)',
    spend_units: 'sum(purchase_units)',
    sessions: 'sum(begins_user_session)',
    first_us: 'first_value(us)',
    last_us: 'last_value(us)',
    last_purchase_us: 'max(purchase_us)',
  }),
  ...totals('product', {
    rank: EARLIER_EVENTS,
    views: 'sum(is_view)',
    carts: 'sum(is_cart)',
    removals: 'sum(is_removal)',
    purchases: 'sum(is_purchase)',
    users: 'sum(begins_user_product)',
    prices: 'count(price_units)',
    price_units: 'sum(price_units)',
    lowest_units: 'min(price_units)',
    first_us: 'first_value(us)',
    last_us: 'last_value(us)',
    last_purchase_us: 'max(purchase_us)',
  }),
  ...totals('category', {
    views: 'sum(is_view)',
    purchases: 'sum(is_purchase)',
    prices: 'count(price_units)',
    price_units: 'sum(price_units)',
  }),
  ...totals('brand', {
    views: 'sum(is_view)',
    purchases: 'sum(is_purchase)',
    prices: 'count(price_units)',
    price_units: 'sum(price_units)',
  }),
  ...totals('session', {
    rank: EARLIER_EVENTS,
    instant: 'dense_rank()',
    views: 'sum(is_view)',
    carts: 'sum(is_cart)',
    removals: 'sum(is_removal)',
    purchases: 'sum(is_purchase)',
    products: 'sum(begins_session_product)',
    categories: 'sum(begins_session_category)',
    prices: 'count(price_units)',
    price_units: 'sum(price_units)',
    first_us: 'first_value(us)',
    last_us: 'last_value(us)',
    last_cart_us: 'max(cart_us)',
  }),
  ...totals('user_product', {
    views: 'sum(is_view)',
    carts: 'sum(is_cart)',
    purchases: 'sum(is_purchase)',
    last_us: 'last_value(us)',
  }),
  ...totals('user_category', { rank: EARLIER_EVENTS, purchases: 'sum(is_purchase)' }),
  ...totals('session_product', {
    views: 'sum(is_view)',
    carts: 'sum(is_cart)',
    removals: 'sum(is_removal)',
    dwell_us: 'sum(dwell_us)',
    last_us: 'last_value(us)',
  }),
  ...totals('session_category', { rank: EARLIER_EVENTS }),
];

/**
 * SELECT of one row an event of `events` with its totals. `marked` below adds what needs a window of its own first:
 * - begins_…: the event is (one of the rows of) the first of its pair, so that summing it counts distinct values;
 *   among rows of one instant it does not matter which carries the mark;
 * - dwell_us: time from this instant to the session's next, once for each product of the instant. A window that
 *   ends before a moment holds instants of its session whose next is at most the moment: no future in it.
 */
export function totalsQuery(events: string): string {
  const windows = Object.entries(PAST_OF).map(
    ([name, key]) =>
      `past_of_${name} AS (PARTITION BY ${key} ORDER BY us RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
  );
  return `
    WITH marked AS (
      SELECT *,
        row_number() OVER (PARTITION BY user_code, session_code ORDER BY us) = 1 AS begins_user_session,
        row_number() OVER (PARTITION BY user_code, product_code ORDER BY us) = 1 AS begins_user_product,
        row_number() OVER (PARTITION BY session_code, product_code ORDER BY us) = 1 AS begins_session_product,
        category_id_code IS NOT NULL
          AND row_number() OVER (PARTITION BY session_code, category_id_code ORDER BY us) = 1 AS begins_session_category,
        CASE WHEN lag(us) OVER (PARTITION BY session_code, product_code ORDER BY us) IS DISTINCT FROM us
          THEN next_instant_us - us END AS dwell_us
      FROM (
        SELECT *, min(us) OVER (
          PARTITION BY session_code ORDER BY us RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_instant_us
        FROM ${events}))
    SELECT event_code, ${TOTALS.map(({ name, past, sql }) => `${sql} OVER past_of_${past} AS ${name}`).join(', ')}
    FROM marked
    WINDOW ${windows.join(', ')}`;
}

/**
 * Decision moments and their labels, as SQL over the coded events: which events become rows, and whether the session
 * bought the product afterwards. It makes no feature: labels look forward, features never do.
 */
import { usageError } from '../base/errors.js';
import type { Database } from '../table/duckdb.js';

export type Moments = 'all' | 'cart' | 'last';

const PAIR = 'PARTITION BY session_code, product_code';

/**
 * Creates the table `moments`: for every distinct event, in the order of event_code, whether it is a moment (of the
 * file, not of the history alone), its label, and the first and last instant of its session.
 *
 * Label: 1 when the same session buys the same product at the moment's instant or later (`horizon`: at most that many
 * seconds later). `last`: of each pair of session and product, the last view or cart not after the pair's first
 * purchase, or the last at all where there is none; of several at one instant the cart, then the smallest in price,
 * category, brand and user.
 */
export async function markMoments(db: Database, moments: Moments, horizon: number | undefined): Promise<void> {
  const limit = horizon === undefined ? '' : `AND next_purchase_us <= us + ${horizonMicroseconds(horizon)}`;
  const candidate = `(source_row IS NOT NULL AND ${moments === 'cart' ? 'is_cart = 1' : '(is_view = 1 OR is_cart = 1)'})`;
  const last = `AND row_number() OVER (
    ${PAIR}, candidate
    ORDER BY coalesce(us <= first_purchase_us, true) DESC, us DESC, is_cart DESC, price, category_id, category_code,
      brand, user_id, source_row) = 1`;
  await db.run(`
    CREATE OR REPLACE TEMP TABLE moments AS
    SELECT event_code, candidate ${moments === 'last' ? last : ''} AS is_moment,
      (next_purchase_us IS NOT NULL ${limit})::TINYINT AS label, session_begin_us, session_end_us
    FROM (
      SELECT *, ${candidate} AS candidate,
        min(us) OVER (PARTITION BY session_code) AS session_begin_us,
        max(us) OVER (PARTITION BY session_code) AS session_end_us,
        min(purchase_us) OVER (${PAIR}) AS first_purchase_us,
        min(purchase_us) OVER (${PAIR} ORDER BY us RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_purchase_us
      FROM (
        SELECT event_code, us, session_code, product_code, is_view, is_cart, purchase_us, source_row
          ${moments === 'last' ? ', price, category_id, category_code, brand, user_id' : ''}
        FROM coded_events POSITIONAL JOIN distinct_events))
    ORDER BY event_code`);
}

function horizonMicroseconds(horizon: number): string {
  if (!(horizon > 0 && horizon <= 1e9))
    throw usageError('FEATURES_HORIZON', `The horizon is ${horizon} seconds; expected a number above 0, at most 1e9.`);
  return String(Math.round(horizon * 1e6));
}

/**
 * Decision moments and their labels, as SQL over the coded events: which events become rows, and whether the session
 * bought the product afterwards. It makes no feature: labels look forward, features never do.
 */
import { inputRejected } from '../base/errors.js';

export type Moments = 'all' | 'cart' | 'last';

const PAIR = 'PARTITION BY session_code, product_code';

/**
 * SELECT of event_code, label and the session's first and last instant of every moment among the events of the file
 * (source_row not NULL).
 *
 * Label: 1 when the same session buys the same product at the moment's instant or later (`horizon`: at most that many
 * seconds later). `last`: of each pair of session and product, the last view or cart not after the pair's first
 * purchase, or the last at all where there is none; of several at one instant the cart, then the smallest in price,
 * category, brand and user.
 */
export function momentsQuery(moments: Moments, horizon: number | undefined): string {
  const limit = horizon === undefined ? '' : `AND next_purchase_us <= us + ${horizonMicroseconds(horizon)}`;
  const kinds = moments === 'cart' ? 'is_cart = 1' : '(is_view = 1 OR is_cart = 1)';
  const last = `
    QUALIFY row_number() OVER (${PAIR} ORDER BY coalesce(us <= first_purchase_us, true) DESC, us DESC, is_cart DESC,
      price_units, category_id_code IS NULL, category_id, category_code, brand, user_id, price, source_row) = 1`;
  return `
    SELECT event_code, (next_purchase_us IS NOT NULL ${limit})::TINYINT AS label, session_begin_us, session_end_us
    FROM (
      SELECT event_code, source_row, us, session_code, product_code, category_id_code, is_view, is_cart, price_units,
        min(us) OVER (PARTITION BY session_code) AS session_begin_us,
        max(us) OVER (PARTITION BY session_code) AS session_end_us,
        min(purchase_us) OVER (${PAIR}) AS first_purchase_us,
        min(purchase_us) OVER (${PAIR} ORDER BY us RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_purchase_us
      FROM coded_events)
    ${moments === 'last' ? 'JOIN distinct_events USING (event_code, source_row)' : ''}
    WHERE source_row IS NOT NULL AND ${kinds}
    ${moments === 'last' ? last : ''}`;
}

function horizonMicroseconds(horizon: number): string {
  if (!(horizon > 0 && horizon <= 1e9))
    throw inputRejected(
      'features/horizon',
      `The horizon is ${horizon} seconds; expected a number above 0, at most 1e9.`,
    );
  return String(Math.round(horizon * 1e6));
}

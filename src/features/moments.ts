/**
 * Decision moments and their labels: which events become rows, and whether the session bought the product afterwards.
 * It makes no feature: labels look forward, features never do.
 */
import { usageError } from '../base/errors.js';
import { PairCodes } from './pair-codes.js';

export type Moments = 'all' | 'cart' | 'last';

/**
 * A query of the source rows of `--moments last`: of each pair of session and product, the last view or cart not after
 * the pair's first purchase, or the last at all where there is none; of several at one instant the cart, then the
 * smallest in price, category, brand and user. `events` has the columns of events and source_row, 0 in the history.
 */
export function lastMoments(events: string): string {
  return `
    SELECT source_row FROM (
      SELECT *, min(CASE WHEN event_type = 'purchase' THEN event_time END) OVER (
        PARTITION BY user_session, product_id) AS first_purchase
      FROM ${events})
    WHERE source_row > 0 AND event_type IN ('view', 'cart')
    QUALIFY row_number() OVER (
      PARTITION BY user_session, product_id
      ORDER BY coalesce(event_time <= first_purchase, true) DESC, event_time DESC, event_type = 'cart' DESC, price,
        category_id, category_code, brand, user_id, source_row) = 1`;
}

/** Every purchase's session and product, as codes, and instant; in the order of the instants. */
export interface Purchases {
  readonly session: Int32Array;
  readonly product: Int32Array;
  readonly us: Float64Array;
}

/**
 * Label of a moment: 1 when the same session buys the same product at the moment's instant or later (`horizon`: at most
 * that many seconds later). Moments must be asked about in the order of their instants.
 */
export class Labels {
  readonly #us: Float64Array;
  readonly #horizon: number;
  readonly #pairs = new PairCodes();
  /** Of each pair its first purchase not before the moments asked about; of each purchase the pair's next. −1: none. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;

  constructor({ session, product, us }: Purchases, horizon: number | undefined) {
    this.#us = us;
    this.#horizon = horizon === undefined ? Number.POSITIVE_INFINITY : horizonMicroseconds(horizon);
    this.#first = new Int32Array(us.length).fill(-1);
    this.#next = new Int32Array(us.length).fill(-1);
    for (let purchase = us.length - 1; purchase >= 0; purchase--) {
      const pair = this.#pairs.codeOf(session[purchase], product[purchase]);
      this.#next[purchase] = this.#first[pair];
      this.#first[pair] = purchase;
    }
  }

  labelOf(session: number, product: number, us: number): 0 | 1 {
    const pair = this.#pairs.find(session, product);
    if (pair < 0) return 0;
    let purchase = this.#first[pair];
    while (purchase >= 0 && this.#us[purchase] < us) purchase = this.#next[purchase];
    this.#first[pair] = purchase;
    return purchase >= 0 && this.#us[purchase] - us <= this.#horizon ? 1 : 0;
  }
}

/** Checked before anything is read. */
export function horizonMicroseconds(horizon: number): number {
  if (!(horizon > 0 && horizon <= 1e9))
    throw usageError('FEATURES_HORIZON', `The horizon is ${horizon} seconds; expected a number above 0, at most 1e9.`);
  return Math.round(horizon * 1e6);
}

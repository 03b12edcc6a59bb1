/** What is known of each session before an instant: in all, by product (with the time spent on it), and by category. */
import { CART, type EventBatch } from './event-batch.js';
import { DoubleColumn, IntColumn } from './growing-column.js';
import { PairCodes } from './pair-codes.js';
import type { ProductLists } from './sweep-state.js';
import type { Totals } from './totals.js';
import { PriceSums, TypeCounts } from './type-counts.js';

const NONE = -1;

export class SessionPast {
  readonly #events = new IntColumn();
  readonly #instants = new IntColumn();
  readonly #types = new TypeCounts();
  readonly #products = new IntColumn();
  readonly #categories = new IntColumn();
  readonly #prices = new PriceSums();
  readonly #first = new DoubleColumn(Number.NaN);
  readonly #last = new DoubleColumn(Number.NaN);
  readonly #lastCart = new DoubleColumn(Number.NaN);
  readonly columns = [
    this.#events,
    this.#instants,
    ...this.#types.columns,
    this.#products,
    this.#categories,
    ...this.#prices.columns,
    this.#first,
    this.#last,
    this.#lastCart,
  ];

  ensure(sessions: number): void {
    for (const column of this.columns) column.ensure(sessions);
  }

  /** The session's last instant before this one; NaN at its first. */
  lastInstant(session: number): number {
    return this.#last.values[session];
  }

  read(totals: Totals, row: number, session: number): void {
    totals.session_events[row] = this.#events.values[session];
    totals.session_instants[row] = this.#instants.values[session];
    totals.session_views[row] = this.#types.views.values[session];
    totals.session_carts[row] = this.#types.carts.values[session];
    totals.session_removals[row] = this.#types.removals.values[session];
    totals.session_purchases[row] = this.#types.purchases.values[session];
    totals.session_products[row] = this.#products.values[session];
    totals.session_categories[row] = this.#categories.values[session];
    totals.session_prices[row] = this.#prices.number.values[session];
    totals.session_price_units[row] = this.#prices.units.get(session);
    totals.session_first_us[row] = this.#first.values[session];
    totals.session_last_us[row] = this.#last.values[session];
    totals.session_last_cart_us[row] = this.#lastCart.values[session];
  }

  /** `newProduct`, `newCategory`: the session had not seen it before. */
  add(batch: EventBatch, i: number, units: number, newProduct: boolean, newCategory: boolean): void {
    const { us, session: sessions, type } = batch;
    const session = sessions[i];
    if (this.#events.values[session]++ === 0) this.#first.values[session] = us[i];
    if (this.#last.values[session] !== us[i]) this.#instants.values[session]++;
    this.#last.values[session] = us[i];
    this.#types.add(session, type[i]);
    if (newProduct) this.#products.values[session]++;
    if (newCategory) this.#categories.values[session]++;
    this.#prices.add(session, units);
    if (type[i] === CART) this.#lastCart.values[session] = us[i];
  }
}

/**
 * Dwell: an instant of a session lasts until its next one, and counts once for each of its products. The products of a
 * session's latest instant form a list that is settled when the next instant is known, before anything of it is read.
 */
export class SessionProductPast {
  readonly pairs = new PairCodes();
  readonly #types = new TypeCounts();
  readonly #dwell = new DoubleColumn();
  readonly #last = new DoubleColumn(Number.NaN);
  /** Of a pair: the next in its session's list + 1; 0 ends the list. */
  readonly #next = new IntColumn();
  /** Of a session: the first pair of its list + 1. */
  readonly #head = new IntColumn();
  readonly columns = [...this.#types.columns, this.#dwell, this.#last];
  /** Of a session: the products of its latest instant. */
  readonly open: ProductLists = {
    get: (session) => {
      this.ensure(session + 1);
      return this.#openPairs(session).map((pair) => this.pairs.secondOf(pair));
    },
    set: (session, products) => {
      this.ensure(session + 1);
      this.#head.values[session] = 0;
      for (const product of products) this.#link(session, this.#codeOf(session, product));
    },
  };

  ensure(sessions: number): void {
    this.#head.ensure(sessions);
  }

  codeOf({ session, product }: EventBatch, i: number): number {
    return this.#codeOf(session[i], product[i]);
  }

  #codeOf(session: number, product: number): number {
    const code = this.pairs.codeOf(session, product);
    this.#types.ensure(code + 1);
    for (const column of [this.#dwell, this.#last, this.#next]) column.ensure(code + 1);
    return code;
  }

  #openPairs(session: number): number[] {
    const pairs: number[] = [];
    for (let pair = this.#head.values[session] - 1; pair !== NONE; pair = this.#next.values[pair] - 1) pairs.push(pair);
    return pairs;
  }

  #link(session: number, pair: number): void {
    this.#next.values[pair] = this.#head.values[session];
    this.#head.values[session] = pair + 1;
  }

  /** What the session's latest instant adds to the pair's dwell if it ends at `us`. */
  openDwell(session: number, pair: number, us: number, lastInstant: number): number {
    return lastInstant < us && this.#openPairs(session).includes(pair) ? us - lastInstant : 0;
  }

  /** Ends the session's latest instant at `us`, if it began before. */
  settle(session: number, us: number, lastInstant: number): void {
    const head = this.#head.values;
    if (head[session] === 0 || lastInstant === us) return;
    for (let pair = head[session] - 1; pair !== NONE; pair = this.#next.values[pair] - 1)
      this.#dwell.values[pair] += us - lastInstant;
    head[session] = 0;
  }

  read(totals: Totals, row: number, pair: number): void {
    totals.session_product_views[row] = this.#types.views.values[pair];
    totals.session_product_carts[row] = this.#types.carts.values[pair];
    totals.session_product_removals[row] = this.#types.removals.values[pair];
    totals.session_product_dwell_us[row] = this.#dwell.values[pair];
    totals.session_product_last_us[row] = this.#last.values[pair];
  }

  /** Whether this is the pair's first event. */
  add({ us, session, type }: EventBatch, i: number, pair: number): boolean {
    const isFirst = Number.isNaN(this.#last.values[pair]);
    this.#types.add(pair, type[i]);
    if (this.#last.values[pair] !== us[i]) this.#link(session[i], pair);
    this.#last.values[pair] = us[i];
    return isFirst;
  }
}

export class SessionCategoryPast {
  readonly pairs = new PairCodes();
  readonly #events = new IntColumn();
  readonly columns = [this.#events];

  codeOf({ session, category }: EventBatch, i: number): number {
    const code = this.pairs.codeOf(session[i], category[i]);
    this.#events.ensure(code + 1);
    return code;
  }

  read(totals: Totals, row: number, pair: number): void {
    totals.session_category_events[row] = this.#events.values[pair];
  }

  /** Whether this is the pair's first event. */
  add(pair: number): boolean {
    return this.#events.values[pair]++ === 0;
  }
}

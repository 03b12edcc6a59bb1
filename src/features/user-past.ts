/** What is known of each user before an instant: in all, by product, and by category. */
import { type EventBatch, PURCHASE } from './event-batch.js';
import { DoubleColumn, IntColumn } from './growing-column.js';
import { PairCodes } from './pair-codes.js';
import type { Totals } from './totals.js';
import { PriceSums, TypeCounts } from './type-counts.js';

export class UserPast {
  readonly #events = new IntColumn();
  readonly #types = new TypeCounts();
  readonly #sessions = new IntColumn();
  readonly #spend = new PriceSums();
  readonly #first = new DoubleColumn(Number.NaN);
  readonly #last = new DoubleColumn(Number.NaN);
  readonly #firstPurchase = new DoubleColumn(Number.NaN);
  readonly #lastPurchase = new DoubleColumn(Number.NaN);
  /** Pairs of a session and its user. */
  readonly sessionPairs = new PairCodes();
  readonly columns = [
    this.#events,
    ...this.#types.columns,
    this.#sessions,
    ...this.#spend.columns,
    this.#first,
    this.#last,
    this.#firstPurchase,
    this.#lastPurchase,
  ];

  ensure(users: number): void {
    for (const column of this.columns) column.ensure(users);
  }

  read(totals: Totals, row: number, user: number): void {
    totals.user_events[row] = this.#events.values[user];
    totals.user_sessions[row] = this.#sessions.values[user];
    totals.user_views[row] = this.#types.views.values[user];
    totals.user_carts[row] = this.#types.carts.values[user];
    totals.user_purchases[row] = this.#types.purchases.values[user];
    totals.user_priced_purchases[row] = this.#spend.number.values[user];
    totals.user_spend_units[row] = this.#spend.units.get(user);
    totals.user_first_us[row] = this.#first.values[user];
    totals.user_last_us[row] = this.#last.values[user];
    totals.user_first_purchase_us[row] = this.#firstPurchase.values[user];
    totals.user_last_purchase_us[row] = this.#lastPurchase.values[user];
  }

  add({ us, user: users, session, type }: EventBatch, i: number, units: number): void {
    const user = users[i];
    const known = this.sessionPairs.size;
    if (this.sessionPairs.codeOf(session[i], user) === known) this.#sessions.values[user]++;
    if (this.#events.values[user]++ === 0) this.#first.values[user] = us[i];
    this.#last.values[user] = us[i];
    this.#types.add(user, type[i]);
    if (type[i] !== PURCHASE) return;
    this.#spend.add(user, units);
    if (Number.isNaN(this.#firstPurchase.values[user])) this.#firstPurchase.values[user] = us[i];
    this.#lastPurchase.values[user] = us[i];
  }
}

export class UserProductPast {
  readonly pairs = new PairCodes();
  readonly #types = new TypeCounts();
  readonly #last = new DoubleColumn(Number.NaN);
  readonly columns = [...this.#types.columns, this.#last];

  /** The pair's code, with room for what is counted of it. */
  codeOf({ user, product }: EventBatch, i: number): number {
    const code = this.pairs.codeOf(user[i], product[i]);
    this.#types.ensure(code + 1);
    this.#last.ensure(code + 1);
    return code;
  }

  read(totals: Totals, row: number, pair: number): void {
    totals.user_product_views[row] = this.#types.views.values[pair];
    totals.user_product_carts[row] = this.#types.carts.values[pair];
    totals.user_product_purchases[row] = this.#types.purchases.values[pair];
    totals.user_product_last_us[row] = this.#last.values[pair];
  }

  /** Whether this is the pair's first event. */
  add({ us, type }: EventBatch, i: number, pair: number): boolean {
    const isFirst = Number.isNaN(this.#last.values[pair]);
    this.#types.add(pair, type[i]);
    this.#last.values[pair] = us[i];
    return isFirst;
  }
}

export class UserCategoryPast {
  readonly pairs = new PairCodes();
  readonly #events = new IntColumn();
  readonly #purchases = new IntColumn();
  readonly columns = [this.#events, this.#purchases];

  codeOf({ user, category }: EventBatch, i: number): number {
    const code = this.pairs.codeOf(user[i], category[i]);
    this.#events.ensure(code + 1);
    this.#purchases.ensure(code + 1);
    return code;
  }

  read(totals: Totals, row: number, pair: number): void {
    totals.user_category_events[row] = this.#events.values[pair];
    totals.user_category_purchases[row] = this.#purchases.values[pair];
  }

  add({ type }: EventBatch, i: number, pair: number): void {
    this.#events.values[pair]++;
    if (type[i] === PURCHASE) this.#purchases.values[pair]++;
  }
}

/**
 * What lies in each session's cart before an instant. A product is in the cart when the session put it there after it
 * last took it out or bought it; its value is the price at which it was put there last (of several at one instant the
 * highest). It follows the events of a pair of session and product, whose codes session-past.ts gives.
 */
import { CART, type EventBatch, VIEW } from './event-batch.js';
import { DoubleColumn, IntColumn, SumColumn } from './growing-column.js';
import type { Totals } from './totals.js';

export class CartPast {
  readonly #products = new IntColumn();
  readonly #value = new SumColumn();
  readonly #inUs = new DoubleColumn(Number.NEGATIVE_INFINITY);
  readonly #outUs = new DoubleColumn(Number.NEGATIVE_INFINITY);
  readonly #units = new DoubleColumn();
  readonly sessionColumns = [this.#products, this.#value];
  readonly pairColumns = [this.#inUs, this.#outUs, this.#units];

  ensure(sessions: number): void {
    for (const column of this.sessionColumns) column.ensure(sessions);
  }

  /** `pair`: the code of the moment's session and product. */
  read(totals: Totals, row: number, session: number, pair: number): void {
    this.#ensurePair(pair);
    totals.session_cart_products[row] = this.#products.values[session];
    totals.session_cart_units[row] = this.#value.get(session);
    totals.session_product_in_cart[row] = this.#isIn(pair) ? 1 : 0;
  }

  add({ us, session: sessions, type }: EventBatch, i: number, pair: number, units: number): void {
    if (type[i] === VIEW) return;
    this.#ensurePair(pair);
    const session = sessions[i];
    const was = this.#isIn(pair);
    const before = this.#units.values[pair];
    if (type[i] === CART) {
      const value = Number.isNaN(units) ? 0 : units;
      this.#units.values[pair] = this.#inUs.values[pair] === us[i] ? Math.max(before, value) : value;
      this.#inUs.values[pair] = us[i];
    } else {
      this.#outUs.values[pair] = us[i];
    }
    if (was) this.#value.add(session, -before);
    const is = this.#isIn(pair);
    if (is) this.#value.add(session, this.#units.values[pair]);
    this.#products.values[session] += (is ? 1 : 0) - (was ? 1 : 0);
  }

  #isIn(pair: number): boolean {
    return this.#inUs.values[pair] > this.#outUs.values[pair];
  }

  #ensurePair(pair: number): void {
    for (const column of this.pairColumns) column.ensure(pair + 1);
  }
}

/**
 * The course of each product's price before an instant: its last price, its highest, and when and from what it last
 * changed. Of several prices at one instant the lowest is the price of that instant, whatever their order.
 */
import type { EventBatch } from './event-batch.js';
import { DoubleColumn } from './growing-column.js';
import type { Totals } from './totals.js';

export class PricePast {
  readonly #highest = new DoubleColumn(Number.NaN);
  /** The latest instant with a price, and the price then. */
  readonly #last = new DoubleColumn(Number.NaN);
  readonly #lastUs = new DoubleColumn(Number.NaN);
  /** The price at the instant before it. */
  readonly #before = new DoubleColumn(Number.NaN);
  /** Up to `before`: when that price began to hold, and the other price that it took over from. */
  readonly #changedUs = new DoubleColumn(Number.NaN);
  readonly #earlier = new DoubleColumn(Number.NaN);

  readonly columns = [this.#highest, this.#last, this.#lastUs, this.#before, this.#changedUs, this.#earlier];

  ensure(products: number): void {
    for (const column of this.columns) column.ensure(products);
  }

  read(totals: Totals, row: number, product: number): void {
    const last = this.#last.values[product];
    const before = this.#before.values[product];
    const changed = changes(before, last);
    totals.product_highest_units[row] = this.#highest.values[product];
    totals.product_last_price_units[row] = last;
    totals.product_earlier_price_units[row] = changed ? before : this.#earlier.values[product];
    totals.product_price_change_us[row] = changed ? this.#lastUs.values[product] : this.#changedUs.values[product];
  }

  /** `units` of NaN is no price. */
  add({ us, product: products }: EventBatch, i: number, units: number): void {
    if (Number.isNaN(units)) return;
    const product = products[i];
    const [last, before] = [this.#last.values, this.#before.values];
    if (!(this.#highest.values[product] >= units)) this.#highest.values[product] = units;
    if (this.#lastUs.values[product] === us[i]) {
      last[product] = Math.min(last[product], units);
      return;
    }
    // The instant before this one is over: whether it changed the price is known now.
    if (changes(before[product], last[product])) {
      this.#changedUs.values[product] = this.#lastUs.values[product];
      this.#earlier.values[product] = before[product];
    }
    before[product] = last[product];
    last[product] = units;
    this.#lastUs.values[product] = us[i];
  }
}

/** A first price is no change. */
function changes(before: number, last: number): boolean {
  return !Number.isNaN(before) && before !== last;
}

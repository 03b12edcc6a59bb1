/** What is known of each product, category and brand before an instant, from the events of all users. */
import { type EventBatch, PURCHASE } from './event-batch.js';
import { DoubleColumn, IntColumn } from './growing-column.js';
import type { Totals } from './totals.js';
import { PriceSums, TypeCounts } from './type-counts.js';

export class ProductPast {
  readonly #types = new TypeCounts();
  readonly #users = new IntColumn();
  readonly #prices = new PriceSums();
  readonly #lowest = new DoubleColumn(Number.NaN);
  readonly #first = new DoubleColumn(Number.NaN);
  readonly #last = new DoubleColumn(Number.NaN);
  readonly #lastPurchase = new DoubleColumn(Number.NaN);

  ensure(products: number): void {
    for (const column of [this.#types, this.#users, this.#prices, this.#lowest]) column.ensure(products);
    for (const column of [this.#first, this.#last, this.#lastPurchase]) column.ensure(products);
  }

  read(totals: Totals, row: number, product: number): void {
    totals.product_views[row] = this.#types.views.values[product];
    totals.product_carts[row] = this.#types.carts.values[product];
    totals.product_removals[row] = this.#types.removals.values[product];
    totals.product_purchases[row] = this.#types.purchases.values[product];
    totals.product_users[row] = this.#users.values[product];
    totals.product_prices[row] = this.#prices.number.values[product];
    totals.product_price_units[row] = this.#prices.units.get(product);
    totals.product_lowest_units[row] = this.#lowest.values[product];
    totals.product_first_us[row] = this.#first.values[product];
    totals.product_last_us[row] = this.#last.values[product];
    totals.product_last_purchase_us[row] = this.#lastPurchase.values[product];
  }

  add({ us, product: products, type }: EventBatch, i: number, units: number, newUser: boolean): void {
    const product = products[i];
    this.#types.add(product, type[i]);
    if (newUser) this.#users.values[product]++;
    this.#prices.add(product, units);
    // Not Math.min: a comparison with NaN is false, so the first price replaces "none" and a missing one nothing.
    if (!(this.#lowest.values[product] <= units) && !Number.isNaN(units)) this.#lowest.values[product] = units;
    if (Number.isNaN(this.#first.values[product])) this.#first.values[product] = us[i];
    this.#last.values[product] = us[i];
    if (type[i] === PURCHASE) this.#lastPurchase.values[product] = us[i];
  }
}

/** Views, purchases and prices of a category or a brand. */
export class GroupPast {
  readonly #of: 'category' | 'brand';
  readonly #types = new TypeCounts();
  readonly #prices = new PriceSums();

  constructor(of: 'category' | 'brand') {
    this.#of = of;
  }

  ensure(groups: number): void {
    this.#types.ensure(groups);
    this.#prices.ensure(groups);
  }

  /** Nothing to read or to add for a missing group (−1): features of it are missing too. */
  read(totals: Totals, row: number, group: number): void {
    const present = group >= 0;
    totals[`has_${this.#of}`][row] = present ? 1 : 0;
    totals[`${this.#of}_views`][row] = present ? this.#types.views.values[group] : 0;
    totals[`${this.#of}_purchases`][row] = present ? this.#types.purchases.values[group] : 0;
    totals[`${this.#of}_prices`][row] = present ? this.#prices.number.values[group] : 0;
    totals[`${this.#of}_price_units`][row] = present ? this.#prices.units.get(group) : 0;
  }

  add(batch: EventBatch, i: number, units: number): void {
    const group = batch[this.#of][i];
    if (group < 0) return;
    this.#types.add(group, batch.type[i]);
    this.#prices.add(group, units);
  }
}

/** What is known of each product, category and brand before an instant, from the events of all users. */
import { type EventBatch, PURCHASE, VIEW } from './event-batch.js';
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
  readonly columns = [
    ...this.#types.columns,
    this.#users,
    ...this.#prices.columns,
    this.#lowest,
    this.#first,
    this.#last,
    this.#lastPurchase,
  ];

  ensure(products: number): void {
    for (const column of this.columns) column.ensure(products);
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

/** Views, purchases and prices of a category or a brand; nothing is read or added for a missing one (−1). */
class GroupPast {
  protected readonly views = new IntColumn();
  protected readonly purchases = new IntColumn();
  protected readonly prices = new PriceSums();
  readonly columns = [this.views, this.purchases, ...this.prices.columns];

  ensure(groups: number): void {
    for (const column of this.columns) column.ensure(groups);
  }

  add(group: number, type: number, units: number): void {
    if (group < 0) return;
    if (type === VIEW) this.views.values[group]++;
    else if (type === PURCHASE) this.purchases.values[group]++;
    this.prices.add(group, units);
  }
}

export class CategoryPast extends GroupPast {
  read(totals: Totals, row: number, category: number): void {
    totals.has_category[row] = category < 0 ? 0 : 1;
    totals.category_views[row] = category < 0 ? 0 : this.views.values[category];
    totals.category_purchases[row] = category < 0 ? 0 : this.purchases.values[category];
    totals.category_prices[row] = category < 0 ? 0 : this.prices.number.values[category];
    totals.category_price_units[row] = category < 0 ? 0 : this.prices.units.get(category);
  }
}

export class BrandPast extends GroupPast {
  read(totals: Totals, row: number, brand: number): void {
    totals.has_brand[row] = brand < 0 ? 0 : 1;
    totals.brand_views[row] = brand < 0 ? 0 : this.views.values[brand];
    totals.brand_purchases[row] = brand < 0 ? 0 : this.purchases.values[brand];
    totals.brand_prices[row] = brand < 0 ? 0 : this.prices.number.values[brand];
    totals.brand_price_units[row] = brand < 0 ? 0 : this.prices.units.get(brand);
  }
}

/** How many events of each type, and how many prices with their exact sum, something has seen: parts of every past. */
import type { EventBatch } from './event-batch.js';
import { CART, PURCHASE, REMOVAL, VIEW } from './event-batch.js';
import { IntColumn, SumColumn } from './growing-column.js';

export class TypeCounts {
  readonly views = new IntColumn();
  readonly carts = new IntColumn();
  readonly removals = new IntColumn();
  readonly purchases = new IntColumn();
  readonly columns = [this.views, this.carts, this.removals, this.purchases];

  ensure(size: number): void {
    this.views.ensure(size);
    this.carts.ensure(size);
    this.removals.ensure(size);
    this.purchases.ensure(size);
  }

  add(code: number, type: number): void {
    if (type === VIEW) this.views.values[code]++;
    else if (type === CART) this.carts.values[code]++;
    else if (type === REMOVAL) this.removals.values[code]++;
    else if (type === PURCHASE) this.purchases.values[code]++;
  }
}

/**
 * Prices above this are left out of sums and means (as if missing there); a moment's own price stays what it is. In
 * ten-thousandths they still fit 63 bits.
 */
const LARGEST_SUMMED_PRICE = 1e14;

/** The price in whole ten-thousandths; NaN when it takes no part in sums. */
export function priceUnits({ price }: EventBatch, i: number): number {
  const value = price[i];
  return value >= 0 && value <= LARGEST_SUMMED_PRICE ? Math.round(value * 1e4) : Number.NaN;
}

export class PriceSums {
  readonly number = new IntColumn();
  readonly units = new SumColumn();
  readonly columns = [this.number, this.units];

  ensure(size: number): void {
    this.number.ensure(size);
    this.units.ensure(size);
  }

  /** `units` of NaN is no price. */
  add(code: number, units: number): void {
    if (Number.isNaN(units)) return;
    this.number.values[code]++;
    this.units.add(code, units);
  }
}

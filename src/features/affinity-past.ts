/**
 * How much each user turns to a brand, a category and a band of prices before an instant, beside how much everybody
 * does. It counts; the affinity itself is a formula of the catalogue (affinity-features.ts).
 */
import { type EventBatch, PURCHASE } from './event-batch.js';
import { IntColumn } from './growing-column.js';
import { PairCodes } from './pair-codes.js';
import { BANDS, priceBand } from './price-band.js';
import type { KeptKinds } from './sweep-state.js';
import type { Totals } from './totals.js';

export class AffinityPast {
  readonly #events = new IntColumn();
  readonly #categoryEvents = new IntColumn();
  readonly #brandEvents = new IntColumn();
  readonly #bandEvents = new IntColumn();
  readonly #userBrand = new PairCounts();
  readonly #userBand = new PairCounts();
  readonly kept = {
    all: { columns: [this.#events] },
    band: { columns: [this.#bandEvents] },
    category: { columns: [this.#categoryEvents] },
    brand: { columns: [this.#brandEvents] },
    'user-brand': this.#userBrand,
    'user-band': this.#userBand,
  } satisfies KeptKinds;

  ensure(categories: number, brands: number): void {
    this.#bandEvents.ensure(BANDS);
    this.#categoryEvents.ensure(categories);
    this.#brandEvents.ensure(brands);
  }

  read(totals: Totals, row: number, { user, category, brand, price }: EventBatch, i: number): void {
    const band = priceBand(price[i]);
    totals.all_events[row] = this.#events.values[0];
    totals.category_events[row] = category[i] < 0 ? 0 : this.#categoryEvents.values[category[i]];
    totals.brand_events[row] = brand[i] < 0 ? 0 : this.#brandEvents.values[brand[i]];
    totals.price_band[row] = band < 0 ? Number.NaN : band;
    totals.price_band_events[row] = band < 0 ? 0 : this.#bandEvents.values[band];
    const ofBrand = brand[i] < 0 ? -1 : this.#userBrand.find(user[i], brand[i]);
    totals.user_brand_events[row] = this.#userBrand.events(ofBrand);
    totals.user_brand_purchases[row] = this.#userBrand.purchases(ofBrand);
    const ofBand = band < 0 ? -1 : this.#userBand.find(user[i], band);
    totals.user_price_band_events[row] = this.#userBand.events(ofBand);
    totals.user_price_band_purchases[row] = this.#userBand.purchases(ofBand);
  }

  add({ user, category, brand, price, type }: EventBatch, i: number): void {
    this.#events.values[0]++;
    const bought = type[i] === PURCHASE;
    if (category[i] >= 0) this.#categoryEvents.values[category[i]]++;
    if (brand[i] >= 0) {
      this.#brandEvents.values[brand[i]]++;
      this.#userBrand.add(user[i], brand[i], bought);
    }
    const band = priceBand(price[i]);
    if (band >= 0) {
      this.#bandEvents.values[band]++;
      this.#userBand.add(user[i], band, bought);
    }
  }
}

/** Events and purchases of pairs. */
class PairCounts {
  readonly pairs = new PairCodes();
  readonly #events = new IntColumn();
  readonly #purchases = new IntColumn();
  readonly columns = [this.#events, this.#purchases];

  find(first: number, second: number): number {
    return this.pairs.find(first, second);
  }

  /** `pair` −1: one that was never seen. */
  events(pair: number): number {
    return pair < 0 ? 0 : this.#events.values[pair];
  }

  purchases(pair: number): number {
    return pair < 0 ? 0 : this.#purchases.values[pair];
  }

  add(first: number, second: number, bought: boolean): void {
    const pair = this.pairs.codeOf(first, second);
    this.#events.ensure(pair + 1);
    this.#purchases.ensure(pair + 1);
    this.#events.values[pair]++;
    if (bought) this.#purchases.values[pair]++;
  }
}

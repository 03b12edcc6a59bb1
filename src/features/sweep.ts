/**
 * The point-in-time pass: events in the order of their instants, one batch after another, to the totals of each moment.
 * It keeps what it knows of each user, product, category, brand and session in columns of numbers, and no event.
 *
 * Point in time: of all events of one instant the totals are read first, and only then are the events added. So neither
 * a moment itself nor another event of its instant is in its totals, whatever the order of the file. Exact arithmetic:
 * prices are summed as whole ten-thousandths, times as whole microseconds, so no order of events shows in a bit.
 */
import type { EventBatch } from './event-batch.js';
import { CART } from './event-batch.js';
import { BrandPast, CategoryPast, ProductPast } from './product-past.js';
import { markRepeated } from './repeated-events.js';
import { SessionCategoryPast, SessionPast, SessionProductPast } from './session-past.js';
import { emptyTotals, type Totals } from './totals.js';
import { priceUnits } from './type-counts.js';
import { UserCategoryPast, UserPast, UserProductPast } from './user-past.js';

export interface SweptMoments {
  readonly rows: number;
  /** Of each moment its place in the batch. */
  readonly event: Int32Array;
  /** Longer than `rows`: the rest is to be passed over. */
  readonly totals: Totals;
}

export class Sweep {
  /** Different events so far. */
  events = 0;
  readonly #user = new UserPast();
  readonly #product = new ProductPast();
  readonly #category = new CategoryPast();
  readonly #brand = new BrandPast();
  readonly #session = new SessionPast();
  readonly #userProduct = new UserProductPast();
  readonly #userCategory = new UserCategoryPast();
  readonly #sessionProduct = new SessionProductPast();
  readonly #sessionCategory = new SessionCategoryPast();
  #totals = emptyTotals(0);
  #event = new Int32Array(0);
  #repeated = new Uint8Array(0);
  #userProducts = new Int32Array(0);
  #userCategories = new Int32Array(0);
  #sessionProducts = new Int32Array(0);
  #sessionCategories = new Int32Array(0);

  /** The next events, whole instants, none earlier than those before. What it returns is good until the next call. */
  advance(batch: EventBatch): SweptMoments {
    const { rows, us } = batch;
    this.#makeRoom(batch);
    let moments = 0;
    for (let from = 0, to = 0; from < rows; from = to) {
      while (to < rows && us[to] === us[from]) to++;
      if (to - from > 1) markRepeated(batch, from, to, this.#repeated);
      moments = this.#read(batch, from, to, moments);
      this.#add(batch, from, to);
    }
    return { rows: moments, event: this.#event, totals: this.#totals };
  }

  /** Finds the codes of every event's pairs and reads the totals of the moments among them. */
  #read(batch: EventBatch, from: number, to: number, moments: number): number {
    const totals = this.#totals;
    let row = moments;
    for (let i = from; i < to; i++) {
      if (this.#repeated[i] === 1) continue;
      const session = batch.session[i];
      const inCategory = batch.category[i] >= 0;
      this.#sessionProduct.settle(session, batch.us[i], this.#session.lastInstant(session));
      const userProduct = this.#userProduct.codeOf(batch, i);
      const sessionProduct = this.#sessionProduct.codeOf(batch, i);
      const userCategory = inCategory ? this.#userCategory.codeOf(batch, i) : -1;
      const sessionCategory = inCategory ? this.#sessionCategory.codeOf(batch, i) : -1;
      this.#userProducts[i] = userProduct;
      this.#sessionProducts[i] = sessionProduct;
      this.#userCategories[i] = userCategory;
      this.#sessionCategories[i] = sessionCategory;
      if (batch.isMoment[i] === 0) continue;
      this.#event[row] = i;
      totals.us[row] = batch.us[i];
      totals.price[row] = batch.price[i];
      totals.is_cart[row] = batch.type[i] === CART ? 1 : 0;
      this.#user.read(totals, row, batch.user[i]);
      this.#product.read(totals, row, batch.product[i]);
      this.#category.read(totals, row, batch.category[i]);
      this.#brand.read(totals, row, batch.brand[i]);
      this.#session.read(totals, row, session);
      this.#userProduct.read(totals, row, userProduct);
      this.#sessionProduct.read(totals, row, sessionProduct);
      if (inCategory) {
        this.#userCategory.read(totals, row, userCategory);
        this.#sessionCategory.read(totals, row, sessionCategory);
      }
      row++;
    }
    return row;
  }

  #add(batch: EventBatch, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (this.#repeated[i] === 1) continue;
      this.events++;
      const units = priceUnits(batch, i);
      const inCategory = batch.category[i] >= 0;
      const newUser = this.#userProduct.add(batch, i, this.#userProducts[i]);
      const newProduct = this.#sessionProduct.add(batch, i, this.#sessionProducts[i]);
      if (inCategory) this.#userCategory.add(batch, i, this.#userCategories[i]);
      const newCategory = inCategory && this.#sessionCategory.add(this.#sessionCategories[i]);
      this.#user.add(batch, i, units);
      this.#product.add(batch, i, units, newUser);
      this.#category.add(batch.category[i], batch.type[i], units);
      this.#brand.add(batch.brand[i], batch.type[i], units);
      this.#session.add(batch, i, units, newProduct, newCategory);
    }
  }

  #makeRoom(batch: EventBatch): void {
    const { rows } = batch;
    if (this.#event.length < rows) {
      this.#totals = emptyTotals(rows);
      this.#event = new Int32Array(rows);
      this.#repeated = new Uint8Array(rows);
      this.#userProducts = new Int32Array(rows);
      this.#userCategories = new Int32Array(rows);
      this.#sessionProducts = new Int32Array(rows);
      this.#sessionCategories = new Int32Array(rows);
    }
    this.#repeated.fill(0);
    const sessions = 1 + largest(batch.session, rows);
    this.#user.ensure(1 + largest(batch.user, rows));
    this.#product.ensure(1 + largest(batch.product, rows));
    this.#category.ensure(1 + largest(batch.category, rows));
    this.#brand.ensure(1 + largest(batch.brand, rows));
    this.#session.ensure(sessions);
    this.#sessionProduct.ensure(sessions);
  }
}

function largest(codes: Int32Array, rows: number): number {
  let most = -1;
  for (let i = 0; i < rows; i++) if (codes[i] > most) most = codes[i];
  return most;
}

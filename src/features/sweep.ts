/**
 * The point-in-time pass: events in the order of their instants, one batch after another, to the totals of each moment.
 * It keeps what it knows of each user, product, category, brand and session in columns of numbers, and no event.
 *
 * Point in time: of all events of one instant the totals are read first, and only then are the events added. So neither
 * a moment itself nor another event of its instant is in its totals, whatever the order of the file. Exact arithmetic:
 * prices are summed as whole ten-thousandths, times as whole microseconds, so no order of events shows in a bit.
 */
import { AffinityPast } from './affinity-past.js';
import { CartPast } from './cart-past.js';
import { CART, type EventBatch, PROBE, PURCHASE, VIEW } from './event-batch.js';
import type { FeatureFamily } from './feature.js';
import { PricePast } from './price-past.js';
import { BrandPast, CategoryPast, ProductPast } from './product-past.js';
import { markRepeated } from './repeated-events.js';
import { SessionCategoryPast, SessionPast, SessionProductPast } from './session-past.js';
import { SlidingWindows } from './sliding-windows.js';
import { type Succession, SuccessionPast } from './succession-past.js';
import type { KeptKinds } from './sweep-state.js';
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

/** How often things were seen in the windows before an instant. */
export interface Windows {
  ensure(products: number, categories: number, brands: number, users: number): void;
  advanceTo(us: number): void;
  read(totals: Totals, row: number, batch: EventBatch, i: number): void;
  add(batch: EventBatch, i: number, units: number): void;
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
  readonly #windows: Windows | undefined;
  readonly #prices: PricePast | undefined;
  readonly #cart: CartPast | undefined;
  readonly #affinity: AffinityPast | undefined;
  readonly #nextViews: SuccessionPast | undefined;
  readonly #copurchases: SuccessionPast | undefined;
  #totals = emptyTotals(0);
  #event = new Int32Array(0);
  #repeated = new Uint8Array(0);
  #userProducts = new Int32Array(0);
  #userCategories = new Int32Array(0);
  #sessionProducts = new Int32Array(0);
  #sessionCategories = new Int32Array(0);

  /**
   * Totals that only features of other families read stay 0, and cost nothing. `windows`: in the place of a queue of all
   * events, if features read any.
   */
  constructor(families: ReadonlySet<FeatureFamily>, windows: Windows = new SlidingWindows()) {
    if (families.has('window')) this.#windows = windows;
    if (families.has('price')) this.#prices = new PricePast();
    if (families.has('cart')) this.#cart = new CartPast();
    if (families.has('affinity')) this.#affinity = new AffinityPast();
    if (!families.has('succession')) return;
    this.#nextViews = new SuccessionPast({ bothWays: false });
    this.#copurchases = new SuccessionPast({ bothWays: true });
  }

  /** The next events, whole instants, none earlier than those before. What it returns is good until the next call. */
  advance(batch: EventBatch): SweptMoments {
    const { rows, us } = batch;
    this.#makeRoom(batch);
    let moments = 0;
    for (let from = 0, to = 0; from < rows; from = to) {
      while (to < rows && us[to] === us[from]) to++;
      if (to - from > 1) markRepeated(batch, from, to, this.#repeated);
      this.#windows?.advanceTo(us[from]);
      moments = this.#read(batch, from, to, moments);
      this.#add(batch, from, to);
    }
    return { rows: moments, event: this.#event, totals: this.#totals };
  }

  /** What is kept, by kinds of entities; windows keep their own. */
  kept(): KeptKinds {
    const [affinity, cart, next, bought] = [this.#affinity?.kept, this.#cart, this.#nextViews, this.#copurchases];
    return {
      user: { columns: this.#user.columns, lists: bought ? [bought.latest] : [] },
      product: { columns: [...this.#product.columns, ...(this.#prices?.columns ?? [])] },
      category: { columns: [...this.#category.columns, ...(affinity?.category.columns ?? [])] },
      brand: { columns: [...this.#brand.columns, ...(affinity?.brand.columns ?? [])] },
      session: {
        columns: [...this.#session.columns, ...(cart?.sessionColumns ?? [])],
        lists: [this.#sessionProduct.open, ...(next ? [next.latest] : [])],
      },
      'user-product': this.#userProduct,
      'user-category': this.#userCategory,
      'session-user': { columns: [], pairs: this.#user.sessionPairs },
      'session-product': {
        columns: [...this.#sessionProduct.columns, ...(cart?.pairColumns ?? [])],
        pairs: this.#sessionProduct.pairs,
      },
      'session-category': this.#sessionCategory,
      ...(affinity && {
        all: affinity.all,
        band: affinity.band,
        'user-brand': affinity['user-brand'],
        'user-band': affinity['user-band'],
      }),
      ...(next && {
        'viewed-from': { columns: next.productColumns },
        'viewed-next': { columns: next.pairColumns, pairs: next.pairs },
      }),
      ...(bought && {
        'bought-from': { columns: bought.productColumns },
        'bought-with': { columns: bought.pairColumns, pairs: bought.pairs },
      }),
    };
  }

  /** Finds the codes of every event's pairs and reads the totals of the moments among them. */
  #read(batch: EventBatch, from: number, to: number, moments: number): number {
    const totals = this.#totals;
    let row = moments;
    for (let i = from; i < to; i++) {
      if (this.#repeated[i] === 1) continue;
      const session = batch.session[i];
      const inCategory = batch.category[i] >= 0;
      const isProbe = batch.isMoment[i] === PROBE;
      const lastInstant = this.#session.lastInstant(session);
      if (!isProbe) this.#sessionProduct.settle(session, batch.us[i], lastInstant);
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
      if (isProbe)
        totals.session_product_dwell_us[row] += this.#sessionProduct.openDwell(
          session,
          sessionProduct,
          batch.us[i],
          lastInstant,
        );
      if (inCategory) {
        this.#userCategory.read(totals, row, userCategory);
        this.#sessionCategory.read(totals, row, sessionCategory);
      }
      this.#windows?.read(totals, row, batch, i);
      this.#prices?.read(totals, row, batch.product[i]);
      this.#cart?.read(totals, row, session, sessionProduct);
      this.#affinity?.read(totals, row, batch, i);
      if (this.#nextViews !== undefined) readNextViews(totals, row, this.#nextViews.read(session, batch.product[i]));
      if (this.#copurchases !== undefined)
        readCopurchases(totals, row, this.#copurchases.read(batch.user[i], batch.product[i]));
      row++;
    }
    return row;
  }

  #add(batch: EventBatch, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      if (this.#repeated[i] === 1 || batch.isMoment[i] === PROBE) continue;
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
      this.#windows?.add(batch, i, units);
      this.#prices?.add(batch, i, units);
      this.#cart?.add(batch, i, this.#sessionProducts[i], units);
      this.#affinity?.add(batch, i);
      if (batch.type[i] === VIEW) this.#nextViews?.add(batch.session[i], batch.product[i]);
      else if (batch.type[i] === PURCHASE) this.#copurchases?.add(batch.user[i], batch.product[i]);
    }
    this.#nextViews?.endInstant();
    this.#copurchases?.endInstant();
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
    const [users, products] = [1 + largest(batch.user, rows), 1 + largest(batch.product, rows)];
    const [categories, brands] = [1 + largest(batch.category, rows), 1 + largest(batch.brand, rows)];
    const sessions = 1 + largest(batch.session, rows);
    this.#user.ensure(users);
    this.#product.ensure(products);
    this.#category.ensure(categories);
    this.#brand.ensure(brands);
    this.#session.ensure(sessions);
    this.#sessionProduct.ensure(sessions);
    this.#windows?.ensure(products, categories, brands, users);
    this.#prices?.ensure(products);
    this.#cart?.ensure(sessions);
    this.#affinity?.ensure(categories, brands);
    this.#nextViews?.ensure(sessions, products);
    this.#copurchases?.ensure(users, products);
  }
}

function largest(codes: Int32Array, rows: number): number {
  let most = -1;
  for (let i = 0; i < rows; i++) if (codes[i] > most) most = codes[i];
  return most;
}

function readNextViews(totals: Totals, row: number, { here, any, known }: Succession): void {
  totals.next_views_here[row] = here;
  totals.next_views_any[row] = any;
  totals.next_views_known[row] = known ? 1 : 0;
}

function readCopurchases(totals: Totals, row: number, { here, any, known }: Succession): void {
  totals.copurchases_here[row] = here;
  totals.copurchases_any[row] = any;
  totals.copurchases_known[row] = known ? 1 : 0;
}

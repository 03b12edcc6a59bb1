/**
 * How often each product, category, brand and user was seen in the last hour, day, week and 30 days. A window of length w
 * at instant t holds the events of [t − w, t): exact, not by buckets.
 *
 * Each event enters every window once and leaves it once, so the cost of a window is two updates an event whatever its
 * length. What may still leave a window is kept in blocks, which are let go as the longest window passes them.
 */
import { CART, type EventBatch, PURCHASE, VIEW } from './event-batch.js';
import { IntColumn, SumColumn } from './growing-column.js';
import { type Totals, WINDOWS, type WindowName } from './totals.js';

const HOUR_US = 3600e6;
const SPANS_US: Readonly<Record<WindowName, number>> = {
  '1h': HOUR_US,
  '1d': 24 * HOUR_US,
  '7d': 7 * 24 * HOUR_US,
  '30d': 30 * 24 * HOUR_US,
};
const LAST = WINDOWS.length - 1;
/** How long each window is, in microseconds. */
export const SPANS = WINDOWS.map((name) => SPANS_US[name]);

/** Counters of one entity lie side by side: type by type, and in each the windows from the shortest. */
export const STRIDE = 3 * WINDOWS.length;

const BLOCK = 2 ** 16;

interface Block {
  readonly us: Float64Array;
  readonly units: Float64Array;
  readonly product: Int32Array;
  readonly category: Int32Array;
  readonly brand: Int32Array;
  readonly user: Int32Array;
  readonly type: Uint8Array;
}

/** Where a type's counters begin; a removal is not counted. */
export const PLACE = new Int32Array(4).fill(-1);
PLACE[VIEW] = 0;
PLACE[CART] = WINDOWS.length;
PLACE[PURCHASE] = 2 * WINDOWS.length;

export class SlidingWindows {
  readonly #product = new IntColumn();
  readonly #category = new IntColumn();
  readonly #brand = new IntColumn();
  readonly #user = new IntColumn();
  /** Spent in the longest window. */
  readonly #spend = new SumColumn();
  readonly #blocks: (Block | undefined)[] = [];
  #size = 0;
  /** Of each window the oldest event still in it. */
  readonly #oldest = new Float64Array(WINDOWS.length);

  ensure(products: number, categories: number, brands: number, users: number): void {
    this.#product.ensure(products * STRIDE);
    this.#category.ensure(categories * STRIDE);
    this.#brand.ensure(brands * STRIDE);
    this.#user.ensure(users * STRIDE);
    this.#spend.ensure(users);
  }

  /** Before the moments of an instant are read: what is too old for it leaves. */
  advanceTo(us: number): void {
    for (let w = 0; w < SPANS.length; w++) {
      const from = us - SPANS[w];
      let at = this.#oldest[w];
      for (; at < this.#size; at++) {
        const block = this.#blocks[Math.floor(at / BLOCK)] as Block;
        const i = at % BLOCK;
        if (block.us[i] >= from) break;
        this.#count(block, i, w, -1);
      }
      if (w === LAST) this.#letGo(this.#oldest[w], at);
      this.#oldest[w] = at;
    }
  }

  read(totals: Totals, row: number, batch: EventBatch, i: number): void {
    writeCounts(totals, row, batch, i, {
      product: this.#product.values,
      category: this.#category.values,
      brand: this.#brand.values,
      user: this.#user.values,
    });
    totals.user_spend_units_30d[row] = this.#spend.get(batch.user[i]);
  }

  add(batch: EventBatch, i: number, units: number): void {
    if (PLACE[batch.type[i]] < 0) return;
    if (this.#size % BLOCK === 0) this.#blocks.push(emptyBlock());
    const block = this.#blocks[this.#blocks.length - 1] as Block;
    const at = this.#size % BLOCK;
    block.us[at] = batch.us[i];
    block.units[at] = units;
    block.product[at] = batch.product[i];
    block.category[at] = batch.category[i];
    block.brand[at] = batch.brand[i];
    block.user[at] = batch.user[i];
    block.type[at] = batch.type[i];
    this.#size++;
    for (let w = 0; w < SPANS.length; w++) this.#count(block, at, w, 1);
  }

  #count({ units, product, category, brand, user, type }: Block, i: number, w: number, change: 1 | -1): void {
    const place = PLACE[type[i]] + w;
    this.#product.values[product[i] * STRIDE + place] += change;
    this.#user.values[user[i] * STRIDE + place] += change;
    if (category[i] >= 0) this.#category.values[category[i] * STRIDE + place] += change;
    if (brand[i] >= 0) this.#brand.values[brand[i] * STRIDE + place] += change;
    if (w === LAST && type[i] === PURCHASE && !Number.isNaN(units[i])) this.#spend.add(user[i], change * units[i]);
  }

  #letGo(from: number, to: number): void {
    for (let block = Math.floor(from / BLOCK); block < Math.floor(to / BLOCK); block++) this.#blocks[block] = undefined;
  }
}

/** Counters by code: `STRIDE` of each. */
export type Counters = Readonly<Record<'product' | 'category' | 'brand' | 'user', Int32Array>>;

/** The counters of an event's product, category, brand and user as totals. */
export function writeCounts(
  totals: Totals,
  row: number,
  { product, category, brand, user }: EventBatch,
  i: number,
  counters: Counters,
): void {
  const products = counters.product;
  const users = counters.user;
  for (let w = 0; w < WINDOWS.length; w++) {
    const name = WINDOWS[w];
    const ofProduct = product[i] * STRIDE + w;
    totals[`product_views_${name}`][row] = products[ofProduct];
    totals[`product_carts_${name}`][row] = products[ofProduct + WINDOWS.length];
    totals[`product_purchases_${name}`][row] = products[ofProduct + 2 * WINDOWS.length];
    const ofUser = user[i] * STRIDE + w;
    totals[`user_views_${name}`][row] = users[ofUser];
    totals[`user_purchases_${name}`][row] = users[ofUser + 2 * WINDOWS.length];
    const ofCategory = category[i] * STRIDE + w;
    const inCategory = category[i] >= 0;
    totals[`category_views_${name}`][row] = inCategory ? counters.category[ofCategory] : 0;
    totals[`category_purchases_${name}`][row] = inCategory ? counters.category[ofCategory + 2 * WINDOWS.length] : 0;
    const ofBrand = brand[i] * STRIDE + w;
    const hasBrand = brand[i] >= 0;
    totals[`brand_views_${name}`][row] = hasBrand ? counters.brand[ofBrand] : 0;
    totals[`brand_purchases_${name}`][row] = hasBrand ? counters.brand[ofBrand + 2 * WINDOWS.length] : 0;
  }
}

function emptyBlock(): Block {
  return {
    us: new Float64Array(BLOCK),
    units: new Float64Array(BLOCK),
    product: new Int32Array(BLOCK),
    category: new Int32Array(BLOCK),
    brand: new Int32Array(BLOCK),
    user: new Int32Array(BLOCK),
    type: new Uint8Array(BLOCK),
  };
}

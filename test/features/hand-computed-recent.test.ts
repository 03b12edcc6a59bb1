import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { Database } from '#ecomml/table/duckdb.js';
import type { ShopEvent } from './plain-features.js';
import { createEvents } from './shop-events.js';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 1 });
});
afterAll(() => db.close());

const HOUR = 3600;
const DAY = 24 * HOUR;

function event(
  second: number,
  type: ShopEvent['type'],
  product: string,
  price: number | null,
  session: string,
): ShopEvent {
  const us = Date.UTC(2019, 9, 5, 18) * 1000 + second * 1e6;
  return { us, type, product, category: 'c', code: null, brand: 'acme', price, user: session[0], session };
}

async function rowsOf(events: readonly ShopEvent[]) {
  await createEvents(db, 'events', events);
  await buildFeatures(db, { events: 'events', moments: 'all', idFeatures: false });
  return db.rows('FROM features');
}

/** The features of the last event, which is a view or a cart. */
const lastOf = async (events: readonly ShopEvent[]) => (await rowsOf(events)).at(-1);

describe('windows by hand', () => {
  const views = [0, 29 * DAY, 29 * DAY + 1, 30 * DAY - HOUR - 1, 30 * DAY - HOUR, 30 * DAY - 1].map((second, i) =>
    event(second, 'view', 'phone', 100, `u${i}`),
  );

  it('hold what happened from their beginning on, and not at the moment itself', async () => {
    const row = await lastOf([...views, event(30 * DAY, 'view', 'phone', 100, 'v')]);
    expect(row).toMatchObject({
      product_views_1h: 2,
      product_views_1d: 5,
      product_views_7d: 5,
      product_views_30d: 6,
      user_views_30d: 0,
    });
    expect(row?.product_hour_trend).toBe((2 + 1) / (5 / 24 + 1));
    expect(row?.product_view_trend).toBe((5 + 1) / (5 / 7 + 1));
  });

  it('let go of what is older', async () => {
    const row = await lastOf([...views, event(30 * DAY + 1, 'view', 'phone', 100, 'v')]);
    expect(row).toMatchObject({ product_views_1h: 1, product_views_1d: 4, product_views_30d: 5 });
  });

  it('sum what a user spent in 30 days', async () => {
    const row = await lastOf([
      event(0, 'purchase', 'phone', 100, 'v'),
      event(1, 'purchase', 'case', 8.5, 'v'),
      event(2, 'purchase', 'case', null, 'v'),
      event(30 * DAY + 1, 'view', 'phone', 100, 'v'),
    ]);
    expect(row).toMatchObject({ user_spend_30d: 8.5, user_spend: 108.5, user_purchases_30d: 2, user_purchase_gap: 1 });
  });
});

describe("the course of a product's price by hand", () => {
  it('takes the lowest price of an instant, and the last change of it', async () => {
    const row = await lastOf([
      event(0, 'view', 'phone', 120, 'a'),
      event(10, 'view', 'phone', 100, 'b'),
      event(10, 'view', 'phone', 130, 'c'),
      event(20, 'view', 'phone', 100, 'd'),
      event(25, 'view', 'phone', null, 'd'),
      event(30, 'view', 'phone', 90, 'e'),
    ]);
    expect(row).toMatchObject({
      price_to_product_last: 0.9,
      price_to_product_highest: 90 / 130,
      product_price_step: 100 / 120,
      seconds_since_price_change: 20,
    });
  });
});

describe('the cart by hand', () => {
  it('holds what was put in after it was last taken out or bought', async () => {
    const [empty, one, two, again] = await rowsOf([
      event(0, 'view', 'phone', 100, 'a'),
      event(1, 'cart', 'phone', 100, 'a'),
      event(2, 'cart', 'case', 8, 'a'),
      event(3, 'view', 'phone', 100, 'a'),
      event(4, 'purchase', 'phone', 100, 'a'),
      event(5, 'remove_from_cart', 'case', 8, 'a'),
      event(6, 'cart', 'case', 9, 'a'),
      event(7, 'view', 'case', 9, 'a'),
    ]);
    expect(empty).toMatchObject({ session_cart_products: 0, session_cart_value: 0, session_stage: 0 });
    expect(one).toMatchObject({ session_cart_products: 0, session_stage: 1 });
    expect(two).toMatchObject({ session_cart_products: 1, session_cart_value: 100, session_product_in_cart: 0 });
    expect(again).toMatchObject({ session_cart_products: 2, session_cart_value: 108, session_product_in_cart: 1 });
    const last = (await db.rows('FROM features')).at(-1);
    expect(last).toMatchObject({
      session_cart_products: 1,
      session_cart_value: 9,
      session_product_in_cart: 1,
      session_stage: 3,
    });
  });
});

describe('affinity by hand', () => {
  it('is a lift over everybody, smoothed', async () => {
    const row = await lastOf([
      event(0, 'view', 'phone', 100, 'v'),
      event(1, 'view', 'phone', 100, 'v'),
      event(2, 'view', 'case', 8, 'w'),
      event(3, 'view', 'case', 8, 'w'),
      event(4, 'view', 'phone', 100, 'v'),
    ]);
    // Half of all events are at prices of about 100: 2 of the user's 2.
    expect(row?.user_price_band_affinity).toBe((2 + 10 * 0.5) / (2 + 10) / 0.5);
    expect(row?.user_brand_affinity).toBe(1);
    // 64 · √2 = 90.5 ≤ 100 < 128: the 26th edge of 2^−6, 2^−5.5, …
    expect(row?.price_band).toBe(26);
  });
});

describe('successions by hand', () => {
  it('count the products viewed right after another', async () => {
    const row = await lastOf([
      event(0, 'view', 'phone', 100, 'a'),
      event(1, 'view', 'case', 8, 'a'),
      event(2, 'view', 'phone', 100, 'b'),
      event(3, 'view', 'cable', 8, 'b'),
      event(4, 'view', 'phone', 100, 'c'),
      event(5, 'view', 'case', 8, 'c'),
    ]);
    expect(row).toMatchObject({ next_views: 1, next_view_rate: 1 / 12, copurchase_rate: null });
  });

  it('count products bought together or one after the other', async () => {
    const row = await lastOf([
      event(0, 'purchase', 'phone', 100, 'a'),
      event(0, 'purchase', 'case', 8, 'a'),
      event(1, 'purchase', 'cable', 8, 'a'),
      event(2, 'purchase', 'case', 8, 'b'),
      event(3, 'view', 'cable', 8, 'b'),
    ]);
    // The case was bought with the phone and next to the cable.
    expect(row).toMatchObject({ copurchases: 1, copurchase_rate: 1 / 12 });
  });

  it.each([
    [8, 1],
    [9, 0],
  ])('an instant of %i products counts %i times', async (products, times) => {
    const many = (second: number, session: string) =>
      Array.from({ length: products }, (_, i) => event(second, 'view', `p${i}`, 1, session));
    const row = await lastOf([
      ...many(0, 'a'),
      event(1, 'view', 'case', 8, 'a'),
      event(2, 'view', 'p0', 1, 'b'),
      event(3, 'view', 'case', 8, 'b'),
    ]);
    expect(row?.next_views).toBe(times);
  });
});

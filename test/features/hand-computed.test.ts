import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { catalogue, describeFeatures } from '#ecomml/features/catalogue.js';
import { readFeatureTable } from '#ecomml/features/feature-table.js';
import { Database } from '#ecomml/table/duckdb.js';
import type { ShopEvent } from './plain-features.js';
import { createEvents } from './shop-events.js';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 1 });
});
afterAll(() => db.close());

/** Seconds after Saturday 2019-10-05 18:00:00 UTC. */
const at = (second: number) => Date.UTC(2019, 9, 5, 18) * 1000 + second * 1e6;

function event(
  second: number,
  type: ShopEvent['type'],
  product: 'phone' | 'case',
  price: number | null,
  who: string,
): ShopEvent {
  const [user, session] = who.split('/');
  const phone = product === 'phone';
  return {
    us: at(second),
    type,
    product,
    category: phone ? 'c-phones' : 'c-cases',
    code: phone ? 'electronics.smartphone' : null,
    brand: phone ? 'acme' : null,
    price,
    user,
    session,
  };
}

// Ann comes twice and Bob once. Rows 5 and 6 share an instant.
const SHOP: readonly ShopEvent[] = [
  event(0, 'view', 'phone', 100, 'ann/a1'),
  event(10, 'view', 'case', 8, 'ann/a1'),
  event(25, 'view', 'phone', 110, 'ann/a1'),
  event(40, 'cart', 'phone', 110, 'ann/a1'),
  event(40, 'view', 'case', 10, 'bob/b1'),
  event(60, 'purchase', 'phone', 110, 'ann/a1'),
  event(100, 'remove_from_cart', 'case', 8, 'ann/a1'),
  event(7200, 'view', 'phone', 90, 'ann/a2'),
];

async function built(events = SHOP, options: Partial<Parameters<typeof buildFeatures>[1]> = {}) {
  await createEvents(db, 'events', events);
  const result = await buildFeatures(db, { events: 'events', moments: 'all', idFeatures: true, ...options });
  return { result, rows: await db.rows('FROM features') };
}

/** The others are in hand-computed-recent.test.ts. */
const FIRST_FAMILIES = ['user', 'product', 'category', 'brand', 'temporal', 'behavioural', 'id'] as const;

describe('features by hand', () => {
  it("Ann's cart event: after three events of her session, at the instant of a view of Bob's", async () => {
    const { rows } = await built(SHOP, { families: FIRST_FAMILIES });
    expect(rows[3]).toEqual({
      source_row: '4',
      event_time: '2019-10-05 18:00:40',
      user_id: 'ann',
      user_session: 'a1',
      product_id: 'phone',
      event_type: 'cart',
      label: 1,
      session_first_event: '2019-10-05 18:00:00',
      session_last_event: '2019-10-05 18:01:40',
      user_events: 3,
      user_sessions: 1,
      user_views: 3,
      user_carts: 0,
      user_purchases: 0,
      user_spend: 0,
      user_mean_purchase_price: null,
      price_to_user_mean_purchase: null,
      user_conversion: 1 / 53,
      seconds_since_user_first_event: 40,
      seconds_since_user_purchase: null,
      user_purchase_gap: null,
      user_product_views: 2,
      user_product_carts: 0,
      user_product_purchases: 0,
      seconds_since_user_product: 15,
      user_category_events: 2,
      user_category_purchases: 0,
      price: 110,
      price_to_product_mean: 110 / 105,
      price_to_product_lowest: 1.1,
      price_to_category_mean: 110 / 105,
      price_to_brand_mean: 110 / 105,
      product_views: 2,
      product_carts: 0,
      product_removals: 0,
      product_purchases: 0,
      product_users: 1,
      product_conversion: 1 / 52,
      product_cart_rate: 2.5 / 52,
      seconds_since_product_first_event: 40,
      seconds_since_product_event: 15,
      seconds_since_product_purchase: null,
      category_level_1: 'electronics',
      category_level_2: 'smartphone',
      category_level_3: null,
      category_views: 2,
      category_purchases: 0,
      category_conversion: 1 / 52,
      brand: 'acme',
      brand_views: 2,
      brand_purchases: 0,
      brand_conversion: 1 / 52,
      hour: 18,
      weekday: 6,
      is_weekend: 1,
      // 18:00:40 is 64,840 of 86,400 seconds: an angle of 270° and 10 minutes of arc.
      time_of_day_sin: -0.999995769,
      time_of_day_cos: 0.002908878,
      seconds_since_session_start: 40,
      seconds_since_session_event: 15,
      seconds_since_user_event: 15,
      event_is_cart: 1,
      session_events: 3,
      session_position: 4,
      session_views: 3,
      session_carts: 0,
      session_removals: 0,
      session_purchases: 0,
      session_products: 2,
      session_categories: 2,
      session_category_events: 2,
      session_product_views: 2,
      session_product_carts: 0,
      session_product_removals: 0,
      // Phone from 0 to 10 and from 25 to 40; the case had 10 to 25.
      session_product_dwell: 25,
      session_mean_gap: 40 / 3,
      seconds_since_session_product: 15,
      seconds_since_session_cart: null,
      price_to_session_mean: 110 / ((100 + 8 + 110) / 3),
      id_of_user: 'ann',
      id_of_product: 'phone',
      id_of_category: 'c-phones',
    });
  });

  it("Bob's view at the same instant sees Ann's view of the case, and nothing of her cart", async () => {
    const { rows } = await built();
    expect(rows[4]).toMatchObject({
      source_row: '5',
      label: 0,
      user_events: 0,
      session_position: 1,
      product_views: 1,
      product_carts: 0,
      product_users: 1,
      price_to_product_mean: 1.25,
      brand: null,
      brand_views: null,
      price_to_brand_mean: null,
      seconds_since_session_event: null,
      seconds_since_product_event: 30,
      seconds_since_session_start: 0,
    });
  });

  it("Ann's second session knows her first, its purchase and its removal", async () => {
    const { rows } = await built();
    expect(rows[5]).toMatchObject({
      source_row: '8',
      label: 0,
      user_events: 6,
      user_sessions: 1,
      user_views: 3,
      user_carts: 1,
      user_purchases: 1,
      user_spend: 110,
      user_mean_purchase_price: 110,
      price_to_user_mean_purchase: 90 / 110,
      user_conversion: 2 / 53,
      seconds_since_user_purchase: 7140,
      seconds_since_user_event: 7100,
      user_product_purchases: 1,
      user_category_purchases: 1,
      product_conversion: 2 / 52,
      product_cart_rate: 3.5 / 52,
      price_to_product_mean: 90 / 107.5,
      price_to_product_lowest: 0.9,
      hour: 20,
      session_events: 0,
      session_products: 0,
      session_product_dwell: 0,
      price_to_session_mean: null,
    });
  });
});

describe('labels and moments', () => {
  const labels = async (options: Parameters<typeof built>[1], events = SHOP) =>
    (await built(events, options)).rows.map((row) => [Number(row.source_row), row.label]);

  it('all: views and carts before the purchase of the same product are 1', async () => {
    expect(await labels({})).toEqual([
      [1, 1],
      [2, 0],
      [3, 1],
      [4, 1],
      [5, 0],
      [8, 0],
    ]);
  });

  it('a horizon counts from the moment and includes its end', async () => {
    expect(await labels({ horizon: 35 })).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [5, 0],
      [8, 0],
    ]);
    expect(await labels({ horizon: 34.999999 })).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 0],
      [8, 0],
    ]);
    await expect(labels({ horizon: 0 })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('cart: cart events alone', async () => {
    expect(await labels({ moments: 'cart' })).toEqual([[4, 1]]);
  });

  it('last: one row a session and product, the last before the purchase or at all', async () => {
    const later = [...SHOP, event(70, 'view', 'phone', 110, 'ann/a1'), event(60, 'view', 'phone', 111, 'ann/a1')];
    // The view of second 60 shares the purchase's instant and is not after it; the view of second 70 is.
    expect(await labels({ moments: 'last' }, later)).toEqual([
      [2, 0],
      [5, 0],
      [8, 0],
      [10, 1],
    ]);
    expect(await labels({ moments: 'last' })).toEqual([
      [2, 0],
      [4, 1],
      [5, 0],
      [8, 0],
    ]);
    // Bought before anything was seen: the last at all, and not bought any more.
    const blind = [event(0, 'purchase', 'case', 1, 'u/s'), event(5, 'view', 'case', 1, 'u/s')];
    expect(await labels({ moments: 'last' }, blind)).toEqual([[2, 0]]);
  });

  it('last: of one instant the cart, whatever the order of the file', async () => {
    const tied = [
      event(5, 'view', 'case', 1, 'u/s'),
      event(5, 'cart', 'case', 2, 'u/s'),
      event(5, 'view', 'case', 0, 'u/s'),
    ];
    for (const events of [tied, tied.toReversed()]) {
      const { rows } = await built(events, { moments: 'last' });
      expect(rows.map((row) => row.event_type)).toEqual(['cart']);
    }
  });

  it('the same product in another session or another product in this one is no purchase of it', async () => {
    const other = [
      event(0, 'view', 'case', 1, 'u/s'),
      event(1, 'purchase', 'case', 1, 'u/t'),
      event(2, 'purchase', 'phone', 1, 'u/s'),
    ];
    expect(await labels({}, other)).toEqual([[1, 0]]);
  });

  it('an event that is twice in the file is one event, at its first row', async () => {
    const { result, rows } = await built([...SHOP, SHOP[0], SHOP[3]]);
    expect(result).toMatchObject({ rows: 6, positives: 3, events: 8 });
    expect(rows).toEqual((await built()).rows);
  });

  it('no moments at all are no rows', async () => {
    expect((await built([SHOP[5]])).result).toMatchObject({ rows: 0, positives: 0, events: 1 });
    expect((await built([])).result).toMatchObject({ rows: 0, events: 0 });
  });
});

describe('numbers at the edge', () => {
  it('prices past every sum stay what they are and are left out of means', async () => {
    const huge = [
      event(0, 'view', 'case', 1e308, 'u/s'),
      event(1, 'view', 'case', 4, 'u/s'),
      event(2, 'view', 'case', 1e308, 'u/s'),
    ];
    const { rows } = await built(huge);
    expect(rows[2]).toMatchObject({ price: 1e308, price_to_product_mean: 2.5e307 });
  });

  it('a mean of zero is no price to compare with', async () => {
    const free = [event(0, 'view', 'case', 0, 'u/s'), event(1, 'view', 'case', 4, 'u/s')];
    expect((await built(free)).rows[1]).toMatchObject({ price_to_product_mean: null, price_to_product_lowest: null });
  });
});

describe('the catalogue', () => {
  it('names each column once, in the order of the relation, with its kind', async () => {
    await built();
    const columns = await db.describe('FROM features');
    const features = catalogue({ idFeatures: true });
    expect(columns.slice(9).map(({ name, type }) => [name, type])).toEqual(
      features.map((feature) => [
        feature.name,
        feature.kind === 'categorical' ? 'VARCHAR' : feature.whole ? 'INTEGER' : 'DOUBLE',
      ]),
    );
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    expect(features.length).toBeGreaterThanOrEqual(40);
    const without = catalogue({ idFeatures: false });
    expect(features.filter((feature) => !without.includes(feature)).map(({ name }) => name)).toEqual([
      'id_of_user',
      'id_of_product',
      'id_of_category',
    ]);
  });

  it('describes every feature in one sentence and carries no SQL', () => {
    for (const description of describeFeatures(catalogue({ idFeatures: true }))) {
      expect(description.description).toMatch(/^[0-9A-Z].*\.$/);
      expect(description.unit).not.toBe('');
      expect(description).not.toHaveProperty('sql');
    }
  });

  it('is read back as a frame, with what splits it beside', async () => {
    const { result } = await built();
    const table = await readFeatureTable(db, result.relation, result.features);
    expect(table.frame.columns.map(({ name, kind }) => [name, kind])).toEqual(
      result.features.map(({ name, kind }) => [name, kind]),
    );
    expect([...table.label]).toEqual([1, 0, 1, 1, 0, 0]);
    expect([...table.sourceRow]).toEqual([1, 2, 3, 4, 5, 8]);
    expect([...table.timed.time]).toEqual([0, 10, 25, 40, 40, 7200].map(at));
    expect([...table.timed.sessions!.code]).toEqual([0, 0, 0, 0, 2, 1]);
    expect([...table.timed.sessions!.last!]).toEqual([100, 100, 100, 100, 40, 7200].map(at));
  });
});

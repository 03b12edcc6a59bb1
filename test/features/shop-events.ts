/** Small shops for tests: events as SQL tables, and random ones from fast-check. */
import fc from 'fast-check';
import type { Database } from '#ecomml/table/duckdb.js';
import { identifier, literal } from '#ecomml/table/duckdb.js';
import type { ShopEvent } from './plain-features.js';

const text = (value: string | null) => (value === null ? 'NULL' : literal(value));

/** Creates a relation of clean events in the given order; `sourceRow` numbers them (default from 1). */
export async function createEvents(
  db: Database,
  name: string,
  events: readonly ShopEvent[],
  sourceRow: (index: number) => number = (index) => index + 1,
): Promise<void> {
  await db.run(`CREATE OR REPLACE TABLE ${identifier(name)} (source_row BIGINT, event_time TIMESTAMP, event_type VARCHAR,
    product_id VARCHAR, category_id VARCHAR, category_code VARCHAR, brand VARCHAR, price DOUBLE, user_id VARCHAR,
    user_session VARCHAR)`);
  if (events.length === 0) return;
  const rows = events.map(
    (e, i) =>
      `(${sourceRow(i)}, make_timestamp(${e.us}), ${text(e.type)}, ${text(e.product)}, ${text(e.category)}, ${text(e.code)},
      ${text(e.brand)}, ${e.price === null ? 'NULL' : `'${e.price}'::DOUBLE`}, ${text(e.user)}, ${text(e.session)})`,
  );
  await db.run(`INSERT INTO ${identifier(name)} VALUES ${rows.join(', ')}`);
}

/** 2019-10-05 23:59:50 UTC, a Saturday, so that ten seconds cross into a Sunday. */
export const START_US = 1570319990_000000;

/**
 * Events of few users, sessions, products and instants, so that everything collides. No two are equal, as in clean
 * events: equal ones would be one event.
 */
export const shops: fc.Arbitrary<ShopEvent[]> = fc
  .uniqueArray(
    fc.record({
      us: fc.oneof(
        fc.integer({ min: 0, max: 12 }).map((second) => START_US + second * 1e6),
        fc.integer({ min: -3, max: 3 }).map((micro) => START_US + 5e6 + micro),
        // At the edges of windows of an hour, a day, 7 and 30 days.
        fc
          .record({ window: fc.constantFrom(1, 24, 168, 720), micro: fc.integer({ min: -1, max: 1 }) })
          .map(({ window, micro }) => START_US + 5e6 + window * 3600e6 + micro),
      ),
      type: fc.constantFrom('view', 'view', 'view', 'cart', 'remove_from_cart', 'purchase', 'purchase'),
      product: fc.constantFrom('p1', 'p2', 'p3'),
      category: fc.constantFrom('c1', 'c2', null),
      code: fc.constantFrom('electronics.audio.headphone', 'electronics', 'a..b', null),
      brand: fc.constantFrom('acme', 'Ünique', null),
      price: fc.constantFrom(0, 0.1, 19.99, 1234.5678, null),
      user: fc.constantFrom('u1', 'u2'),
      session: fc.constantFrom('s1', 's2', 's3'),
    }) as fc.Arbitrary<ShopEvent>,
    { minLength: 1, maxLength: 30, selector: (event) => JSON.stringify(event) },
  )
  .map((events) => events);

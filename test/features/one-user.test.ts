/** A user with nearly all events, a shop's robot say: the longest history that one key can have, on a small scale. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { EntitySweep } from '#ecomml/features/entity-sweep.js';
import type { ShopEvent } from '#ecomml/features/online-sweep.js';
import { Database } from '#ecomml/table/duckdb.js';
import { MemoryStore } from './online-events.js';

const LONG = process.env['ECOMML_LONG_TESTS'] === '1';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
});
afterAll(() => db.close());

/** `users` take turns; sessions of 40 events each. */
async function cpuOf(events: number, users: number): Promise<number> {
  await db.run(`CREATE OR REPLACE TABLE events AS SELECT n AS source_row,
    TIMESTAMP '2020-01-01' + INTERVAL (n * 3) SECOND AS event_time,
    CASE WHEN n % 23 = 0 THEN 'purchase' WHEN n % 9 = 0 THEN 'cart' ELSE 'view' END AS event_type,
    (n * 7919 % 2000)::VARCHAR AS product_id, (n * 7919 % 20)::VARCHAR AS category_id, NULL::VARCHAR AS category_code,
    'b' || n * 7919 % 30 AS brand, (n * 7919 % 90 + 0.5)::DOUBLE AS price, (n % ${users})::VARCHAR AS user_id,
    n % ${users} || '-' || n // (40 * ${users}) AS user_session FROM range(1, ${events + 1}) AS t(n)`);
  const started = process.cpuUsage();
  const { rows } = await buildFeatures(db, { events: 'events', moments: 'all', idFeatures: true });
  const { user, system } = process.cpuUsage(started);
  expect(rows).toBeGreaterThan(0.9 * events);
  return (user + system) / 1e6;
}

describe('one user with all events', () => {
  it('costs what as many events of many users cost', async () => {
    const events = LONG ? 1_000_000 : 60_000;
    await cpuOf(5000, 1);
    const many = await cpuOf(events, 5000);
    const one = await cpuOf(events, 1);
    // The measured ratio is .9; a history read again at every event would be thousands of times as dear.
    expect(one / many).toBeLessThan(2);
  });

  it('has a state online that is a few hundredths of its events, and forgets what no window sees', async () => {
    const sweep = new EntitySweep({ idFeatures: true });
    /** Bytes of the largest state after each 12,000 events. */
    const largest = async (count: number, secondsApart: number) => {
      const store = new MemoryStore();
      const sizes: number[] = [];
      for (let from = 0; from < count; from += 2000) {
        const events = Array.from({ length: 2000 }, (_, i): ShopEvent => {
          const n = from + i;
          const product = (n * 7919) % 500;
          return {
            us: 1.6e15 + n * secondsApart * 1e6,
            event_type: n % 23 === 0 ? 'purchase' : n % 9 === 0 ? 'cart' : 'view',
            product_id: String(product),
            category_id: String(product % 20),
            category_code: null,
            brand: `b${product % 30}`,
            price: (product % 90) + 0.5,
            user_id: '0',
            user_session: `s${Math.floor(n / 40)}`,
          };
        });
        store.apply(await sweep.advance(events, store));
        if ((from + 2000) % 12_000 === 0)
          sizes.push([...store.values.values()].reduce((most, { length }) => Math.max(most, length), 0));
      }
      return sizes;
    };
    // Within the longest window a state keeps a few bytes of every chunk of events: .12 bytes an event when measured.
    const [busy] = (await largest(LONG ? 96_000 : 24_000, 1)).slice(-1);
    expect(busy).toBeLessThan(4096 + 0.2 * (LONG ? 96_000 : 24_000));
    // Five minutes apart, 12,000 events are 42 days: what lies behind the window of 30 days is let go.
    const slow = await largest(LONG ? 96_000 : 36_000, 300);
    expect(slow[slow.length - 1]).toBeLessThan(1.2 * slow[0]);
  });
});

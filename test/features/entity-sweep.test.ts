import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { catalogue } from '#ecomml/features/catalogue.js';
import { EntitySweep } from '#ecomml/features/entity-sweep.js';
import type { ShopEvent } from '#ecomml/features/online-sweep.js';
import { Database } from '#ecomml/table/duckdb.js';
import { MemoryStore, readShopEvents, replay } from './online-events.js';
import { createSlice } from './rees46-slice.js';
import { createEvents, shops } from './shop-events.js';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
});
afterAll(() => db.close());

const ALL = { idFeatures: true } as const;
const NAMES = catalogue(ALL).map(({ name }) => name);

async function offline(events: string): Promise<Record<string, unknown>[]> {
  await buildFeatures(db, { events, moments: 'all', idFeatures: true });
  return (await db.rows('FROM features ORDER BY event_time, source_row')).map((row) =>
    Object.fromEntries(NAMES.map((name) => [name, row[name]])),
  );
}

describe('features of one event at a time', () => {
  it('are those of the pass over a file, to the bit', async () => {
    await fc.assert(
      fc.asyncProperty(shops, async (shop) => {
        await createEvents(db, 'events', shop);
        const events = await readShopEvents(db, 'events');
        expect(await replay(new EntitySweep(ALL), new MemoryStore(), events)).toEqual(await offline('events'));
      }),
      { numRuns: 30 },
    );
  });

  it('are those of the pass over a file on real events', async () => {
    await createSlice(db, 'slice');
    await db.run(`CREATE OR REPLACE TABLE chosen AS FROM slice WHERE user_id IN
      (SELECT user_id FROM slice GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 60) OR source_row % 7 = 0`);
    const events = await readShopEvents(db, 'chosen');
    const expected = await offline('chosen');
    const found = await replay(new EntitySweep(ALL), new MemoryStore(), events);
    expect(found.length).toBe(expected.length);
    for (const [i, row] of found.entries()) expect(row).toEqual(expected[i]);
  });

  it('leave the same bytes however events are cut into calls', async () => {
    await fc.assert(
      fc.asyncProperty(shops, fc.array(fc.nat(9), { maxLength: 9 }), async (shop, cuts) => {
        await createEvents(db, 'events', shop);
        const events = await readShopEvents(db, 'events');
        const sweep = new EntitySweep(ALL);
        const [one, many] = [new MemoryStore(), new MemoryStore()];
        one.apply(await sweep.advance([...events].reverse(), one));
        const instants = [...new Set(events.map(({ us }) => us))];
        let at = 0;
        for (const cut of [...cuts, instants.length]) {
          const some = instants.slice(at, at + cut);
          at += some.length;
          many.apply(
            await sweep.advance(
              events.filter(({ us }) => some.includes(us)),
              many,
            ),
          );
        }
        expect(many.dump()).toBe(one.dump());
      }),
      { numRuns: 60 },
    );
  });

  it('see pending events as if they were applied', async () => {
    await fc.assert(
      fc.asyncProperty(shops, async (shop) => {
        await createEvents(db, 'events', shop);
        const events = await readShopEvents(db, 'events');
        const sweep = new EntitySweep(ALL);
        const last = events[events.length - 1].us;
        const moment: ShopEvent = { ...events[0], event_type: 'view', us: last + 1_500_000 };
        const [all, before] = [new MemoryStore(), new MemoryStore()];
        all.apply(await sweep.advance(events, all));
        before.apply(
          await sweep.advance(
            events.filter(({ us }) => us < last),
            before,
          ),
        );
        const pending = events.filter(({ us }) => us === last);
        expect(await sweep.read([moment], before, pending)).toEqual(await sweep.read([moment], all));
      }),
      { numRuns: 30 },
    );
  });
});

const START = 1_570_319_990_000_000;
const event = (change: Partial<ShopEvent> = {}): ShopEvent => ({
  us: START,
  event_type: 'view',
  product_id: 'p',
  category_id: 'c',
  category_code: 'a.b',
  brand: 'b',
  price: 12.5,
  user_id: 'u',
  user_session: 's',
  ...change,
});

describe('windows', () => {
  it('of an entity with thousands of events are exact, and let go what is too old', async () => {
    const sweep = new EntitySweep({ idFeatures: false, families: ['window'] });
    const store = new MemoryStore();
    const events = Array.from({ length: 3000 }, (_, i) =>
      event({ us: START + i * 1800e6 * 0.7, event_type: i % 5 === 0 ? 'purchase' : 'view', user_session: `s${i}` }),
    );
    store.apply(await sweep.advance(events, store));
    const keys = [...store.values.keys()].filter((key) => key.startsWith('product-log/'));
    expect(keys.length).toBeGreaterThan(5);
    // 30 days hold 2,057 of these events: at most nine chunks of 256 and one partly too old.
    expect(keys.length).toBeLessThan(11);
    const at = events[events.length - 1].us;
    for (const ahead of [1, 3600e6, 86400e6 * 3, 86400e6 * 29, 86400e6 * 31]) {
      const us = at + ahead;
      const [values] = await sweep.read([event({ us })], store);
      const named = Object.fromEntries(sweep.features.map(({ name }, i) => [name, values[i]]));
      for (const [window, hours] of Object.entries({ '1h': 1, '1d': 24, '7d': 168, '30d': 720 })) {
        const within = events.filter((one) => one.us >= us - hours * 3600e6);
        const bought = within.filter(({ event_type }) => event_type === 'purchase');
        expect(named[`product_purchases_${window}`]).toBe(bought.length);
        expect(named[`user_views_${window}`]).toBe(within.length - bought.length);
        if (window === '30d') expect(named.user_spend_30d).toBe(12.5 * bought.length);
      }
    }
  });
});

describe('states that cannot be used', () => {
  const sweep = new EntitySweep(ALL);

  async function filled(): Promise<MemoryStore> {
    const store = new MemoryStore();
    store.apply(await sweep.advance([event(), event({ us: START + 1, product_id: 'q' })], store));
    return store;
  }

  it('refuses events and moments that are not later than what was applied', async () => {
    const store = await filled();
    await expect(sweep.advance([event({ us: START + 1 })], store)).rejects.toMatchObject({ code: 'STATE_LATE' });
    await expect(sweep.read([event({ us: START + 1 })], store)).rejects.toMatchObject({ code: 'STATE_LATE' });
    expect(await sweep.latest(store)).toBe(START + 1);
    expect(await sweep.latest(new MemoryStore())).toBeUndefined();
  });

  it('refuses any state cut short or with more at its end', async () => {
    const moment = event({ us: START + 5, product_id: 'r' });
    const pristine = await filled();
    let refused = 0;
    for (const [key, bytes] of pristine.values) {
      if (key.startsWith('attributes/')) continue;
      for (const damaged of [bytes.subarray(0, bytes.length - 1), Uint8Array.of(...bytes, 0)]) {
        const store = await filled();
        store.values.set(key, damaged);
        const read = sweep.read([moment, event({ us: START + 5 }), event({ us: START + 5, product_id: 'q' })], store);
        const outcome = await read.then(
          () => 'read',
          ({ code }) => code,
        );
        if (outcome === 'STATE_CORRUPT' || outcome === 'STATE_FEATURES') refused++;
        else expect([key, outcome]).toEqual([key, 'read']);
      }
    }
    expect(refused).toBeGreaterThan(30);
  });

  it('refuses a newer format, and states of other families', async () => {
    const store = await filled();
    const other = new EntitySweep({ idFeatures: false, families: ['user', 'window'] });
    await expect(other.read([event({ us: START + 5 })], store)).rejects.toMatchObject({ code: 'STATE_FEATURES' });
    store.values.set('user/u', Uint8Array.of(8, 0));
    await expect(sweep.read([event({ us: START + 5 })], store)).rejects.toMatchObject({ code: 'STATE_NEWER' });
  });

  it('keeps ids apart that look alike, and ids of any length', async () => {
    const store = new MemoryStore();
    const ids = ['a/b', 'a', 'a%2Fb', '%', 'x'.repeat(5000), `${'x'.repeat(4999)}y`, 'é', ''];
    const events = ids.map((user_id, i) => event({ us: START + i, user_id, user_session: user_id }));
    store.apply(await sweep.advance(events, store));
    const at = sweep.features.findIndex(({ name }) => name === 'user_events');
    const values = await sweep.read(
      events.map((one) => ({ ...one, us: START + 100 })),
      store,
    );
    expect(values.map((row) => row[at])).toEqual(ids.map(() => 1));
    for (const key of store.values.keys()) expect(Buffer.byteLength(key)).toBeLessThan(500);
  });

  it('says what the latest event of a product said of it', async () => {
    const store = await filled();
    const later = event({ us: START + 9, brand: null, price: 3 });
    expect(await sweep.attributes(['p', 'none'], store)).toEqual([
      { category_id: 'c', category_code: 'a.b', brand: 'b', price: 12.5 },
      undefined,
    ]);
    const [found] = await sweep.attributes(['p'], store, [later]);
    expect(found).toMatchObject({ brand: null, price: 3 });
  });
});

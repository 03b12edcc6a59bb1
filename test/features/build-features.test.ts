import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { catalogue } from '#ecomml/features/catalogue.js';
import { Database } from '#ecomml/table/duckdb.js';
import { plainFeatures, plainLabel, type ShopEvent } from './plain-features.js';
import { createEvents, shops } from './shop-events.js';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
});
afterAll(() => db.close());

const isMoment = (event: ShopEvent) => event.type === 'view' || event.type === 'cart';

describe('buildFeatures', () => {
  it('equals the definitions, event by event, to the bit', async () => {
    const names = catalogue({ idFeatures: true }).map((feature) => feature.name);
    await fc.assert(
      fc.asyncProperty(shops, fc.option(fc.constantFrom(0.000001, 2, 5), { nil: undefined }), async (shop, horizon) => {
        await createEvents(db, 'events', shop);
        await buildFeatures(db, { events: 'events', moments: 'all', idFeatures: true, ...(horizon && { horizon }) });
        const rows = await db.rows('FROM features');
        const moments = shop.filter(isMoment);
        expect(rows.map((row) => Number(row.source_row))).toEqual(
          shop.flatMap((event, i) => (isMoment(event) ? [i + 1] : [])),
        );
        rows.forEach((row, i) => {
          const plain = plainFeatures(moments[i], shop);
          expect(Object.fromEntries(names.map((name) => [name, row[name]]))).toEqual(plain);
          expect(row.label).toBe(plainLabel(moments[i], shop, horizon));
        });
      }),
      { numRuns: 60 },
    );
  });
});

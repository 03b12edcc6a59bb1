import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { changedByFuture, type FeatureMaker } from '#ecomml/features/future-check.js';
import { Database } from '#ecomml/table/duckdb.js';
import { createSlice } from './rees46-slice.js';

let db: Database;
let names: string[];
const honest: FeatureMaker = (events, into) => buildFeatures(db, { events, into, moments: 'all', idFeatures: true });

/** One column more, which a moment could not know. */
const leaking =
  (column: string): FeatureMaker =>
  async (events, into) => {
    await honest(events, 'honest');
    await db.run(`CREATE OR REPLACE TABLE ${into} AS SELECT honest.*, ${column} AS leak FROM honest JOIN (
      SELECT source_row, lead(event_time) OVER (PARTITION BY user_session ORDER BY event_time, source_row) AS next_time,
        count(*) OVER (PARTITION BY product_id) AS whole_file, avg(price) OVER () AS mean_price,
        count(*) OVER (PARTITION BY product_id ORDER BY event_time) AS until_now
      FROM ${events}) USING (source_row)`);
  };

beforeAll(async () => {
  db = await Database.open({ threads: 2 });
  await createSlice(db, 'whole');
  await db.run('CREATE TABLE slice AS FROM whole WHERE source_row <= 6000 ORDER BY source_row');
  const { features } = await buildFeatures(db, { events: 'slice', into: 'made', moments: 'all', idFeatures: true });
  names = features.map(({ name }) => name);
});
afterAll(() => db.close());

describe('features that change when the future is scrambled', () => {
  it('are none of the catalogue', async () => {
    const { rows, changed, instant } = await changedByFuture(
      db,
      { events: 'slice', made: 'made', features: names, seed: 1 },
      honest,
    );
    expect(changed).toEqual([]);
    expect(instant).toMatch(/^2019-10-01T0\d:\d\d:\d\dZ$/);
    expect(rows).toBeGreaterThan(0.45 * (await db.number('SELECT count(*) FROM made')));
    expect(names.length).toBeGreaterThan(130);
  });

  it.each(['next_time', 'whole_file', 'mean_price'])('are found: %s', async (column) => {
    await leaking(column)('slice', 'leaky');
    const check = await changedByFuture(
      db,
      { events: 'slice', made: 'leaky', features: [...names, 'leak'], seed: 1 },
      leaking(column),
    );
    expect(check.changed.map(({ feature }) => feature)).toEqual(['leak']);
    expect(check.changed[0].rows).toBeGreaterThan(20);
  });

  it('are not those that read the past and their own instant alone', async () => {
    await leaking('until_now')('slice', 'leaky');
    const { changed } = await changedByFuture(
      db,
      { events: 'slice', made: 'leaky', features: ['leak'], seed: 1 },
      leaking('until_now'),
    );
    expect(changed).toEqual([]);
  });
});

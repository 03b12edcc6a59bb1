import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PointInTimeJoin, pointInTimeJoin } from '#ecomml/features/point-in-time-join.js';
import { Database } from '#ecomml/table/duckdb.js';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
});
afterAll(() => db.close());

const DAY = 86_400;

async function joined(changes: Partial<PointInTimeJoin> = {}): Promise<unknown[]> {
  await pointInTimeJoin(db, {
    entities: 'entities',
    at: 'moment',
    features: 'rows_of_features',
    keys: ['driver'],
    eventTime: 'event_time',
    timeToLive: 'unlimited',
    values: ['value'],
    into: 'joined',
    ...changes,
  });
  return (await db.rows('FROM joined')).map((row) => row.value);
}

describe('known results', () => {
  it("Feast's late backfill: a value written after the instant was not known then", async () => {
    await db.run(`
      CREATE OR REPLACE TABLE entities AS FROM (VALUES (1001, TIMESTAMP '2024-01-05'), (1002, TIMESTAMP '2024-01-05')) AS t(driver, moment);
      CREATE OR REPLACE TABLE rows_of_features AS FROM (VALUES
        (1001, TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-02', 10), (1001, TIMESTAMP '2024-01-03', TIMESTAMP '2024-01-09', 20),
        (1002, TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-02', 30), (1002, TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-09', 40)
      ) AS t(driver, event_time, created, value)`);
    expect(await joined({ createdTime: { column: 'created' } })).toEqual([10, 30]);
    expect(await joined({ createdTime: { column: 'created', filter: false } })).toEqual([20, 40]);
  });

  it("Feast's time to live of ten days", async () => {
    // The first three entities, and the features of 1 and 2, are those of Feast's test; the fourth is found by 3 alone.
    await db.run(`
      CREATE OR REPLACE TABLE entities AS FROM (VALUES
        (1, TIMESTAMP '2024-01-01'), (1, TIMESTAMP '2024-01-02'), (2, TIMESTAMP '2024-01-01'), (3, TIMESTAMP '2024-01-11')) AS t(driver, moment);
      CREATE OR REPLACE TABLE rows_of_features AS FROM (VALUES
        (1, TIMESTAMP '2023-12-31', 11), (1, TIMESTAMP '2024-01-02', 22), (1, TIMESTAMP '2024-01-03', 33),
        (2, TIMESTAMP '2023-01-03', 22), (3, TIMESTAMP '2024-01-01', 10)) AS t(driver, event_time, value)`);
    expect(await joined({ timeToLive: 10 * DAY })).toEqual([11, 22, null, 10]);
    expect(await joined({ timeToLive: 10 * DAY - 1 })).toEqual([11, 22, null, null]);
    expect(await joined()).toEqual([11, 22, 22, 10]);
  });

  it("DuckDB's begins and probes", async () => {
    await db.run(`
      CREATE OR REPLACE TABLE entities AS SELECT 1 AS driver, range AS moment FROM range(10);
      CREATE OR REPLACE TABLE rows_of_features AS FROM (VALUES (1, 1, 0), (1, 3, 1), (1, 6, 2), (1, 8, 3)) AS t(driver, event_time, value)`);
    expect(await joined()).toEqual([null, 0, 0, 1, 1, 1, 2, 2, 3, 3]);
  });

  it('refuses no keys and a time to live that is none', async () => {
    await expect(joined({ keys: [] })).rejects.toMatchObject({ exitCode: 2 });
    await expect(joined({ timeToLive: 0 })).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('every join', () => {
  const row = fc.record({
    driver: fc.constantFrom(1, 2, null),
    event: fc.integer({ min: 0, max: 8 }),
    delay: fc.integer({ min: -2, max: 6 }),
    value: fc.integer({ min: 0, max: 99 }),
  });
  const entity = fc.record({ driver: fc.constantFrom(1, 2, 3, null), at: fc.integer({ min: 0, max: 12 }) });
  const text = (value: number | null) => (value === null ? 'NULL' : String(value));

  it('is the definition, row by row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.array(entity, { minLength: 1, maxLength: 12 }),
        fc.constantFrom<number | 'unlimited'>(2, 5, 'unlimited'),
        fc.boolean(),
        async (rows, entities, timeToLive, filter) => {
          await db.run(`
            CREATE OR REPLACE TABLE entities (driver INTEGER, moment INTEGER);
            INSERT INTO entities VALUES ${entities.map(({ driver, at }) => `(${text(driver)}, ${at})`).join(', ')};
            CREATE OR REPLACE TABLE rows_of_features (driver INTEGER, event_time INTEGER, created INTEGER, value INTEGER);
            INSERT INTO rows_of_features VALUES
              ${rows.map((r) => `(${text(r.driver)}, ${r.event}, ${r.event + r.delay}, ${r.value})`).join(', ')}`);
          const expected = entities.map(({ driver, at }) => {
            const [newest] = rows
              .filter((r) => driver !== null && r.driver === driver && r.event <= at)
              .filter((r) => !filter || r.event + r.delay <= at)
              .filter((r) => timeToLive === 'unlimited' || at <= r.event + timeToLive)
              .sort((a, b) => b.event - a.event || b.delay - a.delay || a.value - b.value);
            return newest === undefined ? null : newest.value;
          });
          expect(await joined({ timeToLive, createdTime: { column: 'created', filter } })).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("DuckDB's own ASOF join", () => {
  it('gives the same where nothing lives too long and nothing came late, of a table and of a view', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      await db.run(`
        SELECT setseed(${seed / 100});
        CREATE OR REPLACE TABLE entities AS SELECT (random() * 9)::INTEGER AS driver, (random() * 400)::INTEGER AS moment FROM range(300);
        CREATE OR REPLACE TABLE all_rows AS
          SELECT DISTINCT ON (driver, event_time) * FROM (
            SELECT (random() * 7)::INTEGER AS driver, (random() * 400)::INTEGER AS event_time, random() AS value FROM range(500));
        DROP TABLE IF EXISTS rows_of_features; CREATE OR REPLACE TABLE rows_of_features AS FROM all_rows;
        CREATE OR REPLACE VIEW seen_rows AS SELECT * FROM rows_of_features`);
      const theirs = (
        await db.rows(`SELECT value FROM (SELECT *, row_number() OVER () AS place FROM entities) AS e
          ASOF LEFT JOIN rows_of_features AS f ON e.driver = f.driver AND e.moment >= f.event_time ORDER BY place`)
      ).map(({ value }) => value);
      expect(theirs.filter((value) => value !== null).length).toBeGreaterThan(100);
      expect(await joined()).toEqual(theirs);
      expect(await joined({ features: 'seen_rows' })).toEqual(theirs);
    }
  });
});

describe('cost', () => {
  // Another store took half an hour and 50 GB for as many entities: it joined every feature view row by row.
  it('17,000 entities with 100 values each, of 200,000 rows, take less than five seconds of CPU', async () => {
    const values = Array.from({ length: 100 }, (_, v) => `v${v}`);
    await db.run(`
      CREATE OR REPLACE TABLE entities AS
      SELECT (range * 7919) % 5000 AS driver, TIMESTAMP '2024-01-01' + to_minutes((range * 31) % 40000) AS moment FROM range(17000);
      CREATE OR REPLACE TABLE rows_of_features AS
      SELECT range % 5000 AS driver, TIMESTAMP '2024-01-01' + to_minutes((range * 13) % 40000) AS event_time,
        event_time + to_minutes(range % 50) AS created, ${values.map((name, v) => `(range + ${v})::DOUBLE AS ${name}`).join(', ')}
      FROM range(200000)`);
    const begun = process.cpuUsage();
    await joined({ createdTime: { column: 'created' }, timeToLive: 10 * DAY, values });
    const { user, system } = process.cpuUsage(begun);
    expect(await db.number('SELECT count(*) FROM joined')).toBe(17000);
    expect(await db.number('SELECT count(v99) FROM joined')).toBeGreaterThan(10000);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});

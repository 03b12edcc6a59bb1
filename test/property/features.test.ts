import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readHistory, writeHistory } from '#ecomml/features/history.js';
import { Database } from '#ecomml/table/duckdb.js';
import { type Builder, build, featureRows, firstDifference } from '../features/feature-rows.js';
import { createSlice } from '../features/rees46-slice.js';
import { createEvents, START_US, shops } from '../features/shop-events.js';
import { seesItsOwnInstant, seesTheFuture, TREATMENTS } from './point-in-time.js';

// Each check makes the features of the slice twice or more; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });

let db: Database;
let folder: string;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
  await createSlice(db, 'slice');
  folder = mkdtempSync(join(tmpdir(), 'ecomml-features-'));
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * An instant of the slice, as the time of one of its rows: half of them lie in its last half hour, and a cut at any of
 * those splits hundreds of sessions.
 */
const instantOfRow = (row: number) => `(SELECT event_time FROM slice WHERE source_row = ${row})`;
const instantOfSlice = fc.integer({ min: 500, max: 17000 }).map(instantOfRow);
const treatment = fc.constantFrom(...Object.keys(TREATMENTS));
const seed = fc.integer({ min: 0, max: 1e6 });

describe('no feature sees the future', () => {
  it('on the real slice, whatever becomes of later events and of the order of the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record({ instant: instantOfSlice, treatment, seed }), async (future) => {
        expect(await seesTheFuture(db, build, 'slice', future)).toBeUndefined();
      }),
      {
        numRuns: 4,
        seed: 2019,
        examples: Object.keys(TREATMENTS).map((name) => [{ instant: instantOfRow(9000), treatment: name, seed: 1 }]),
      },
    );
  });

  it('on generated shops', async () => {
    await fc.assert(
      fc.asyncProperty(shops, fc.integer({ min: -1, max: 12 }), treatment, seed, async (shop, second, name, number) => {
        await createEvents(db, 'shop', shop);
        const instant = `make_timestamp(${START_US + second * 1e6})`;
        expect(await seesTheFuture(db, build, 'shop', { instant, treatment: name, seed: number })).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  it('nor anything of its own instant but its own event, on the real slice', async () => {
    // Of the slice's 17,000 rows in 10,200 seconds most share their second with others.
    for (const sourceRow of [901, 12345, 17000])
      expect(await seesItsOwnInstant(db, build, 'slice', sourceRow)).toBeUndefined();
  });

  it('nor anything of its own instant but its own event, on generated shops', async () => {
    await fc.assert(
      fc.asyncProperty(shops, fc.nat(), async (shop, pick) => {
        await createEvents(db, 'shop', shop);
        expect(await seesItsOwnInstant(db, build, 'shop', 1 + (pick % shop.length))).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});

describe('the check itself catches a leak', () => {
  beforeAll(async () => {
    await db.run(`CREATE OR REPLACE TABLE minutes AS FROM slice
      WHERE event_time BETWEEN TIMESTAMP '2019-10-01 02:40:00' AND TIMESTAMP '2019-10-01 02:43:00' ORDER BY source_row`);
  });
  const future = { instant: "TIMESTAMP '2019-10-01 02:41:30'", seed: 3 };

  /** Adds one column that a moment at its instant could not know. */
  const leaking =
    (column: string): Builder =>
    async (database, events, options) => {
      await build(database, events, options);
      await database.run(`CREATE OR REPLACE TABLE features AS SELECT features.*, ${column} AS leak
        FROM features JOIN (
          SELECT source_row, lead(event_time) OVER (PARTITION BY user_session ORDER BY event_time, source_row) AS next_time,
            count(*) OVER (PARTITION BY user_session) AS whole_session,
            count(*) OVER (PARTITION BY product_id ORDER BY event_time) AS up_to_instant,
            row_number() OVER (ORDER BY event_time, source_row) AS place
          FROM ${events}) USING (source_row)`);
    };

  // Scrambling keeps how many events a session has, multiplying keeps its next one: each leak is seen where it shows.
  it.each([
    ['dropped', 'next_time'],
    ['scrambled', 'next_time'],
    ['multiplied', 'whole_session'],
  ])('of the future, when later events are %s: %s', async (name, column) => {
    expect(await seesTheFuture(db, leaking(column), 'minutes', { ...future, treatment: name })).toContain('leak=');
  });

  it('of the future in the label', async () => {
    expect(await seesTheFuture(db, leaking('label'), 'minutes', { ...future, treatment: 'dropped' })).toContain(
      'leak=',
    );
  });

  it('of the order of the file: place', async () => {
    expect(await seesTheFuture(db, leaking('place'), 'minutes', { ...future, treatment: 'dropped' })).toContain(
      'leak=',
    );
  });

  it('of the same instant: up_to_instant', async () => {
    const row = await db.number(`SELECT min(a.source_row) FROM minutes a JOIN minutes b USING (product_id, event_time)
      WHERE a.source_row <> b.source_row AND a.event_type IN ('view', 'cart') AND a.user_session <> b.user_session`);
    expect(await seesItsOwnInstant(db, leaking('up_to_instant'), 'minutes', row)).toContain('leak=');
  });
});

describe('history and file', () => {
  /** The file's rows of "features", made from the whole. */
  async function rowsFromWhole(whole: string, file: string): Promise<string[]> {
    await db.run(`CREATE OR REPLACE TABLE file AS SELECT * FROM ${whole} WHERE ${file} ORDER BY source_row`);
    await build(db, whole);
    return featureRows(db, 'source_row IN (SELECT source_row FROM file)');
  }

  /** The same rows, made from the table "file" with a snapshot of other rows of the whole. */
  async function rowsFromParts(whole: string, history: string): Promise<string[]> {
    const path = join(folder, 'history.parquet');
    await db.run(`CREATE OR REPLACE TABLE before AS SELECT * FROM ${whole} WHERE ${history}`);
    await writeHistory(db, 'before', path);
    await readHistory(db, path, 'past');
    await build(db, 'file', { history: 'past' });
    return featureRows(db);
  }

  it('give the rows of one file, wherever the slice is cut and however far the parts overlap', async () => {
    await db.run(`CREATE OR REPLACE TABLE unique_slice AS
      SELECT min(source_row) AS source_row, * EXCLUDE source_row FROM slice GROUP BY ALL`);
    const inTime = await rowsFromWhole('unique_slice', 'source_row > 9000');
    expect(inTime.length).toBeGreaterThan(7000);
    for (const history of ['source_row <= 9000', 'source_row <= 15000', 'true'])
      expect(firstDifference(inTime, await rowsFromParts('unique_slice', history))).toBeUndefined();
    // Sessions torn apart row by row.
    const torn = await rowsFromWhole('unique_slice', 'hash(source_row) % 3 = 0');
    expect(firstDifference(torn, await rowsFromParts('unique_slice', 'hash(source_row) % 3 <> 0'))).toBeUndefined();
  });

  it('give the rows of one file on generated shops', async () => {
    await fc.assert(
      fc.asyncProperty(shops, fc.nat(40), fc.nat(40), async (shop, from, to) => {
        await createEvents(db, 'shop', shop);
        const expected = await rowsFromWhole('shop', `source_row > ${from}`);
        const found = await rowsFromParts('shop', `source_row <= ${from + to}`);
        expect(firstDifference(expected, found)).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });

  it('without its history a file gives other rows', async () => {
    const expected = await rowsFromWhole('slice', 'source_row > 9000');
    expect(firstDifference(expected, await rowsFromParts('slice', 'false'))).toMatch(/_events=|_views=/);
  });
});

describe('threads', () => {
  it('one thread and two give the same rows in the same order, and the same snapshot', async () => {
    const texts: string[] = [];
    const snapshots: Buffer[] = [];
    for (const threads of [1, 2]) {
      const own = await Database.open({ threads });
      try {
        await createSlice(own, 'slice');
        await build(own, 'slice');
        texts.push(JSON.stringify(await own.rows('FROM features')));
        // The other order of rows must not show in the snapshot.
        await own.run(`CREATE TABLE turned AS FROM slice ORDER BY source_row ${threads === 1 ? 'ASC' : 'DESC'}`);
        const path = join(folder, `history-${threads}.parquet`);
        await writeHistory(own, 'turned', path);
        snapshots.push(readFileSync(path));
      } finally {
        own.close();
      }
    }
    expect(texts[0] === texts[1]).toBe(true);
    expect(snapshots[0].equals(snapshots[1])).toBe(true);
  });
});

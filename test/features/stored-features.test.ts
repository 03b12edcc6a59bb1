import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFeatures } from '#ecomml/features/build-features.js';
import { FEATURE_FAMILIES } from '#ecomml/features/feature.js';
import { type StoredRows, storedFeatures } from '#ecomml/features/stored-features.js';
import { Database } from '#ecomml/table/duckdb.js';
import { EVENT_COLUMNS } from '#ecomml/table/event-columns.js';
import { createSlice } from './rees46-slice.js';
import { createEvents, shops } from './shop-events.js';

let db: Database;
let folder: string;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
  folder = mkdtempSync(join(tmpdir(), 'stored-features-'));
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const COLUMNS = EVENT_COLUMNS.join(', ');

/** The rows of the events `where`, made from a checkpoint; other events come before or not at all. */
async function part(into: string, where: string, checkpoint?: string): Promise<StoredRows> {
  return storedFeatures(
    db,
    {
      all: `(SELECT ${COLUMNS} FROM events)`,
      rows: `SELECT *, (event_type IN ('view', 'cart'))::TINYINT AS is_moment
        FROM (SELECT row_number() OVER (ORDER BY ${COLUMNS}) AS source_row, ${COLUMNS} FROM events) WHERE ${where}`,
      idFeatures: true,
      families: FEATURE_FAMILIES,
      ...(checkpoint && { checkpoint }),
    },
    into,
  );
}

const rowsOf = async (relation: string) =>
  (await db.rows(`SELECT * EXCLUDE source_row FROM ${relation} ORDER BY event_time, source_row`)).map((row) =>
    JSON.stringify(row),
  );

async function inParts(cuts: readonly string[]): Promise<{ rows: string[]; state: Buffer }> {
  const rows: string[] = [];
  let checkpoint: string | undefined;
  const bounds = ['-infinity', ...cuts, 'infinity'];
  for (let i = 1; i < bounds.length; i++) {
    const where = `event_time >= '${bounds[i - 1]}' AND event_time < '${bounds[i]}'`;
    const stored = await part('stored_part', where, checkpoint);
    rows.push(...(await rowsOf('stored_part')));
    checkpoint = join(folder, `${i}.sweep`);
    stored.checkpoint(checkpoint);
  }
  return { rows, state: readFileSync(checkpoint as string) };
}

describe('features made in parts', () => {
  it('are those of one pass, and so is what it knows at the end', async () => {
    await fc.assert(
      fc.asyncProperty(shops, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (shop, places) => {
        await createEvents(db, 'events', shop);
        const instants = [...new Set(shop.map(({ us }) => us))];
        const chosen = [...new Set(places.map((place) => instants[place % instants.length]))].sort((a, b) => a - b);
        const cuts = chosen.map((us) =>
          new Date(us / 1000).toISOString().replace(/\.\d+Z/, `.${String(us % 1e6).padStart(6, '0')}`),
        );
        const whole = await inParts([]);
        const parts = await inParts(cuts);
        expect(parts.rows).toEqual(whole.rows);
        expect(parts.state.equals(whole.state)).toBe(true);
      }),
      { numRuns: 6 },
    );
  });

  it('are those that the features command makes, on real events', async () => {
    await createSlice(db, 'events');
    const { rows, state } = await inParts(['2019-10-03', '2019-10-11 12:00:00', '2019-10-25']);
    const whole = await inParts([]);
    expect(rows).toEqual(whole.rows);
    expect(state.equals(whole.state)).toBe(true);
    await db.run(
      'CREATE OR REPLACE TABLE plain AS SELECT DISTINCT ON (ALL) * EXCLUDE source_row FROM events'.replace(
        'DISTINCT ON (ALL)',
        'DISTINCT',
      ),
    );
    await db.run(
      `CREATE OR REPLACE TABLE ordered AS SELECT row_number() OVER (ORDER BY ${COLUMNS}) AS source_row, * FROM plain`,
    );
    await buildFeatures(db, { events: 'ordered', moments: 'all', idFeatures: true });
    await db.run(
      'ALTER TABLE features DROP label; ALTER TABLE features DROP session_first_event; ALTER TABLE features DROP session_last_event',
    );
    const names = (await db.describe('FROM stored_part'))
      .map(({ name }) => `"${name}"`)
      .filter((name) => name !== '"source_row"');
    await db.run(`CREATE OR REPLACE TABLE built AS SELECT source_row, ${names.join(', ')} FROM features`);
    expect(await rowsOf('built')).toEqual(rows);
  });

  it('refuses a checkpoint that is cut short, of other features, or newer', async () => {
    await createEvents(db, 'events', []);
    const stored = await part('stored_part', 'true');
    const path = join(folder, 'one.sweep');
    stored.checkpoint(path);
    const bytes = readFileSync(path);
    for (const [damaged, code] of [
      [bytes.subarray(0, bytes.length - 1), 'CHECKPOINT_DAMAGED'],
      [Buffer.concat([bytes, Buffer.from('x')]), 'CHECKPOINT_DAMAGED'],
      [Buffer.from('something else'), 'CHECKPOINT_DAMAGED'],
      [Buffer.from(bytes.toString('latin1').replace('"format":1', '"format":2'), 'latin1'), 'CHECKPOINT_NEWER'],
      [Buffer.from(bytes.toString('latin1').replace('"affinity"', '"affinitz"'), 'latin1'), 'CHECKPOINT_DAMAGED'],
    ] as const) {
      writeFileSync(path, damaged);
      await expect(part('stored_part', 'true', path)).rejects.toMatchObject({ code });
    }
  });
});

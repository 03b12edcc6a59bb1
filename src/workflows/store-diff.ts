/** `store diff`: what changed from one materialisation to another, of one store or of two. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { STORED_COLUMNS } from '../features/stored-features.js';
import { FeatureStore } from '../store/feature-store.js';
import type { Materialisation, StoredDay } from '../store/materialisation.js';
import { eventsOf, rowsOf } from '../store/stored-days.js';
import { type Database, identifier, withDatabase } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import { EVENT_MEMORY } from './event-memory.js';
import type { StoreDiffOptions } from './options.js';

export interface StoreDiffResult {
  readonly from: string;
  readonly to: string;
  readonly same: boolean;
  readonly features: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Whose definition is another one. */
    readonly changed: readonly { readonly name: string; readonly from: number; readonly to: number }[];
    readonly owners: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  };
  readonly files: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly events: { readonly added: number; readonly removed: number };
  /** `changed`: the moment is in both, a value is another one. */
  readonly rows: { readonly added: number; readonly removed: number; readonly changed: number };
  /** Of each feature whose values differ, in how many rows. */
  readonly values: Readonly<Record<string, number>>;
  readonly days: readonly string[];
}

interface Side {
  readonly store: FeatureStore;
  readonly name: string;
  readonly materialisation: Materialisation;
}

export async function storeDiff(options: StoreDiffOptions, context: WorkflowContext): Promise<StoreDiffResult> {
  const [a, b] = [sideOf(options.from, options.store), sideOf(options.to, options.store)];
  const [ofA, ofB] = [a.materialisation, b.materialisation];
  const days = differing(ofA.days, ofB.days);
  const registry = compareRegistries(ofA, ofB);
  const common = ofA.features.map(({ name }) => name).filter((name) => ofB.features.some((one) => one.name === name));
  const data = await withDatabase({ threads: context.threads, memoryBytes: EVENT_MEMORY }, (db) =>
    compareDays(db, a, b, days, common),
  );
  return {
    from: a.name,
    to: b.name,
    same: a.name === b.name,
    features: registry,
    files: {
      added: lacking(ofB, ofA),
      removed: lacking(ofA, ofB),
    },
    ...data,
    days,
  };
}

function sideOf(reference: string, folder: string): Side {
  const other = existsSync(join(reference, 'store.json'));
  const store = FeatureStore.open(other ? reference : folder);
  const name = store.resolve(other ? 'latest' : reference);
  return { store, name, materialisation: store.materialisation(name) };
}

function compareRegistries(a: Materialisation, b: Materialisation): StoreDiffResult['features'] {
  const [ofA, ofB] = [a, b].map(({ features }) => new Map(features.map((feature) => [feature.name, feature])));
  const both = a.features.flatMap((before) => {
    const after = ofB.get(before.name);
    return after === undefined ? [] : [{ before, after }];
  });
  return {
    added: b.features.map(({ name }) => name).filter((name) => !ofA.has(name)),
    removed: a.features.map(({ name }) => name).filter((name) => !ofB.has(name)),
    changed: both
      .filter(({ before, after }) => before.definition !== after.definition)
      .map(({ before, after }) => ({ name: after.name, from: before.version, to: after.version })),
    owners: both
      .filter(({ before, after }) => before.owner !== after.owner)
      .map(({ before, after }) => ({ name: after.name, from: before.owner, to: after.owner })),
  };
}

/** Names of the event files of `a` that `b` was not made of. */
function lacking(a: Materialisation, b: Materialisation): string[] {
  const had = new Set(b.files.map(({ sha256 }) => sha256));
  return a.files.filter(({ sha256 }) => !had.has(sha256)).map(({ name }) => name);
}

/** Days whose events or rows have other bytes: all others are equal. */
function differing(a: readonly StoredDay[], b: readonly StoredDay[]): string[] {
  const days = new Map(a.map((day) => [day.day, day]));
  const names = [...new Set([...a, ...b].map(({ day }) => day))].sort();
  const ofB = new Map(b.map((day) => [day.day, day]));
  return names.filter((name) => {
    const [one, other] = [days.get(name), ofB.get(name)];
    return one?.events.sha256 !== other?.events.sha256 || one?.features.sha256 !== other?.features.sha256;
  });
}

async function compareDays(
  db: Database,
  a: Side,
  b: Side,
  days: readonly string[],
  common: readonly string[],
): Promise<Pick<StoreDiffResult, 'events' | 'rows' | 'values'>> {
  for (const [name, { store, materialisation }] of [
    ['a', a],
    ['b', b],
  ] as const) {
    const chosen = materialisation.days.filter(({ day }) => days.includes(day));
    await db.run(`CREATE VIEW events_${name} AS ${await eventsOf(store, chosen)}`);
    const columns = [...STORED_COLUMNS, ...common.map(identifier)].join(', ');
    const keys = STORED_COLUMNS.join(', ');
    const rows = chosen.length === 0 ? undefined : await rowsOf(store, chosen);
    // Moments that are equal in what names them are told apart by their order.
    if (rows !== undefined)
      await db.run(`CREATE VIEW rows_${name} AS
        SELECT ${columns}, row_number() OVER (PARTITION BY ${keys} ORDER BY place) AS nth FROM (${rows})`);
    else
      await db.run(
        `CREATE VIEW rows_${name} AS SELECT ${[...STORED_COLUMNS, 'nth'].map((column) => `NULL AS ${column}`).join(', ')} WHERE false`,
      );
  }
  const [addedEvents, removedEvents] = [
    await without(db, 'events_b', 'events_a'),
    await without(db, 'events_a', 'events_b'),
  ];
  const sides = ['a', 'b'].map((name) => ({
    name,
    has: (name === 'a' ? a : b).materialisation.days.some(({ day }) => days.includes(day)),
  }));
  if (!sides.every(({ has }) => has)) {
    const count = async (name: string) => db.number(`SELECT count(*) FROM rows_${name}`);
    return {
      events: { added: addedEvents, removed: removedEvents },
      rows: { added: await count('b'), removed: await count('a'), changed: 0 },
      values: {},
    };
  }
  const on = [...STORED_COLUMNS, 'nth'].map((column) => `a.${column} = b.${column}`).join(' AND ');
  const differs = common.map((name) => `(a.${identifier(name)} IS DISTINCT FROM b.${identifier(name)})`);
  const found = await db.row(`
    SELECT count(*) FILTER (a.nth IS NULL) AS added, count(*) FILTER (b.nth IS NULL) AS removed,
      count(*) FILTER (a.nth IS NOT NULL AND b.nth IS NOT NULL AND (${differs.join(' OR ') || 'false'})) AS changed
      ${differs.map((one, i) => `, count(*) FILTER (a.nth IS NOT NULL AND b.nth IS NOT NULL AND ${one}) AS ${identifier(`of ${common[i]}`)}`).join('')}
    FROM rows_a a FULL JOIN rows_b b ON ${on}`);
  const values = common.flatMap((name): [string, number][] => {
    const changed = Number(found[`of ${name}`]);
    return changed === 0 ? [] : [[name, changed]];
  });
  return {
    events: { added: addedEvents, removed: removedEvents },
    rows: { added: Number(found.added), removed: Number(found.removed), changed: Number(found.changed) },
    values: Object.fromEntries(values),
  };
}

async function without(db: Database, these: string, those: string): Promise<number> {
  return db.number(`SELECT count(*) FROM (FROM ${these} EXCEPT ALL FROM ${those})`);
}

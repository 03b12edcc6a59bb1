import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '#ecomml/base/progress.js';
import { Random } from '#ecomml/base/random.js';
import { FEATURE_FAMILIES } from '#ecomml/features/feature.js';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { features } from '#ecomml/workflows/features.js';
import type { StoreGetOptions, StoreMaterializeOptions } from '#ecomml/workflows/options.js';
import { storeDiff } from '#ecomml/workflows/store-diff.js';
import { storeGet } from '#ecomml/workflows/store-get.js';
import { storeIngest } from '#ecomml/workflows/store-ingest.js';
import { storeList } from '#ecomml/workflows/store-list.js';
import { storeMaterialize } from '#ecomml/workflows/store-materialize.js';
import { storeSkew } from '#ecomml/workflows/store-skew.js';
import { HEADER, testFolder } from './store-events.js';

const folder = testFolder();
afterAll(folder.remove);

const context = { seed: 1, threads: 1, progress: silentProgress, signal: new AbortController().signal };

/** Instants of a small shop over some days, with one to three events each, no two equal. */
function ticks(count: number): string[][] {
  const random = new Random(7);
  let seconds = 0;
  return Array.from({ length: count }, (_, tick) => {
    seconds += [1, 20, 600, 4000][random.below(4)];
    const time = new Date(Date.UTC(2024, 4, 1) + 1000 * seconds).toISOString();
    return Array.from({ length: 1 + random.below(3) }, (_event, i) => {
      const type = ['view', 'view', 'view', 'cart', 'purchase', 'remove_from_cart'][random.below(6)];
      const [user, product] = [random.below(9), random.below(90)];
      const about = product % 5 === 0 ? ',,' : `c${product % 4},a.b${product % 3},brand${product % 6}`;
      return `${time},${type},p${product},${about},${(product + 1) * (1 + (tick % 7))}.${i}5,u${user},s${user}-${Math.floor(tick / 20)}`;
    });
  });
}

/** Three files, one after the other in time. */
const TICKS = ticks(170);
const parts = [TICKS.slice(0, 70), TICKS.slice(70, 71), TICKS.slice(71)].map((some) => some.flat());
const LINES = parts.flat();
const TOTAL = LINES.length;
const [FIRST, SECOND, THIRD] = parts.map((lines) => lines.length);
const csv = (lines: readonly string[]) => `${[HEADER, ...lines].join('\n')}\n`;
const file = (name: string, lines: readonly string[]) => folder.file(name, csv(lines));
const files = parts.map((lines, i) => file(`part-${i + 1}.csv`, lines));
const all = file('all.csv', LINES);

function materialize(store: string, input?: string, change: Partial<StoreMaterializeOptions> = {}) {
  return storeMaterialize(
    {
      store: folder.path(store),
      ...(input === undefined ? {} : { input }),
      map: {},
      maxBadRows: 0.01,
      rebuild: false,
      idFeatures: true,
      featureFamilies: FEATURE_FAMILIES,
      owners: {},
      ...change,
    },
    context,
  );
}

function get(store: string, change: Partial<StoreGetOptions>) {
  return storeGet({ store: folder.path(store), materialisation: 'latest', features: [], ...change }, context);
}

function ingest(online: string, input: string) {
  return storeIngest(
    {
      input,
      online,
      map: {},
      maxBadRows: 0.01,
      follow: false,
      lateness: 0,
      idHorizon: 86_400,
      rejects: `${online}-rejects.csv`,
      featureFamilies: FEATURE_FAMILIES,
    },
    context,
  );
}

/** All files that the latest materialisation consists of, by name. */
function contents(store: string): Map<string, Buffer> {
  const path = folder.path(store);
  const { materialisations } = JSON.parse(readFileSync(join(path, 'store.json'), 'utf8'));
  const text = readFileSync(join(path, 'versions', `${materialisations.at(-1)}.json`), 'utf8');
  const { days, checkpoint } = JSON.parse(text);
  const names: string[] = [checkpoint];
  for (const day of days) names.push(day.events.sha256, day.features.sha256);
  return new Map([
    ['materialisation', Buffer.from(text)],
    ...names.map((name) => [name, readFileSync(join(path, 'parts', name))] as const),
  ]);
}

const table = (path: string, columns = '*') =>
  withDatabase({ threads: 1 }, (db) => db.rows(`SELECT ${columns} FROM '${path}' ORDER BY ALL`));

beforeAll(async () => {
  await materialize('whole', folder.path('part-*.csv'));
});

describe('materialize', () => {
  it('later files leave the bytes of all files at once, the materialisation among them', async () => {
    const first = await materialize('grown', files[0]);
    expect(first).toMatchObject({ done: 'created', events: { added: FIRST, late: 0, total: FIRST } });
    await materialize('grown', files[1]);
    const last = await materialize('grown', files[2]);
    expect(last).toMatchObject({ done: 'extended', events: { late: 0, total: TOTAL }, features: 136 });
    expect(contents('grown')).toEqual(contents('whole'));
    expect(readdirSync(folder.path('grown')).sort()).toEqual(['parts', 'rejects', 'store.json', 'versions']);
    expect(readdirSync(join(folder.path('grown'), 'parts')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('a file that it knows, or events that it knows, change nothing', async () => {
    const before = readFileSync(join(folder.path('whole'), 'store.json'), 'utf8');
    expect(await materialize('whole', files[1])).toMatchObject({ done: 'unchanged', files: { known: 1 } });
    expect(await materialize('whole')).toMatchObject({ done: 'unchanged' });
    expect(readFileSync(join(folder.path('whole'), 'store.json'), 'utf8')).toBe(before);
  });

  it('late events make all features anew, to the bytes of the files in their order', async () => {
    await materialize('late', files[2]);
    const messages: string[] = [];
    const result = await storeMaterialize(
      {
        store: folder.path('late'),
        input: folder.path('part-[12].csv'),
        map: {},
        maxBadRows: 0.01,
        rebuild: false,
        idFeatures: true,
        featureFamilies: FEATURE_FAMILIES,
        owners: {},
      },
      {
        ...context,
        progress: (event) => event.type === 'message' && event.level === 'warning' && messages.push(event.text),
      },
    );
    expect(result).toMatchObject({ done: 'rebuilt', events: { late: FIRST + SECOND, total: TOTAL } });
    expect(messages.join()).toContain(`all features are made anew from the ${TOTAL} stored events`);
    expect(contents('late')).toEqual(contents('whole'));
  });

  it('gives owners, keeps them, and refuses names that own nothing', async () => {
    await materialize('owned', files[0], { owners: { all: 'data', price: 'pricing' } });
    await materialize('owned', files[1]);
    const { features: registered } = await storeList(
      { store: folder.path('owned'), materialisation: 'latest' },
      context,
    );
    expect(registered.find(({ family }) => family === 'price')?.owner).toBe('pricing');
    expect(registered.find(({ family }) => family === 'user')?.owner).toBe('data');
    expect(new Set(registered.map(({ version }) => version))).toEqual(new Set([1]));
    expect(new Set(registered.map(({ definition }) => definition)).size).toBe(136);
    await expect(materialize('owned', files[1], { owners: { prize: 'x' } })).rejects.toMatchObject({
      code: 'STORE_OWNER',
    });
  });

  it('leaves nothing under a final name when it is interrupted', async () => {
    const abort = new AbortController();
    const interrupted = storeMaterialize(
      {
        store: folder.path('interrupted'),
        input: all,
        map: {},
        maxBadRows: 0.01,
        rebuild: false,
        idFeatures: true,
        featureFamilies: FEATURE_FAMILIES,
        owners: {},
      },
      {
        ...context,
        signal: abort.signal,
        progress: (event) => event.type === 'start' && event.stage === 'write' && abort.abort(),
      },
    );
    await expect(interrupted).rejects.toThrow();
    const path = folder.path('interrupted');
    expect(existsSync(join(path, 'store.json'))).toBe(false);
    expect(existsSync(join(path, 'versions'))).toBe(false);
    expect(await materialize('interrupted', all)).toMatchObject({ done: 'created' });
  });

  it('refuses other options, a foreign folder, a newer store, damaged parts', async () => {
    await expect(materialize('whole', files[0], { featureFamilies: ['user'] })).rejects.toMatchObject({
      code: 'STORE_OPTIONS',
    });
    await expect(materialize('whole', '-')).rejects.toMatchObject({ code: 'STORE_STDIN' });
    await expect(materialize('none')).rejects.toMatchObject({ code: 'MISSING_OPTION' });
    folder.file('plain.txt', 'x');
    await expect(materialize('.', files[0])).rejects.toMatchObject({ code: 'FEATURE_STORE_FOREIGN' });
    await expect(get('none', { output: folder.path('x.csv') })).rejects.toMatchObject({
      code: 'FEATURE_STORE_MISSING',
    });
    await materialize('hurt', files[0]);
    const head = join(folder.path('hurt'), 'store.json');
    const text = readFileSync(head, 'utf8');
    writeFileSync(head, text.replace('"format": 1', '"format": 2'));
    await expect(materialize('hurt', files[1])).rejects.toMatchObject({ code: 'FEATURE_STORE_NEWER' });
    writeFileSync(head, text.slice(0, 20));
    await expect(materialize('hurt', files[1])).rejects.toMatchObject({ code: 'FEATURE_STORE_DAMAGED' });
    writeFileSync(head, text);
    const version = join(folder.path('hurt'), 'versions', readdirSync(join(folder.path('hurt'), 'versions'))[0]);
    const { checkpoint } = JSON.parse(readFileSync(version, 'utf8'));
    const part = join(folder.path('hurt'), 'parts', checkpoint);
    truncateSync(part, 100);
    await expect(materialize('hurt', files[1])).rejects.toMatchObject({ code: 'FEATURE_STORE_DAMAGED' });
    writeFileSync(version, readFileSync(version, 'utf8').replace(`"events": ${FIRST}`, '"events": 1'));
    await expect(materialize('hurt', files[1])).rejects.toMatchObject({ code: 'FEATURE_STORE_DAMAGED' });
  });
});

describe('get', () => {
  it('stored rows have the values and labels that the features command makes', async () => {
    const output = folder.path('rows.parquet');
    await get('whole', { output });
    const made = await features(
      {
        input: all,
        output: folder.path('made'),
        map: {},
        maxBadRows: 0.01,
        moments: 'all',
        idFeatures: true,
        featureFamilies: FEATURE_FAMILIES,
      },
      context,
    );
    const columns = '* EXCLUDE (source_row, session_first_event, session_last_event)';
    const expected = await table(made.outputs.features, columns);
    expect(expected.length).toBeGreaterThan(100);
    expect(await table(output)).toEqual(expected);
  });

  it("moments of one's own are those of the pass over the same events", async () => {
    // Every stored moment asked about again: it is no event then, so it sees just what it saw.
    const output = folder.path('again.parquet');
    await get('whole', { output });
    const input = folder.path('moments.csv');
    await withDatabase({ threads: 1 }, (db) =>
      db.run(`COPY (SELECT event_time, user_id, user_session, product_id, event_type, category_id, category_code, brand, price
        FROM read_csv('${all}', all_varchar = true) WHERE event_type IN ('view', 'cart')) TO '${input}' (HEADER)`),
    );
    const asked = folder.path('asked.parquet');
    await get('whole', { input, output: asked });
    const names = '* EXCLUDE (event_time, category_id, category_code)';
    const own = '* EXCLUDE (event_time, label)';
    expect(await table(asked, names)).toEqual(await table(output, own));
  });

  it('one moment after all events is the same from the checkpoint, from the events and online', async () => {
    const online = folder.path('online');
    await ingest(online, all);
    const [user, product] = [LINES[200].split(',')[7], LINES[200].split(',')[2]];
    const stored = await get('whole', { user, product });
    const served = await get('whole', { user, product, online });
    expect(stored.values).toEqual(served.values);
    expect(Object.keys(stored.values ?? {}).length).toBe(136);
    const skew = await storeSkew(
      { store: folder.path('whole'), materialisation: 'latest', sample: 40, online },
      context,
    );
    expect(skew.online).toMatchObject({ different: 0, missing: 0, extra: 0 });
    expect(skew).toMatchObject({ equal: true, events: TOTAL, values: { different: 0 } });
    expect(skew.moments.compared).toBeGreaterThanOrEqual(40);
  });

  it('refuses what it cannot give', async () => {
    const output = folder.path('never.csv');
    const bad = (name: string, text: string) => get('whole', { input: folder.file(name, text), output });
    await expect(get('whole', { output, features: ['user_evnts'] })).rejects.toMatchObject({
      code: 'STORE_FEATURE',
      message: expect.stringContaining('user_events'),
    });
    await expect(get('whole', { user: 'u1' })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    await expect(get('whole', { output: 'x.json' })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    await expect(bad('m1.csv', 'user_id,product_id\nu1,p1\n')).rejects.toMatchObject({ code: 'MOMENTS_COLUMNS' });
    await expect(bad('m2.csv', 'event_time,user_id,product_id\nsoon,u1,p1\n')).rejects.toMatchObject({
      code: 'MOMENTS_BAD',
    });
    await expect(get('whole', { output, since: Date.parse('2031-01-01') })).rejects.toMatchObject({
      code: 'STORE_NO_ROWS',
    });
    expect(existsSync(output)).toBe(false);
  });
});

describe('diff and skew', () => {
  it('tells added rows, features and definitions apart', async () => {
    await materialize('changed', files[0]);
    await materialize('changed', files[1]);
    const store = folder.path('changed');
    const grown = await storeDiff({ store, from: 'previous', to: 'latest' }, context);
    expect(grown).toMatchObject({
      same: false,
      events: { added: SECOND, removed: 0 },
      files: { added: ['part-2.csv'] },
      values: {},
    });
    await materialize('changed', undefined, {
      rebuild: true,
      featureFamilies: ['user', 'product'],
      owners: { user: 'crm' },
    });
    const narrowed = await storeDiff({ store, from: 'previous', to: 'latest' }, context);
    expect(narrowed.features.removed).toContain('session_events');
    expect(narrowed.features.owners[0]).toMatchObject({ name: 'user_events', to: 'crm' });
    expect(narrowed.rows).toEqual({ added: 0, removed: 0, changed: 0 });
    const other = await storeDiff({ store, from: folder.path('whole'), to: 'latest' }, context);
    expect(other.events.removed).toBe(THIRD);
    await expect(storeDiff({ store, from: 'nothing', to: 'latest' }, context)).rejects.toMatchObject({
      code: 'FEATURE_STORE_VERSION',
    });
  });

  it('finds an online store that was given other events', async () => {
    const online = folder.path('other-online');
    await ingest(online, file('without.csv', [...LINES.slice(0, 40), ...LINES.slice(41)]));
    const skew = await storeSkew(
      { store: folder.path('whole'), materialisation: 'latest', sample: 1, online },
      context,
    );
    expect(skew.equal).toBe(false);
    expect(skew.online?.different).toBeGreaterThan(0);
  });
});

/**
 * `store get`: features as they were. The stored rows with their labels; moments of one's own, each from the events
 * strictly before it; or one moment, from the stored events or from an online store.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { EcommlError, usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { Bundle } from '../bundle/bundle.js';
import { catalogue, describeFeature, describeFeatures } from '../features/catalogue.js';
import { EntitySweep } from '../features/entity-sweep.js';
import type { FeatureDescription } from '../features/feature.js';
import { STORED_COLUMNS } from '../features/stored-features.js';
import { FeatureStore } from '../store/feature-store.js';
import type { Materialisation } from '../store/materialisation.js';
import { featuresAt, readMoments } from '../store/moments-asked.js';
import { openOnlineStore } from '../store/open-online-store.js';
import { readOnline } from '../store/read-online.js';
import { eventsOf, rowsOf } from '../store/stored-days.js';
import { type Database, identifier, literal, withDatabase } from '../table/duckdb.js';
import { writeParquet } from '../table/parquet-file.js';
import type { WorkflowContext } from './context.js';
import { EVENT_MEMORY } from './event-memory.js';
import type { StoreGetOptions } from './options.js';

export interface StoreGetResult {
  readonly store: string;
  /** Absent of an online store. */
  readonly materialisation?: string;
  readonly source: 'rows' | 'moments' | 'moment' | 'online';
  readonly rows: number;
  readonly features: number;
  readonly output?: string;
  /** Of one moment: what is known of its own event, and its features; null is missing. */
  readonly moment?: Readonly<Record<string, unknown>>;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

export async function storeGet(options: StoreGetOptions, context: WorkflowContext): Promise<StoreGetResult> {
  const started = performance.now();
  checkOptions(options);
  const result = options.online === undefined ? await stored(options, context) : await online(options, options.online);
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

type Unhurried = Omit<StoreGetResult, 'seconds'>;

async function online(options: StoreGetOptions, place: string): Promise<Unhurried> {
  const registry = registryOf(options);
  const sweep = new EntitySweep(registry?.options ?? { idFeatures: true });
  const wanted = wantedFeatures(options, registry?.features ?? describeFeatures(sweep.features));
  const store = await openOnlineStore(place, { create: false });
  try {
    const { user, product, session, at } = options;
    const found = await readOnline(store, sweep, {
      user: user as string,
      product: product as string,
      session: session ?? NEW_SESSION,
      ...(at === undefined ? {} : { at: 1000 * at }),
    });
    const { us, ...moment } = found.moment;
    const values = Object.fromEntries(sweep.features.map(({ name }, i) => [name, found.values[i]]));
    return {
      store: place,
      source: 'online',
      rows: 1,
      features: wanted.length,
      moment: { event_time: instantText(us), ...moment, user_session: session ?? null },
      values: Object.fromEntries(wanted.map((name) => [name, values[name]])),
    };
  } finally {
    await store.close();
  }
}

/** What an online store serves is what the feature store registers, where there is one. */
function registryOf({ store, materialisation }: StoreGetOptions): Materialisation | undefined {
  try {
    const found = FeatureStore.open(store);
    return found.materialisation(found.resolve(materialisation));
  } catch (error) {
    if ((error as EcommlError).code === 'FEATURE_STORE_MISSING') return undefined;
    throw error;
  }
}

/** No session of events can have this name: their names hold no control characters. */
const NEW_SESSION = '\u0000 new';

async function stored(options: StoreGetOptions, { threads, signal, progress }: WorkflowContext): Promise<Unhurried> {
  const store = FeatureStore.open(options.store);
  const name = store.resolve(options.materialisation);
  const materialisation = store.materialisation(name);
  const wanted = wantedFeatures(options, materialisation.features);
  const base = { store: store.folder, materialisation: name, features: wanted.length };
  return withDatabase({ threads, memoryBytes: EVENT_MEMORY }, async (db) => {
    const interrupt = () => db.interrupt();
    signal.addEventListener('abort', interrupt);
    try {
      if (options.input === undefined && options.user === undefined) {
        const output = options.output as string;
        const sql = await labelledRows(db, store, materialisation, options, wanted);
        const rows = await write(db, sql, output);
        return { ...base, source: 'rows', rows, output } as const;
      }
      const columns = await readMoments(db, options.input ?? asked(options, materialisation));
      progress({ type: 'start', stage: 'features' });
      await featuresAt(db, store, materialisation, columns, signal);
      progress({ type: 'end', stage: 'features' });
      const features = wanted.map((one) => `f.${identifier(one)}`);
      if (options.input !== undefined) {
        const output = options.output as string;
        const names = (await db.describe('FROM moments_given')).map(({ name: column }) => column);
        const own = names
          .filter((column) => column !== 'row_of_file' && !wanted.includes(column))
          .map((column) => `g.${identifier(column)}`);
        const sql = `SELECT ${[...own, ...features].join(', ')} FROM moments_given g
          JOIN moment_features f ON f.source_row = g.row_of_file ORDER BY g.row_of_file`;
        return { ...base, source: 'moments', rows: await write(db, sql, output), output } as const;
      }
      const moment = await db.row('SELECT * EXCLUDE source_row FROM moments_asked');
      const values = await db.row(`SELECT ${features.join(', ')} FROM moment_features f`);
      return {
        ...base,
        source: 'moment',
        rows: 1,
        moment: { ...moment, user_session: options.session ?? null },
        values,
      } as const;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  });
}

/** One moment as a query. */
function asked({ user, product, session, at }: StoreGetOptions, { until }: Materialisation): { sql: string } {
  const instant =
    at === undefined
      ? `'${until.replace('Z', '')}'::TIMESTAMP + INTERVAL 1 MICROSECOND`
      : `make_timestamp(${1000 * at})`;
  return {
    sql: `SELECT ${instant} AS event_time, ${literal(user as string)} AS user_id, ${literal(product as string)} AS product_id
      ${session === undefined ? '' : `, ${literal(session)} AS user_session`}`,
  };
}

/** The stored rows with label and features; the label is made of the stored events, as it looks forward. */
async function labelledRows(
  db: Database,
  store: FeatureStore,
  { days }: Materialisation,
  { since, until, horizon }: StoreGetOptions,
  wanted: readonly string[],
): Promise<string> {
  const [from, to] = [since, until].map((ms) => (ms === undefined ? undefined : instantText(1000 * ms)));
  const chosen = days.filter(
    ({ day }) => (from === undefined || day >= from.slice(0, 10)) && (to === undefined || day <= to.slice(0, 10)),
  );
  if (chosen.length === 0)
    throw usageError(
      'STORE_NO_ROWS',
      `The store has no rows there: its days are ${days[0].day} to ${days[days.length - 1].day}.`,
    );
  // A session's purchase may come on any later day.
  const later = days.filter(({ day }) => day >= chosen[0].day);
  await db.run(`CREATE VIEW purchases AS SELECT user_session, product_id, event_time AS bought FROM (${await eventsOf(store, later)})
    WHERE event_type = 'purchase'`);
  const within =
    horizon === undefined ? '' : ` AND epoch_us(p.bought) - epoch_us(m.event_time) <= ${Math.round(horizon * 1e6)}`;
  const bounds = [
    ...(from === undefined ? [] : [`m.event_time >= '${from.replace('Z', '')}'::TIMESTAMP`]),
    ...(to === undefined ? [] : [`m.event_time < '${to.replace('Z', '')}'::TIMESTAMP`]),
  ];
  const columns = [
    ...STORED_COLUMNS.map((column) => `m.${column}`),
    `(p.bought IS NOT NULL${within})::TINYINT AS label`,
    ...wanted.map((one) => `m.${identifier(one)}`),
  ];
  return `SELECT ${columns.join(', ')} FROM (${await rowsOf(store, chosen)}) m
    ASOF LEFT JOIN purchases p
      ON m.user_session = p.user_session AND m.product_id = p.product_id AND m.event_time <= p.bought
    ${bounds.length === 0 ? '' : `WHERE ${bounds.join(' AND ')}`} ORDER BY m.event_time, m.place`;
}

/** The names asked for, in their order. Errors: `STORE_FEATURE`, `STORE_MODEL`. */
function wantedFeatures({ features, model }: StoreGetOptions, registered: readonly FeatureDescription[]): string[] {
  const names = registered.map(({ name }) => name);
  if (model !== undefined) return featuresOfModel(model, registered);
  for (const name of features) {
    if (names.includes(name)) continue;
    const known = catalogue({ idFeatures: true }).find((one) => one.name === name);
    throw usageError(
      'STORE_FEATURE',
      known === undefined
        ? `There is no feature "${name}".${didYouMean(name, names)}`
        : `The store does not hold "${name}": it was made without the family "${known.family}".`,
      known === undefined
        ? '"ecomml store list" names the features.'
        : 'Make all features: ecomml store materialize --rebuild.',
    );
  }
  return features.length === 0 ? names : [...features];
}

function featuresOfModel(model: string, registered: readonly FeatureDescription[]): string[] {
  const { source } = Bundle.open(model).manifest;
  if (source.kind !== 'events')
    throw usageError('STORE_MODEL', `${model} was trained on a table: it takes no features of events.`);
  const said = (feature: FeatureDescription) => JSON.stringify(describeFeature(feature));
  const known = new Map(registered.map((feature) => [feature.name, said(feature)]));
  const lacking = source.features
    .filter((feature) => known.get(feature.name) !== said(feature))
    .map(({ name }) => name);
  if (lacking.length > 0)
    throw new EcommlError(
      'STORE_MODEL',
      `${model} takes ${source.features.length} features, of which the store lacks or defines otherwise ${lacking.length}: ${lacking.slice(0, 5).join(', ')}${lacking.length > 5 ? ', …' : ''}.`,
      {
        hint: 'Make the store anew with all families (ecomml store materialize --rebuild), or train a model on its rows.',
      },
    );
  return source.features.map(({ name }) => name);
}

/** By the output's ending; returns the rows. */
async function write(db: Database, sql: string, output: string): Promise<number> {
  if (/\.parquet$/i.test(output)) {
    await writeParquet(db, sql, output);
    return db.number(`SELECT count(*) FROM read_parquet(${literal(output)})`);
  }
  mkdirSync(dirname(output), { recursive: true });
  const aside = pathAside(output);
  try {
    await db.run(`CREATE TEMP TABLE rows_to_write AS ${sql}`);
    await db.run(`COPY rows_to_write TO ${literal(aside)} (FORMAT csv, HEADER)`);
    publishFile(aside, output);
    return await db.number('SELECT count(*) FROM rows_to_write');
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function checkOptions({
  input,
  output,
  user,
  product,
  session,
  at,
  online: place,
  since,
  until,
  horizon,
  features,
  model,
}: StoreGetOptions): void {
  const one = [user, product, session, at].some((value) => value !== undefined);
  const say = (message: string, hint: string) => usageError('BAD_USAGE', message, hint);
  if (one && (user === undefined || product === undefined))
    throw say('One moment needs --user and --product.', 'Give both; --session and --at as they are known.');
  if (one && input !== undefined) throw say('--input and --user ask for different moments.', 'Leave one of them out.');
  if (place !== undefined && !one) throw say('An online store is asked for one moment.', 'Give --user and --product.');
  if ((since ?? until ?? horizon) !== undefined && (one || input !== undefined))
    throw say(
      '--since, --until and --horizon are for stored rows.',
      'Leave them out, or leave --input, --user and --product out.',
    );
  if (features.length > 0 && model !== undefined)
    throw say('--features and --model both say which features.', 'Leave one of them out.');
  if (output !== undefined && !/\.(csv|parquet)$/i.test(output))
    throw say(`--output ${output} ends neither in .csv nor in .parquet.`, 'Name a file that does.');
}

function instantText(us: number): string {
  const micros = ((us % 1e6) + 1e6) % 1e6;
  return `${new Date((us - micros) / 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

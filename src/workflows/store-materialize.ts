/**
 * `store materialize`: event files into the feature store, as rows of features in Parquet. Later events go on from where
 * the pass over the earlier ones ended, to the bytes that all files together give; events that come late make it anew
 * from the stored ones. A file that is in the store already changes nothing.
 */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EcommlError, usageError } from '../base/errors.js';
import { ecommlVersion } from '../base/version.js';
import { storedFeatures } from '../features/stored-features.js';
import { type Owners, registerFeatures, unknownOwned } from '../store/feature-registry.js';
import { FeatureStore, hashOfFile } from '../store/feature-store.js';
import { type EventFile, FEATURE_STORE_FORMAT, type Materialisation } from '../store/materialisation.js';
import { COLUMNS, eventsOf, writeDays } from '../store/stored-days.js';
import { type Database, withDatabase } from '../table/duckdb.js';
import { inputPaths } from '../table/input-paths.js';
import type { WorkflowContext } from './context.js';
import { EVENT_MEMORY, sayEventDisk } from './event-memory.js';
import { loadClean } from './load-clean.js';
import type { StoreMaterializeOptions } from './options.js';

export interface StoreMaterializeResult {
  readonly store: string;
  readonly materialisation: string;
  /** What was done: the first one, later events added, made anew from all stored events, or nothing new. */
  readonly done: 'created' | 'extended' | 'rebuilt' | 'unchanged';
  readonly files: { readonly added: number; readonly known: number };
  readonly events: { readonly added: number; readonly known: number; readonly late: number; readonly total: number };
  readonly moments: { readonly added: number; readonly total: number };
  readonly features: number;
  readonly days: { readonly written: number; readonly total: number };
  readonly until: string;
  readonly seconds: { readonly clean: number; readonly features: number; readonly write: number };
}

/** An instant as microseconds tell it. */
const INSTANT = '%Y-%m-%dT%H:%M:%S.%fZ';

export async function storeMaterialize(
  options: StoreMaterializeOptions,
  context: WorkflowContext,
): Promise<StoreMaterializeResult> {
  checkOptions(options);
  const store = FeatureStore.open(options.store, { create: true });
  const before = store.latest === undefined ? undefined : store.materialisation(store.latest);
  if (before !== undefined && !options.rebuild) checkSameOptions(options, before, store);
  const paths = options.input === undefined ? [] : inputPaths(options.input);
  if (paths.length === 0 && before === undefined)
    throw usageError(
      'MISSING_OPTION',
      'A new store needs events.',
      'Give --input events.csv; patterns name many files.',
    );
  for (const path of paths) sayEventDisk(path, context.progress);
  return withDatabase({ threads: context.threads, memoryBytes: EVENT_MEMORY }, async (db) => {
    const interrupt = () => db.interrupt();
    context.signal.addEventListener('abort', interrupt);
    try {
      return await materialize(db, store, before, paths, options, context);
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      context.signal.removeEventListener('abort', interrupt);
    }
  });
}

async function materialize(
  db: Database,
  store: FeatureStore,
  before: Materialisation | undefined,
  paths: readonly string[],
  options: StoreMaterializeOptions,
  context: WorkflowContext,
): Promise<StoreMaterializeResult> {
  const { progress, signal } = context;
  const started = performance.now();
  const { files, known } = await readFiles(db, store, before, paths, options, context);
  const cleaned = performance.now();
  const events = await separate(db, store, before);
  const isNew = events.added > 0 || options.rebuild || before === undefined || ownersChange(before, options.owners);
  if (!isNew && before !== undefined && files.length === 0) {
    return {
      ...unchanged(store, before, known, events.known),
      seconds: { clean: (cleaned - started) / 1000, features: 0, write: 0 },
    };
  }
  const rebuild = before === undefined || options.rebuild || events.late > 0;
  if (before !== undefined && events.late > 0)
    progress({
      type: 'message',
      level: 'warning',
      text: `${events.late.toLocaleString('en-US')} events are not later than ${before.until}, where the store ended: all features are made anew from the ${(before.events + events.added).toLocaleString('en-US')} stored events.`,
    });
  if (before !== undefined && before.ecomml !== ecommlVersion() && !rebuild) throw otherVersion(before.ecomml);
  progress({ type: 'start', stage: 'features' });
  const part = rebuild ? 'stored_events UNION ALL FROM fresh_events' : 'fresh_events';
  await db.run(`CREATE TABLE part_events AS SELECT row_number() OVER (ORDER BY ${COLUMNS}) AS source_row, ${COLUMNS}
    FROM (FROM ${part}) ORDER BY source_row`);
  const [checkpoint] = rebuild ? [] : await store.checkedParts([before.checkpoint]);
  const made = await storedFeatures(
    db,
    {
      all: '(FROM stored_events UNION ALL FROM fresh_events)',
      rows: "SELECT *, (event_type IN ('view', 'cart'))::TINYINT AS is_moment FROM part_events",
      ...(checkpoint !== undefined && { checkpoint }),
      idFeatures: options.idFeatures,
      families: options.featureFamilies,
      signal,
    },
    'part_rows',
  );
  const added = await db.number('SELECT count(*) FROM part_rows');
  progress({
    type: 'end',
    stage: 'features',
    summary: `${added.toLocaleString('en-US')} moments × ${made.features.length} features`,
  });
  const featured = performance.now();
  progress({ type: 'start', stage: 'write', unit: 'days' });
  let written = 0;
  const days = await writeDays(
    db,
    store,
    { events: 'part_events', features: 'part_rows', names: made.features.map(({ name }) => name) },
    rebuild ? [] : before.days,
    (done, total) => {
      written = done;
      if (done === 1) progress({ type: 'start', stage: 'write', total, unit: 'days' });
      progress({ type: 'advance', stage: 'write', done });
    },
    signal,
  );
  const checkpointPath = store.newPart();
  made.checkpoint(checkpointPath);
  const checkpointPart = await store.keepPart(checkpointPath);
  const span =
    await db.row(`SELECT strftime(min(event_time), '${INSTANT}') AS "from", strftime(max(event_time), '${INSTANT}') AS until
    FROM (FROM stored_events UNION ALL FROM fresh_events)`);
  const materialisation: Materialisation = {
    format: FEATURE_STORE_FORMAT,
    ecomml: ecommlVersion(),
    options: { families: options.featureFamilies, idFeatures: options.idFeatures },
    features: registerFeatures(made.features, options.owners, before?.features),
    files: inTime([...(before?.files ?? []), ...files]),
    events: days.reduce((sum, day) => sum + day.events.rows, 0),
    moments: days.reduce((sum, day) => sum + day.features.rows, 0),
    from: String(span.from),
    until: String(span.until),
    days,
    checkpoint: checkpointPart,
  };
  signal.throwIfAborted();
  const name = store.publish(materialisation);
  progress({ type: 'end', stage: 'write', summary: `${written} of ${days.length} days written` });
  return {
    store: store.folder,
    materialisation: name,
    done: before === undefined ? 'created' : name === store.latest ? 'unchanged' : rebuild ? 'rebuilt' : 'extended',
    files: { added: files.length, known },
    events: { ...events, total: materialisation.events },
    moments: { added, total: materialisation.moments },
    features: made.features.length,
    days: { written, total: days.length },
    until: materialisation.until,
    seconds: {
      clean: (cleaned - started) / 1000,
      features: (featured - cleaned) / 1000,
      write: (performance.now() - featured) / 1000,
    },
  };
}

/** Cleans the files that the store does not have into `new_events`. */
async function readFiles(
  db: Database,
  store: FeatureStore,
  before: Materialisation | undefined,
  paths: readonly string[],
  options: StoreMaterializeOptions,
  context: WorkflowContext,
): Promise<{ files: EventFile[]; known: number }> {
  const had = new Set(before?.files.map(({ sha256 }) => sha256));
  const files: EventFile[] = [];
  let known = 0;
  await db.run(`CREATE TABLE new_events AS ${await eventsOf(store, [])}`);
  for (const path of paths) {
    const sha256 = statSync(path, { throwIfNoEntry: false })?.isFile() ? await hashOfFile(path) : '';
    if (had.has(sha256)) {
      known++;
      context.progress({ type: 'message', level: 'info', text: `${path} is in the store already.` });
      continue;
    }
    had.add(sha256);
    const rejectsPath = join(store.folder, 'rejects', `${basename(path)}-${sha256.slice(0, 8)}.csv`);
    const loaded = await loadClean(db, { ...options, input: path, rejectsPath }, context);
    if (loaded.kind !== 'events')
      throw usageError(
        'FEATURES_NOT_EVENTS',
        `${path} holds ${loaded.kind === 'table' ? 'a table' : 'features already'}: a feature store is made of events.`,
      );
    await db.run(`INSERT INTO new_events SELECT DISTINCT ${COLUMNS} FROM ${loaded.relation}`);
    const span = await db.row(
      `SELECT count(*) AS events, strftime(min(event_time), '${INSTANT}') AS "from", strftime(max(event_time), '${INSTANT}') AS until
       FROM (SELECT DISTINCT ${COLUMNS} FROM ${loaded.relation})`,
    );
    files.push({
      name: basename(path),
      sha256,
      bytes: statSync(path).size,
      events: Number(span.events),
      from: String(span.from),
      until: String(span.until),
      reading: readingOf(options),
    });
    await db.run('DROP TABLE IF EXISTS raw_input');
    context.signal.throwIfAborted();
  }
  return { files, known };
}

/** What of `new_events` the store does not have becomes `fresh_events`, beside `stored_events`. */
async function separate(
  db: Database,
  store: FeatureStore,
  before: Materialisation | undefined,
): Promise<{ added: number; known: number; late: number }> {
  await db.run(`CREATE VIEW stored_events AS ${await eventsOf(store, before?.days ?? [])}`);
  const until = before === undefined ? "'-infinity'::TIMESTAMP" : `'${before.until.replace('Z', '')}'::TIMESTAMP`;
  await db.run(`
    CREATE TABLE fresh_events AS
    SELECT DISTINCT ${COLUMNS} FROM new_events WHERE event_time > ${until}
    UNION ALL (SELECT ${COLUMNS} FROM new_events WHERE event_time <= ${until}
      EXCEPT SELECT ${COLUMNS} FROM stored_events);
    DROP TABLE IF EXISTS clean_events`);
  const [all, added, late] = [
    await db.number(`SELECT count(*) FROM (SELECT DISTINCT ${COLUMNS} FROM new_events)`),
    await db.number('SELECT count(*) FROM fresh_events'),
    await db.number(`SELECT count(*) FROM fresh_events WHERE event_time <= ${until}`),
  ];
  return { added, known: all - added, late };
}

/** What was said of how files are read; a later update need not say the same. */
function readingOf({ map, reading, preset, eventTypes, sessionGap }: StoreMaterializeOptions): Record<string, unknown> {
  return {
    ...(Object.keys(map).length > 0 && { map }),
    ...(reading && { reading }),
    ...(preset && { preset }),
    ...(eventTypes && { eventTypes }),
    ...(sessionGap !== undefined && { sessionGap }),
  };
}

function inTime(files: readonly EventFile[]): EventFile[] {
  const place = ({ from, sha256 }: EventFile) => `${from} ${sha256}`;
  return [...files].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

function checkOptions({ input, owners }: StoreMaterializeOptions): void {
  if (input === '-')
    throw usageError(
      'STORE_STDIN',
      'A feature store keeps which files it was made of, so it takes none from stdin.',
      'Write the events to a file, or let "ecomml store ingest" take the stream.',
    );
  const [unknown] = unknownOwned(owners);
  if (unknown !== undefined)
    throw usageError(
      'STORE_OWNER',
      `--owner ${unknown}=…: "${unknown}" is neither a feature, a family of features nor "all".`,
      '"ecomml store list" names the features.',
    );
}

function ownersChange(before: Materialisation, owners: Owners): boolean {
  return before.features.some(
    ({ name, family, owner }) => (owners[name] ?? owners[family] ?? owners.all ?? owner) !== owner,
  );
}

function checkSameOptions(
  options: StoreMaterializeOptions,
  { options: had }: Materialisation,
  store: FeatureStore,
): void {
  if (had.families.join() === options.featureFamilies.join() && had.idFeatures === options.idFeatures) return;
  throw usageError(
    'STORE_OPTIONS',
    `The feature store ${store.folder} holds the families ${had.families.join(',')}${had.idFeatures ? '' : ' without raw ids'}; asked for are ${options.featureFamilies.join(',')}${options.idFeatures ? '' : ' without raw ids'}.`,
    'Give the same --feature-families and --id-features, add --rebuild to make all features anew, or take another --store.',
  );
}

function otherVersion(version: string): EcommlError {
  return new EcommlError(
    'STORE_VERSION',
    `The store's features were made by ecomml ${version}, this is ${ecommlVersion()}: their definitions may differ.`,
    { hint: 'Make them anew from the stored events: add --rebuild.' },
  );
}

function unchanged(
  store: FeatureStore,
  before: Materialisation,
  knownFiles: number,
  knownEvents: number,
): Omit<StoreMaterializeResult, 'seconds'> {
  return {
    store: store.folder,
    materialisation: store.latest as string,
    done: 'unchanged',
    files: { added: 0, known: knownFiles },
    events: { added: 0, known: knownEvents, late: 0, total: before.events },
    moments: { added: 0, total: before.moments },
    features: before.features.length,
    days: { written: 0, total: before.days.length },
    until: before.until,
  };
}

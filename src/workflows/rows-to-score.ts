/**
 * Which rows of a loaded input are scored, with which columns passed through, and why the others are not. It makes the
 * features of events; it scores nothing.
 */
import { inputRejected } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Bundle } from '../bundle/bundle.js';
import type { EventsSource } from '../bundle/manifest.js';
import { buildFeatures } from '../features/build-features.js';
import { type Database, identifier } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import type { LoadedInput } from './load-clean.js';
import type { ScoreOptions } from './options.js';
import { joinHistory } from './rows-of-bundle.js';

export interface PassedColumn {
  readonly name: string;
  /** Over the columns of `from`. */
  readonly sql: string;
}

export interface RowsToScore {
  readonly rowsIn: number;
  readonly rejected: number;
  readonly passedOver: Readonly<Record<string, number>>;
  readonly toScore: number;
  readonly from: string;
  readonly orderBy: string;
  readonly passed: readonly PassedColumn[];
  readonly features: readonly { readonly name: string; readonly kind: 'numeric' | 'categorical' }[];
}

export async function rowsToScore(
  db: Database,
  bundle: Bundle,
  loaded: LoadedInput,
  options: ScoreOptions,
  context: WorkflowContext,
): Promise<RowsToScore> {
  const { source } = bundle.manifest;
  return source.kind === 'events'
    ? eventsToScore(db, bundle, source, loaded, options, context)
    : tableToScore(db, bundle, source.id, loaded, options);
}

async function eventsToScore(
  db: Database,
  bundle: Bundle,
  { horizon, idFeatures }: EventsSource,
  loaded: LoadedInput,
  options: ScoreOptions,
  { progress, signal }: WorkflowContext,
): Promise<RowsToScore> {
  if (loaded.kind !== 'events') throw new TypeError('events were expected');
  const history = await joinHistory(db, bundle);
  progress({ type: 'start', stage: 'features' });
  const built = await buildFeatures(db, {
    events: loaded.relation,
    moments: options.moments,
    idFeatures,
    ...(horizon === undefined ? {} : { horizon }),
    ...(history === undefined ? {} : { history }),
  });
  signal.throwIfAborted();
  progress({ type: 'end', stage: 'features', summary: `${built.rows} moments × ${built.features.length} features` });
  const { rows, eventTypes = [] } = loaded.summary;
  const passedOver: Record<string, number> = {};
  let moments = 0;
  for (const { type, rows: count } of eventTypes) {
    if (type === 'view' || type === 'cart') moments += count;
    else passedOver[type] = count;
  }
  if (rows.duplicatesRemoved > 0) passedOver.duplicate = rows.duplicatesRemoved;
  if (options.moments === 'last' && moments > built.rows) passedOver.not_last = moments - built.rows;
  const ids = [
    { name: 'source_row', sql: 'row.source_row' },
    { name: 'event_time', sql: "CAST(row.event_time AS VARCHAR) || ' UTC'" },
    ...['event_type', 'product_id', 'user_id', 'user_session'].map((name) => ({
      name,
      sql: `row.${identifier(name)}`,
    })),
  ];
  const extra = await passThrough(db, loaded, options.columns, ids);
  return {
    rowsIn: rows.in,
    rejected: rows.rejected,
    passedOver,
    toScore: built.rows,
    from: `${identifier(built.relation)} AS row${extra.join}`,
    orderBy: 'row.source_row',
    passed: [...ids, ...extra.columns],
    features: built.features,
  };
}

async function tableToScore(
  db: Database,
  bundle: Bundle,
  id: readonly string[],
  loaded: LoadedInput,
  options: ScoreOptions,
): Promise<RowsToScore> {
  const { encoder, source } = bundle.manifest;
  const typeOf = new Map(source.kind === 'table' ? source.schema.map(({ name, type }) => [name, type]) : []);
  const counts =
    loaded.kind === 'features'
      ? { in: await db.number(`SELECT count(*) FROM ${loaded.relation}`), rejected: 0 }
      : loaded.summary.rows;
  const ids = [{ name: 'source_row', sql: 'row.source_row' }];
  // An id is text, whatever it looks like: it leaves as the file spells it.
  const extra = await passThrough(db, loaded, [...new Set([...id, ...options.columns])], ids);
  return {
    rowsIn: counts.in,
    rejected: counts.rejected,
    passedOver: {},
    toScore: counts.in - counts.rejected,
    from: `${identifier(loaded.relation)} AS row${extra.join}`,
    orderBy: 'row.source_row',
    passed: [...ids, ...extra.columns],
    // Numbers that were trained on as categories are read as numbers, and become text in the way training made it.
    features: encoder.columns.map(({ name }) => ({
      name,
      kind: typeOf.get(name) === 'categorical' ? 'categorical' : 'numeric',
    })),
  };
}

/** The columns asked for by --columns, as the file spells their cells where the file was text. */
async function passThrough(
  db: Database,
  { input, relation }: LoadedInput,
  wanted: readonly string[],
  known: readonly PassedColumn[],
): Promise<{ readonly join: string; readonly columns: PassedColumn[] }> {
  const names = wanted.filter((name) => !known.some((column) => column.name === name));
  if (names.length === 0) return { join: '', columns: [] };
  const present = input.columns.map(({ name }) => name);
  const absent = names.find((name) => !present.includes(name));
  if (absent !== undefined) {
    throw inputRejected(
      'MISSING_COLUMN',
      `${input.file.name} has no column "${absent}" to pass through.${didYouMean(absent, present)}`,
      `Its columns are ${present.join(', ')}.`,
    );
  }
  const isText = (await db.number("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'raw_input'")) === 1;
  return isText
    ? {
        join: ' JOIN raw_input AS raw ON raw.rowid = row.source_row - 1',
        columns: names.map((name) => ({ name, sql: `raw.c${present.indexOf(name)}` })),
      }
    : {
        join: ` JOIN ${identifier(relation)} AS clean ON clean.source_row = row.source_row`,
        columns: names.map((name) => ({ name, sql: `clean.${identifier(name)}` })),
      };
}

/**
 * An input read as a bundle reads it: raw events cleaned and joined with the bundle's history, tables by the bundle's
 * schema. The relation that comes back has the bundle's features; nothing is encoded or scored here.
 */
import { inputRejected } from '../base/errors.js';
import type { Bundle } from '../bundle/bundle.js';
import type { TableSource } from '../bundle/manifest.js';
import type { TableColumn } from '../clean/column-types.js';
import { readHistory } from '../features/history.js';
import type { Database } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';
import type { Frame } from '../table/frame.js';
import type { WorkflowContext } from './context.js';
import { eventRows, tableFrame, tableRows } from './labelled-rows.js';
import { type LoadedInput, loadClean } from './load-clean.js';
import type { InputOptions } from './options.js';

export interface BundleInputOptions extends InputOptions {
  /** True: rows need a target, and rows of a table without one are rejected. */
  readonly labelled: boolean;
  /** Overrides the bundle's target column. */
  readonly target?: string;
  readonly rejectsPath?: string;
}

export interface BundleRows {
  readonly frame: Frame;
  readonly label?: Float64Array;
  readonly sessions?: Int32Array;
}

const BUNDLE_HISTORY = 'bundle_history';

/** Cleans the input as the bundle's training input was; refuses an input of the other kind. */
export async function loadForBundle(
  db: Database,
  bundle: Bundle,
  options: BundleInputOptions,
  context: WorkflowContext,
): Promise<LoadedInput> {
  const { source } = bundle.manifest;
  const map = { ...source.map, ...options.map };
  if (source.kind === 'events') {
    const loaded = await loadClean(db, { ...options, map }, context);
    if (loaded.kind === 'events') return loaded;
    throw inputRejected(
      'NOT_EVENTS',
      `${loaded.input.file.name} holds no raw events, but ${bundle.name} was trained on raw events.`,
      `Its columns are ${loaded.input.columns.map(({ name }) => name).join(', ')}; name other columns with --map.`,
    );
  }
  const target = options.labelled ? (options.target ?? source.target) : undefined;
  const schema = schemaOf(source, bundle, target);
  // Naming a target makes any input a table: a table that happens to have event columns is still one.
  return loadClean(db, { ...options, map, schema, ...(target === undefined ? {} : { target }) }, context);
}

/** What the bundle reads of a table: its features, ids and, when labelled, the target. */
function schemaOf(source: TableSource, { manifest }: Bundle, target: string | undefined): TableColumn[] {
  const wanted = new Set([...manifest.encoder.columns.map(({ name }) => name), ...source.id]);
  if (target !== undefined) wanted.add(target);
  const schema = source.schema.filter(({ name }) => wanted.has(name));
  const type = source.schema.find(({ name }) => name === source.target)?.type ?? 'categorical';
  if (target !== undefined && target !== source.target) schema.push({ name: target, type });
  return schema;
}

/** The bundle's history as a relation to join; absent for tables. */
export async function joinHistory(db: Database, bundle: Bundle): Promise<string | undefined> {
  const { source } = bundle.manifest;
  if (source.kind !== 'events') return undefined;
  await readHistory(db, bundle.file(source.history), BUNDLE_HISTORY);
  return BUNDLE_HISTORY;
}

/** Metrics on events that a model was trained on flatter it: says so. */
async function warnOfKnownEvents(db: Database, bundle: Bundle, history: string, { progress }: WorkflowContext) {
  const columns = EVENT_COLUMNS.join(', ');
  const known = await db.number(
    `SELECT count(*) FROM (SELECT ${columns} FROM clean_events INTERSECT SELECT ${columns} FROM ${history})`,
  );
  if (known === 0) return;
  const text = `${known} of these events were in the data that ${bundle.name} was made from: metrics on them flatter the model. The test metrics of "ecomml train" do not.`;
  progress({ type: 'message', level: 'warning', text });
}

/** All rows in memory, with labels if asked for. */
export async function rowsOfBundle(
  db: Database,
  bundle: Bundle,
  options: BundleInputOptions,
  context: WorkflowContext,
): Promise<BundleRows> {
  const { source } = bundle.manifest;
  const loaded = await loadForBundle(db, bundle, options, context);
  await db.run('DROP TABLE IF EXISTS raw_input');
  if (source.kind === 'events') {
    const { moments, horizon, idFeatures } = source;
    const history = await joinHistory(db, bundle);
    if (options.labelled && history !== undefined) await warnOfKnownEvents(db, bundle, history, context);
    const rows = await eventRows(
      db,
      {
        events: 'clean_events',
        moments,
        idFeatures,
        ...(horizon === undefined ? {} : { horizon }),
        ...(history === undefined ? {} : { history }),
      },
      context,
    );
    return {
      frame: rows.frame,
      label: rows.label,
      ...(rows.sessions === undefined ? {} : { sessions: rows.sessions.code }),
    };
  }
  const features = bundle.manifest.encoder.columns;
  const table = {
    relation: loaded.relation,
    columns: source.schema.filter(({ name }) => features.some((one) => one.name === name)),
  };
  const categorical = features.filter(({ kind }) => kind === 'categorical').map(({ name }) => name);
  if (!options.labelled) return { frame: await tableFrame(db, { ...table, categorical }) };
  const target = options.target ?? source.target;
  const type = source.schema.find(({ name }) => name === source.target)?.type ?? 'categorical';
  const rows = await tableRows(db, {
    ...table,
    columns: [...table.columns, { name: target, type }],
    target,
    positive: source.positive,
    categorical,
  });
  return { frame: rows.frame, label: rows.label };
}

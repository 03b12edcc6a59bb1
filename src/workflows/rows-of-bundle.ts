/**
 * An input read as a bundle reads it: raw events cleaned and joined with the bundle's history, tables by the bundle's
 * schema. The relation that comes back has the bundle's features; nothing is encoded or scored here.
 */
import { inputRejected, usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Manifest, TableSource } from '../bundle/manifest.js';
import type { TableColumn } from '../clean/column-types.js';
import { familiesOf } from '../features/catalogue.js';
import { readHistory } from '../features/history.js';
import type { DetectedInput } from '../table/detect-input.js';
import type { Database } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';
import type { Frame } from '../table/frame.js';
import type { WorkflowContext } from './context.js';
import { eventRows, tableFrame, tableRows } from './labelled-rows.js';
import { type LoadedInput, loadClean } from './load-clean.js';
import type { InputOptions } from './options.js';
import { MOMENT_SESSIONS } from './training-input.js';

export interface BundleInputOptions extends InputOptions {
  /** True: rows need a target, and rows of a table without one are rejected. */
  readonly labelled: boolean;
  /** Overrides the bundle's target column. */
  readonly target?: string;
  /** A table's column of row weights. */
  readonly weightColumn?: string;
  readonly rejectsPath?: string;
  /** Where the rows go that fail the schema's rules. */
  readonly failuresPath?: string;
}

/** What reading needs to know of a bundle; a foreign model answers the same. */
export interface RowsReader {
  readonly name: string;
  readonly manifest: Pick<Manifest, 'source' | 'encoder'>;
  /** Path of one of its files. */
  file(name: string): string;
}

export interface BundleRows {
  readonly frame: Frame;
  readonly label?: Float64Array;
  readonly sessions?: Int32Array;
  readonly weight?: Float64Array;
}

const BUNDLE_HISTORY = 'bundle_history';

/** Cleans the input as the bundle's training input was; refuses an input of the other kind. */
export async function loadForBundle(
  db: Database,
  bundle: RowsReader,
  options: BundleInputOptions,
  context: WorkflowContext,
): Promise<LoadedInput> {
  const { source } = bundle.manifest;
  const map = { ...source.map, ...options.map };
  const { weightColumn } = options;
  if (source.kind === 'events') {
    if (weightColumn !== undefined)
      throw usageError(
        'WEIGHT_OF_EVENTS',
        `${bundle.name} reads raw events, which have no weights; --weight-column ${weightColumn} is for tables.`,
        'Leave --weight-column out.',
      );
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
  if (weightColumn !== undefined) schema.push({ name: weightColumn, type: 'numeric' });
  const loaded = await loadClean(
    db,
    {
      ...options,
      map,
      schema,
      notExpected: [source.target],
      ...(target === undefined ? {} : { target }),
      ...(weightColumn === undefined ? {} : { weight: weightColumn }),
    },
    context,
  );
  if (loaded.kind === 'features') checkFeatureFile(loaded.input, schema, bundle);
  return loaded;
}

/** A file of features is read as it is, so what a table is checked for by clean/ is checked here. */
function checkFeatureFile(
  { file, columns }: DetectedInput,
  schema: readonly TableColumn[],
  { name }: RowsReader,
): void {
  const present = columns.map((column) => column.name);
  const missing = schema.find((column) => !present.includes(column.name));
  if (missing === undefined) return;
  throw inputRejected(
    'INPUT_MISSING_COLUMN',
    `${file.name} lacks "${missing.name}", which ${name} was trained on.${didYouMean(missing.name, present)}`,
    'Make the features with the options that made those of training (--moments, --no-id-features).',
  );
}

/** What the bundle reads of a table: its features and, when labelled, the target, else the ids. */
function schemaOf(source: TableSource, { manifest }: RowsReader, target: string | undefined): TableColumn[] {
  const features = new Set(manifest.encoder.columns.map(({ name }) => name));
  const schema = source.schema.filter(({ name }) => features.has(name) || name === target);
  // Scores go beside the ids, which are read as text so that no spelling of one is a fault.
  if (target === undefined) for (const name of source.id) schema.push({ name, type: 'categorical' });
  const type = source.schema.find(({ name }) => name === source.target)?.type ?? 'categorical';
  if (target !== undefined && target !== source.target) schema.push({ name: target, type });
  return schema;
}

/** The bundle's history as a relation to join; absent for tables. */
export async function joinHistory(db: Database, bundle: RowsReader): Promise<string | undefined> {
  const { source } = bundle.manifest;
  if (source.kind !== 'events') return undefined;
  await readHistory(db, bundle.file(source.history), BUNDLE_HISTORY);
  return BUNDLE_HISTORY;
}

/** Metrics on events that a model was trained on flatter it: says so. */
async function warnOfKnownEvents(db: Database, bundle: RowsReader, history: string, { progress }: WorkflowContext) {
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
  bundle: RowsReader,
  options: BundleInputOptions,
  context: WorkflowContext,
): Promise<BundleRows> {
  const { source } = bundle.manifest;
  const loaded = await loadForBundle(db, bundle, options, context);
  await db.run('DROP TABLE IF EXISTS raw_input');
  if (source.kind === 'events') {
    const { moments, horizon, idFeatures, features } = source;
    const history = await joinHistory(db, bundle);
    if (options.labelled && history !== undefined) await warnOfKnownEvents(db, bundle, history, context);
    const rows = await eventRows(
      db,
      {
        events: 'clean_events',
        moments,
        idFeatures,
        families: familiesOf(features),
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
  const sessions = loaded.kind === 'features' ? MOMENT_SESSIONS : undefined;
  const sessionTypes = source.schema.filter(({ name }) => Object.values(sessions ?? {}).includes(name as never));
  const rows = await tableRows(db, {
    ...table,
    columns: [
      ...table.columns,
      { name: target, type },
      ...sessionTypes,
      ...(options.weightColumn === undefined ? [] : [{ name: options.weightColumn, type: 'numeric' as const }]),
    ],
    target,
    ...(options.weightColumn === undefined ? {} : { weight: options.weightColumn }),
    positive: source.positive,
    categorical,
    ...(sessions === undefined ? {} : { id: Object.values(sessions), sessionColumns: sessions }),
  });
  return {
    frame: rows.frame,
    label: rows.label,
    ...(rows.sessions === undefined ? {} : { sessions: rows.sessions.code }),
    ...(rows.weight === undefined ? {} : { weight: rows.weight }),
  };
}

/** From `train`'s options to rows to learn from, and what the bundle must remember of how they were made. */

import { basename } from 'node:path';
import { inputRejected, usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { EventsSource, TableSource } from '../bundle/manifest.js';
import { HISTORY } from '../bundle/manifest.js';
import type { TableColumn } from '../clean/column-types.js';
import type { QualitySummary } from '../clean/quality-summary.js';
import { writeHistory } from '../features/history.js';
import { asCategorical, type Target } from '../features/table-target.js';
import { type Database, literal } from '../table/duckdb.js';
import { SYNTHETIC_MARK } from '../table/event-columns.js';
import type { Frame } from '../table/frame.js';
import type { WorkflowContext } from './context.js';
import type { Continuation } from './continue-from.js';
import { eventRows, futureSentence, type LabelledRows, tableRows } from './labelled-rows.js';
import { type LoadedInput, loadClean } from './load-clean.js';
import type { TrainOptions } from './options.js';

export interface TrainingInput {
  readonly rows: LabelledRows & { readonly parts?: readonly (string | null)[] };
  readonly source: EventsSource | TableSource;
  /** The file's name without its folder. */
  readonly file: string;
  readonly quality?: QualitySummary;
  /** Rows that `generate` made, when there are any. */
  readonly synthetic?: number;
  /** What was chosen on the user's behalf, one sentence each. */
  readonly notes: readonly string[];
  readonly seconds: { readonly clean: number; readonly features: number };
  /** Writes the history snapshot into a bundle's folder; nothing for tables. */
  readonly writeHistory: (path: string) => Promise<void>;
}

export async function trainingInput(
  db: Database,
  options: TrainOptions,
  context: WorkflowContext,
  continuation?: Continuation,
): Promise<TrainingInput> {
  const begun = performance.now();
  const loaded = await loadClean(
    db,
    { ...options, ...givenTypes(options, continuation), ...weightOf(options) },
    context,
  );
  await db.run('DROP TABLE IF EXISTS raw_input');
  context.signal.throwIfAborted();
  const cleaned = performance.now();
  if (continuation !== undefined) checkKind(loaded, continuation);
  const made =
    loaded.kind === 'events' ? await fromEvents(db, options, context) : await fromTable(db, loaded, options, context);
  const input = continuation === undefined ? made : { ...made, rows: onlyColumnsOf(continuation, made.rows) };
  const synthetic = await syntheticRows(db, loaded);
  const notes = synthetic === 0 ? input.notes : [...input.notes, syntheticSentence(synthetic, loaded)];
  if (synthetic > 0)
    context.progress({ type: 'message', level: 'warning', text: syntheticSentence(synthetic, loaded) });
  const seconds = { clean: (cleaned - begun) / 1000, features: (performance.now() - cleaned) / 1000 };
  const quality = loaded.kind === 'features' ? {} : { quality: loaded.summary };
  const origin = synthetic === 0 ? {} : { synthetic };
  return { ...input, ...quality, ...origin, notes, file: basename(loaded.input.file.name), seconds };
}

/** Events or moments that `generate` made, by their sessions' mark; 0 for tables. */
async function syntheticRows(db: Database, { kind, relation }: LoadedInput): Promise<number> {
  if (kind === 'table') return 0;
  return db.number(`SELECT count(*) FROM ${relation} WHERE prefix(user_session, ${literal(SYNTHETIC_MARK)})`);
}

function syntheticSentence(rows: number, { kind }: LoadedInput): string {
  const what = kind === 'events' ? 'events' : 'moments';
  return `${rows.toLocaleString('en-US')} ${what} are synthetic, made by "ecomml generate": what the models show says nothing about a real shop.`;
}

/** Ids and dropped columns of a table are taken as text, so that an odd cell in one cannot reject its row; weights are numbers. */
function givenTypes(
  { target, time, split, id, drop, weightColumn }: TrainOptions,
  continuation: Continuation | undefined,
): { schema?: readonly TableColumn[] } {
  const read = [target, time, weightColumn, split?.by === 'column' ? split.column : undefined];
  const aside = [...new Set([...id, ...drop])].filter((name) => !read.includes(name));
  const schema: TableColumn[] = aside.map((name) => ({ name, type: 'categorical' }));
  if (weightColumn !== undefined) schema.push({ name: weightColumn, type: 'numeric' });
  for (const column of knownTypes(continuation))
    if (!schema.some(({ name }) => name === column.name)) schema.push(column);
  return target === undefined || schema.length === 0 ? {} : { schema };
}

/** A continued bundle's columns are read as they were. */
function knownTypes(continuation: Continuation | undefined): readonly TableColumn[] {
  if (continuation === undefined) return [];
  const { source, encoder } = continuation.bundle.manifest;
  if (source.kind !== 'table') return [];
  const features = new Set(encoder.columns.map(({ name }) => name));
  return source.schema.filter(({ name }) => features.has(name));
}

function checkKind({ kind, input }: LoadedInput, { bundle }: Continuation): void {
  const { source } = bundle.manifest;
  if ((kind === 'events') === (source.kind === 'events')) return;
  const [found, trained] = kind === 'events' ? ['raw events', 'a table'] : ['a table', 'raw events'];
  throw inputRejected(
    'CANNOT_CONTINUE',
    `${input.file.name} holds ${found}, but ${bundle.name} was trained on ${trained}.`,
    'Continue it with an input of its own kind, or train anew without --continue.',
  );
}

/** The columns that the bundle's models read, in its order; others are passed over, missing ones refused. */
function onlyColumnsOf<T extends { readonly frame: Frame }>({ bundle, encoder }: Continuation, rows: T): T {
  const columns = encoder.columns.map(({ name, kind }) => {
    const found = rows.frame.columns.find((column) => column.name === name);
    if (found === undefined)
      throw inputRejected(
        'CANNOT_CONTINUE',
        `The input lacks the column "${name}", which ${bundle.name} was trained on.`,
        'Continue with the same columns, or train anew without --continue.',
      );
    return kind === 'categorical' ? asCategorical(found) : found;
  });
  return { ...rows, frame: { rows: rows.frame.rows, columns } };
}

function weightOf({ target, weightColumn }: TrainOptions): { weight?: string } {
  return target === undefined || weightColumn === undefined ? {} : { weight: weightColumn };
}

type Made = Pick<TrainingInput, 'rows' | 'source' | 'notes' | 'writeHistory'>;

async function fromEvents(db: Database, options: TrainOptions, context: WorkflowContext): Promise<Made> {
  const { moments, horizon, idFeatures, featureFamilies, map } = options;
  if (options.target !== undefined) {
    throw usageError(
      'TARGET_OF_EVENTS',
      `The input holds raw events, whose label is the session's later purchase; --target ${options.target} is for tables.`,
      'Leave --target out.',
    );
  }
  if (options.weightColumn !== undefined) {
    throw usageError(
      'WEIGHT_OF_EVENTS',
      `The input holds raw events, which have no weights; --weight-column ${options.weightColumn} is for tables.`,
      'Leave --weight-column out.',
    );
  }
  const chosen = { moments, idFeatures, ...(horizon === undefined ? {} : { horizon }) };
  const rows = await eventRows(
    db,
    { events: 'clean_events', ...chosen, families: featureFamilies, checkFuture: options.select.includes('future') },
    context,
  );
  return {
    rows: { ...rows, frame: withoutFeatures(rows.frame, options.drop) },
    source: { kind: 'events', map, ...chosen, features: rows.features, history: HISTORY },
    notes: rows.future === undefined ? [] : [`${futureSentence(rows.future, rows.features.length)}.`],
    writeHistory: async (path) => {
      await writeHistory(db, 'clean_events', path);
    },
  };
}

/** `--drop` of events names features of the catalogue. */
function withoutFeatures(frame: Frame, drop: readonly string[]): Frame {
  const names = frame.columns.map(({ name }) => name);
  const unknown = drop.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw usageError(
      'UNKNOWN_FEATURE',
      `There is no feature "${unknown}" to drop.${didYouMean(unknown, names)}`,
      'Of raw events, --drop names features; "ecomml features" writes a catalogue of them.',
    );
  }
  return { rows: frame.rows, columns: frame.columns.filter(({ name }) => !drop.includes(name)) };
}

/** Columns of a feature file that are no features. */
const MOMENT_IDS = ['user_id', 'user_session', 'product_id', 'event_type', 'session_first_event', 'session_last_event'];

async function fromTable(
  db: Database,
  loaded: Exclude<LoadedInput, { kind: 'events' }>,
  options: TrainOptions,
  context: WorkflowContext,
): Promise<Made> {
  const isFeatures = loaded.kind === 'features';
  const target = options.target ?? (isFeatures ? 'label' : undefined);
  const columns = isFeatures ? await featureFileColumns(db) : loaded.columns;
  if (target === undefined) {
    throw usageError(
      'NO_TARGET',
      `${loaded.input.file.name} is a table, so its target column must be named.`,
      `Name it with --target; the columns are ${columns.map(({ name }) => name).join(', ')}.`,
    );
  }
  checkWeightColumn(options, target);
  const time = options.time ?? (isFeatures ? 'event_time' : undefined);
  const id = [...new Set([...options.id, ...(isFeatures ? MOMENT_IDS : [])])];
  const splitColumn = options.split?.by === 'column' ? options.split.column : undefined;
  // Dates are no features: a model would learn the calendar of its training rows by heart.
  const dates = columns.filter(({ name, type }) => type === 'time' && name !== time && !id.includes(name));
  const drop = [...options.drop, ...dates.map(({ name }) => name)];
  const rows = await tableRows(db, {
    relation: loaded.relation,
    columns,
    target,
    id,
    drop,
    categorical: options.categorical,
    ...(options.positive === undefined ? {} : { positive: options.positive }),
    ...(time === undefined ? {} : { time }),
    ...(splitColumn === undefined ? {} : { splitColumn }),
    ...(options.weightColumn === undefined ? {} : { weight: options.weightColumn }),
    ...(isFeatures ? { sessionColumns: MOMENT_SESSIONS } : {}),
  });
  const { positive, reason } = targetWords(rows.target, loaded);
  const notes = [`Target ${target}: "${positive}" counts as 1 (${reason}).`];
  if (dates.length > 0) notes.push(`Left out, being times: ${dates.map(({ name }) => name).join(', ')}.`);
  for (const text of notes) context.progress({ type: 'message', level: 'info', text });
  const used = new Set([...rows.frame.columns.map(({ name }) => name), ...id, target]);
  const source: TableSource = {
    kind: 'table',
    map: options.map,
    target,
    positive,
    ...(time === undefined ? {} : { time }),
    ...(options.weightColumn === undefined ? {} : { weight: options.weightColumn }),
    id,
    schema: columns.filter(({ name }) => used.has(name)),
  };
  return { rows, source, notes, writeHistory: async () => {} };
}

/** A target of TRUE and FALSE is read as 1 and 0, but spoken of in the file's own words. */
function targetWords({ positive, reason }: Target, loaded: LoadedInput): Pick<Target, 'positive' | 'reason'> {
  if (loaded.kind !== 'table' || loaded.booleanTarget === undefined) return { positive, reason };
  const { yes, no } = loaded.booleanTarget;
  return { positive: positive === '1' ? yes : no, reason: reason === '0/1' ? `${no}/${yes}` : reason };
}

function checkWeightColumn({ weightColumn, id, time, split }: TrainOptions, target: string): void {
  if (weightColumn === undefined) return;
  const others = [target, time, ...id, split?.by === 'column' ? split.column : undefined];
  if (others.includes(weightColumn))
    throw usageError(
      'BAD_OPTION',
      `--weight-column ${weightColumn} is also the target, the time, an id or the split of the table.`,
      'Name a column that holds weights and nothing else.',
    );
}

/** By which a file of features is split, so that no session lies in two parts. */
export const MOMENT_SESSIONS = {
  session: 'user_session',
  first: 'session_first_event',
  last: 'session_last_event',
} as const;

/** A Parquet file of features carries its own types. */
async function featureFileColumns(db: Database): Promise<TableColumn[]> {
  const described = await db.describe('SELECT * EXCLUDE (source_row) FROM feature_rows');
  return described.map(({ name, type }) => ({
    name,
    type: type === 'VARCHAR' ? 'categorical' : type.startsWith('TIMESTAMP') ? 'time' : 'numeric',
  }));
}

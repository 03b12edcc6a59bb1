/** From `train`'s options to rows to learn from, and what the bundle must remember of how they were made. */

import { basename } from 'node:path';
import { usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { EventsSource, TableSource } from '../bundle/manifest.js';
import { HISTORY } from '../bundle/manifest.js';
import type { TableColumn } from '../clean/column-types.js';
import type { QualitySummary } from '../clean/quality-summary.js';
import { writeHistory } from '../features/history.js';
import type { Database } from '../table/duckdb.js';
import type { Frame } from '../table/frame.js';
import type { WorkflowContext } from './context.js';
import { eventRows, type LabelledRows, tableRows } from './labelled-rows.js';
import { type LoadedInput, loadClean } from './load-clean.js';
import type { TrainOptions } from './options.js';

export interface TrainingInput {
  readonly rows: LabelledRows & { readonly parts?: readonly (string | null)[] };
  readonly source: EventsSource | TableSource;
  /** The file's name without its folder. */
  readonly file: string;
  readonly quality?: QualitySummary;
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
): Promise<TrainingInput> {
  const begun = performance.now();
  const loaded = await loadClean(db, { ...options, ...asideAsText(options) }, context);
  await db.run('DROP TABLE IF EXISTS raw_input');
  context.signal.throwIfAborted();
  const cleaned = performance.now();
  const input =
    loaded.kind === 'events' ? await fromEvents(db, options, context) : await fromTable(db, loaded, options, context);
  const seconds = { clean: (cleaned - begun) / 1000, features: (performance.now() - cleaned) / 1000 };
  const quality = loaded.kind === 'features' ? {} : { quality: loaded.summary };
  return { ...input, ...quality, file: basename(loaded.input.file.name), seconds };
}

/** Ids and dropped columns of a table are taken as text, so that an odd cell in one cannot reject its row. */
function asideAsText({ target, time, split, id, drop }: TrainOptions): { schema?: readonly TableColumn[] } {
  const read = [target, time, split?.by === 'column' ? split.column : undefined];
  const aside = [...new Set([...id, ...drop])].filter((name) => !read.includes(name));
  if (target === undefined || aside.length === 0) return {};
  return { schema: aside.map((name) => ({ name, type: 'categorical' })) };
}

type Made = Pick<TrainingInput, 'rows' | 'source' | 'notes' | 'writeHistory'>;

async function fromEvents(db: Database, options: TrainOptions, context: WorkflowContext): Promise<Made> {
  const { moments, horizon, idFeatures, map } = options;
  if (options.target !== undefined) {
    throw usageError(
      'TARGET_OF_EVENTS',
      `The input holds raw events, whose label is the session's later purchase; --target ${options.target} is for tables.`,
      'Leave --target out.',
    );
  }
  const chosen = { moments, idFeatures, ...(horizon === undefined ? {} : { horizon }) };
  const rows = await eventRows(db, { events: 'clean_events', ...chosen }, context);
  return {
    rows: { ...rows, frame: withoutFeatures(rows.frame, options.drop) },
    source: { kind: 'events', map, ...chosen, features: rows.features, history: HISTORY },
    notes: [],
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
    ...(isFeatures ? { sessionColumns: MOMENT_SESSIONS } : {}),
  });
  const { positive, reason } = rows.target;
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
    id,
    schema: columns.filter(({ name }) => used.has(name)),
  };
  return { rows, source, notes, writeHistory: async () => {} };
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

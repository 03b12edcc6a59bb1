/**
 * An input as rows to learn from or to judge on: a frame of features, a label and, where there are any, times and
 * sessions. Raw events go through features, tables through their target; nothing is split or encoded here.
 */
import { inputRejected } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { TableColumn } from '../clean/column-types.js';
import { buildFeatures } from '../features/build-features.js';
import { describeFeatures } from '../features/catalogue.js';
import type { FeatureDescription, FeatureFamily } from '../features/feature.js';
import { readFeatureTable } from '../features/feature-table.js';
import { changedByFuture, type FutureCheck } from '../features/future-check.js';
import type { TimedRows } from '../features/split-by-time.js';
import {
  asCategorical,
  columnOf,
  featureColumns,
  readTarget,
  type TableOptions,
  type Target,
} from '../features/table-target.js';
import { type Database, identifier } from '../table/duckdb.js';
import type { Frame, FrameColumn } from '../table/frame.js';
import { type ColumnKind, readFrame } from '../table/read-frame.js';
import type { WorkflowContext } from './context.js';

export interface LabelledRows {
  readonly frame: Frame;
  /** 0 or 1 a row. */
  readonly label: Float64Array;
  /** Microseconds since 1970 a row; absent without a time column. */
  readonly time?: Float64Array;
  /** Events: the session of each row. */
  readonly sessions?: TimedRows['sessions'];
  /** Finite, at least 0 a row; absent: 1. */
  readonly weight?: Float64Array;
  /** Events, when it was asked for: which features change when the future is scrambled. */
  readonly future?: FutureCheck;
}

export interface EventRows extends LabelledRows {
  readonly features: readonly FeatureDescription[];
}

export interface EventRowsOptions {
  readonly events: string;
  readonly history?: string;
  readonly moments: 'all' | 'cart' | 'last';
  readonly horizon?: number;
  readonly idFeatures: boolean;
  /** All by default. */
  readonly families?: readonly FeatureFamily[];
  /** Make them once more with a scrambled future, and tell which of them changed. */
  readonly checkFuture?: boolean;
}

/** One row a decision moment of the relation `events`, in the order of the file. */
export async function eventRows(db: Database, options: EventRowsOptions, context: WorkflowContext): Promise<EventRows> {
  const { progress, signal } = context;
  progress({ type: 'start', stage: 'features' });
  const { checkFuture = false, ...making } = options;
  const built = await buildFeatures(db, making);
  signal.throwIfAborted();
  const { frame, label, timed } = await readFeatureTable(db, built.relation, built.features);
  const summary = `${built.rows} moments × ${built.features.length} features, ${built.positives} bought`;
  progress({ type: 'end', stage: 'features', summary });
  const features = describeFeatures(built.features);
  const rows = { frame, label, time: timed.time, sessions: timed.sessions, features };
  if (!checkFuture) return rows;
  progress({ type: 'start', stage: 'future' });
  const names = features.map(({ name }) => name);
  const future = await changedByFuture(
    db,
    { events: options.events, made: built.relation, features: names, seed: context.seed },
    (events, into) => buildFeatures(db, { ...making, events, into }),
  );
  signal.throwIfAborted();
  progress({ type: 'end', stage: 'future', summary: futureSentence(future, names.length) });
  return { ...rows, future };
}

export function futureSentence({ instant, rows, changed }: FutureCheck, features: number): string {
  return `${changed.length} of ${features} features change in ${rows.toLocaleString('en-US')} moments when the events after ${instant} are scrambled`;
}

export interface TableRows extends LabelledRows {
  readonly target: Target;
  /** The column that says each row's part, when one was asked for. */
  readonly parts?: readonly (string | null)[];
}

export interface TableRowsOptions extends TableOptions {
  readonly relation: string;
  readonly columns: readonly TableColumn[];
  /** The column that says train, valid or test. */
  readonly splitColumn?: string;
  /** The column of row weights. */
  readonly weight?: string;
  /** Columns that say which rows belong together, and when that session began and ended: a file of features has them. */
  readonly sessionColumns?: { readonly session: string; readonly first: string; readonly last: string };
}

/** The rows of a clean table, in the order of the file. */
export async function tableRows(db: Database, options: TableRowsOptions): Promise<TableRows> {
  const { columns, splitColumn, weight, time: timeColumn, sessionColumns, id = [], drop = [] } = options;
  const aside = [...id, ...drop];
  if (weight !== undefined) checkColumn(weight, columns);
  for (const name of aside) checkColumn(name, columns);
  // Ids and dropped columns are not read at all, unless something other than a feature needs them.
  const needed = new Set([options.target, timeColumn, splitColumn, weight, ...Object.values(sessionColumns ?? {})]);
  const read = columns.filter(({ name }) => needed.has(name) || !aside.includes(name));
  const all = await tableFrame(db, { ...options, columns: read });
  const target = readTarget(all, options);
  const left = [...aside, splitColumn, weight].filter(
    (name) => name !== undefined && read.some((column) => column.name === name),
  );
  const frame = featureColumns(all, { ...options, id: [], drop: left as string[] });
  return {
    frame,
    label: target.label,
    target,
    ...(timeColumn === undefined ? {} : { time: microseconds(all, timeColumn, columns) }),
    ...(splitColumn === undefined ? {} : { parts: texts(all, splitColumn) }),
    ...(weight === undefined ? {} : { weight: weightsOf(all, weight) }),
    ...(sessionColumns === undefined ? {} : { sessions: sessionsOf(all, sessionColumns, columns) }),
  };
}

function checkColumn(name: string, columns: readonly TableColumn[]): void {
  const names = columns.map((column) => column.name);
  if (names.includes(name)) return;
  throw inputRejected(
    'TABLE_MISSING_COLUMN',
    `The table has no column "${name}".${didYouMean(name, names)}`,
    `Its columns are: ${names.join(', ')}.`,
  );
}

/** Clean tables were checked on the way in; a file of features was not. */
function weightsOf(frame: Frame, name: string): Float64Array {
  const column = columnOf(frame, name);
  if (column.kind !== 'numeric')
    throw inputRejected('BAD_WEIGHT', `The weights in column "${name}" must be numbers, but are texts.`);
  const { values } = column;
  const bad = values.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    throw inputRejected(
      'BAD_WEIGHT',
      `The weight of row ${bad + 1} in column "${name}" is ${Number.isNaN(values[bad]) ? 'missing' : values[bad]}, but must be a finite number of at least 0.`,
    );
  return values;
}

function sessionsOf(
  frame: Frame,
  { session, first, last }: NonNullable<TableRowsOptions['sessionColumns']>,
  columns: readonly TableColumn[],
): NonNullable<TimedRows['sessions']> {
  const column = asCategorical(columnOf(frame, session)) as Extract<FrameColumn, { kind: 'categorical' }>;
  return { code: column.codes, first: microseconds(frame, first, columns), last: microseconds(frame, last, columns) };
}

/** The named columns of a clean table, in the order of the file; those in `categorical` as text whatever their type. */
export async function tableFrame(
  db: Database,
  { relation, columns, categorical = [] }: Pick<TableRowsOptions, 'relation' | 'columns' | 'categorical'>,
): Promise<Frame> {
  const kinds = Object.fromEntries(columns.map((column): [string, ColumnKind] => [column.name, kindOf(column)]));
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const frame = await readFrame(db, `SELECT ${names} FROM ${identifier(relation)} ORDER BY source_row`, kinds);
  return {
    rows: frame.rows,
    columns: frame.columns.map((column) => (categorical.includes(column.name) ? asCategorical(column) : column)),
  };
}

function kindOf({ type }: TableColumn): ColumnKind {
  return type === 'categorical' ? 'categorical' : 'numeric';
}

/** A column of times as microseconds since 1970; a column of numbers as it is: only its order is used. */
function microseconds(frame: Frame, name: string, columns: readonly TableColumn[]): Float64Array {
  const column = columnOf(frame, name);
  if (column.kind === 'numeric') {
    const isTime = columns.some((one) => one.name === name && one.type === 'time');
    return isTime ? column.values.map((seconds) => Math.round(seconds * 1e6)) : column.values;
  }
  // Texts that are no dates still have an order, such as "2019-10"; categories are sorted, so codes keep it.
  return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
}

function texts(frame: Frame, name: string): (string | null)[] {
  const column = columnOf(frame, name);
  if (column.kind === 'numeric')
    return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
  return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]));
}

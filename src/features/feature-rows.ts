/**
 * Feature rows as a query of DuckDB, made while it runs: numbers come from the pass over the events, texts are joined by
 * their codes. It writes no file.
 */
import { type Database, identifier } from '../table/duckdb.js';
import type { ColumnBatch, RowFunctionColumn } from '../table/row-function.js';
import { newRoom } from './batch-room.js';
import { keyOf, textsOf } from './events.js';
import type { CategoryColumn, Feature, NumericFeature } from './feature.js';
import { MOMENT_CODES, type MomentBatch, momentRows, type Swept } from './moment-rows.js';
import type { SpooledEvents } from './swept-events.js';

/** Columns of the rows before the features: what a row is, its label, and the span of its session. */
export const MOMENT_COLUMNS: readonly string[] = [
  'source_row',
  'event_time',
  'user_id',
  'user_session',
  'product_id',
  'event_type',
  'label',
  'session_first_event',
  'session_last_event',
];

export interface FeatureRows {
  /** A query of MOMENT_COLUMNS and the features, to be run as it is or within COPY or CREATE TABLE; each run makes the rows anew. */
  readonly sql: string;
  /** What the last run found. */
  readonly found: Swept & { rows: number; positives: number };
}

/**
 * Whole numbers are INTEGER, other numeric features DOUBLE, categorical ones VARCHAR; missing is NULL. With `sorted` the
 * query says ORDER BY; without, rows come as the events were spooled, as long as DuckDB keeps the order of a single-threaded
 * scan through plain joins with tables of one row a code: check it (`areInOrder`), and sort if it did not.
 */
export function featureRows(
  db: Database,
  { spool, ahead, features, sweep }: SpooledEvents,
  sorted: boolean,
): FeatureRows {
  const numeric = features.filter((feature) => feature.kind === 'numeric');
  const found = { events: 0, rows: 0, positives: 0 };
  const rows = db.provideRows('feature_rows', columnsOf(numeric), function* () {
    found.rows = 0;
    found.positives = 0;
    for (const batch of momentRows(spool, numeric, ahead, found, newRoom, sweep)) {
      found.rows += batch.rows;
      for (const label of batch.ahead?.label ?? []) found.positives += label;
      yield columnBatch(batch, numeric);
    }
  });
  const text = (column: CategoryColumn | 'user_session') => `${textsOf(keyOf(column))}.text`;
  const sql = `
    SELECT source_row::BIGINT AS source_row, make_timestamp(us::BIGINT) AS event_time, ${text('user_id')} AS user_id,
      ${text('user_session')} AS user_session, ${text('product_id')} AS product_id,
      CASE WHEN is_cart = 1 THEN 'cart' ELSE 'view' END AS event_type, label::TINYINT AS label,
      make_timestamp(session_first::BIGINT) AS session_first_event,
      make_timestamp(session_last::BIGINT) AS session_last_event,
      ${features.map(featureColumn).join(',\n      ')}
    FROM ${rows} ${MOMENT_CODES.map((key) => `JOIN ${textsOf(key)} ON ${textsOf(key)}.code = code_of_${key}`).join(' ')}
    ${sorted ? 'ORDER BY source_row' : ''}`;
  return { sql, found };
}

/** Whether the rows of a relation, in the order in which it is read, are in the order of the file. */
export async function areInOrder(db: Database, relation: string): Promise<boolean> {
  const back = `SELECT source_row < lag(source_row) OVER () AS back FROM ${relation}`;
  return (await db.number(`SELECT count(*) FROM (${back}) WHERE back`)) === 0;
}

const NUMBERS = ['source_row', 'us', 'session_first', 'session_last'];

function columnsOf(numeric: readonly NumericFeature[]): RowFunctionColumn[] {
  return [
    ...NUMBERS.map((name) => ({ name, type: 'DOUBLE' as const })),
    ...['label', 'is_cart', ...MOMENT_CODES.map((key) => `code_of_${key}`)].map((name) => ({
      name,
      type: 'INTEGER' as const,
    })),
    ...numeric.map(({ name, whole }) => ({ name, type: whole ? ('INTEGER' as const) : ('DOUBLE' as const) })),
  ];
}

/** In an INTEGER, −1 is missing. */
function columnBatch(batch: MomentBatch, numeric: readonly NumericFeature[]): ColumnBatch {
  const { rows, sourceRow, us, isCart, ahead, codes, values } = batch;
  const none = new Float64Array(rows);
  return {
    rows,
    columns: [
      sourceRow,
      us,
      ahead?.first ?? none,
      ahead?.last ?? none,
      ahead?.label ?? new Int32Array(rows),
      isCart,
      ...MOMENT_CODES.map((key) => codes[key]),
      ...numeric.map(({ whole }, f) => (whole ? wholeNumbers(values[f], rows) : values[f])),
    ],
  };
}

function wholeNumbers(values: Float64Array, rows: number): Int32Array {
  const whole = new Int32Array(rows);
  for (let row = 0; row < rows; row++) whole[row] = Number.isNaN(values[row]) ? -1 : values[row];
  return whole;
}

function featureColumn(feature: Feature): string {
  const name = identifier(feature.name);
  if (feature.kind === 'numeric')
    return feature.whole
      ? `nullif(${name}, -1) AS ${name}`
      : `CASE WHEN isnan(${name}) THEN NULL ELSE ${name} END AS ${name}`;
  const text = `${textsOf(keyOf(feature.column))}.text`;
  return `${feature.level === undefined ? text : `nullif(split_part(${text}, '.', ${feature.level}), '')`} AS ${name}`;
}

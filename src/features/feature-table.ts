/**
 * A table of feature rows (build-features.ts) out of DuckDB: the features as a Frame, and beside it what splits and
 * labels them. It encodes nothing.
 */
import type { Database } from '../table/duckdb.js';
import { identifier } from '../table/duckdb.js';
import type { Frame, FrameColumn } from '../table/frame.js';
import { readFrame } from '../table/read-frame.js';
import type { FeatureDescription } from './feature.js';
import type { TimedRows } from './split-by-time.js';

export interface FeatureTable {
  /** The features alone, in the given order. */
  readonly frame: Frame;
  /** 0 or 1 a row. */
  readonly label: Float64Array;
  /** What `splitByTime` takes: instants in microseconds since 1970, sessions as codes. */
  readonly timed: TimedRows;
  /** 1-based rows of the input. */
  readonly sourceRow: Float64Array;
}

/** Rows in the order of source_row. Numbers of microseconds are exact: doubles hold them until the year 2255. */
export async function readFeatureTable(
  db: Database,
  relation: string,
  features: readonly FeatureDescription[],
): Promise<FeatureTable> {
  const beside = [
    'source_row AS "row"',
    'label AS "label"',
    'epoch_us(event_time) AS "at"',
    'epoch_us(session_first_event) AS "first"',
    'epoch_us(session_last_event) AS "last"',
    'user_session AS "session"',
  ];
  const { rows, columns } = await readFrame(
    db,
    `SELECT ${[...beside, ...features.map(({ name }) => identifier(name))].join(', ')}
     FROM ${identifier(relation)} ORDER BY source_row`,
    Object.fromEntries([['session', 'categorical'], ...features.map(({ name, kind }) => [name, kind])]),
  );
  const [row, label, at, first, last, session] = columns;
  return {
    frame: { rows, columns: columns.slice(beside.length) },
    label: numbers(label),
    timed: {
      time: numbers(at),
      label: numbers(label),
      sessions: { code: codes(session), first: numbers(first), last: numbers(last) },
    },
    sourceRow: numbers(row),
  };
}

function numbers(column: FrameColumn): Float64Array {
  return (column as Extract<FrameColumn, { kind: 'numeric' }>).values;
}

function codes(column: FrameColumn): Int32Array {
  return (column as Extract<FrameColumn, { kind: 'categorical' }>).codes;
}

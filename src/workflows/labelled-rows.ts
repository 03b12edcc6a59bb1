/**
 * An input as rows to learn from or to judge on: a frame of features, a label and, where there are any, times and
 * sessions. Raw events go through cleaning and features, tables through their target; nothing is split or encoded here.
 */
import type { QualitySummary } from '../clean/quality-summary.js';
import { buildFeatures } from '../features/build-features.js';
import { describeFeatures } from '../features/catalogue.js';
import type { FeatureDescription } from '../features/feature.js';
import type { Frame } from '../table/frame.js';
import { type Database, identifier } from '../table/duckdb.js';
import { type ColumnKind, readFrame } from '../table/read-frame.js';
import type { WorkflowContext } from './context.js';

export interface LabelledRows {
  readonly frame: Frame;
  /** 0 or 1 a row. */
  readonly label: Float64Array;
  /** Microseconds since 1970 a row; absent without a time column. */
  readonly time?: Float64Array;
  /** Events: a code a row, and the first and last instant of its session. */
  readonly sessions?: { readonly code: Int32Array; readonly first: Float64Array; readonly last: Float64Array };
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
}

/** One row a decision moment of the relation `events`, in the order of the file. */
export async function eventRows(db: Database, options: EventRowsOptions, context: WorkflowContext): Promise<EventRows> {
  const { progress, signal } = context;
  progress({ type: 'start', stage: 'features' });
  const built = await buildFeatures(db, options);
  signal.throwIfAborted();
  const order = `FROM ${identifier(built.relation)} ORDER BY source_row`;
  const kinds = Object.fromEntries(built.features.map(({ name, kind }): [string, ColumnKind] => [name, kind]));
  const names = built.features.map(({ name }) => identifier(name));
  const frame = await readFrame(db, `SELECT ${names.join(', ')} ${order}`, kinds);
  const moments = await readFrame(
    db,
    `SELECT label, epoch_us(event_time) AS t, epoch_us(session_first_event) AS first, epoch_us(session_last_event) AS last,
     user_session ${order}`,
    { user_session: 'categorical' },
  );
  const numbers = (column: number) => (moments.columns[column] as { values: Float64Array }).values;
  const code = (moments.columns[4] as { codes: Int32Array }).codes;
  progress({
    type: 'end',
    stage: 'features',
    summary: `${built.rows} moments × ${built.features.length} features, ${built.positives} bought`,
  });
  return {
    frame,
    label: numbers(0),
    time: numbers(1),
    sessions: { code, first: numbers(2), last: numbers(3) },
    features: describeFeatures(built.features),
  };
}

export type { QualitySummary };

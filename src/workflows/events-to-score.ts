/**
 * Raw events to the rows that are scored: cleaned, joined with the bundle's history, featured by the code that training
 * used; and why the other rows are not. It scores nothing.
 */
import { rmSync } from 'node:fs';
import type { EventsSource } from '../bundle/manifest.js';
import { buildFeatures } from '../features/build-features.js';
import { familiesOf } from '../features/catalogue.js';
import { type Database, identifier } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import type { LoadedInput } from './load-clean.js';
import { type LoadedRows, loadedSource } from './loaded-source.js';
import type { OpenedRows } from './opened-rows.js';
import { passThrough } from './passed-columns.js';
import { joinHistory, loadForBundle, type RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score.js';

const IDS = ['source_row', 'event_time', 'event_type', 'product_id', 'user_id', 'user_session'];

export async function openEvents(
  bundle: RowsReader,
  source: EventsSource,
  options: RowsToScoreOptions,
  context: WorkflowContext,
): Promise<OpenedRows> {
  return {
    inputs: [],
    passed: [...IDS, ...options.columns.filter((name) => !IDS.includes(name))],
    source: loadedSource(context.threads, async (db) => {
      const loaded = await loadForBundle(db, bundle, { ...options, labelled: false }, context);
      return momentsOf(db, bundle, source, loaded, options, context);
    }),
    shardMerge: 'by-source-row',
    memory: 0,
    disk: { output: null, temporary: 0 },
  };
}

async function momentsOf(
  db: Database,
  bundle: RowsReader,
  { horizon, idFeatures, features }: EventsSource,
  loaded: LoadedInput,
  options: RowsToScoreOptions,
  { progress, signal }: WorkflowContext,
): Promise<LoadedRows> {
  if (loaded.kind !== 'events') throw new TypeError('events were expected');
  const history = await joinHistory(db, bundle);
  progress({ type: 'start', stage: 'features' });
  const built = await buildFeatures(db, {
    events: loaded.relation,
    moments: options.moments,
    idFeatures,
    families: familiesOf(features),
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
  if (rows.passedOver !== undefined) passedOver.other_event = rows.passedOver;
  if (options.moments === 'last' && moments > built.rows) passedOver.not_last = moments - built.rows;
  if (rows.rejected === 0) rmSync(options.rejectsPath, { force: true });
  const extra = await passThrough(db, loaded, options.columns, IDS);
  const ids = IDS.map((name) =>
    name === 'event_time' ? "CAST(row.event_time AS VARCHAR) || ' UTC'" : `row.${identifier(name)}`,
  );
  return {
    query: {
      from: `${identifier(built.relation)} AS row${extra.join}`,
      orderBy: 'row.source_row',
      passed: [...ids, ...extra.columns.map(({ sql }) => sql)],
      features: built.features,
    },
    rows: built.rows,
    counts: { rowsIn: rows.in, rejected: rows.rejected, passedOver },
  };
}

/**
 * Raw events to the rows that are scored: cleaned, with the bundle's history before them, featured by the code that
 * training used; and why the other rows are not. It scores nothing.
 */
import { rmSync } from 'node:fs';
import type { EventsSource } from '../bundle/manifest.js';
import { familiesOf } from '../features/catalogue.js';
import { featureRows } from '../features/feature-rows.js';
import { type SpooledEvents, spoolEvents } from '../features/swept-events.js';
import type { ChunkSource, SourceChunk, SourceCounts, SourcePosition } from '../scoring/chunk-source.js';
import { CHUNK_ROWS, querySource } from '../scoring/query-source.js';
import { Database, identifier } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import { EVENT_MEMORY, eventDisk, sayEventDisk } from './event-memory.js';
import { failuresBeside } from './failures-beside.js';
import type { LoadedInput } from './load-clean.js';
import { momentChunks } from './moment-source.js';
import type { OpenedRows } from './opened-rows.js';
import { passThrough } from './passed-columns.js';
import { joinHistory, loadForBundle, type RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';
import { isFirst, type Stretch, stretchOf } from './shard-stretch.js';

const IDS = ['event_time', 'event_type', 'product_id', 'user_id', 'user_session'];

type LoadedEvents = Extract<LoadedInput, { kind: 'events' }>;

export async function openEvents(
  bundle: RowsReader,
  source: EventsSource,
  options: RowsToScoreOptions,
  context: WorkflowContext,
): Promise<OpenedRows> {
  return {
    inputs: [],
    passed: ['source_row', ...IDS, ...extraNames(options), ...(options.outcome === true ? ['label'] : [])],
    ...(options.outcome === true ? { outcome: 'label' } : {}),
    source: eventSource(bundle, source, options, context),
    shardMerge: 'concatenate',
    judged: true,
    memory: EVENT_MEMORY,
    disk: { output: null, temporary: eventDisk(options.input) },
  };
}

function extraNames({ columns }: RowsToScoreOptions): string[] {
  return [...new Set(columns)].filter((name) => name !== 'source_row' && !IDS.includes(name));
}

/** A position is the number of moments taken, of all shards. */
function eventSource(
  bundle: RowsReader,
  source: EventsSource,
  options: RowsToScoreOptions,
  context: WorkflowContext,
): ChunkSource {
  let db: Database | undefined;
  let counts: SourceCounts = { rejected: 0, passedOver: {} };
  return {
    unit: 'rows',
    chunks: async function* (after?: SourcePosition) {
      db = await Database.open({ threads: context.threads, memoryBytes: EVENT_MEMORY });
      sayEventDisk(options.input, context.progress);
      const { rejectsPath, ...others } = options;
      const own = isFirst(options) && rejectsPath !== undefined ? { rejectsPath, ...failuresBeside(options) } : {};
      const loaded = await loadForBundle(db, bundle, { ...others, ...own, labelled: false }, context);
      if (loaded.kind !== 'events') throw new TypeError('events were expected');
      if (extraNames(options).length === 0) await db.run('DROP TABLE IF EXISTS raw_input');
      if (rejectsPath !== undefined && (loaded.summary.rows.rejected === 0 || !isFirst(options)))
        rmSync(rejectsPath, { force: true });
      const spooled = await spool(db, bundle, source, loaded, options, context);
      // Every shard reads all events, as the past of its moments.
      const { from, to } = stretchOf(spooled.spool.moments, options.shard);
      let scored = after === undefined ? 0 : after.rows - from;
      for await (const chunk of chunksOf(db, bundle, loaded, spooled, options, { from: from + scored, to })) {
        yield chunk;
        scored = chunk.position.rows - from;
      }
      counts = countsOf(loaded, spooled, options, scored);
    },
    counts: () => counts,
    close: async () => db?.close(),
  };
}

async function spool(
  db: Database,
  bundle: RowsReader,
  { idFeatures, features, horizon }: EventsSource,
  loaded: LoadedEvents,
  { moments, outcome }: RowsToScoreOptions,
  { progress, signal }: WorkflowContext,
): Promise<SpooledEvents> {
  const history = await joinHistory(db, bundle);
  progress({ type: 'start', stage: 'features' });
  const spooled = await spoolEvents(db, {
    events: loaded.relation,
    moments,
    idFeatures,
    families: familiesOf(features),
    labelled: outcome === true,
    signal,
    ...(horizon === undefined ? {} : { horizon }),
    ...(history === undefined ? {} : { history }),
  });
  if (history !== undefined) await db.run(`DROP TABLE ${identifier(history)}`);
  const summary = `${spooled.spool.moments} moments × ${spooled.features.length} features, made while they are scored`;
  progress({ type: 'end', stage: 'features', summary });
  return spooled;
}

async function* chunksOf(
  db: Database,
  { manifest: { encoder } }: RowsReader,
  loaded: LoadedEvents,
  spooled: SpooledEvents,
  options: RowsToScoreOptions,
  stretch: Stretch,
): AsyncGenerator<SourceChunk> {
  const { columns, join } = await passThrough(db, loaded, extraNames(options), []);
  const sql = new Map(columns.map(({ name, sql: own }) => [name, own]));
  const passed = [...IDS, ...extraNames(options)].map((name) =>
    name === 'event_time' ? "CAST(row.event_time AS VARCHAR) || ' UTC'" : (sql.get(name) ?? `row.${identifier(name)}`),
  );
  // Reasons name categories as the row spells them, also those that training did not have: they need the texts.
  if (spooled.spool.inFileOrder && (options.explain ?? 0) === 0) {
    const texts = passed.map((expression) => `CAST(${expression} AS VARCHAR)`);
    const from = `${identifier(loaded.relation)} AS row${join} WHERE row.event_type IN ('view', 'cart')`;
    const query = `SELECT row.source_row::DOUBLE, ${texts.join(', ')} FROM ${from} ORDER BY row.source_row`;
    yield* momentChunks(db, spooled, encoder, { sql: query, names: [...IDS, ...extraNames(options)] }, stretch);
    return;
  }
  const rows = featureRows(db, spooled, true);
  const query = {
    from: `(${rows.sql} LIMIT ${stretch.to}) AS row${join}`,
    orderBy: 'row.source_row',
    passed: ['row.source_row', ...passed, ...(options.outcome === true ? ['row.label'] : [])],
    features: spooled.features,
    chunkRows: CHUNK_ROWS,
  };
  const counts = () => ({ rejected: 0, passedOver: {} });
  yield* querySource(db, query, { rows: stretch.to, counts }).chunks({ rows: stretch.from });
}

/** What no moment is belongs to the first shard, so that the rows of all shards add up to those of the file. */
function countsOf(
  { summary: { rows, eventTypes = [] } }: LoadedEvents,
  { spool: { moments } }: SpooledEvents,
  { shard, moments: which }: RowsToScoreOptions,
  scored: number,
): SourceCounts {
  if (!isFirst({ shard })) return { rejected: 0, passedOver: {}, rowsIn: scored };
  const passedOver: Record<string, number> = {};
  let candidates = 0;
  for (const { type, rows: count } of eventTypes) {
    if (type === 'view' || type === 'cart') candidates += count;
    else passedOver[type] = count;
  }
  // Clean events that somebody repeated are one event, and scored once.
  const repeated = shard === undefined ? moments - scored : 0;
  if (rows.duplicatesRemoved + repeated > 0) passedOver.duplicate = rows.duplicatesRemoved + repeated;
  if (rows.passedOver !== undefined) passedOver.other_event = rows.passedOver;
  if (which === 'last' && candidates > moments) passedOver.not_last = candidates - moments;
  const others = shard === undefined ? 0 : moments - scored;
  return { rejected: rows.rejected, passedOver, rowsIn: rows.in - others };
}

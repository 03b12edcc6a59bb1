/**
 * Feature rows as a Parquet file: made here by the pass over the events, encoded and written by a thread of its own
 * (feature-file-thread.ts) where there is more than one. The bytes are the same with and without it.
 */
import type { Database } from '../table/duckdb.js';
import type { TextSource } from '../table/parquet-texts.js';
import type { WriterColumn } from '../table/parquet-writer.js';
import { SharedRoom } from './batch-room.js';
import { type Key, keyOf } from './events.js';
import type { NumericFeature } from './feature.js';
import { openFileSink } from './feature-file-sink.js';
import { type MomentBatch, momentRows, type Swept } from './moment-rows.js';
import type { SpooledEvents } from './swept-events.js';
import { levelOf, readTexts, textTable } from './text-tables.js';

export interface FoundRows extends Swept {
  rows: number;
  positives: number;
}

/** A column of the file, and where a batch has its values. */
type FileColumn = WriterColumn & { readonly values: (batch: MomentBatch) => Float64Array | Int32Array };

/** Batches under way to the writing thread. */
const AHEAD = 3;

/**
 * Writes MOMENT_COLUMNS and the features, rows in the order of the spool: whole numbers are INTEGER, other numeric features
 * DOUBLE, categorical ones VARCHAR. The file is neither fsynced nor renamed.
 */
export async function writeFeatureFile(
  db: Database,
  path: string,
  spooled: SpooledEvents,
  metadata: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<FoundRows> {
  const numeric = spooled.features.filter((feature) => feature.kind === 'numeric');
  const columns = await fileColumns(db, spooled, numeric);
  const found: FoundRows = { events: 0, rows: 0, positives: 0 };
  const sink = openFileSink({
    path,
    columns: columns.map(withoutValues),
    metadata,
    threads: db.threads,
    rows: spooled.spool.moments,
  });
  const rooms = Array.from({ length: AHEAD }, () => new SharedRoom());
  let turn = 0;
  const room = {
    doubles: (rows: number) => rooms[turn].doubles(rows),
    ints: (rows: number) => rooms[turn].ints(rows),
  };
  try {
    const batches = momentRows(spooled.spool, numeric, spooled.ahead, found, room);
    for (;;) {
      signal?.throwIfAborted();
      // Batches are answered in their order: the room whose turn it is has been read.
      await sink.fewerThan(AHEAD);
      rooms[turn].empty();
      const { done, value: batch } = batches.next();
      if (done === true) break;
      found.rows += batch.rows;
      const label = batch.ahead?.label;
      if (label !== undefined) for (let row = 0; row < batch.rows; row++) found.positives += label[row];
      sink.write({ rows: batch.rows, values: columns.map(({ values }) => values(batch)) });
      turn = (turn + 1) % AHEAD;
    }
    await sink.finish();
    return found;
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

function withoutValues({ values: _, ...column }: FileColumn): WriterColumn {
  return column as WriterColumn;
}

async function fileColumns(
  db: Database,
  { features }: SpooledEvents,
  numeric: readonly NumericFeature[],
): Promise<FileColumn[]> {
  const tables = new Map<Key, TextSource>();
  const textsOf = async (key: Key): Promise<TextSource> => {
    if (!tables.has(key)) tables.set(key, { table: await readTexts(db, key) });
    return tables.get(key)!;
  };
  const id = async (name: string, key: 'user' | 'session' | 'product'): Promise<FileColumn> => ({
    name,
    type: 'text',
    source: await textsOf(key),
    values: (batch) => batch.codes[key],
  });
  const columns: FileColumn[] = [
    { name: 'source_row', type: 'bigint', values: (batch) => batch.sourceRow },
    { name: 'event_time', type: 'timestamp', values: (batch) => batch.us },
    await id('user_id', 'user'),
    await id('user_session', 'session'),
    await id('product_id', 'product'),
    {
      name: 'event_type',
      type: 'text',
      source: { table: textTable(['view', 'cart']) },
      values: (batch) => batch.isCart,
    },
  ];
  // Nothing was looked up ahead: nobody asks for labels.
  const none = (batch: MomentBatch) => new Float64Array(batch.rows);
  columns.push(
    { name: 'label', type: 'tinyint', values: (batch) => batch.ahead?.label ?? none(batch) },
    { name: 'session_first_event', type: 'timestamp', values: (batch) => batch.ahead?.first ?? none(batch) },
    { name: 'session_last_event', type: 'timestamp', values: (batch) => batch.ahead?.last ?? none(batch) },
  );
  for (const feature of features) {
    const { name } = feature;
    if (feature.kind === 'numeric') {
      const place = numeric.indexOf(feature);
      columns.push({ name, type: feature.whole ? 'integer' : 'double', values: (batch) => batch.values[place] });
      continue;
    }
    const key = keyOf(feature.column);
    const whole = await textsOf(key);
    const source = feature.level === undefined ? whole : levelOf(whole.table, feature.level);
    columns.push({ name, type: 'text', source, values: (batch) => batch.codes[key] });
  }
  return columns;
}

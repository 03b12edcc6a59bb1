/** Tables that a database reads (Parquet, dates in an order of their own) to the rows that are scored. It scores nothing. */
import { rmSync } from 'node:fs';
import type { TableSource } from '../bundle/manifest.js';
import { type Database, identifier } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import { failuresBeside } from './failures-beside.js';
import type { LoadedInput } from './load-clean.js';
import { type LoadedRows, loadedSource } from './loaded-source.js';
import type { OpenedRows } from './opened-rows.js';
import { passThrough } from './passed-columns.js';
import { loadForBundle, type RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';
import { isFirst } from './shard-stretch.js';

const ROW_NUMBER = 'source_row';

/** What the database holds; the rest of a large table lies in temporary files. */
const TABLE_MEMORY = 300 * 2 ** 20;

export async function openDatabaseTable(
  bundle: RowsReader,
  source: TableSource,
  options: RowsToScoreOptions,
  context: WorkflowContext,
): Promise<OpenedRows> {
  // An id is text, whatever it looks like: it leaves as the file spells it.
  const passed = [...new Set([ROW_NUMBER, ...source.id, ...options.columns])];
  const outcome = options.outcome === true ? { outcome: source.target } : {};
  return {
    inputs: [],
    passed: [...passed, ...Object.values(outcome)],
    ...outcome,
    source: loadedSource({ threads: context.threads, memoryBytes: TABLE_MEMORY, shard: options.shard }, async (db) => {
      const { rejectsPath, ...others } = options;
      const own = isFirst(options) && rejectsPath !== undefined ? { rejectsPath, ...failuresBeside(options) } : {};
      const loaded = await loadForBundle(db, bundle, { ...others, ...own, labelled: false }, context);
      return rowsOf(db, bundle, source, loaded, passed, options);
    }),
    shardMerge: 'concatenate',
    judged: true,
    memory: TABLE_MEMORY,
    disk: { output: null, temporary: 0 },
  };
}

async function rowsOf(
  db: Database,
  { manifest }: RowsReader,
  { schema, target }: TableSource,
  loaded: LoadedInput,
  passed: readonly string[],
  options: RowsToScoreOptions,
): Promise<LoadedRows> {
  const typeOf = new Map(schema.map(({ name, type }) => [name, type]));
  const counts =
    loaded.kind === 'features'
      ? { in: await db.number(`SELECT count(*) FROM ${loaded.relation}`), rejected: 0 }
      : loaded.summary.rows;
  const { rejectsPath } = options;
  if (rejectsPath !== undefined && (counts.rejected === 0 || !isFirst(options))) rmSync(rejectsPath, { force: true });
  const told = options.outcome === true && loaded.input.columns.some(({ name }) => name === target);
  const extra = await passThrough(db, loaded, [...passed, ...(told ? [target] : [])], [ROW_NUMBER]);
  const outcome = options.outcome === true && !told ? ['NULL'] : [];
  return {
    query: {
      from: `${identifier(loaded.relation)} AS row${extra.join}`,
      orderBy: 'row.source_row',
      passed: ['row.source_row', ...extra.columns.map(({ sql }) => sql), ...outcome],
      // Numbers that were trained on as categories are read as numbers, and become text in the way training made it.
      features: manifest.encoder.columns.map(({ name }) => ({
        name,
        kind: typeOf.get(name) === 'categorical' ? 'categorical' : 'numeric',
      })),
    },
    rows: counts.in - counts.rejected,
    rejected: counts.rejected,
  };
}

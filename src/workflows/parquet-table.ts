/**
 * A Parquet table as it is streamed to the scoring threads: which columns, by which types, in which part; and its part of the
 * plan. What must be known whole before the first row (a schema's rules) and what ecomml made (features, in the order of
 * their source_row) is left to database-table.ts. It reads no row.
 */
import { statSync } from 'node:fs';
import type { TableSource } from '../bundle/manifest.js';
import { checkColumns } from '../clean/clean-table.js';
import type { ChunkSource, SourcePosition } from '../scoring/chunk-source.js';
import { SOURCE_ROW } from '../scoring/csv-rows.js';
import { type ParquetTable, parquetSource, ROW_NUMBER_COLUMN } from '../scoring/parquet-source.js';
import { CHUNK_ROWS } from '../scoring/query-source.js';
import type { PlannedInput } from '../scoring/score-plan.js';
import { type DetectedInput, type DetectOptions, describeInput, detectInput } from '../table/detect-input.js';
import { Database, withDatabase } from '../table/duckdb.js';
import { parquetRelation } from '../table/parquet-file.js';
import type { WorkflowContext } from './context.js';
import { columnsRead } from './csv-table.js';
import type { OpenedRows } from './opened-rows.js';
import { columnsToPass } from './passed-columns.js';
import type { RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';
import { stretchOf } from './shard-stretch.js';

/** What the database may hold of pages, and of the row groups that its threads decode. */
const STREAM_MEMORY = 300 * 2 ** 20;

interface Found {
  readonly input: DetectedInput;
  readonly rows: number;
}

/** `options.stdin`: a pipe, which is read when the first chunk is asked for. Undefined where a database must hold the rows. */
export async function openParquetTable(
  bundle: RowsReader,
  source: TableSource,
  options: RowsToScoreOptions & { readonly stdin?: NodeJS.ReadableStream },
  context: WorkflowContext,
  detect: DetectOptions,
): Promise<OpenedRows | undefined> {
  if (options.schemaFile !== undefined || isDated(source, options)) return undefined;
  // An id is text, whatever it looks like: it leaves as the file spells it.
  const passed = [...new Set([SOURCE_ROW, ...source.id, ...options.columns])];
  const outcome = options.outcome === true ? { outcome: source.target } : {};
  const names = [...passed.slice(1), ...Object.values(outcome)];
  const openDatabase = () => Database.open({ threads: context.threads, memoryBytes: STREAM_MEMORY });
  const opened = { passed: [SOURCE_ROW, ...names], ...outcome, shardMerge: 'concatenate' } as const;
  const needs = { memory: STREAM_MEMORY, disk: { output: null, temporary: 0 } };
  const { stdin } = options;
  const tableOf = (found: Found) => {
    const { progress } = context;
    progress({ type: 'message', level: 'info', text: `${found.input.file.name}: ${describeInput(found.input)}` });
    for (const note of found.input.notes) progress({ type: 'message', level: 'info', text: note });
    return parquetTable(bundle, source, found, names, options);
  };
  if (stdin !== undefined) {
    const sourceOf = async (db: Database): Promise<ChunkSource> => {
      const found = await look(db, '-', { ...detect, stdin });
      if (isStreamable(found)) return parquetSource(tableOf(found), openDatabase);
      const { openDatabaseTable } = await import('./database-table.js');
      const { stdin: _, ...others } = options;
      return (await openDatabaseTable(bundle, source, { ...others, input: found.input.file.path }, context)).source;
    };
    return { inputs: [], ...opened, source: spooledSource(openDatabase, sourceOf), ...needs };
  }
  const found = await withDatabase({ threads: 1 }, (db) => look(db, options.input, detect));
  if (!isStreamable(found)) return undefined;
  const table = tableOf(found);
  const inputs = [planned(found.input, table, names)];
  return { inputs, ...opened, source: parquetSource(table, openDatabase), ...needs };
}

async function look(db: Database, path: string, detect: DetectOptions): Promise<Found> {
  const input = await detectInput(db, path, detect);
  return { input, rows: await db.number(`SELECT count(*) FROM ${parquetRelation(input.file)}`) };
}

/** A source that is known once a pipe was copied to a database's folder, whose footer is its end. */
function spooledSource(open: () => Promise<Database>, sourceOf: (db: Database) => Promise<ChunkSource>): ChunkSource {
  let db: Database | undefined;
  let source: ChunkSource | undefined;
  return {
    unit: 'rows',
    chunks: async function* (after?: SourcePosition) {
      db = await open();
      source = await sourceOf(db);
      yield* source.chunks(after);
    },
    counts: () => source?.counts() ?? { rejected: 0, passedOver: {} },
    close: async () => {
      await source?.close();
      db?.close();
    },
  };
}

/** Times in another order than ISO 8601 are read by the database. */
function isDated({ schema }: TableSource, { reading }: RowsToScoreOptions): boolean {
  return (reading?.date ?? 'iso') !== 'iso' && schema.some(({ type }) => type === 'time');
}

function isStreamable({ input: { kind, columns } }: Found): boolean {
  return kind === 'table' && columns.every(({ fileName }) => fileName.toLowerCase() !== ROW_NUMBER_COLUMN);
}

function parquetTable(
  { manifest }: RowsReader,
  source: TableSource,
  { input, rows }: Found,
  names: readonly string[],
  { shard, outcome }: RowsToScoreOptions,
): ParquetTable {
  const { encoder } = manifest;
  checkColumns(input, { schema: columnsRead(encoder.columns, source) });
  const { file, columns, values } = input;
  const typeOf = new Map(source.schema.map(({ name, type }) => [name, type]));
  const place = new Map(columns.map(({ name }, column) => [name, column]));
  const unknown = outcome === true && !place.has(source.target) ? source.target : undefined;
  columnsToPass(
    input,
    names.filter((name) => name !== unknown),
    [],
  );
  return {
    name: file.name,
    path: file.path,
    bytes: statSync(file.path).size,
    ...stretchOf(rows, shard),
    columns,
    read: encoder.columns.map(({ name }) => ({
      column: place.get(name) as number,
      type: typeOf.get(name) ?? 'numeric',
    })),
    kept: names.map((name) => place.get(name)),
    values,
  };
}

function planned(
  { file, kind, columns }: DetectedInput,
  { read, from, to }: ParquetTable,
  passed: readonly string[],
): PlannedInput {
  return {
    name: file.name,
    path: file.path,
    bytes: file.bytes,
    compression: 'none',
    kind,
    format: 'parquet',
    columns: columns.map(({ name }) => name),
    used: read.map(({ column }) => columns[column].name),
    passed,
    chunks: { by: 'rows', first: from, rows: to - from, size: CHUNK_ROWS },
  };
}

/**
 * Parquet tables as they are streamed to the scoring threads: which columns, by which types, in which part; and their part of
 * the plan. What must be known whole before the first row (a schema's rules) and what ecomml made (features, in the order of
 * their source_row) is left to database-table.ts. It reads no row.
 */
import { statSync } from 'node:fs';
import type { TableSource } from '../bundle/manifest.js';
import { checkColumns } from '../clean/clean-table.js';
import type { ChunkSource, SourcePosition } from '../scoring/chunk-source.js';
import { SOURCE_FILE, SOURCE_ROW } from '../scoring/csv-rows.js';
import { type ParquetTable, parquetSource, ROW_NUMBER_COLUMN } from '../scoring/parquet-source.js';
import { CHUNK_ROWS } from '../scoring/query-source.js';
import type { PlannedInput } from '../scoring/score-plan.js';
import { type DetectedInput, type DetectOptions, describeInput, detectInput } from '../table/detect-input.js';
import { Database, literal, withDatabase } from '../table/duckdb.js';
import { parquetRelation } from '../table/parquet-file.js';
import type { WorkflowContext } from './context.js';
import { columnsRead } from './csv-table.js';
import type { OpenedRows } from './opened-rows.js';
import { columnsToPass } from './passed-columns.js';
import type { RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';
import { type Stretch, stretchOf } from './shard-stretch.js';

/** What the database holds besides a row group. */
const BESIDE_ROW_GROUP = 100 * 2 ** 20;
/** Room for a page goes up to the next power of two, and its compressed bytes lie beside it: measured, rounded up. */
const PAGE_ROOM = 2;
/** In which all but very large row groups fit. */
const LEAST_MEMORY = 300 * 2 ** 20;

interface Found {
  readonly input: DetectedInput;
  readonly rows: number;
  /** Of the largest row group, decompressed, and of the columns that are read. A page may be as large as its column there. */
  readonly rowGroupBytes: number;
}

/**
 * `options.stdin`: a pipe in place of `paths`, which is read when the first chunk is asked for. Undefined where a database must
 * hold the rows of one of them.
 */
export async function openParquetTables(
  bundle: RowsReader,
  source: TableSource,
  paths: readonly string[],
  options: RowsToScoreOptions & { readonly stdin?: NodeJS.ReadableStream },
  context: WorkflowContext,
  detect: DetectOptions,
): Promise<OpenedRows | undefined> {
  if (options.schemaFile !== undefined || isDated(source, options)) return undefined;
  // An id is text, whatever it looks like: it leaves as the file spells it.
  const own = paths.length > 1 ? [SOURCE_FILE, SOURCE_ROW] : [SOURCE_ROW];
  const kept = [...new Set([...own, ...source.id, ...options.columns])].slice(own.length);
  const outcome = options.outcome === true ? { outcome: source.target } : {};
  const names = [...kept, ...Object.values(outcome)];
  // By one thread: two decode two row groups at once, and the threads that score wait for neither.
  const open = (memoryBytes: number) => () => Database.open({ threads: 1, memoryBytes });
  const opened = { passed: [...own, ...names], ...outcome, shardMerge: 'concatenate' } as const;
  const disk = { output: null, temporary: 0 };
  const read = [...bundle.manifest.encoder.columns.map(({ name }) => name), ...names];
  const { stdin } = options;
  const tablesOf = (found: readonly Found[]) => {
    const { from, to } = stretchOf(
      found.reduce((sum, { rows }) => sum + rows, 0),
      options.shard,
    );
    let before = 0;
    return found.map((one) => {
      const { progress } = context;
      progress({ type: 'message', level: 'info', text: `${one.input.file.name}: ${describeInput(one.input)}` });
      for (const note of one.input.notes) progress({ type: 'message', level: 'info', text: note });
      const within = (row: number) => Math.min(one.rows, Math.max(0, row - before));
      const table = parquetTable(bundle, source, one, names, options, { from: within(from), to: within(to) });
      before += one.rows;
      return table;
    });
  };
  if (stdin !== undefined) {
    const sourceOf = async (db: Database): Promise<ChunkSource> => {
      const found = await look(db, '-', { ...detect, stdin }, read);
      if (isStreamable(found)) return parquetSource(tablesOf([found]), open(memoryFor([found])));
      const { openDatabaseTable } = await import('./database-table.js');
      const { stdin: _, ...others } = options;
      return (await openDatabaseTable(bundle, source, { ...others, input: found.input.file.path }, context)).source;
    };
    return { inputs: [], ...opened, source: spooledSource(open(LEAST_MEMORY), sourceOf), memory: LEAST_MEMORY, disk };
  }
  const found = await withDatabase({ threads: 1 }, async (db) => {
    const looked: Found[] = [];
    for (const path of paths) looked.push(await look(db, path, detect, read));
    return looked;
  });
  if (!found.every(isStreamable)) return undefined;
  const tables = tablesOf(found);
  const inputs = tables.map((table, t) => planned(found[t].input, table, names));
  const memory = memoryFor(found);
  return { inputs, ...opened, source: parquetSource(tables, open(memory)), memory, disk };
}

/** `read`: canonical names of the columns that are read. */
async function look(db: Database, path: string, detect: DetectOptions, read: readonly string[]): Promise<Found> {
  const input = await detectInput(db, path, detect);
  const names = input.columns.filter(({ name }) => read.includes(name)).map(({ fileName }) => literal(fileName));
  const column = "split_part(path_in_schema, ', ', 1)";
  const bytes = `SELECT sum(total_uncompressed_size) AS bytes FROM parquet_metadata(${literal(input.file.path)})
    WHERE list_contains([${names.join(', ')}]::VARCHAR[], ${column}) GROUP BY row_group_id`;
  return {
    input,
    rows: await db.number(`SELECT count(*) FROM ${parquetRelation(input.file)}`),
    rowGroupBytes: await db.number(`SELECT coalesce(max(bytes), 0)::DOUBLE FROM (${bytes})`),
  };
}

function memoryFor(found: readonly Found[]): number {
  return Math.max(LEAST_MEMORY, ...found.map(({ rowGroupBytes }) => PAGE_ROOM * rowGroupBytes + BESIDE_ROW_GROUP));
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
  { input }: Found,
  names: readonly string[],
  { outcome }: RowsToScoreOptions,
  part: Stretch,
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
    ...part,
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

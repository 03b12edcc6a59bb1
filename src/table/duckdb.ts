/**
 * One in-memory DuckDB: every SQL statement of ecomml runs through this class. It uses no extension (auto-install and
 * auto-load are off), so nothing is ever downloaded; its time zone is UTC; what does not fit in memory goes to a folder
 * of its own under the system's temporary directory, deleted by `close`. It knows no table and no column.
 *
 * Row order: with `preserve_insertion_order` (on) a scan, filter or projection keeps the order of its source for any
 * number of threads, and so does the `rowid` of a table filled by it. Joins, aggregates, DISTINCT and windows do not:
 * say ORDER BY, on a key without ties, wherever the order of rows can be seen. Sums of doubles over a parallel scan may
 * differ in the last bits from run to run: sum integers, or decimals, or in an ordered window.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBType } from '@duckdb/node-api';
import { EcommlError } from '../base/errors.js';
import type { ColumnBatch, RowFunctionColumn, registerRows } from './row-function.js';

type RegisterRows = typeof registerRows;

export interface DatabaseOptions {
  /** Threads DuckDB may use, at least 1. */
  readonly threads: number;
  /** Bytes before it spills to disk; absent: half of the machine's memory. */
  readonly memoryBytes?: number;
}

/** A value as DuckDB's JSON converter gives it; 64-bit integers and decimals arrive as text. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

export interface StreamedChunk {
  readonly names: readonly string[];
  readonly types: readonly DuckDBType[];
  readonly chunk: DuckDBDataChunk;
}

export class Database {
  readonly threads: number;
  /** A folder for this database's spills and for its callers' temporary files; gone after `close`. */
  readonly folder: string;
  private readonly instance: DuckDBInstance;
  private readonly connection: DuckDBConnection;
  private closed = false;
  private readonly endScans: (() => void)[] = [];

  private constructor(
    threads: number,
    folder: string,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    private readonly registerRows: RegisterRows,
  ) {
    this.threads = threads;
    this.folder = folder;
    this.instance = instance;
    this.connection = connection;
  }

  static async open({ threads, memoryBytes = totalmem() / 2 }: DatabaseOptions): Promise<Database> {
    const folder = mkdtempSync(join(tmpdir(), 'ecomml-'));
    try {
      // Loaded by whoever opens a database: it takes some 100 ms, which a CSV of rows to score need not wait for.
      const { DuckDBInstance } = await import('@duckdb/node-api');
      const { registerRows } = await import('./row-function.js');
      const instance = await DuckDBInstance.create(':memory:', {
        threads: String(threads),
        memory_limit: `${Math.max(64, Math.floor(memoryBytes / 2 ** 20))}MiB`,
        temp_directory: join(folder, 'spill'),
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        allow_community_extensions: 'false',
        preserve_insertion_order: 'true',
        // It kept blocks of a file that another of the same name had replaced (DuckDB 1.5.6), and read both as one.
        enable_external_file_cache: 'false',
      });
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      return new Database(threads, folder, instance, connection, registerRows);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw new EcommlError('DUCKDB_OPEN', `DuckDB did not start: ${errorText(error)}`, { cause: error });
    }
  }

  /** Runs one or more statements; the rows of the last are dropped. */
  async run(sql: string): Promise<void> {
    await this.guarded(sql, () => this.connection.run(sql));
  }

  /** All rows of a small result as plain objects (see `Cell`). */
  async rows(sql: string): Promise<Record<string, Cell>[]> {
    const reader = await this.guarded(sql, () => this.connection.runAndReadAll(sql));
    return reader.getRowObjectsJson() as Record<string, Cell>[];
  }

  /** The one row of a result; an error when there is not exactly one. */
  async row(sql: string): Promise<Record<string, Cell>> {
    const rows = await this.rows(sql);
    if (rows.length !== 1)
      throw new EcommlError('DUCKDB_ONE_ROW', `Expected one row, got ${rows.length}: ${shortened(sql)}`);
    return rows[0];
  }

  /** A count, sum or other number: the first cell of the one row; exact up to 2^53. */
  async number(sql: string): Promise<number> {
    return Number(Object.values(await this.row(sql))[0]);
  }

  /** The names and types of a query's columns, without running it. */
  async describe(sql: string): Promise<{ name: string; type: string }[]> {
    const rows = await this.rows(`DESCRIBE ${sql}`);
    return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
  }

  /** The result chunk by chunk (up to 2,048 rows each), never held whole. Let no other statement run until it ends. */
  async *stream(sql: string): AsyncGenerator<StreamedChunk> {
    const result = await this.guarded(sql, () => this.connection.stream(sql));
    const names = result.columnNames();
    const types = result.columnTypes();
    for (;;) {
      const chunk = await this.guarded(sql, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield { names, types, chunk };
    }
  }

  /**
   * Makes `name()` a table function whose rows are the batches (see row-function.ts); returns the name to select from,
   * which is `name` with a number. They are made while a statement runs, in this thread, one scan at a time.
   */
  provideRows(name: string, columns: readonly RowFunctionColumn[], batches: () => Iterator<ColumnBatch>): string {
    const unique = `${name}_${this.endScans.length}`;
    this.endScans.push(this.registerRows(this.connection, unique, columns, batches));
    return `${unique}()`;
  }

  /**
   * Lets `work` run statements over provided rows: by one thread, as these rows come by one (an idle second one would spin,
   * waiting for them), with joins that keep their order: the left side is scanned, the right one looked up.
   */
  async inOrder<T>(work: () => Promise<T>): Promise<T> {
    await this.run("SET threads = 1; SET disabled_optimizers = 'join_order,build_side_probe_side'");
    try {
      return await work();
    } finally {
      await this.run(`SET threads = ${this.threads}; SET disabled_optimizers = ''`);
    }
  }

  /** Stops the running statement, which then fails with code `DUCKDB_FAILED`. */
  interrupt(): void {
    if (!this.closed) this.connection.interrupt();
  }

  /** Frees the database and deletes its folder. May be called twice. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const end of this.endScans) end();
    this.connection.closeSync();
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async guarded<T>(sql: string, work: () => Promise<T>): Promise<T> {
    if (this.closed) throw new EcommlError('DUCKDB_CLOSED', 'The database was closed before this statement ran.');
    try {
      return await work();
    } catch (error) {
      const full = /no space left|could not write/i.test(errorText(error));
      throw new EcommlError(
        full ? 'DUCKDB_DISK_FULL' : 'DUCKDB_FAILED',
        full ? `The disk is full. DuckDB: ${errorText(error)}` : `DuckDB: ${errorText(error)} (in: ${shortened(sql)})`,
        full ? { cause: error, hint: 'Free some disk space, or point TMPDIR at a larger disk.' } : { cause: error },
      );
    }
  }
}

/** Opens a database, lets `work` use it, and closes it whatever happens. */
export async function withDatabase<T>(options: DatabaseOptions, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await Database.open(options);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}

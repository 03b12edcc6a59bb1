/**
 * Parquet in and out: columns and metadata of a file, and writing a query as one. Written bytes depend on the rows and
 * the DuckDB version alone, not on threads. It opens no file that is not whole.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { inputRejected } from '../base/errors.js';
import { type Database, identifier, literal } from './duckdb.js';
import type { InputFile } from './open-bytes.js';

const MAGIC = 'PAR1';

/** Whether the file begins as Parquet does; `INPUT_PARQUET` when it does not also end so (cut short). */
export function isParquet(file: InputFile): boolean {
  const descriptor = openSync(file.path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const magic = Buffer.alloc(4);
    readSync(descriptor, magic, 0, 4, 0);
    if (magic.toString('latin1') !== MAGIC) return false;
    if (size >= 12) readSync(descriptor, magic, 0, 4, size - 4);
    if (size < 12 || magic.toString('latin1') !== MAGIC)
      throw inputRejected('INPUT_PARQUET', `${file.name} is a Parquet file cut short: its footer is missing.`);
    return true;
  } finally {
    closeSync(descriptor);
  }
}

/** `read_parquet(...)` of the file, for a FROM clause. */
export function parquetRelation(file: InputFile): string {
  return `read_parquet(${literal(file.path)})`;
}

export async function parquetColumns(db: Database, file: InputFile): Promise<{ name: string; type: string }[]> {
  try {
    const columns = await db.describe(`SELECT * FROM ${parquetRelation(file)}`);
    if ((await db.number(`SELECT count(*) FROM ${parquetRelation(file)}`)) === 0)
      throw inputRejected('INPUT_HEADER_ONLY', `${file.name} has ${columns.length} columns and no rows.`);
    return columns;
  } catch (error) {
    if (error instanceof Error && (error as { code?: string }).code === 'INPUT_HEADER_ONLY') throw error;
    throw inputRejected('INPUT_PARQUET', `${file.name} is no readable Parquet file. ${(error as Error).message}`);
  }
}

/** Key–value metadata of the file's footer. */
export async function parquetMetadata(db: Database, file: InputFile): Promise<Map<string, string>> {
  const rows = await db.rows(
    `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata(${literal(file.path)})`,
  );
  return new Map(rows.map((row) => [String(row.key), String(row.value)]));
}

/** Rows of a row group: DuckDB's default. */
export const ROW_GROUP = 122_880;

/**
 * Writes the rows of `sql`, in its order, as one ZSTD Parquet file that appears whole; creates the directory. `accept` is
 * asked about the written file, as a relation, before it gets its name; false if it declined, and nothing is there then.
 */
export async function writeParquet(
  db: Database,
  sql: string,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
  accept: (relation: string) => Promise<boolean> = async () => true,
  rowGroup = ROW_GROUP,
): Promise<boolean> {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  const pairs = Object.entries(metadata).map(([key, value]) => `${identifier(key)}: ${literal(value)}`);
  const keys = pairs.length > 0 ? `, KV_METADATA {${pairs.join(', ')}}` : '';
  try {
    await db.run(
      `COPY (${sql}\n) TO ${literal(aside)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroup}${keys})`,
    );
    const accepted = await accept(`read_parquet(${literal(aside)})`);
    if (accepted) publishFile(aside, path);
    else rmSync(aside);
    return accepted;
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

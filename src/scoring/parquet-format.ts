/**
 * Rows as a Parquet file. The threads make CSV lines of typed cells, which lie beside the output until all are there;
 * then DuckDB reads and writes them row group by row group. Memory does not grow with the rows, the lines take some two or
 * three times the file's size on its disk.
 */
import { rmSync } from 'node:fs';
import { firstBytes } from '../table/open-bytes.js';
import { csvHead, typedCsvRows } from './csv-format.js';
import { sqlTypeOf } from './field-cells.js';
import type { ResultField } from './results.js';
import type { RowFormat } from './row-format.js';
import { spoolFile } from './spool-file.js';

export const parquetFormat: RowFormat = {
  name: 'parquet',
  extension: '.parquet',
  appendable: false,
  head: csvHead,
  rows: typedCsvRows,
  sink: async (aside, fields) => {
    const spool = spoolFile(`${aside}.lines`);
    spool.write(csvHead(fields));
    return {
      write: async (bytes) => spool.write(bytes),
      finish: async () => {
        spool.close();
        await linesToParquet(spool.path, fields, aside);
        rmSync(spool.path);
      },
      discard: async () => spool.discard(),
    };
  },
};

/** DuckDB's memory while it copies: the buffers of its reader, and a row group. */
const COPY_BYTES = 160 * 2 ** 20;
/** Bytes of the lines of a row group, about: rows that are wide or hold long texts make smaller groups. */
const GROUP_BYTES = 24 * 2 ** 20;

/** `lines` has a header and the columns in the fields' order; so has the file at `path`, row for row. */
export async function linesToParquet(lines: string, fields: readonly ResultField[], path: string): Promise<void> {
  // Loading DuckDB takes longer than scoring a small table as CSV: only who writes Parquet waits for it.
  const { identifier, literal, withDatabase } = await import('../table/duckdb.js');
  const { ROW_GROUP, writeParquet } = await import('../table/parquet-file.js');
  const { MAX_RECORD_BYTES } = await import('../table/record-scanner.js');
  const settings = [
    'auto_detect = false',
    'header = true',
    `columns = {${fields.map((field, c) => `'c${c}': ${literal(sqlTypeOf(field))}`).join(', ')}}`,
    "delim = ','",
    `quote = '"'`,
    `escape = '"'`,
    "nullstr = ''",
    'allow_quoted_nulls = false',
    "new_line = '\\n'",
    // Every quote is doubled, and scores stand beside the input's cells.
    `max_line_size = ${3 * MAX_RECORD_BYTES}`,
    // A line break inside quotes could mislead a thread that starts in the middle of the file.
    'parallel = false',
  ];
  const select = fields.map(({ name }, c) => `c${c} AS ${identifier(name)}`).join(', ');
  const sql = `SELECT ${select} FROM read_csv(${literal(lines)}, ${settings.join(', ')})`;
  const rowGroup = Math.max(2048, Math.min(ROW_GROUP, Math.floor(GROUP_BYTES / lineBytes(lines))));
  await withDatabase({ threads: 1, memoryBytes: COPY_BYTES }, async (db) => {
    await writeParquet(db, sql, path, {}, undefined, rowGroup);
  });
}

/** Bytes of a line on average, by the first of them. */
function lineBytes(path: string): number {
  const sample = firstBytes(path, path, 2 ** 20);
  const lines = sample.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
  return sample.length / Math.max(1, lines);
}

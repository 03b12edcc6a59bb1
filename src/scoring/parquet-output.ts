/**
 * A scored file as Parquet, from the typed CSV lines that row-lines.ts wrote: DuckDB reads and writes row group by row
 * group, so memory does not grow with the rows. Row order is the lines'.
 */
import { type Database, literal } from '../table/duckdb.js';
import { writeParquet } from '../table/parquet-file.js';
import { MAX_RECORD_BYTES } from '../table/record-scanner.js';
import { type OutputColumn, sqlTypeOf } from './output-column.js';

/** `lines` has a header and the columns in their order. The file appears whole. */
export async function linesToParquet(
  db: Database,
  lines: string,
  columns: readonly OutputColumn[],
  path: string,
): Promise<void> {
  const types = columns.map((column, c) => `'c${c}': ${literal(sqlTypeOf(column))}`);
  const settings = [
    'auto_detect = false',
    'header = true',
    `columns = {${types.join(', ')}}`,
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
  const select = columns.map(({ name }, c) => `c${c} AS "${name.replaceAll('"', '""')}"`);
  await writeParquet(db, `SELECT ${select.join(', ')} FROM read_csv(${literal(lines)}, ${settings.join(', ')})`, path);
}

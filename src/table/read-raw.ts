/**
 * Loads an input into a DuckDB table of texts, `raw_input`: column c0, c1, … for the file's first, second, … column,
 * row n (rowid n − 1) for its data record n, broken records included (see spool-csv.ts). Counts the rows twice, by the
 * scanner and by DuckDB, and refuses to go on if they differ. Judges no value.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EcommlError } from '../base/errors.js';
import type { DetectedInput } from './detect-input.js';
import { type Database, identifier, literal } from './duckdb.js';
import { parquetRelation } from './parquet-file.js';
import { MAX_RECORD_BYTES } from './record-scanner.js';
import { type ScanOptions, spoolCsv } from './spool-csv.js';

export const RAW_TABLE = 'raw_input';

export interface RawInput {
  readonly rows: number;
  /** Records whose structure is broken: c0 begins with BROKEN_MARK. Always 0 for Parquet. */
  readonly broken: number;
  readonly blankLines: number;
}

export async function readRaw(db: Database, input: DetectedInput, options: ScanOptions = {}): Promise<RawInput> {
  return input.dialect === undefined ? readRawParquet(db, input) : readRawCsv(db, input, options);
}

async function readRawParquet(db: Database, input: DetectedInput): Promise<RawInput> {
  const columns = input.columns.map(({ fileName, type }, c) => {
    const column = identifier(fileName);
    // A float32 is the double of the same value, not the double its shortest text would name.
    return `CAST(${type === 'FLOAT' ? `CAST(${column} AS DOUBLE)` : column} AS VARCHAR) AS c${c}`;
  });
  const relation = parquetRelation(input.file);
  await db.run(`CREATE OR REPLACE TABLE ${RAW_TABLE} AS SELECT ${columns.join(', ')} FROM ${relation}`);
  const rows = await db.number(`SELECT count(*) FROM ${RAW_TABLE}`);
  checkRows(input, await db.number(`SELECT count(*) FROM ${relation}`), rows);
  return { rows, broken: 0, blankLines: 0 };
}

async function readRawCsv(db: Database, input: DetectedInput, options: ScanOptions): Promise<RawInput> {
  const dialect = input.dialect!;
  const names = input.columns.map(({ fileName }) => fileName);
  const spooled = await spoolCsv(input.file, dialect, names, join(db.folder, 'spool.csv'), options);
  const settings = [
    'auto_detect = false',
    'header = false',
    `columns = {${names.map((_, c) => `'c${c}': 'VARCHAR'`).join(', ')}}`,
    `delim = ${literal(spooled.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `new_line = '${spooled.newline === 'crlf' ? '\\r\\n' : '\\n'}'`,
    `compression = 'none'`,
    // Every quote may have been doubled, every control character is gone.
    `max_line_size = ${3 * MAX_RECORD_BYTES}`,
    // DuckDB splits a file among threads at guessed line starts; a line break inside quotes could mislead the guess.
    `parallel = ${!spooled.multiline}`,
  ];
  await db.run(
    `CREATE OR REPLACE TABLE ${RAW_TABLE} AS SELECT * FROM read_csv(${literal(spooled.path)}, ${settings.join(', ')})`,
  );
  rmSync(spooled.path);
  const rows = await db.number(`SELECT count(*) FROM ${RAW_TABLE}`);
  checkRows(input, spooled.records, rows);
  return { rows, broken: spooled.broken, blankLines: spooled.blankLines };
}

function checkRows(input: DetectedInput, expected: number, found: number): void {
  if (expected !== found)
    throw new EcommlError(
      'CLEAN_ROWS_LOST',
      `${input.file.name} has ${expected} data records, but DuckDB read ${found}: nothing was written.`,
      { hint: 'This is a defect of ecomml: please report it with the file.' },
    );
}

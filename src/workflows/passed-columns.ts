/** Columns of the input that pass through to the output beside the ids, as the file spells their cells. */
import { inputRejected } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { DetectedInput } from '../table/detect-input.js';
import { type Database, identifier } from '../table/duckdb.js';
import type { LoadedInput } from './load-clean.js';

export interface PassedColumn {
  readonly name: string;
  /** Over the columns of the query's `from`. */
  readonly sql: string;
}

/** Of --columns: every column of the input, unless one has that very name. */
export const ALL_COLUMNS = 'all';

/** Of `wanted` those that are not `known`, "all" being every one; `MISSING_COLUMN` (exit 3) when the input lacks one. */
export function columnsToPass(
  { file, columns }: Pick<DetectedInput, 'file' | 'columns'>,
  wanted: readonly string[],
  known: readonly string[],
): string[] {
  const present = columns.map(({ name }) => name);
  const every = wanted.includes(ALL_COLUMNS) && !present.includes(ALL_COLUMNS);
  const named = wanted.filter((name) => !known.includes(name) && !(every && name === ALL_COLUMNS));
  const absent = named.find((name) => !present.includes(name));
  if (absent === undefined) return every ? present.filter((name) => !known.includes(name)) : [...new Set(named)];
  throw inputRejected(
    'MISSING_COLUMN',
    `${file.name} has no column "${absent}", which --columns or the policy of --action names.${didYouMean(absent, present)}`,
    `Its columns are ${present.join(', ')}.`,
  );
}

/** How to join loaded rows (as `row`) with the cells of the input; of Parquet features, their own values. */
export async function passThrough(
  db: Database,
  { input, relation }: LoadedInput,
  wanted: readonly string[],
  known: readonly string[],
): Promise<{ readonly join: string; readonly columns: PassedColumn[] }> {
  const names = columnsToPass(input, wanted, known);
  if (names.length === 0) return { join: '', columns: [] };
  const present = input.columns.map(({ name }) => name);
  const isText = (await db.number("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'raw_input'")) === 1;
  return isText
    ? {
        join: ' JOIN raw_input AS raw ON raw.rowid = row.source_row - 1',
        columns: names.map((name) => ({ name, sql: `raw.c${present.indexOf(name)}` })),
      }
    : {
        join: ` JOIN ${identifier(relation)} AS clean ON clean.source_row = row.source_row`,
        columns: names.map((name) => ({ name, sql: `clean.${identifier(name)}` })),
      };
}

/** The columns of an input by its head alone, as score names them in its plan. It reads no row. */
import type { EventsSource, TableSource } from '../bundle/manifest.js';
import { detectInput, type InputColumn } from '../table/detect-input.js';
import { withDatabase } from '../table/duckdb.js';
import { inputPaths } from '../table/input-paths.js';
import { openFile } from '../table/open-bytes.js';
import { isParquet } from '../table/parquet-file.js';
import type { ScoreOptions } from './options.js';
import { ALL_COLUMNS } from './passed-columns.js';

export interface InputHead {
  readonly columns: readonly InputColumn[];
  /** True of Parquet, whose columns have types. */
  readonly typed: boolean;
}

/** Undefined where nobody asks: of stdin, and of a CSV whose columns need not be known beforehand. */
export async function inputHead(
  options: Pick<ScoreOptions, 'input' | 'output' | 'columns' | 'map' | 'reading'>,
  source: TableSource | EventsSource,
): Promise<InputHead | undefined> {
  const { input, columns, reading } = options;
  if (input === '-') return undefined;
  const [path] = inputPaths(input, [options.output]);
  const typed = isParquet(openFile(path));
  if (!typed && !columns.includes(ALL_COLUMNS)) return undefined;
  const map = { ...source.map, ...options.map };
  const detect = { map, asTable: source.kind === 'table', ...(reading === undefined ? {} : { reading }) };
  const found = await withDatabase({ threads: 1 }, (db) => detectInput(db, path, detect));
  return { columns: found.columns, typed };
}

/** --columns with "all" spelled out, unless a column has that very name. */
export function namedColumns(wanted: readonly string[], head: InputHead | undefined): readonly string[] {
  if (head === undefined || !wanted.includes(ALL_COLUMNS)) return wanted;
  const present = head.columns.map(({ name }) => name);
  return present.includes(ALL_COLUMNS)
    ? wanted
    : [...new Set([...present, ...wanted.filter((name) => name !== ALL_COLUMNS)])];
}

import { type Database } from '../../dist/table/duckdb.js';
import type { Loaded } from './pollution-score.mjs';
export interface Reading {
  readonly rows: Loaded | undefined;
  /** Data records that were set aside, and the reason of the first. */
  readonly rejected: number;
  readonly reason?: string;
}
/** The names, if there are any, and the records that are sound, their cells without spaces around them. */
export declare function loadWithEcomml(db: Database, path: string): Promise<Reading>;
/**
 * As the benchmark itself runs "DuckDB (Auto)": read_csv with strict_mode off, ignore_errors and null_padding on, all else
 * left to its sniffer; the first row is the names it gives the columns. `asTexts` spares it the types, which may change a
 * cell's spelling (a date, a number) and so its score.
 */
export declare function loadWithDuckDb(db: Database, path: string, asTexts: boolean): Promise<Reading>;

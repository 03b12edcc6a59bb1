/** What a reader of a CSV table needs to know of the file and of the cells that are wanted: plain data, for threads, and the words for a misfit. */
import type { CsvDialect } from './csv-dialect.js';
import type { ValueFormat } from './value-format.js';

export interface CsvLayout {
  readonly dialect: CsvDialect;
  readonly values: ValueFormat;
  /** The file's columns in their order: canonical names, and as the file has them. */
  readonly columns: readonly { readonly name: string; readonly fileName: string }[];
  /** Which of them become numbers; in any order. */
  readonly read: readonly CsvRead[];
  /** Which of them are kept as text, by position in the file. */
  readonly kept: readonly number[];
}

/**
 * How a column's cells become doubles; NaN is missing.
 *
 * - numeric: the number; boolean: 1 and 0; time: seconds since 1970; a cell that is none of it is a fault of its row
 * - categorical: the position of its text in `categories`, −1 when it is not there
 * - empty: NaN whatever the cell says
 *
 * With `categories`, the numbers of the first three are in turn spelled as JavaScript prints them and looked up.
 */
export interface CsvRead {
  readonly column: number;
  readonly type: 'numeric' | 'boolean' | 'time' | 'categorical' | 'empty';
  readonly categories?: readonly string[];
}

/** What is wrong with a cell that does not fit its column's type; cells of the other types always fit. */
export const FAULT = { numeric: 'not a number', boolean: 'neither true nor false', time: 'not a time' } as const;

/** Why a row was not read. */
export interface CsvFault {
  readonly record: number;
  /** Its first physical line, from 1. */
  readonly line: number;
  /** Empty when the whole line is at fault. */
  readonly column: string;
  readonly reason: string;
  /** Its bytes in the chunk's text, without the line end. */
  readonly start: number;
  readonly end: number;
}

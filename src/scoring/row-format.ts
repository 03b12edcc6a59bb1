/**
 * What an output format is. The scoring threads call `rows`, in parallel; the writing thread calls `head` once and puts the
 * threads' bytes in order. A format knows columns and no model.
 *
 * `appendable` formats are finished bytes: chunks, and shards, put behind each other are the file, so they can go to
 * stdout, be resumed and be merged. A format that needs a footer or sees all rows at once is not appendable: it gives
 * `sink`, which takes the threads' bytes (in any private form that `rows` made) in order and makes the file.
 */
import type { FormatName, RankColumn } from './output-names.js';
import type { ResultField, Results } from './results.js';

export interface RowFormat {
  readonly name: FormatName;
  readonly extension: string;
  readonly appendable: boolean;
  /** Bytes before the first row, such as a header line. */
  head(fields: readonly ResultField[]): Uint8Array;
  /** The bytes of one chunk's rows, `fields` in the order of its columns; a buffer of its own, that may be transferred. */
  rows(results: Results, fields: readonly ResultField[]): Uint8Array;
  /** Only of formats that are not appendable. `aside` is where to write; the caller fsyncs and renames it. */
  sink?(aside: string, fields: readonly ResultField[]): Promise<RowSink>;
}

export interface RowSink {
  /** What `rows` returned for the next chunk. Settles when the next may come (back-pressure). */
  write(bytes: Uint8Array): Promise<void>;
  /** Completes the file at `aside`. */
  finish(): Promise<void>;
  /** Frees everything without completing. Safe after `finish`. */
  discard(): Promise<void>;
}

/** A format and what may be done to its rows; plain data. */
export interface FormatChoice {
  readonly name: FormatName;
  /** CSV alone. */
  readonly excelSafe?: boolean;
  /** Columns that are added once all rows are scored, behind the others. */
  readonly rank?: readonly RankColumn[];
}

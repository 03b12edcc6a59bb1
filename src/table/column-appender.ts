/**
 * Columns of doubles appended to a table of DuckDB, thousands of rows a call. It converts nothing: a table of DOUBLE
 * columns alone, in which a missing number is NaN.
 */
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBDoubleVector, type DuckDBType } from '@duckdb/node-api';

/** Rows of a chunk of DuckDB's. */
const CHUNK_ROWS = 2048;

export class ColumnAppender {
  readonly #appender: DuckDBAppender;
  readonly #types: DuckDBType[];
  readonly #closed: () => void;

  /** `closed` is called at the end. */
  constructor(appender: DuckDBAppender, closed: () => void) {
    this.#appender = appender;
    this.#closed = closed;
    this.#types = Array.from({ length: appender.columnCount }, (_, c) => appender.columnType(c));
  }

  /** The first `rows` values of each column, in the table's order of columns. */
  append(columns: readonly Float64Array[], rows: number): void {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const to = Math.min(rows, from + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(this.#types, to - from);
      for (let c = 0; c < columns.length; c++) {
        const vector = chunk.getColumnVector(c) as DuckDBDoubleVector;
        const values = columns[c];
        for (let row = from; row < to; row++) vector.setItem(row - from, values[row]);
        vector.flush();
      }
      this.#appender.appendDataChunk(chunk);
    }
  }

  /** Ends the appending; the rows are then in the table. */
  close(): void {
    this.#appender.closeSync();
    this.#closed();
  }
}

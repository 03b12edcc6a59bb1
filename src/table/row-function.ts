/**
 * Rows that JavaScript makes, as a table function that SQL can select from: batches of typed arrays, handed to DuckDB
 * 2,048 rows at a time, in order, by one thread. It knows no column's meaning.
 */
import {
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBTableFunction,
  type DuckDBType,
  INTEGER,
} from '@duckdb/node-api';

export interface RowFunctionColumn {
  readonly name: string;
  /** An INTEGER's values come as an Int32Array, a DOUBLE's as a Float64Array. Neither has NULLs. */
  readonly type: 'INTEGER' | 'DOUBLE';
}

export interface ColumnBatch {
  readonly rows: number;
  /** In the order of the columns; only the first `rows` values count. They stay as they are: batches are made ahead. */
  readonly columns: readonly (Float64Array | Int32Array)[];
}

/** Rows of a chunk of DuckDB's. */
const CHUNK_ROWS = 2048;

/** Batches made ahead, while DuckDB works on those before them. */
const AHEAD = 12;

class Scan {
  batch: ColumnBatch | undefined;
  at = 0;
  readonly #batches: Iterator<ColumnBatch>;
  readonly #made: ColumnBatch[] = [];
  #failure: unknown;
  #ended = false;
  #making = false;

  constructor(batches: Iterator<ColumnBatch>) {
    this.#batches = batches;
  }

  next(): ColumnBatch | undefined {
    if (this.#made.length === 0) this.#make();
    if (this.#made.length === 0 && this.#failure !== undefined) throw this.#failure;
    const batch = this.#made.shift();
    this.#makeAhead();
    return batch;
  }

  /** Lets go of what the batches hold. */
  end(): void {
    if (!this.#ended) this.#batches.return?.();
    this.#ended = true;
  }

  #makeAhead(): void {
    if (this.#making || this.#ended) return;
    this.#making = true;
    setImmediate(() => {
      this.#making = false;
      if (this.#made.length >= AHEAD) return;
      this.#make();
      this.#makeAhead();
    });
  }

  /** A failure is thrown to whoever asks for the batch that is not there. */
  #make(): void {
    if (this.#ended) return;
    try {
      const { done, value } = this.#batches.next();
      if (done === true) this.#ended = true;
      else this.#made.push(value);
    } catch (error) {
      this.#failure = error;
      this.#ended = true;
    }
  }
}

/**
 * Registers `SELECT … FROM name()`; every scan asks `batches` anew. A name can be registered once a database. Returns
 * what ends the scans that were not read to their end.
 */
export function registerRows(
  connection: DuckDBConnection,
  name: string,
  columns: readonly RowFunctionColumn[],
  batches: () => Iterator<ColumnBatch>,
): () => void {
  const types: Record<RowFunctionColumn['type'], DuckDBType> = { INTEGER, DOUBLE };
  const scans: Scan[] = [];
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name,
      bindFunction: (info) => {
        for (const column of columns) info.addResultColumn(column.name, types[column.type]);
      },
      initFunction: (info) => {
        info.setMaxThreads(1);
        const scan = new Scan(batches());
        scans.push(scan);
        info.setInitData(scan);
      },
      mainFunction: (info, output) => {
        try {
          fill(output, info.initData as Scan);
        } catch (error) {
          info.setError(error instanceof Error ? error.message : String(error));
        }
      },
    }),
  );
  return () => {
    for (const scan of scans) scan.end();
  };
}

function fill(output: DuckDBDataChunk, scan: Scan): void {
  while (scan.batch === undefined || scan.at >= scan.batch.rows) {
    scan.batch = scan.next();
    scan.at = 0;
    if (scan.batch === undefined) {
      output.rowCount = 0;
      return;
    }
  }
  const { rows, columns } = scan.batch;
  const to = Math.min(rows, scan.at + CHUNK_ROWS);
  output.rowCount = to - scan.at;
  for (let c = 0; c < columns.length; c++) {
    // The items of a vector of numbers are a typed array; set whole, they cost a tenth of as many calls of setItem.
    const vector = output.getColumnVector(c) as unknown as { items: Float64Array | Int32Array; flush(): void };
    vector.items.set(columns[c].subarray(scan.at, to));
    vector.flush();
  }
  scan.at = to;
}

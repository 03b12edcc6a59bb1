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
  /** In the order of the columns; only the first `rows` values count. Good until the next batch is asked for. */
  readonly columns: readonly (Float64Array | Int32Array)[];
}

/** Rows of a chunk of DuckDB's. */
const CHUNK_ROWS = 2048;

interface Scan {
  readonly batches: Iterator<ColumnBatch>;
  batch: ColumnBatch | undefined;
  at: number;
}

/** Registers `SELECT … FROM name()`; every scan asks `batches` anew. A name can be registered once a database. */
export function registerRows(
  connection: DuckDBConnection,
  name: string,
  columns: readonly RowFunctionColumn[],
  batches: () => Iterator<ColumnBatch>,
): void {
  const types: Record<RowFunctionColumn['type'], DuckDBType> = { INTEGER, DOUBLE };
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name,
      bindFunction: (info) => {
        for (const column of columns) info.addResultColumn(column.name, types[column.type]);
      },
      initFunction: (info) => {
        info.setMaxThreads(1);
        info.setInitData({ batches: batches(), batch: undefined, at: 0 } satisfies Scan);
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
}

function fill(output: DuckDBDataChunk, scan: Scan): void {
  while (scan.batch === undefined || scan.at >= scan.batch.rows) {
    const next = scan.batches.next();
    if (next.done === true) {
      output.rowCount = 0;
      return;
    }
    scan.batch = next.value;
    scan.at = 0;
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

/**
 * Scored rows as columns: what a scoring thread has before a row format (row-format.ts) turns them into bytes. Add a
 * column by adding a ResultColumn, and its ResultField; the formats need not know what it means.
 */
import type { ValueFormat } from '../table/value-format.js';

export type ResultColumn =
  /** NaN is missing. */
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  /** Exact integers below 2^53. */
  | { readonly kind: 'integer'; readonly name: string; readonly values: Float64Array }
  /** null is missing. */
  | { readonly kind: 'text'; readonly name: string; readonly texts: readonly (string | null)[] }
  /** UTF-8 as the file had it: cell r is bytes [starts[r], ends[r]) of a chunk's text. An empty cell is missing. */
  | {
      readonly kind: 'utf8';
      readonly name: string;
      readonly bytes: Buffer;
      readonly starts: Uint32Array;
      readonly ends: Uint32Array;
    };

export interface Results {
  readonly rows: number;
  /** In the order of the output. */
  readonly columns: readonly ResultColumn[];
}

/** What the cells of a column mean; texts of cells that are none of `text` are read by field-cells.ts. */
export type FieldType = 'text' | 'number' | 'integer' | 'boolean' | 'timestamp';

/** One column of the output before there are rows. */
export interface ResultField {
  readonly name: string;
  readonly type: FieldType;
  /** The exact type of a column that passes through from a Parquet file (`DECIMAL(18,3)`): DuckDB wrote its texts. */
  readonly sqlType?: string;
  /** How a text file writes the column's numbers; absent: plainly. */
  readonly values?: Pick<ValueFormat, 'decimal' | 'amounts'>;
}

/** A text cell of either kind; null when missing. */
export function textAt(column: Extract<ResultColumn, { kind: 'text' | 'utf8' }>, row: number): string | null {
  if (column.kind === 'text') return column.texts[row];
  const { bytes, starts, ends } = column;
  return starts[row] === ends[row] ? null : bytes.toString('utf8', starts[row], ends[row]);
}

/** The name of a cell's row in errors: its number in the input where that passes through, else its place in the chunk. */
export function sourceRowName(passed: readonly ResultColumn[]): (row: number) => string {
  const column = passed.find(({ name }) => name === 'source_row');
  return (row) => {
    if (column === undefined) return `row ${row + 1} of a chunk`;
    return `source_row ${'values' in column ? column.values[row] : textAt(column, row)}`;
  };
}

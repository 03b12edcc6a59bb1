/**
 * The encoded table: what every family trains on and every forest scores. Column-major in shared memory, so worker threads
 * read it without a copy.
 *
 * Numeric column: the value itself, NaN missing. Categorical column: the category's code 0 … categories.length − 1 as
 * a double, NaN where the cell is missing, −1 where the category was not in the training rows.
 */
/** Doubles, in half the memory where single precision holds every one of them exactly. */
export type Cells = Float64Array | Float32Array;

export interface MatrixColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** One cell a row; its buffer is a SharedArrayBuffer when the matrix is made by `sharedColumn`. */
  readonly values: Cells;
  /** The dictionary of a categorical column, in the order of its codes; absent for numeric columns. */
  readonly categories?: readonly string[];
}

export interface Matrix {
  readonly rows: number;
  readonly columns: readonly MatrixColumn[];
}

export const UNSEEN_CATEGORY = -1;

/** A column of `rows` zeros over shared memory. */
export function sharedValues(rows: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(rows * Float64Array.BYTES_PER_ELEMENT));
}

/** The given rows of a matrix, in the given order, in fresh shared memory. */
export function takeRows(matrix: Matrix, rows: ArrayLike<number>): Matrix {
  const columns = matrix.columns.map((column) => {
    const values = column.values instanceof Float32Array ? sharedSingles(rows.length) : sharedValues(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]];
    return { ...column, values };
  });
  return { rows: rows.length, columns };
}

/** The same column, in half the memory where single precision holds every cell exactly: counts, codes, many numbers. */
export function inFewestBytes(column: MatrixColumn): MatrixColumn {
  const { values } = column;
  for (let row = 0; row < values.length; row++)
    if (!Number.isNaN(values[row]) && Math.fround(values[row]) !== values[row]) return column;
  const singles = sharedSingles(values.length);
  singles.set(values);
  return { ...column, values: singles };
}

function sharedSingles(rows: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(rows * Float32Array.BYTES_PER_ELEMENT));
}

/** Rows [from, to) as views: nothing is copied. */
export function stretchOfRows(matrix: Matrix, from: number, to: number): Matrix {
  const columns = matrix.columns.map((column) => ({ ...column, values: column.values.subarray(from, to) }));
  return { rows: to - from, columns };
}

/**
 * The encoded table: what every family trains on and every forest scores. Column-major doubles in shared memory, so
 * worker threads read it without a copy.
 *
 * Numeric column: the value itself, NaN missing. Categorical column: the category's code 0 … categories.length − 1 as
 * a double, NaN where the cell is missing, −1 where the category was not in the training rows.
 */
export interface MatrixColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** One cell a row; its buffer is a SharedArrayBuffer when the matrix is made by `sharedColumn`. */
  readonly values: Float64Array;
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
    const values = sharedValues(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]];
    return { ...column, values };
  });
  return { rows: rows.length, columns };
}

/** Rows [from, to) as views: nothing is copied. */
export function stretchOfRows(matrix: Matrix, from: number, to: number): Matrix {
  const columns = matrix.columns.map((column) => ({ ...column, values: column.values.subarray(from, to) }));
  return { rows: to - from, columns };
}

/** Rows that an explanation is computed on. */

import type { Matrix } from '../table/matrix.js';
import type { CellReader } from './explained-columns.js';

export interface RowsToExplain {
  /** Encoded. At least one row. */
  readonly matrix: Matrix;
  readonly cells: CellReader;
  /** Rows the matrix was drawn from. */
  readonly of: number;
  /** "test rows of training", or the input's name. */
  readonly source: string;
  readonly label?: Float64Array;
  readonly unit?: Int32Array;
  /** 1-based rows of the input; absent for rows kept in the bundle. */
  readonly sourceRow?: Float64Array;
}

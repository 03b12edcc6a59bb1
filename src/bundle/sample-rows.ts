/** A few encoded rows as JSON, so that an export can be proved on real rows long after training. */
import { EcommlError } from '../base/errors.js';
import { type Matrix, type MatrixColumn, sharedValues } from '../table/matrix.js';

/** NaN is null; infinities are text, for JSON has neither. */
type JsonCell = number | null | 'Infinity' | '-Infinity';

export function sampleRowsJson(matrix: Matrix): string {
  const columns = matrix.columns.map(({ name, values }) => ({ name, cells: Array.from(values, toCell) }));
  return `${JSON.stringify({ rows: matrix.rows, columns })}\n`;
}

/** `columns` gives the kinds and dictionaries, in the same order. */
export function sampleRowsMatrix(json: unknown, columns: readonly Omit<MatrixColumn, 'values'>[]): Matrix {
  const { rows, columns: stored } = json as { rows: number; columns: { name: string; cells: JsonCell[] }[] };
  return {
    rows,
    columns: columns.map((column, c) => {
      if (stored[c]?.name !== column.name)
        throw new EcommlError('DAMAGED_BUNDLE', `The sample rows lack "${column.name}".`);
      const values = sharedValues(rows);
      stored[c].cells.forEach((cell, row) => {
        values[row] = cell === null ? Number.NaN : Number(cell);
      });
      return { ...column, values };
    }),
  };
}

function toCell(value: number): JsonCell {
  if (Number.isNaN(value)) return null;
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** Tables as scikit-learn's forest sees them. */
import { type Matrix, sharedValues } from '#ecomml/table/matrix.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';

/**
 * scikit-learn rounds every cell to single precision before it grows a tree; thresholds are midpoints of those. ecomml
 * keeps doubles. Rounded input gives both the same thresholds to the bit.
 */
export function inSinglePrecision(rows: LabelledMatrix): LabelledMatrix {
  return mapCells(rows, (cell) => Math.fround(cell));
}

/** Loses the cells that make.py loses. */
export function withHoles(rows: LabelledMatrix): LabelledMatrix {
  return mapCells(rows, (cell, row, column) => ((row * 7919 + column * 104729) % 11 === 0 ? Number.NaN : cell));
}

function mapCells(rows: LabelledMatrix, map: (cell: number, row: number, column: number) => number): LabelledMatrix {
  const columns = rows.matrix.columns.map((column, c) => {
    const values = sharedValues(rows.matrix.rows);
    for (let row = 0; row < values.length; row++) values[row] = map(column.values[row], row, c);
    return { ...column, values };
  });
  const matrix: Matrix = { rows: rows.matrix.rows, columns };
  return { ...rows, matrix };
}

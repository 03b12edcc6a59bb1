/** Rows as CSV (RFC 4180, LF): numbers in their shortest form that reads back to the same double, missing cells empty. */
import { csvCell } from '../table/csv-cell.js';
import type { ResultColumn, Results } from './results.js';
import { textAt } from './results.js';
import type { RowFormat } from './row-format.js';

export const csvFormat: RowFormat = {
  name: 'csv',
  extension: '.csv',
  appendable: true,
  head: (fields) => Buffer.from(`${fields.map(({ name }) => csvCell(name)).join(',')}\n`),
  rows: csvRows,
};

function csvRows({ rows, columns }: Results): Uint8Array {
  const cells = columns.map(cellWriter);
  const lines: string[] = new Array(rows);
  for (let row = 0; row < rows; row++) {
    let line = cells[0](row);
    for (let c = 1; c < cells.length; c++) line += `,${cells[c](row)}`;
    lines[row] = line;
  }
  return Buffer.from(rows === 0 ? '' : `${lines.join('\n')}\n`);
}

function cellWriter(column: ResultColumn): (row: number) => string {
  if (column.kind === 'text' || column.kind === 'utf8') return (row) => csvCell(textAt(column, row));
  const { values } = column;
  return (row) => (Number.isNaN(values[row]) ? '' : String(values[row]));
}

/** Rows as CSV (RFC 4180, LF): numbers in their shortest form that reads back to the same double, missing cells empty. */
import { csvCell } from '../table/csv-cell.js';
import { mapTexts, typedColumns } from './field-cells.js';
import { formulaSafe } from './formula-safe.js';
import { type ResultColumn, type ResultField, type Results, textAt } from './results.js';
import type { RowFormat } from './row-format.js';

export const csvFormat: RowFormat = {
  name: 'csv',
  extension: '.csv',
  appendable: true,
  head: csvHead,
  rows: csvRows,
};

/** No text can be taken for a formula by a spreadsheet (formula-safe.ts). */
export const excelSafeCsv: RowFormat = {
  ...csvFormat,
  head: (fields) => csvHead(fields.map((field) => ({ ...field, name: formulaSafe(field.name) }))),
  rows: ({ rows, columns }) =>
    csvRows({
      rows,
      columns: columns.map((column) =>
        'values' in column ? column : { kind: 'text', name: column.name, texts: mapTexts(column, formulaSafe) },
      ),
    }),
};

/** Cells as their types mean them: what a Parquet file is made from. */
export function typedCsvRows({ rows, columns }: Results, fields: readonly ResultField[]): Uint8Array {
  return csvRows({ rows, columns: typedColumns(columns, fields) });
}

export function csvHead(fields: readonly Pick<ResultField, 'name'>[]): Uint8Array {
  return Buffer.from(`${fields.map(({ name }) => csvCell(name)).join(',')}\n`);
}

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

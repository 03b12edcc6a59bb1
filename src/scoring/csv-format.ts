/** Rows as CSV (RFC 4180, LF): numbers in their shortest form that reads back to the same double, missing cells empty. */
import { csvCell } from '../table/csv-cell.js';
import { mapTexts, typedColumns } from './field-cells.js';
import { formulaSafe } from './formula-safe.js';
import { PlainBytes } from './plain-bytes.js';
import { type ResultColumn, type ResultField, type Results, textAt } from './results.js';
import { RowBytes } from './row-bytes.js';
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

const [COMMA, QUOTE, LINE_FEED, RETURN] = [44, 34, 10, 13];
const PLAIN = new PlainBytes([COMMA, QUOTE, LINE_FEED, RETURN]);

function csvRows({ rows, columns }: Results): Uint8Array {
  const written = RowBytes.ofThread();
  const cells = columns.map((column) => cellWriter(column, written));
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < cells.length; c++) {
      if (c > 0) written.byte(COMMA);
      cells[c](row);
    }
    written.byte(LINE_FEED);
  }
  return written.take();
}

function cellWriter(column: ResultColumn, written: RowBytes): (row: number) => void {
  if (column.kind === 'text') return (row) => written.text(csvCell(column.texts[row]));
  if (column.kind === 'utf8') {
    const { bytes, starts, ends } = column;
    return (row) => {
      if (PLAIN.cover(bytes, starts[row], ends[row])) written.copy(bytes, starts[row], ends[row]);
      else written.text(csvCell(textAt(column, row)));
    };
  }
  const { values } = column;
  return (row) => {
    if (!Number.isNaN(values[row])) written.number(values[row]);
  };
}

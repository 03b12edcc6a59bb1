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
  const before: NumberPlaces[] = [];
  const cells = columns.map((column) => cellWriter(column, written, before));
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < cells.length; c++) {
      if (c > 0) written.byte(COMMA);
      cells[c](row);
    }
    written.byte(LINE_FEED);
  }
  return written.take();
}

/** A column of numbers, and where its cell of the row at hand was written. */
interface NumberPlaces {
  readonly values: Float64Array;
  start: number;
  end: number;
}

/** `before`: the columns of numbers on the left. One member's probability is often the blend's: it is printed once. */
function cellWriter(column: ResultColumn, written: RowBytes, before: NumberPlaces[]): (row: number) => void {
  if (column.kind === 'text') return (row) => written.text(csvCell(column.texts[row]));
  if (column.kind === 'utf8') {
    const { bytes, starts, ends } = column;
    return (row) => {
      if (PLAIN.cover(bytes, starts[row], ends[row])) written.copy(bytes, starts[row], ends[row]);
      else written.text(csvCell(textAt(column, row)));
    };
  }
  const { values } = column;
  const left = [...before];
  const places: NumberPlaces = { values, start: 0, end: 0 };
  if (column.kind === 'number') before.push(places);
  return (row) => {
    const value = values[row];
    places.start = written.length;
    let same: NumberPlaces | undefined;
    for (let l = 0; l < left.length && same === undefined; l++) if (left[l].values[row] === value) same = left[l];
    if (same !== undefined) written.again(same.start, same.end);
    else if (!Number.isNaN(value)) written.number(value);
    places.end = written.length;
  };
}

/** One table on one worksheet: a header that stays, filters, number formats, widths. */
import {
  Format,
  FormatAlign,
  FormatBorder,
  TableColumn as SheetColumn,
  Table,
  TableStyle,
  type Worksheet,
} from 'wasm-xlsxwriter';
import type { Cell, ReportTable, TableColumn } from './report-table.js';

const NUMBER_FORMAT: Readonly<Record<TableColumn['format'], string>> = {
  text: '@',
  value: 'General',
  integer: '#,##0',
  metric: '0.0000',
  percent: '0.0%',
  points: '0.00%',
  amount: '#,##0.00',
  general: '0.0E+00',
  interval: '0.0000',
};

const WIDTH: Readonly<Record<TableColumn['format'], number>> = {
  text: 18,
  value: 24,
  integer: 13,
  metric: 13,
  percent: 14,
  points: 14,
  amount: 14,
  general: 14,
  interval: 13,
};

/** Excel's limit for one cell. */
const LONGEST_TEXT = 32_767;

/** A column of the sheet: an interval of the table is two of them. */
export interface FlatColumn {
  readonly title: string;
  readonly format: TableColumn['format'];
  readonly width: number;
  readonly cell: (row: readonly Cell[]) => string | number | null;
}

export function flatColumns(table: ReportTable): FlatColumn[] {
  return table.columns.flatMap((column, i): FlatColumn[] => {
    const { title, format } = column;
    if (format !== 'interval') {
      const cell = (row: readonly Cell[]) => row[i] as string | number | null;
      return [{ title, format, width: Math.max(column.width ?? WIDTH[format], headerWidth(title)), cell }];
    }
    const end = (side: 0 | 1) => (row: readonly Cell[]) => (row[i] as readonly [number, number] | null)?.[side] ?? null;
    return (['lower', 'upper'] as const).map((name, side) => {
      const flat = `${title.replace(' 95% interval', '')} ${name} 95%`;
      return { title: flat, format, width: Math.max(WIDTH.interval, headerWidth(flat)), cell: end(side as 0 | 1) };
    });
  });
}

/** Room for the filter's button. */
const headerWidth = (title: string) => Math.min(34, title.length + 4);

/** Writes the table from cell A1; returns the columns it took. */
export function fillSheet(sheet: Worksheet, table: ReportTable): FlatColumn[] {
  const columns = flatColumns(table);
  const header = new Format().setBold().setBorderBottom(FormatBorder.Thin).setAlign(FormatAlign.Top);
  columns.forEach(({ title, format, width, cell }, c) => {
    sheet.setColumnWidth(c, width);
    sheet.writeStringWithFormat(0, c, title, header);
    const number = new Format().setNumFormat(NUMBER_FORMAT[format]).setAlign(FormatAlign.Top);
    if (format === 'value') number.setAlign(FormatAlign.Left);
    const text = new Format().setAlign(FormatAlign.Top);
    table.rows.forEach((row, r) => {
      writeCell(sheet, r + 1, c, cell(row), number, text);
    });
  });
  if (table.rows.length > 0 && columns.length > 0) {
    const settings = columns.map(({ title }) => new SheetColumn().setHeader(title).setHeaderFormat(header));
    const name = `t_${table.id.replace(/\W/g, '_')}`;
    sheet.addTable(
      0,
      0,
      table.rows.length,
      columns.length - 1,
      new Table().setName(name).setColumns(settings).setStyle(TableStyle.Light1),
    );
  }
  sheet.setFreezePanes(1, columns[0]?.format === 'text' ? 1 : 0);
  sheet.setRepeatRows(0, 0);
  sheet.setLandscape();
  if (columns.length <= 20) sheet.setPrintFitToPages(1, 0);
  return columns;
}

/** A text is always written as a text, whatever it begins with: no cell of the workbook is a formula. */
export function writeCell(
  sheet: Worksheet,
  row: number,
  column: number,
  value: string | number | null,
  number: Format,
  text: Format,
): void {
  if (typeof value === 'string') sheet.writeStringWithFormat(row, column, value.slice(0, LONGEST_TEXT), text);
  else if (value !== null && Number.isFinite(value)) sheet.writeNumberWithFormat(row, column, value, number);
}

/** Cells of a table as texts, the same in the page and on paper. */
import { intervalText, type NumberFormat, numberText } from './number-text.js';
import type { Cell, TableColumn } from './report-table.js';

/** An interval column that follows a number column is shown under the number, not beside it. */
export function isUnderColumn(columns: readonly TableColumn[], i: number): boolean {
  return i > 0 && columns[i]?.format === 'interval' && columns[i - 1].format !== 'interval';
}

export const isTextColumn = (column: TableColumn) => column.format === 'text' || column.format === 'value';

/** An interval is written as the number it belongs to. */
export function cellText(cell: Cell, column: TableColumn, intervalFormat: NumberFormat = 'metric'): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (typeof cell !== 'number') return intervalText([cell[0], cell[1]], intervalFormat);
  return numberText(cell, isNumeric(column.format) ? column.format : 'general');
}

function isNumeric(format: TableColumn['format']): format is NumberFormat {
  return format !== 'text' && format !== 'value' && format !== 'interval';
}

/** The format of an interval under a column. */
export function intervalFormatOf(column: TableColumn | undefined): NumberFormat {
  return column?.format === 'percent' || column?.format === 'points' ? column.format : 'metric';
}

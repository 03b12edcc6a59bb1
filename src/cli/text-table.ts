/** Aligned columns of plain text. The widest text column gives way when the terminal is narrow; numbers are never cut. */
import { stripVTControlCharacters } from 'node:util';
import { cut, plainLength } from './wording.js';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand right. */
  readonly align?: 'left' | 'right';
}

/** Lines, indented by two spaces, without a trailing line end. `dim` styles the titles. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  dim: (text: string) => string = (text) => text,
): string[] {
  const widths = columns.map((column, c) =>
    Math.max(plainLength(column.title), ...rows.map((row) => plainLength(row[c]))),
  );
  const total = 2 + widths.reduce((sum, one) => sum + one, 0) + 2 * (columns.length - 1);
  const widest = columns
    .map((column, c) => ({ c, wide: column.align === 'right' ? 0 : widths[c] }))
    .reduce((best, one) => (one.wide > best.wide ? one : best));
  if (total > width) widths[widest.c] = Math.max(8, widths[widest.c] - (total - width));
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, c) =>
        pad(columns[c].align === 'right' ? cell : shorten(cell, widths[c]), widths[c], columns[c].align),
      )
      .join('  ')}`.trimEnd();
  const titles = columns.some((column) => column.title !== '')
    ? [dim(line(columns.map((column) => column.title)))]
    : [];
  return [...titles, ...rows.map(line)];
}

function shorten(text: string, width: number): string {
  return plainLength(text) <= width ? text : cut(stripVTControlCharacters(text), width);
}

function pad(text: string, width: number, align: TableColumn['align']): string {
  const space = ' '.repeat(Math.max(0, width - plainLength(text)));
  return align === 'right' ? space + text : text + space;
}

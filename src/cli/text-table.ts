/** Aligned columns of plain text. The widest text column gives way when the terminal is narrow; numbers are never cut. */
import { stripVTControlCharacters } from 'node:util';
import { cut, plainLength } from './wording.js';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand right. */
  readonly align?: 'left' | 'right';
}

/** No text column gets narrower than this. */
const LEAST = 8;

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
  narrow(widths, columns, width);
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

/** Takes from the widest text column, one character at a time, until the line fits or all are at their least. */
function narrow(widths: number[], columns: readonly TableColumn[], width: number): void {
  const gaps = 2 + 2 * (widths.length - 1);
  const textColumns = [...widths.keys()].filter((c) => columns[c].align !== 'right');
  while (textColumns.length > 0 && gaps + widths.reduce((sum, one) => sum + one, 0) > width) {
    const widest = textColumns.reduce((best, c) => (widths[c] > widths[best] ? c : best));
    if (widths[widest] <= LEAST) return;
    widths[widest]--;
  }
}

function shorten(text: string, width: number): string {
  return plainLength(text) <= width ? text : cut(stripVTControlCharacters(text), width);
}

function pad(text: string, width: number, align: TableColumn['align']): string {
  const space = ' '.repeat(Math.max(0, width - plainLength(text)));
  return align === 'right' ? space + text : text + space;
}

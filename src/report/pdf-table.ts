/** A table on paper: its header again on every page, no row cut by a page's end, wide tables in parts that repeat the first column. */
import { numberText } from './number-text.js';
import type { PdfPages, Struct } from './pdf-pages.js';
import type { ReportTable } from './report-table.js';
import { cellText, intervalFormatOf, isTextColumn, isUnderColumn } from './table-cells.js';

const SIZE = 7.6;
const SMALL = 6.4;
const LINE = 1.38;
const PAD = 5;
/** Rows on paper; the workbook has them all. */
const MOST_ROWS = 60;
/** Of a table that is closed in the page, most important first. */
const MOST_FOLDED_ROWS = 25;

interface PdfColumn {
  readonly i: number;
  readonly text: boolean;
  readonly title: string;
  /** The interval under it. */
  readonly under: boolean;
  readonly width: number;
}

export function drawTable(pages: PdfPages, table: ReportTable, folded = false): void {
  const shown = table.rows.slice(0, folded ? MOST_FOLDED_ROWS : MOST_ROWS);
  const left = table.rows.length - shown.length + (table.left_out ?? 0);
  const cut = { ...table, rows: shown };
  for (const [part, columns] of partsOf(pages, cut).entries()) drawPart(pages, cut, columns, part);
  if (left > 0)
    pages.paragraph(`${numberText(left, 'integer')} more rows are in the workbook.`, {
      size: 8,
      colour: 'var(--muted)',
    });
  pages.y += 6;
}

/** Columns with their widths, in as many parts as the page's width needs. */
function partsOf(pages: PdfPages, table: ReportTable): PdfColumn[][] {
  const columns = table.columns
    .flatMap((column, i) => (isUnderColumn(table.columns, i) ? [] : [{ column, i }]))
    .map(({ column, i }): PdfColumn => {
      const under = isUnderColumn(table.columns, i + 1);
      const widest = (texts: readonly string[], size: number, bold = false) =>
        Math.max(
          0,
          ...texts.map((one) => pages.textWidth(pages.clean(one).slice(0, 200), bold ? 'bold' : 'regular', size)),
        );
      const words = widest(column.title.split(' '), SIZE, true);
      const cells = widest(
        table.rows.map((row) => cellText(row[i], column)),
        SIZE,
      );
      const small = under
        ? widest(
            table.rows.map((row) => cellText(row[i + 1], table.columns[i + 1], intervalFormatOf(table.columns[i]))),
            SMALL,
          )
        : 0;
      const text = isTextColumn(column);
      return {
        i,
        text,
        title: column.title,
        under,
        width: Math.min(text ? 250 : 120, Math.max(words, cells, small, 16)) + 2 * PAD + 0.5,
      };
    });
  const parts: PdfColumn[][] = [];
  let part: PdfColumn[] = [];
  let used = 0;
  const text = columns.filter((column) => column.text);
  const numbers = columns.filter((column) => !column.text).reduce((sum, { width }) => sum + width, 0);
  // Wide texts give way to numbers, down to 110 points for the first column and 70 for others; narrow ones stay.
  const cap = capOf(
    text.map(({ width }) => width),
    pages.width - numbers,
  );
  const fitted = columns.map((column, c) => {
    const least = Math.min(c === 0 ? 110 : 70, column.width);
    return column.text ? { ...column, width: Math.max(least, Math.min(cap, column.width)) } : column;
  });
  for (const column of fitted) {
    if (part.length > 1 && used + column.width > pages.width + 0.5) {
      parts.push(part);
      part = [fitted[0]];
      used = fitted[0].width;
    }
    part.push(column);
    used += column.width;
  }
  parts.push(part);
  return parts;
}

/** The width above which widths are cut so that their sum is `room`. */
function capOf(widths: readonly number[], room: number): number {
  let left = room;
  const sorted = [...widths].sort((a, b) => a - b);
  for (const [i, width] of sorted.entries()) {
    const share = left / (sorted.length - i);
    if (width > share) return share;
    left -= width;
  }
  return Number.POSITIVE_INFINITY;
}

interface Drawn {
  readonly lines: readonly string[];
  readonly small: readonly string[];
}

function drawPart(pages: PdfPages, table: ReportTable, columns: readonly PdfColumn[], part: number): void {
  const head = columns.map(
    ({ title, width }): Drawn => ({ lines: pages.lines(title, width - 2 * PAD, 'bold', SIZE), small: [] }),
  );
  const rows = table.rows.map((row) =>
    columns.map(
      ({ i, width, under }): Drawn => ({
        lines: pages.lines(cellText(row[i], table.columns[i]), width - 2 * PAD, 'regular', SIZE),
        small: under
          ? pages.lines(
              cellText(row[i + 1], table.columns[i + 1], intervalFormatOf(table.columns[i])),
              width - 2 * PAD,
              'regular',
              SMALL,
            )
          : [],
      }),
    ),
  );
  const title = part === 0 ? table.title : `${table.title} (continued)`;
  const first = rows.length === 0 ? 0 : heightOf(rows[0]);
  pages.room(20 + heightOf(head) + first);
  pages.paragraph(title, { font: 'bold', size: 9, after: 3 });
  const element = pages.struct('Table');
  const header = () => {
    drawRow(pages, element, columns, head, 'TH', true);
    pages.rule(
      pages.y,
      pages.left,
      pages.left + columns.reduce((sum, { width }) => sum + width, 0),
      'var(--muted)',
      0.9,
    );
  };
  header();
  for (const row of rows) {
    const height = heightOf(row);
    if (pages.y + height > pages.bottom) {
      pages.newPage();
      header();
    }
    drawRow(pages, element, columns, row, 'TD', false);
    pages.rule(
      pages.y,
      pages.left,
      pages.left + columns.reduce((sum, { width }) => sum + width, 0),
      'var(--rule)',
      0.4,
    );
  }
  pages.y += 5;
}

const heightOf = (row: readonly Drawn[]) =>
  Math.max(...row.map(({ lines, small }) => lines.length * SIZE * LINE + small.length * SMALL * LINE)) + 4.5;

function drawRow(
  pages: PdfPages,
  table: Struct,
  columns: readonly PdfColumn[],
  row: readonly Drawn[],
  type: string,
  bold: boolean,
): void {
  const element = pages.struct('TR', table);
  const font = bold ? 'bold' : 'regular';
  let x = pages.left;
  columns.forEach(({ width, text }, c) => {
    const { lines, small } = row[c];
    const cell = pages.struct(type, element);
    pages.tagged(cell, type, () => {
      const side = text ? {} : { right: x + width - PAD };
      const used = pages.putLines(lines, x + (c === 0 ? 0 : PAD), pages.y + 2, { font, size: SIZE, ...side });
      pages.putLines(small, x + PAD, pages.y + 2 + used, { size: SMALL, colour: 'var(--muted)', ...side });
    });
    x += width;
  });
  pages.y += heightOf(row);
}

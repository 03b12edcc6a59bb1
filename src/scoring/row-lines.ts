/**
 * Rows as lines of text: CSV (RFC 4180, \n) or JSON Lines (one object a row, https://jsonlines.org). Numbers are written
 * in their shortest form that reads back to the same double; missing cells are empty, or null. It keeps nothing between
 * calls and writes no file.
 */
import { csvCell } from '../table/csv-cell.js';
import { formulaSafe } from './formula-safe.js';
import { type OutputCells, type OutputColumn, typedCells } from './output-column.js';

/** Formats that are lines; a Parquet file is made from CSV lines of typed cells (parquet-output.ts). */
export type LineFormat = 'csv' | 'jsonl' | 'typed-csv';

export interface LineOptions {
  readonly format: LineFormat;
  /** CSV: no text can be taken for a formula (formula-safe.ts). */
  readonly excelSafe: boolean;
}

/** The line before the first row, '' where there is none. */
export function headerLine(columns: readonly OutputColumn[], { format, excelSafe }: LineOptions): string {
  if (format === 'jsonl') return '';
  return `${columns.map(({ name }) => csvCell(excelSafe ? formulaSafe(name) : name)).join(',')}\n`;
}

/** `cells` has one entry a column, `rows` cells each. Each line ends with \n. */
export function rowLines(
  columns: readonly OutputColumn[],
  cells: readonly OutputCells[],
  rows: number,
  { format, excelSafe }: LineOptions,
): string {
  if (rows === 0) return '';
  const typed = format === 'csv' ? cells : cells.map((column, c) => typedCells(columns[c], column));
  const json = format === 'jsonl';
  const writers = columns.map((column, c): ((row: number) => string | number) => {
    const values = typed[c];
    if (values instanceof Float64Array)
      return json ? (row) => jsonNumber(values[row]) : (row) => (Number.isNaN(values[row]) ? '' : values[row]);
    if (json) {
      const write = jsonText[column.type];
      return (row) => write(values[row]);
    }
    return excelSafe ? (row) => csvCell(safe(values[row])) : (row) => csvCell(values[row]);
  });
  const lead = json ? columns.map(({ name }, c) => `${c === 0 ? '{' : ','}${JSON.stringify(name)}:`) : undefined;
  let text = '';
  for (let row = 0; row < rows; row++) {
    if (lead === undefined) {
      text += writers[0](row);
      for (let c = 1; c < writers.length; c++) text += `,${writers[c](row)}`;
      text += '\n';
    } else {
      for (let c = 0; c < writers.length; c++) text += lead[c] + writers[c](row);
      text += '}\n';
    }
  }
  return text;
}

function safe(text: string | null): string | null {
  return text === null ? null : formulaSafe(text);
}

/** JSON has no infinity: it is a text there. */
function jsonNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'null' : `"${value}"`;
}

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Digits of numbers are kept as they are: an integer of 30 digits, or a decimal of 18, loses none. */
function jsonNumberText(text: string | null): string {
  if (text === null || /^[+-]?nan$/i.test(text)) return 'null';
  return JSON_NUMBER.test(text) ? text : JSON.stringify(text);
}

const plainText = (text: string | null) => JSON.stringify(text);

const jsonText: Readonly<Record<OutputColumn['type'], (text: string | null) => string>> = {
  text: plainText,
  number: jsonNumberText,
  integer: jsonNumberText,
  boolean: (text) => (text === 'true' || text === 'false' ? text : JSON.stringify(text)),
  date: plainText,
  timestamp: plainText,
};

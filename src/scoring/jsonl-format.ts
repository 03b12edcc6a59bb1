/**
 * Rows as JSON Lines (https://jsonlines.org): one object a row, its keys in the columns' order, null where a cell is
 * missing. Numbers that pass through keep their digits; JSON has no infinity, so one is a text.
 */
import { typedColumns } from './field-cells.js';
import { type ResultColumn, type ResultField, type Results, textAt } from './results.js';
import type { RowFormat } from './row-format.js';

export const jsonlFormat: RowFormat = {
  name: 'jsonl',
  extension: '.jsonl',
  appendable: true,
  head: () => Buffer.alloc(0),
  rows: jsonRows,
};

function jsonRows({ rows, columns }: Results, fields: readonly ResultField[]): Uint8Array {
  const typed = typedColumns(columns, fields);
  const write = typed.map((column, c) => valueWriter(column, fields[c]));
  const lead = fields.map(({ name }, c) => `${c === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  let text = '';
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < write.length; c++) text += lead[c] + write[c](row);
    text += '}\n';
  }
  return Buffer.from(text);
}

function valueWriter(column: ResultColumn, { type }: ResultField): (row: number) => string {
  if ('values' in column) return (row) => jsonNumber(column.values[row]);
  const write = type === 'number' || type === 'integer' ? jsonNumberText : type === 'boolean' ? jsonTruth : jsonText;
  return (row) => write(textAt(column, row));
}

function jsonText(text: string | null): string {
  return JSON.stringify(text);
}

function jsonTruth(text: string | null): string {
  return text === 'true' || text === 'false' ? text : JSON.stringify(text);
}

function jsonNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'null' : `"${value}"`;
}

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;

/** Digits are kept as they are: an integer of 20 digits, or a decimal of 18, loses none. */
function jsonNumberText(text: string | null): string {
  if (text === null || /^[+-]?nan$/i.test(text)) return 'null';
  return JSON_NUMBER.test(text) ? text : JSON.stringify(text);
}

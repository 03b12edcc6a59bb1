/**
 * Rows as JSON Lines (https://jsonlines.org): one object a row, its keys in the columns' order, null where a cell is
 * missing. Numbers that pass through keep their digits; JSON has no infinity, so one is a text.
 */
import { typedColumns } from './field-cells.js';
import { PlainBytes } from './plain-bytes.js';
import { type ResultColumn, type ResultField, type Results, textAt } from './results.js';
import { RowBytes } from './row-bytes.js';
import type { RowFormat } from './row-format.js';

export const jsonlFormat: RowFormat = {
  name: 'jsonl',
  extension: '.jsonl',
  appendable: true,
  head: () => Buffer.alloc(0),
  rows: jsonRows,
};

const QUOTE = 34;
const BACKSLASH = 92;
const PLAIN = new PlainBytes([...Array(0x20).keys(), QUOTE, BACKSLASH]);
const END = Buffer.from('}\n');

function jsonRows({ rows, columns }: Results, fields: readonly ResultField[]): Uint8Array {
  const written = RowBytes.ofThread();
  const typed = typedColumns(columns, fields);
  const write = typed.map((column, c) => valueWriter(column, fields[c], written));
  const lead = fields.map(({ name }, c) => Buffer.from(`${c === 0 ? '{' : ','}${JSON.stringify(name)}:`));
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < write.length; c++) {
      written.copy(lead[c], 0, lead[c].length);
      write[c](row);
    }
    written.copy(END, 0, END.length);
  }
  return written.take();
}

function valueWriter(column: ResultColumn, { type }: ResultField, written: RowBytes): (row: number) => void {
  if ('values' in column) {
    const { values } = column;
    return (row) => {
      const value = values[row];
      if (Number.isFinite(value)) written.number(value);
      else written.text(Number.isNaN(value) ? 'null' : `"${value}"`);
    };
  }
  const json = type === 'number' || type === 'integer' ? jsonNumberText : type === 'boolean' ? jsonTruth : jsonText;
  const text = (row: number) => written.text(json(textAt(column, row)));
  if (column.kind === 'text' || type !== 'text') return text;
  const { bytes, starts, ends } = column;
  return (row) => {
    const [start, end] = [starts[row], ends[row]];
    if (start === end || !PLAIN.cover(bytes, start, end)) text(row);
    else {
      written.byte(QUOTE);
      written.copy(bytes, start, end);
      written.byte(QUOTE);
    }
  };
}

function jsonText(text: string | null): string {
  return JSON.stringify(text);
}

function jsonTruth(text: string | null): string {
  return text === 'true' || text === 'false' ? text : JSON.stringify(text);
}

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;

/** Digits are kept as they are: an integer of 20 digits, or a decimal of 18, loses none. */
function jsonNumberText(text: string | null): string {
  if (text === null || /^[+-]?nan$/i.test(text)) return 'null';
  return JSON_NUMBER.test(text) ? text : JSON.stringify(text);
}

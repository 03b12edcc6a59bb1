/**
 * The records of a file of scored rows (CSV or JSON Lines), a batch at a time and byte for byte, with the cell of one column. It
 * reads no other CSV: quotes stand only where csv-cell.ts puts them.
 */
import { createReadStream } from 'node:fs';
import { EcommlError } from '../base/errors.js';

export interface SpoolRecord {
  /** Without the line's end. */
  readonly bytes: Buffer;
  /** The cell's bytes as they are written. */
  readonly cell: Buffer;
}

export interface SpoolColumn {
  /** JSON Lines, else CSV with a header. */
  readonly json: boolean;
  /** Place of the column, from 0; its cells hold no quote. */
  readonly place: number;
  readonly name: string;
}

const CHUNK_BYTES = 2 ** 20;

/** The header of a CSV is its first record. Throws `SPOOL_DAMAGED` when the file does not end with a line's end. */
export async function* spoolRecords(path: string, column: SpoolColumn): AsyncGenerator<SpoolRecord[]> {
  const take = column.json ? takeJsonRecords : takeCsvRecords;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const records: SpoolRecord[] = [];
    rest = bytes.subarray(take(bytes, column, records));
    if (records.length > 0) yield records;
  }
  if (rest.length > 0)
    throw new EcommlError('SPOOL_DAMAGED', `${path} ends in the middle of a row.`, { hint: 'Score again.' });
}

const [NEWLINE, QUOTE, COMMA] = [10, 34, 44];

/** Adds the whole records of `bytes` to `records`; where the first that is not whole begins. */
function takeCsvRecords(bytes: Buffer, { place }: SpoolColumn, records: SpoolRecord[]): number {
  let start = 0;
  let column = 0;
  let cellStart = 0;
  let cellEnd = -1;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (byte === COMMA || byte === NEWLINE) {
      if (column === place) cellEnd = at;
      column++;
      if (column === place) cellStart = at + 1;
      if (byte === COMMA) continue;
      records.push({ bytes: bytes.subarray(start, at), cell: bytes.subarray(cellStart, cellEnd) });
      start = at + 1;
      column = 0;
      cellStart = start;
    }
  }
  return start;
}

/** A line break inside a JSON text is escaped, and so is the quote before a key's name inside one. */
function takeJsonRecords(bytes: Buffer, { place, name }: SpoolColumn, records: SpoolRecord[]): number {
  const key = Buffer.from(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const record = bytes.subarray(start, end);
    const from = record.indexOf(key) + key.length;
    const comma = record.indexOf(COMMA, from);
    records.push({ bytes: record, cell: record.subarray(from, comma < 0 ? record.length - 1 : comma) });
    start = end + 1;
  }
  return start;
}

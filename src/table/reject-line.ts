/**
 * A line of rejects.csv: physical line (1-based, in the decompressed file), column, reason, and the bytes of the record
 * exactly as they were, CSV-quoted, so that unquoting gives them back byte for byte in whatever encoding they are.
 */
import { csvCell } from './csv-cell.js';

export const REJECTS_HEADER = 'line,column,reason,original\n';

/** The pieces of one line, its end included. `column` is empty when the whole record is at fault. */
export function rejectLine(line: number, column: string, reason: string, original: Uint8Array): Uint8Array[] {
  return [
    Buffer.from(`${line},${csvCell(column || null)},${csvCell(reason)},`),
    quotedBytes(original),
    Buffer.from('\n'),
  ];
}

/** The bytes between quotes, each 0x22 doubled. */
function quotedBytes(bytes: Uint8Array): Uint8Array {
  let quotes = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0x22) quotes++;
  const out = new Uint8Array(bytes.length + quotes + 2);
  let at = 0;
  out[at++] = 0x22;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0x22) out[at++] = 0x22;
    out[at++] = bytes[i];
  }
  out[at] = 0x22;
  return out;
}

/**
 * A rejects.csv that somebody has mended: for each line of the input that was rejected, the record to read in its place. It
 * takes only what was rejected; records left out of the file stay as they were.
 */

import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { inputRejected } from '../base/errors.js';
import { type TextEncoding, transcoder } from '../table/text-encoding.js';

/** Physical line of the input → the record that stands there now, in UTF-8. */
export type MendedRecords = ReadonlyMap<number, Uint8Array>;

/**
 * `rejected` are the lines of the input that were rejected as it is. The records are in the input's encoding, as
 * rejects.csv has them, or in UTF-8, as most editors write. Errors: `MENDED_FORM`, `MENDED_LINE`, exit code 3.
 */
export function readMended(
  path: string,
  encoding: TextEncoding,
  rejected: ReadonlySet<number>,
  inputName: string,
): MendedRecords {
  const bytes = readFileSync(path);
  const [header, ...records] = parseRecords(
    bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes,
  );
  const names = header?.map((name) => Buffer.from(name).toString()) ?? [];
  const [line, original] = ['line', 'original'].map((name) => names.indexOf(name));
  if (line < 0 || original < 0)
    throw inputRejected(
      'MENDED_FORM',
      `${path} has the columns ${names.join(', ') || '(none)'}, expected line and original, as rejects.csv has them.`,
      'Mend a copy of rejects.csv: change its column original, leave its column line.',
    );
  const codec = transcoder(encoding);
  const mended = new Map<number, Uint8Array>();
  for (const [n, fields] of records.entries()) {
    const place = `${path}, record ${n + 1}`;
    const text = Buffer.from(fields[line] ?? '')
      .toString()
      .trim();
    const number = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (fields.length !== names.length || !rejected.has(number))
      throw inputRejected(
        'MENDED_LINE',
        fields.length === names.length
          ? `${place} mends line ${text || '(none)'}, but that line of ${inputName} was not rejected.`
          : `${place} has ${fields.length} fields, expected ${names.length}.`,
        'Mend the rejects of this very input, read with the same options.',
      );
    if (mended.has(number)) throw inputRejected('MENDED_LINE', `${place} mends line ${number} a second time.`);
    const record = fields[original];
    mended.set(number, isForeignUtf8(record, encoding) ? record : codec.toUtf8(record, true));
  }
  return mended;
}

/** The lines that a rejects.csv names. */
export function rejectedLines(rejects: Uint8Array): Set<number> {
  return new Set(
    parseRecords(rejects)
      .slice(1)
      .map(([line]) => Number(Buffer.from(line).toString())),
  );
}

/** Text that an editor has turned into UTF-8 though the input has another encoding. */
function isForeignUtf8(bytes: Uint8Array, encoding: TextEncoding): boolean {
  if (encoding === 'utf-8') return true;
  return isUtf8(bytes) && bytes.some((byte) => byte >= 0x80);
}

/** Records of RFC 4180 as bytes: quotes are taken off, nothing is decoded. */
function parseRecords(bytes: Uint8Array): Uint8Array[][] {
  const records: Uint8Array[][] = [];
  let record: Uint8Array[] = [];
  let i = 0;
  while (i < bytes.length) {
    const field: number[] = [];
    if (bytes[i] === 0x22) {
      i++;
      while (i < bytes.length && (bytes[i] !== 0x22 || bytes[i + 1] === 0x22)) {
        if (bytes[i] === 0x22) i++;
        field.push(bytes[i++]);
      }
      i++;
    }
    while (i < bytes.length && bytes[i] !== 0x2c && bytes[i] !== 0x0a) field.push(bytes[i++]);
    const ends = i >= bytes.length || bytes[i] === 0x0a;
    if (ends && field.at(-1) === 0x0d) field.pop();
    record.push(Uint8Array.from(field));
    i++;
    if (!ends) {
      // A comma as the very last byte is followed by an empty field.
      if (i >= bytes.length) record.push(new Uint8Array(0));
      else continue;
    }
    if (record.length > 1 || record[0].length > 0) records.push(record);
    record = [];
  }
  if (record.length > 0) records.push(record);
  return records;
}

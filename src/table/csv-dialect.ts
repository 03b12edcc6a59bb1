/**
 * The dialect of a CSV file, found from its first bytes: delimiter, quote, line end, and whether the first record is a
 * header. It reads no value for its own sake and decides no column's type.
 */
import { type FieldSyntax, type Newline, RecordScanner, splitRecord } from './record-scanner.js';
import type { TextEncoding } from './text-encoding.js';

export interface CsvDialect extends FieldSyntax {
  readonly encoding: TextEncoding;
  readonly bomBytes: number;
  readonly header: boolean;
}

export interface FoundDialect {
  readonly syntax: FieldSyntax;
  readonly header: boolean;
  /** The first well-formed records of the sample, the header included. */
  readonly records: readonly (readonly string[])[];
}

export const DELIMITERS = [',', '\t', ';', '|'] as const;
const SAMPLE_RECORDS = 1000;

/**
 * `sample` is UTF-8 without byte order mark; `whole` says that it is all of the file. `knownNames` are column names
 * that, seen in the first record, make it a header.
 *
 * Delimiter and quote: the pair under which most records have the same number of fields (at least two), counting it for
 * as much again if the first record has that number too; earlier candidates win ties (comma, tab, semicolon, bar; then
 * the double before the single quote, which must open at least two fields).
 *
 * Header: the first record is one if it holds a known name; else if none of its fields reads as a number, or if some
 * field is no number where all records below hold numbers.
 */
export function detectDialect(sample: Uint8Array, whole: boolean, knownNames: readonly string[]): FoundDialect {
  const newline = detectNewline(sample);
  let best: FieldSyntax = { delimiter: ',', quote: '"', newline };
  let bestScore = 0;
  for (const quote of opensFields(sample, "'") ? (['"', "'"] as const) : (['"'] as const)) {
    for (const delimiter of DELIMITERS) {
      const syntax = { delimiter, quote, newline };
      const score = consistency(fieldCounts(sample, syntax, whole));
      // The single quote is an ordinary apostrophe in most files: it must explain clearly more.
      if (score > bestScore + (quote === "'" ? 0.05 : 0)) {
        best = syntax;
        bestScore = score;
      }
    }
  }
  const records = wellFormed(sample, best, whole);
  return { syntax: best, header: hasHeader(records, knownNames), records };
}

/** Whether at least two fields of the sample begin with the quote: without any, it explains nothing. */
function opensFields(sample: Uint8Array, quote: string): boolean {
  const text = Buffer.from(sample.buffer, sample.byteOffset, sample.length).toString('latin1');
  return (text.match(new RegExp(`(^|[,\\t;|\\r\\n])${quote}`, 'g'))?.length ?? 0) >= 2;
}

function detectNewline(sample: Uint8Array): Newline {
  const counts = { lf: 0, crlf: 0, cr: 0 };
  for (let i = 0; i < sample.length; i++) {
    if (sample[i] === 10) counts.lf++;
    else if (sample[i] === 13 && sample[i + 1] === 10) {
      counts.crlf++;
      i++;
    } else if (sample[i] === 13 && i + 1 < sample.length) counts.cr++;
  }
  if (counts.lf + counts.crlf === 0) return counts.cr > 0 ? 'cr' : 'lf';
  return counts.crlf > counts.lf ? 'crlf' : 'lf';
}

function* scanned(sample: Uint8Array, syntax: FieldSyntax, whole: boolean): Generator<RecordScanner> {
  const scanner = new RecordScanner(syntax, 0);
  let at = 0;
  for (let n = 0; n < SAMPLE_RECORDS && scanner.scan(sample, at, whole); n++) {
    yield scanner;
    at = scanner.next;
  }
}

function fieldCounts(sample: Uint8Array, syntax: FieldSyntax, whole: boolean): number[] {
  const counts: number[] = [];
  for (const scanner of scanned(sample, syntax, whole)) counts.push(scanner.problem === undefined ? scanner.fields : 0);
  return counts;
}

function consistency(counts: readonly number[]): number {
  const frequency = new Map<number, number>();
  for (const count of counts) frequency.set(count, (frequency.get(count) ?? 0) + 1);
  let mode = 0;
  for (const [count, times] of frequency) if (count > 1 && times > (frequency.get(mode) ?? 0)) mode = count;
  if (mode === 0) return 0;
  return frequency.get(mode)! / counts.length + (counts[0] === mode ? 1 : 0);
}

function wellFormed(sample: Uint8Array, syntax: FieldSyntax, whole: boolean): string[][] {
  const records: string[][] = [];
  for (const scanner of scanned(sample, syntax, whole))
    if (scanner.problem === undefined) records.push(splitRecord(sample, scanner.start, scanner.end, syntax));
  return records;
}

function hasHeader(records: readonly (readonly string[])[], knownNames: readonly string[]): boolean {
  if (records.length === 0) return false;
  const first = records[0].map((field) => field.trim());
  const known = new Set(knownNames.map((name) => name.toLowerCase()));
  if (first.some((field) => known.has(field.toLowerCase()))) return true;
  if (!first.some(isNumber)) return true;
  const below = records.slice(1).filter((record) => record.length === first.length);
  return first.some(
    (field, c) =>
      field !== '' && !isNumber(field) && below.length > 0 && below.every((record) => isNumber(record[c].trim())),
  );
}

function isNumber(field: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field);
}

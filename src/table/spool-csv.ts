/**
 * Copies a CSV input into a plain one that any reader splits alike (UTF-8, double quotes, one kind of line end, every
 * record with every field), so that row n of what DuckDB reads is record n of the input. A record whose structure is
 * broken keeps its place: its first field is then a marker with the reason. No value is judged here.
 */
import type { CsvDialect } from './csv-dialect.js';
import { type InputFile, readBytes } from './open-bytes.js';
import { OutputFile } from './output-file.js';
import { RecordScanner, splitRecord } from './record-scanner.js';
import { transcoder } from './text-encoding.js';

/** Begins the first field of a broken record, as `mark column mark reason`; no sound record holds this character. */
export const BROKEN_MARK = '\u0001';

export const HEADER_AGAIN = 'the header again';

const USUAL_DELIMITERS = [',', '\t', ';', '|'] as const;

export interface SpooledCsv {
  readonly path: string;
  /** Of the copy: the input's own when it is one that every reader knows, else a comma. */
  readonly delimiter: string;
  readonly newline: 'lf' | 'crlf';
  /** Data records, broken ones included, the header not. */
  readonly records: number;
  readonly broken: number;
  readonly blankLines: number;
  /** Some kept record holds a line break inside quotes. */
  readonly multiline: boolean;
  /** Bytes of the input after decompression. */
  readonly bytes: number;
}

export interface ScanOptions {
  readonly onRead?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Physical line → the record to read instead of the one that starts there, in UTF-8 without line end. */
  readonly mended?: ReadonlyMap<number, Uint8Array>;
}

/**
 * Every data record in order. `visit` gets the UTF-8 bytes, the scanner standing on the record, and its number from 1;
 * it must take what it keeps before it returns, and stops the scan by returning false.
 */
export async function scanRecords(
  file: InputFile,
  dialect: CsvDialect,
  fields: number,
  visit: (bytes: Uint8Array, scanner: RecordScanner, record: number) => boolean,
  options: ScanOptions & { readonly onChunkEnd?: (bytes: Uint8Array) => void } = {},
): Promise<{ records: number; blankLines: number; bytes: number }> {
  const scanner = new RecordScanner(dialect, fields);
  const codec = transcoder(dialect.encoding);
  let record = 0;
  let rest: Uint8Array = new Uint8Array(0);
  let skip = dialect.bomBytes;
  let total = 0;
  let stopped = false;
  const take = (chunk: Uint8Array, final: boolean) => {
    total += chunk.length;
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    const text = codec.toUtf8(chunk.subarray(skipped), final);
    const bytes = rest.length === 0 ? text : Buffer.concat([rest, text]);
    let at = 0;
    while (scanner.scan(bytes, at, final)) {
      at = scanner.next;
      if (scanner.line < dialect.firstDataLine) continue;
      record++;
      if (!visit(bytes, scanner, record)) {
        stopped = true;
        break;
      }
    }
    options.onChunkEnd?.(bytes);
    rest = bytes.subarray(scanner.next);
  };
  for await (const chunk of readBytes(file, options.onRead)) {
    options.signal?.throwIfAborted();
    take(chunk, false);
    if (stopped) break;
  }
  if (!stopped) take(new Uint8Array(0), true);
  return { records: record, blankLines: scanner.blankLines, bytes: total };
}

/** The fields that stand for a broken record. */
function brokenFields(names: readonly string[], problem: string, column: string): string[] {
  return [`${BROKEN_MARK}${column}${BROKEN_MARK}${problem}`, ...new Array<string>(names.length - 1).fill('')];
}

/** A text that must be one sound record. */
function readOne(
  bytes: Uint8Array,
  dialect: CsvDialect,
  width: number,
): { fields: string[]; problem: string | undefined } {
  const scanner = new RecordScanner(dialect, width);
  if (!scanner.scan(bytes, 0, true)) return { fields: [], problem: 'no record' };
  const { start, end, next, problem } = scanner;
  if (problem !== undefined) return { fields: [], problem };
  if (scanner.scan(bytes, next, true)) return { fields: [], problem: 'several records' };
  return { fields: splitRecord(bytes, start, end, dialect), problem: undefined };
}

/** Whether the record is the header once more, as where files were put one behind the other. */
export function isHeaderAgain(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  { headerText }: CsvDialect,
): boolean {
  // The length in characters is at most that in bytes: most records are told by two comparisons.
  if (headerText === undefined || end - start < headerText.length || bytes[start] !== headerText.charCodeAt(0))
    return false;
  return Buffer.from(headerText).equals(bytes.subarray(start, end));
}

/** Spools `file` to `path`. `names` are the columns, in the order of the fields. */
export async function spoolCsv(
  file: InputFile,
  dialect: CsvDialect,
  names: readonly string[],
  path: string,
  options: ScanOptions = {},
): Promise<SpooledCsv> {
  const newline = dialect.newline === 'crlf' ? 'crlf' : 'lf';
  const lineEnd = newline === 'crlf' ? '\r\n' : '\n';
  const usual = (USUAL_DELIMITERS as readonly string[]).includes(dialect.delimiter);
  const delimiter = usual ? dialect.delimiter : ',';
  const out = new OutputFile(path);
  let from = 0;
  let to = 0;
  let broken = 0;
  let multiline = false;
  const visit = (bytes: Uint8Array, scanner: RecordScanner) => {
    const { start, end, next } = scanner;
    const instead = options.mended?.get(scanner.line);
    if (instead !== undefined) {
      out.write(bytes.subarray(from, to));
      from = next;
      to = next;
      const { fields, problem } = readOne(instead, dialect, names.length);
      if (problem !== undefined) broken++;
      // A line break in a mended field is between quotes in the copy.
      if (fields.some((field) => /[\r\n]/.test(field))) multiline = true;
      out.write(
        Buffer.from(
          (problem === undefined ? fields : brokenFields(names, problem, '')).map(quoted).join(delimiter) + lineEnd,
        ),
      );
      return true;
    }
    const problem = scanner.problem ?? (isHeaderAgain(bytes, scanner, dialect) ? HEADER_AGAIN : undefined);
    const kept = problem === undefined;
    if (!kept) broken++;
    else if (scanner.multiline) multiline = true;
    if (kept && usual && scanner.standard && next - end === lineEnd.length && bytes[next - 1] === 10) {
      // The usual record is copied as it is, together with its neighbours.
      if (start !== to) {
        out.write(bytes.subarray(from, to));
        from = start;
      }
      to = next;
      return true;
    }
    out.write(bytes.subarray(from, to));
    from = next;
    to = next;
    const fields = kept
      ? splitRecord(bytes, start, end, dialect)
      : brokenFields(names, problem, names[scanner.problemField] ?? '');
    out.write(Buffer.from(fields.map(quoted).join(delimiter) + lineEnd));
    return true;
  };
  try {
    const counts = await scanRecords(file, dialect, names.length, visit, {
      ...options,
      onChunkEnd: (bytes) => {
        out.write(bytes.subarray(from, to));
        from = 0;
        to = 0;
      },
    });
    return { path, delimiter, newline, ...counts, broken, multiline };
  } finally {
    out.close();
  }
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

/**
 * Cuts bytes that come piece by piece into records, and says how many bytes of the input, and how many of its lines, the
 * records taken so far make up: where a later reader goes on. A record that is not whole yet waits. It judges no value.
 */
import type { CsvDialect } from './csv-dialect.js';
import { RecordScanner } from './record-scanner.js';
import { HEADER_AGAIN, isHeaderAgain } from './spool-csv.js';
import { type Transcoder, transcoder } from './text-encoding.js';

export interface CutRecord {
  /** In UTF-8, without line end. */
  readonly bytes: Uint8Array;
  /** 1-based physical line. */
  readonly line: number;
  /** What is wrong with its structure, and in which field (0-based; −1: none in particular). */
  readonly problem: string | undefined;
  readonly problemField: number;
}

/** Between two records; plain JSON. */
export interface CutPlace {
  /** Bytes of the input, decompressed. */
  readonly offset: number;
  /** The physical line of the byte at `offset`. */
  readonly line: number;
  /** The rest of a line that was too long follows. */
  readonly passingOver: boolean;
}

export class RecordCutter {
  readonly #dialect: CsvDialect;
  readonly #scanner: RecordScanner;
  readonly #codec: Transcoder;
  #rest: Uint8Array = new Uint8Array(0);
  #offset: number;
  #skip: number;

  constructor(dialect: CsvDialect, fields: number, from?: CutPlace) {
    this.#dialect = dialect;
    this.#scanner = new RecordScanner(dialect, fields);
    this.#codec = transcoder(dialect.encoding);
    this.#offset = from?.offset ?? 0;
    this.#skip = from === undefined ? dialect.bomBytes : 0;
    if (from === undefined) return;
    this.#scanner.nextLine = from.line;
    this.#scanner.passingOver = from.passingOver;
  }

  /** Behind the records that `cut` gave last. */
  get place(): CutPlace {
    return { offset: this.#offset, line: this.#scanner.nextLine, passingOver: this.#scanner.passingOver };
  }

  /** The bytes of a record as they were in the input. */
  original(record: CutRecord): Uint8Array {
    return this.#codec.original(record.bytes);
  }

  /** The records that are whole with these bytes; `final`: no more will come, and what waits is a record too. */
  cut(chunk: Uint8Array, final: boolean): CutRecord[] {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    this.#offset += skipped;
    const text = this.#codec.toUtf8(chunk.subarray(skipped), final);
    // A copy in any case: records are views of it, and whoever gave the chunk may fill it anew.
    const bytes = Buffer.concat([this.#rest, text]);
    const scanner = this.#scanner;
    const records: CutRecord[] = [];
    let at = 0;
    while (scanner.scan(bytes, at, final)) {
      at = scanner.next;
      if (scanner.line < this.#dialect.firstDataLine) continue;
      const again = isHeaderAgain(bytes, scanner, this.#dialect);
      records.push({
        bytes: bytes.subarray(scanner.start, scanner.end),
        line: scanner.line,
        problem: scanner.problem ?? (again ? HEADER_AGAIN : undefined),
        problemField: scanner.problemField,
      });
    }
    this.#rest = bytes.subarray(scanner.next);
    this.#offset += this.#originalLength(bytes.subarray(0, scanner.next));
    return records;
  }

  /** What waited for bytes that will never come, for the reason given; nothing is left behind. */
  abandon(problem: string): CutRecord | undefined {
    const bytes = this.#rest;
    this.#rest = new Uint8Array(0);
    return bytes.length === 0 ? undefined : { bytes, line: this.#scanner.nextLine, problem, problemField: -1 };
  }

  #originalLength(text: Uint8Array): number {
    return this.#dialect.encoding === 'utf-8' ? text.length : this.#codec.original(text).length;
  }
}

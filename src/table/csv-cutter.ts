/**
 * Cuts CSV text into chunks of whole records, counting records and lines on the way, as fast as quotes allow: where there
 * is none, a kernel counts line feeds; a record with a quote is left to the RecordScanner, whose borders these are. It
 * holds a window of the text, and looks at no cell.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { CsvDialect } from './csv-dialect.js';
import { MAX_LINE_BYTES, RecordScanner } from './record-scanner.js';

const LF = 10;
const CR = 13;
/** A byte of no text: where it stands, the scanner looks. */
const NO_QUOTE = 0xff;
const FIRST_WINDOW = 4 * 2 ** 20;

/** Whole records: bytes [start, end) of the text. */
export interface CutChunk {
  readonly start: number;
  readonly end: number;
  /** ≥ end: a broken record may be broken by what follows it; with the bytes up to here it is read the same way. */
  readonly extent: number;
  /** The text ends at `extent`. */
  readonly final: boolean;
  /** Number of the first record, from 1, and the physical line at `start`. */
  readonly record: number;
  readonly line: number;
  readonly records: number;
}

export class CsvCutter {
  readonly #scanner: RecordScanner;
  readonly #quote: number;
  readonly #onlyScan: boolean;
  #capacity = FIRST_WINDOW;
  #window: number;
  readonly #result: number;
  /** Offset in the text of the window's first byte; bytes in the window; where cutting stands, from its start. */
  #base = 0;
  #filled = 0;
  #at = 0;
  #final = false;
  #line = 1;
  #record = 1;
  /** The chunk being cut. */
  #start = 0;
  #startLine = 1;
  #startRecord = 1;
  #extent = 0;

  /** `memory` is the cutter's alone. The text is UTF-8 without byte order mark. */
  constructor(
    private readonly dialect: CsvDialect,
    fields: number,
    private readonly memory: KernelMemory,
    private readonly kernels: Kernels,
  ) {
    this.#scanner = new RecordScanner(dialect, fields);
    this.#quote = dialect.quote === '' ? NO_QUOTE : dialect.quote.charCodeAt(0);
    this.#onlyScan = dialect.newline === 'cr';
    this.#result = memory.alloc(64);
    this.#window = memory.alloc(this.#capacity);
  }

  /** Records before `position`, broken ones included. */
  get records(): number {
    return this.#record - 1;
  }

  /** How far the text was cut. */
  get position(): number {
    return this.#base + this.#at;
  }

  /** The line at `position`. */
  get line(): number {
    return this.#line;
  }

  /** Whether `position` is inside of a line that was too long. */
  get passingOver(): boolean {
    return this.#scanner.passingOver;
  }

  /** The text is at its end, and every chunk of it was taken. */
  get ended(): boolean {
    return this.#final && this.#at === this.#filled && this.#start === this.position;
  }

  /** Goes on behind a chunk cut earlier: the next bytes given are those from `position` on. */
  resume(position: number, record: number, line: number, passingOver = false): void {
    this.#scanner.passingOver = passingOver;
    this.#base = position;
    this.#filled = 0;
    this.#at = 0;
    this.#line = line;
    this.#record = record;
    this.#begin();
  }

  /** Place for `bytes` more bytes at the end of the text; say with `add` how many were put there. */
  room(bytes: number): Uint8Array {
    const kept = this.#start - this.#base;
    if (this.#filled + bytes > this.#capacity) {
      const old = this.memory.u8(this.#window, this.#capacity);
      const left = this.#filled - kept;
      if (left + bytes > this.#capacity) {
        this.#capacity = 2 * (left + bytes);
        // The window is the last of its memory: it grows in place.
        this.memory.release(this.#window);
        this.#window = this.memory.alloc(this.#capacity);
      }
      this.memory.u8(this.#window, this.#capacity).set(old.subarray(kept, this.#filled));
      this.#base += kept;
      this.#filled = left;
      this.#at -= kept;
    }
    return this.memory.u8(this.#window + this.#filled, bytes);
  }

  add(bytes: number): void {
    this.#filled += bytes;
  }

  push(bytes: Uint8Array): void {
    this.room(bytes.length).set(bytes);
    this.add(bytes.length);
  }

  /** No more bytes will come. */
  end(): void {
    this.#final = true;
  }

  /** Passes over what stands above the first data line. False: more bytes are needed. */
  skipHeader(): boolean {
    while (this.#line < this.dialect.firstDataLine) {
      const found = this.#scanOne(Number.POSITIVE_INFINITY, this.dialect.firstDataLine);
      if (found === 'more') return false;
      if (found !== 'record') break;
      this.#record--;
    }
    this.#begin();
    return true;
  }

  /** The records that start before `border`, an offset in the text; undefined: more bytes are needed. */
  cut(border: number): CutChunk | undefined {
    while (this.position < border) {
      if (this.#at === this.#filled) {
        if (!this.#final) return undefined;
        break;
      }
      const { passingOver } = this.#scanner;
      const found = this.#onlyScan || passingOver ? this.#scanOne(border) : this.#countLines(border);
      // The rest of a line that was too long belongs to no chunk.
      if (passingOver && this.#record === this.#startRecord) this.#begin();
      if (found === 'more') return undefined;
      if (found === 'border' || found === 'end' || this.#scanner.passingOver) break;
    }
    // The byte behind the last decides whether a CR ends a line alone.
    const extent = Math.max(this.#extent, Math.min(this.position + 1, this.#base + this.#filled));
    const chunk = {
      start: this.#start,
      end: this.position,
      extent,
      final: this.#final && extent === this.#base + this.#filled,
      record: this.#startRecord,
      line: this.#startLine,
      records: this.#record - this.#startRecord,
    };
    this.#begin();
    return chunk;
  }

  /** A copy of the bytes of a chunk that was just cut. */
  bytes({ start, extent }: CutChunk): Uint8Array {
    return new Uint8Array(this.memory.u8(this.#window + start - this.#base, extent - start));
  }

  #begin(): void {
    this.#start = this.position;
    this.#startLine = this.#line;
    this.#startRecord = this.#record;
    this.#extent = 0;
  }

  /** Passes over lines without quotes up to the border, or one record with quotes. */
  #countLines(border: number): 'record' | 'more' | 'border' | 'end' {
    const from = this.#window + this.#at;
    const limit = this.#window + Math.min(this.#filled, border - this.#base);
    this.kernels.countLines(from, limit, this.#quote, this.#result);
    const [lines, blank, lineStart, stopped] = this.memory.u32(this.#result, 4);
    this.#line += lines;
    this.#record += lines - blank;
    this.#at += lineStart - from;
    if (stopped < limit) return this.#scanOne(border);
    if (this.position >= border) return 'record';
    return this.#straddlingLine(border);
  }

  /** The line that begins before the border, or the end of the window, and ends behind it. */
  #straddlingLine(border: number): 'record' | 'more' | 'border' | 'end' {
    const text = Buffer.from(this.memory.memory.buffer, this.#window, this.#filled);
    const end = text.indexOf(LF, this.#at);
    if (text.subarray(this.#at, end < 0 ? this.#filled : end).includes(this.#quote)) return this.#scanOne(border);
    if (end < 0) return this.#final || this.#filled - this.#at > MAX_LINE_BYTES ? this.#scanOne(border) : 'more';
    const blank = end === this.#at || (end === this.#at + 1 && text[this.#at] === CR);
    this.#line++;
    if (!blank) this.#record++;
    this.#at = end + 1;
    return 'record';
  }

  #scanOne(border: number, beforeLine = Number.POSITIVE_INFINITY): 'record' | 'more' | 'border' | 'end' {
    const scanner = this.#scanner;
    const text = this.memory.u8(this.#window, this.#filled);
    scanner.nextLine = this.#line;
    const found = scanner.scan(text, this.#at, this.#final);
    if (!found) {
      this.#at = scanner.next;
      this.#line = scanner.nextLine;
      return this.#final ? 'end' : 'more';
    }
    if (this.#base + scanner.start >= border || scanner.line >= beforeLine) {
      // Empty lines led to a record of the next chunk, or to the first of the data.
      this.#at = scanner.start;
      this.#line = scanner.line;
      return 'border';
    }
    this.#at = scanner.next;
    this.#line = scanner.nextLine;
    this.#record++;
    if (scanner.fields === 0) this.#extent = this.#base + this.#filled;
    return 'record';
  }
}

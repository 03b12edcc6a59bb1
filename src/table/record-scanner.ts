/**
 * Finds the records of a CSV text, byte by byte, and says of each whether its structure holds: number of fields, quotes,
 * control characters, valid UTF-8. It does not look at values. Every byte of the text belongs to exactly one record or
 * to a line end, whatever is broken, so nothing can vanish between here and the reject file.
 *
 * A broken quote would swallow all that follows. So a record over several lines that turns out malformed (text after the
 * closing quote, quote never closed, wrong number of fields, over 1 MiB) is given up after its first physical line, and
 * scanning goes on with the second: one stray quote costs one line.
 */
import { isUtf8 } from 'node:buffer';
import { type EcommlError, inputRejected } from '../base/errors.js';

export type Newline = 'lf' | 'crlf' | 'cr';

/** How fields and records are told apart; a quote inside a quoted field is doubled (RFC 4180). */
export interface FieldSyntax {
  /** One ASCII character. */
  readonly delimiter: string;
  readonly quote: '"' | "'";
  /** The usual line end. LF and CRLF are told apart line by line; a lone CR ends a line only when this is `cr`. */
  readonly newline: Newline;
}

export const MAX_RECORD_BYTES = 2 ** 20;
export const MAX_LINE_BYTES = 64 * 2 ** 20;

const DELIMITER = 1;
const LF = 2;
const CR = 3;
const QUOTE = 4;
const OTHER_QUOTE = 5;
const CONTROL = 6;
const HIGH = 7;

const LF_BYTE = 10;
const CR_BYTE = 13;

export class RecordScanner {
  /** The record found last: its bytes are [start, end), its line end [end, next). */
  start = 0;
  end = 0;
  next = 0;
  /** 1-based physical line on which it starts. */
  line = 0;
  fields = 0;
  /** A line break lies inside one of its quoted fields. */
  multiline = false;
  /** RFC 4180 with double quotes: any reader understands it as it is. */
  standard = true;
  /** What is wrong with it, if anything, and in which field (0-based; −1: none in particular). */
  problem: string | undefined;
  problemField = -1;
  /** Empty lines passed over so far: they are no records. */
  blankLines = 0;

  /** The physical line of byte `next`. Set it before scanning goes on elsewhere. */
  nextLine = 1;
  private readonly kinds = new Uint8Array(256);
  private readonly quoteByte: number;
  private readonly crEndsLine: boolean;
  private readonly crlf: boolean;
  private readonly expectedFields: number;

  /** `expectedFields` 0 accepts any number of fields. */
  constructor(syntax: FieldSyntax, expectedFields: number) {
    this.expectedFields = expectedFields;
    this.quoteByte = syntax.quote.charCodeAt(0);
    this.crEndsLine = syntax.newline === 'cr';
    this.crlf = syntax.newline === 'crlf';
    for (let byte = 0; byte < 256; byte++)
      this.kinds[byte] = byte >= 0x80 ? HIGH : byte === 0x7f || (byte < 0x20 && byte !== 9) ? CONTROL : 0;
    this.kinds[LF_BYTE] = LF;
    this.kinds[CR_BYTE] = CR;
    this.kinds[0x22] = OTHER_QUOTE;
    this.kinds[this.quoteByte] = QUOTE;
    this.kinds[syntax.delimiter.charCodeAt(0)] = DELIMITER;
  }

  /**
   * Looks for the next record from byte `from` of `bytes`. False: none is whole before the end; `next` is then the
   * byte to go on from when more bytes have been put behind it. `final`: no more bytes will come.
   */
  scan(bytes: Uint8Array, from: number, final: boolean): boolean {
    const { kinds, quoteByte } = this;
    const length = bytes.length;
    let i = this.skipBlankLines(bytes, from, final);
    this.next = i;
    if (i >= length) return false;
    this.start = i;
    this.line = this.nextLine;
    this.problem = undefined;
    this.problemField = -1;
    this.standard = true;
    let fields = 1;
    let fieldStart = i;
    let high = false;
    let breaks = 0;
    let terminator = 0;
    let malformed: string | undefined;

    for (;;) {
      if (i >= length) {
        if (!final) return this.incomplete(bytes);
        break;
      }
      const kind = kinds[bytes[i]];
      if (kind === 0) {
        i++;
      } else if (kind === DELIMITER) {
        fields++;
        fieldStart = ++i;
      } else if (kind === HIGH) {
        high = true;
        i++;
      } else if (kind === LF) {
        terminator = 1;
        break;
      } else if (kind === CR) {
        if (i + 1 >= length && !final) return this.incomplete(bytes);
        if (bytes[i + 1] === LF_BYTE) {
          terminator = 2;
          break;
        }
        // A file may be cut between the two characters of its last line end.
        if (this.endsLine(bytes, i)) {
          terminator = 1;
          break;
        }
        this.noteControl(bytes[i++], fields - 1);
      } else if (kind === QUOTE && i === fieldStart) {
        if (quoteByte !== 0x22) this.standard = false;
        let closed = false;
        for (i++; i < length; i++) {
          const inner = kinds[bytes[i]];
          if (inner === 0 || inner === DELIMITER) continue;
          if (inner === QUOTE) {
            if (i + 1 >= length && !final) return this.incomplete(bytes);
            if (bytes[i + 1] !== quoteByte) {
              i++;
              closed = true;
              break;
            }
            i++;
          } else if (inner === HIGH) high = true;
          else if (inner === LF) breaks++;
          else if (inner === CR) breaks += this.crEndsLine && bytes[i + 1] !== LF_BYTE ? 1 : 0;
          else if (inner === CONTROL) this.noteControl(bytes[i], fields - 1);
        }
        if (!closed) {
          if (!final) return this.incomplete(bytes);
          malformed = 'quote never closed';
          this.problemField = fields - 1;
          break;
        }
        if (i >= length) continue;
        const after = kinds[bytes[i]];
        if (after === CR && i + 1 >= length && !final) return this.incomplete(bytes);
        if (after !== DELIMITER && after !== LF && !(after === CR && this.endsLine(bytes, i))) {
          malformed = 'text after the closing quote';
          this.problemField = fields - 1;
          break;
        }
      } else if (kind === CONTROL) {
        this.noteControl(bytes[i++], fields - 1);
      } else {
        // A quote in the middle of an unquoted field is a plain character; readers differ on it.
        this.standard = false;
        i++;
      }
    }

    if (i - this.start > MAX_RECORD_BYTES) {
      malformed = `record longer than ${MAX_RECORD_BYTES} bytes`;
      this.problemField = -1;
    } else if (malformed === undefined && this.expectedFields > 0 && fields !== this.expectedFields) {
      malformed = `too ${fields < this.expectedFields ? 'few' : 'many'} fields: ${fields} of ${this.expectedFields}`;
      this.problemField = fields < this.expectedFields ? fields : -1;
    }
    if (malformed !== undefined) return this.giveUpAfterFirstLine(bytes, malformed, final);
    this.fields = fields;
    this.multiline = breaks > 0;
    this.end = i;
    this.next = i + terminator;
    this.nextLine = this.line + breaks + 1;
    if (high && this.problem === undefined && !isUtf8(bytes.subarray(this.start, this.end)))
      this.problem = 'bytes that are no text in the encoding of the file';
    return true;
  }

  /** Whether the CR at `i` is, or begins, a line end; the LF of a CRLF may be cut off at the end of the file. */
  private endsLine(bytes: Uint8Array, i: number): boolean {
    return this.crEndsLine || bytes[i + 1] === LF_BYTE || (this.crlf && i + 1 >= bytes.length);
  }

  private skipBlankLines(bytes: Uint8Array, from: number, final: boolean): number {
    let i = from;
    while (i < bytes.length) {
      const kind = this.kinds[bytes[i]];
      let terminator = 0;
      if (kind === LF) terminator = 1;
      else if (kind === CR) {
        if (i + 1 >= bytes.length && !final) return i;
        terminator = bytes[i + 1] === LF_BYTE ? 2 : this.crEndsLine ? 1 : 0;
      }
      if (terminator === 0) return i;
      i += terminator;
      this.nextLine++;
      this.blankLines++;
    }
    return i;
  }

  private noteControl(byte: number, field: number): void {
    if (this.problem !== undefined) return;
    this.problem = `control character 0x${byte.toString(16).padStart(2, '0')}`;
    this.problemField = field;
  }

  /** More bytes are needed, unless the record is too long already. */
  private incomplete(bytes: Uint8Array): boolean {
    if (bytes.length - this.start <= MAX_RECORD_BYTES) return false;
    this.problemField = -1;
    return this.giveUpAfterFirstLine(bytes, `record longer than ${MAX_RECORD_BYTES} bytes`, false);
  }

  private giveUpAfterFirstLine(bytes: Uint8Array, problem: string, final: boolean): boolean {
    const at = this.lineEnd(bytes);
    const cut = at < 0 || (this.crEndsLine && at + 1 >= bytes.length);
    if (cut && !final) {
      if (bytes.length - this.start > MAX_LINE_BYTES) throw lineTooLong(this.line);
      return false;
    }
    this.problem = problem;
    this.multiline = false;
    this.fields = 0;
    this.nextLine = this.line + 1;
    if (at < 0) {
      this.end = bytes.length;
      this.next = bytes.length;
    } else if (bytes[at] === CR_BYTE) {
      this.end = at;
      this.next = bytes[at + 1] === LF_BYTE ? at + 2 : at + 1;
    } else {
      this.end = at > this.start && bytes[at - 1] === CR_BYTE ? at - 1 : at;
      this.next = at + 1;
    }
    return true;
  }

  private lineEnd(bytes: Uint8Array): number {
    const lf = bytes.indexOf(LF_BYTE, this.start);
    if (!this.crEndsLine) return lf;
    const cr = bytes.indexOf(CR_BYTE, this.start);
    return cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf);
  }
}

export function lineTooLong(line: number): EcommlError {
  return inputRejected(
    'INPUT_LINE_TOO_LONG',
    `Line ${line} has no end within ${MAX_LINE_BYTES} bytes: this is no CSV file.`,
  );
}

/** The fields of one well-formed record, unquoted. */
export function splitRecord(bytes: Uint8Array, start: number, end: number, syntax: FieldSyntax): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const delimiter = syntax.delimiter.charCodeAt(0);
  const quote = syntax.quote.charCodeAt(0);
  const fields: string[] = [];
  let i = start;
  for (;;) {
    if (i < end && bytes[i] === quote) {
      let close = i + 1;
      while (close < end && (bytes[close] !== quote || bytes[close + 1] === quote))
        close += bytes[close] === quote ? 2 : 1;
      fields.push(decoder.decode(bytes.subarray(i + 1, close)).replaceAll(syntax.quote + syntax.quote, syntax.quote));
      i = close + 1;
    } else {
      let stop = i;
      while (stop < end && bytes[stop] !== delimiter) stop++;
      fields.push(decoder.decode(bytes.subarray(i, stop)));
      i = stop;
    }
    if (i >= end) return fields;
    i++;
  }
}

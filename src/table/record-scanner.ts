/**
 * Finds the records of a CSV text, byte by byte, and says of each whether its structure holds: number of fields, quotes,
 * control characters, valid UTF-8. It does not look at values. Every byte of the text belongs to exactly one record or
 * to a line end, whatever is broken, so nothing can vanish between here and the reject file.
 *
 * A broken quote would swallow all that follows. So a record over several lines that turns out malformed (text after the
 * closing quote, quote never closed, wrong number of fields, over 1 MiB) is given up after its first physical line, and
 * scanning goes on with the second: one stray quote costs one line. Of a line without end only the beginning is held.
 */
import { isUtf8 } from 'node:buffer';

export type Newline = 'lf' | 'crlf' | 'cr';

/** How fields and records are told apart; a quote inside a quoted field is doubled (RFC 4180). */
export interface FieldSyntax {
  /** One to four ASCII characters, none of them a line break. */
  readonly delimiter: string;
  /** One ASCII character; empty when no field is quoted. */
  readonly quote: string;
  /** Inside quotes a backslash makes the next character a plain one; a doubled quote still stands for one quote. */
  readonly backslash?: boolean;
  /** Spaces between a delimiter and an opening quote, and behind a closing one, are passed over. */
  readonly spaced?: boolean;
  /** The usual line end. LF and CRLF are told apart line by line; a lone CR ends a line only when this is `cr`. */
  readonly newline: Newline;
}

export const MAX_RECORD_BYTES = 2 ** 20;
/** Of a physical line without end, so many bytes are waited for; the record then ends, and the rest of the line is passed over. */
export const MAX_LINE_BYTES = 16 * 2 ** 20;

const DELIMITER = 1;
const LF = 2;
const CR = 3;
const QUOTE = 4;
const OTHER_QUOTE = 5;
const CONTROL = 6;
const HIGH = 7;
const BACKSLASH = 8;

const SPACE_BYTE = 32;
const LF_BYTE = 10;
const CR_BYTE = 13;
const BACKSLASH_BYTE = 0x5c;

function quoteByteOf({ quote }: FieldSyntax): number {
  return quote === '' ? -1 : quote.charCodeAt(0);
}

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
  /** The rest of a line that was too long follows: it is no record. */
  passingOver = false;
  private readonly kinds = new Uint8Array(256);
  private readonly quoteByte: number;
  /** The delimiter behind its first byte. */
  private readonly delimiterTail: Uint8Array;
  private readonly spaced: boolean;
  /** Whether any reader of RFC 4180 splits this syntax alike. */
  readonly usual: boolean;
  private readonly crEndsLine: boolean;
  private readonly crlf: boolean;
  private readonly expectedFields: number;

  /** `expectedFields` 0 accepts any number of fields. */
  constructor(syntax: FieldSyntax, expectedFields: number) {
    this.expectedFields = expectedFields;
    this.quoteByte = quoteByteOf(syntax);
    this.delimiterTail = Buffer.from(syntax.delimiter.slice(1), 'latin1');
    this.spaced = syntax.spaced === true;
    this.usual = syntax.delimiter.length === 1 && syntax.backslash !== true;
    this.crEndsLine = syntax.newline === 'cr';
    this.crlf = syntax.newline === 'crlf';
    for (let byte = 0; byte < 256; byte++)
      this.kinds[byte] = byte >= 0x80 ? HIGH : byte === 0x7f || (byte < 0x20 && byte !== 9) ? CONTROL : 0;
    this.kinds[LF_BYTE] = LF;
    this.kinds[CR_BYTE] = CR;
    this.kinds[0x22] = OTHER_QUOTE;
    if (this.quoteByte >= 0) this.kinds[this.quoteByte] = QUOTE;
    if (syntax.backslash === true) this.kinds[BACKSLASH_BYTE] = BACKSLASH;
    this.kinds[syntax.delimiter.charCodeAt(0)] = DELIMITER;
  }

  /**
   * Looks for the next record from byte `from` of `bytes`. False: none is whole before the end; `next` is then the
   * byte to go on from when more bytes have been put behind it. `final`: no more bytes will come.
   */
  scan(bytes: Uint8Array, from: number, final: boolean): boolean {
    const { kinds, quoteByte, delimiterTail, spaced } = this;
    const length = bytes.length;
    let i = this.skipBlankLines(bytes, this.passingOver ? this.passOver(bytes, from) : from, final);
    this.next = i;
    if (i >= length) return false;
    this.start = i;
    this.line = this.nextLine;
    this.problem = undefined;
    this.problemField = -1;
    this.standard = this.usual;
    let fields = 1;
    let fieldStart = spaced ? pastSpaces(bytes, i) : i;
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
        if (delimiterTail.length > 0) {
          if (i + delimiterTail.length >= length && !final) return this.incomplete(bytes);
          if (!continues(bytes, i + 1, delimiterTail)) {
            i++;
            continue;
          }
          i += delimiterTail.length;
        }
        fields++;
        fieldStart = ++i;
        if (spaced) {
          fieldStart = pastSpaces(bytes, i);
          if (fieldStart >= length && !final) return this.incomplete(bytes);
        }
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
        if (quoteByte !== 0x22 || spaced) this.standard = false;
        let closed = false;
        for (i++; i < length; i++) {
          const inner = kinds[bytes[i]];
          if (inner === 0 || inner === DELIMITER) continue;
          if (inner === BACKSLASH) {
            // The character behind it is plain, a quote too; a line break or a broken byte is looked at as ever.
            if (i + 1 >= length && !final) return this.incomplete(bytes);
            if (bytes[i + 1] === quoteByte || bytes[i + 1] === BACKSLASH_BYTE) i++;
          } else if (inner === QUOTE) {
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
        if (spaced) i = pastSpaces(bytes, i);
        if (i >= length) continue;
        const after = kinds[bytes[i]];
        if (after === CR && i + 1 >= length && !final) return this.incomplete(bytes);
        if (after === DELIMITER && delimiterTail.length > 0) {
          if (i + delimiterTail.length >= length && !final) return this.incomplete(bytes);
          if (continues(bytes, i + 1, delimiterTail)) continue;
        } else if (after === DELIMITER) continue;
        if (after !== LF && !(after === CR && this.endsLine(bytes, i))) {
          malformed = 'text after the closing quote';
          this.problemField = fields - 1;
          break;
        }
      } else if (kind === CONTROL) {
        this.noteControl(bytes[i++], fields - 1);
      } else {
        // A quote in the middle of an unquoted field is a plain character; readers differ on it.
        if (kind !== BACKSLASH) this.standard = false;
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
      if (bytes.length - this.start <= MAX_LINE_BYTES) return false;
      this.passingOver = true;
      this.endRecord(`line longer than ${MAX_LINE_BYTES} bytes: its beginning alone is kept`);
      this.end = this.start + MAX_RECORD_BYTES;
      this.next = bytes.length;
      return true;
    }
    this.endRecord(problem);
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

  /** The record is its first physical line, for the reason given. */
  private endRecord(problem: string): void {
    this.problem = problem;
    this.multiline = false;
    this.fields = 0;
    this.nextLine = this.line + 1;
  }

  /** Where the line that was too long ends; the length of `bytes` if further on. */
  private passOver(bytes: Uint8Array, from: number): number {
    const at = this.lineEnd(bytes, from);
    if (at < 0) return bytes.length;
    this.passingOver = false;
    return at + 1;
  }

  private lineEnd(bytes: Uint8Array, from = this.start): number {
    const lf = bytes.indexOf(LF_BYTE, from);
    if (!this.crEndsLine) return lf;
    const cr = bytes.indexOf(CR_BYTE, from);
    return cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf);
  }
}

function pastSpaces(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] === SPACE_BYTE) i++;
  return i;
}

function continues(bytes: Uint8Array, from: number, tail: Uint8Array): boolean {
  for (let t = 0; t < tail.length; t++) if (bytes[from + t] !== tail[t]) return false;
  return true;
}

/** The fields of one well-formed record, unquoted. */
export function splitRecord(bytes: Uint8Array, start: number, end: number, syntax: FieldSyntax): string[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const delimiter = syntax.delimiter.charCodeAt(0);
  const tail = Buffer.from(syntax.delimiter.slice(1), 'latin1');
  const quote = quoteByteOf(syntax);
  const fields: string[] = [];
  let i = start;
  for (;;) {
    const opening = syntax.spaced === true ? Math.min(pastSpaces(bytes, i), end) : i;
    if (opening < end && bytes[opening] === quote) {
      let close = opening + 1;
      while (close < end) {
        const next = bytes[close + 1];
        if (bytes[close] === quote) {
          if (next !== quote) break;
          close += 2;
        } else if (syntax.backslash === true && bytes[close] === BACKSLASH_BYTE)
          close += next === quote || next === BACKSLASH_BYTE ? 2 : 1;
        else close++;
      }
      fields.push(unquoted(decoder.decode(bytes.subarray(opening + 1, close)), syntax));
      i = close + 1;
      if (syntax.spaced === true) i = pastSpaces(bytes, i);
    } else {
      let stop = i;
      while (stop < end && (bytes[stop] !== delimiter || !continues(bytes, stop + 1, tail))) stop++;
      fields.push(decoder.decode(bytes.subarray(i, stop)));
      i = stop;
    }
    if (i >= end) return fields;
    i += syntax.delimiter.length;
  }
}

function unquoted(inner: string, { quote, backslash }: FieldSyntax): string {
  if (backslash !== true) return inner.replaceAll(quote + quote, quote);
  let text = '';
  for (let i = 0; i < inner.length; i++) {
    const next = inner[i + 1];
    if ((inner[i] === '\\' && (next === quote || next === '\\')) || (inner[i] === quote && next === quote)) i++;
    text += inner[i];
  }
  return text;
}

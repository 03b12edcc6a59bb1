/**
 * Texts in the multi-byte encodings of East Asia to UTF-8 and back. A byte that belongs to no character becomes FF and two
 * more (no UTF-8, so that its record is rejected), and what follows it is read anew: a delimiter or a line end after half
 * a character stays one. The way back gives the very bytes, but for the few characters that an encoding spells in two ways
 * (398 pairs of Shift JIS, 10 of Big5, one of GB 18030): these come back in the usual one, which is as long, if that is read as the same text.
 */
import {
  BEYOND_BASIC,
  fourBytesOf,
  fourByteTable,
  type MultiByteEncoding,
  type PairTable,
  pairTable,
} from './multi-byte-tables.js';
import { putCodePoint } from './utf8-bytes.js';

export class MultiByteTranscoder {
  readonly #table: PairTable;
  readonly #isGb: boolean;
  #carried: Uint8Array = new Uint8Array(0);

  constructor(encoding: MultiByteEncoding) {
    this.#isGb = encoding === 'gb18030' || encoding === 'gbk';
    this.#table = pairTable(encoding);
  }

  toUtf8(chunk: Uint8Array, last: boolean): Uint8Array {
    const bytes = this.#carried.length === 0 ? chunk : Buffer.concat([this.#carried, chunk]);
    const out = new Uint8Array(bytes.length * 3);
    const { single, pair } = this.#table;
    let length = 0;
    let i = 0;
    while (i < bytes.length) {
      const byte = bytes[i];
      const alone = single[byte];
      if (alone !== 0 || byte === 0) {
        length = putCodePoint(out, length, alone);
        i++;
        continue;
      }
      if (i + 1 >= bytes.length && !last) break;
      const trail = bytes[i + 1];
      const point = trail === undefined ? 0 : pair[byte * 256 + trail];
      if (point !== 0) {
        length = putCodePoint(out, length, point);
        i += 2;
        continue;
      }
      if (this.#isGb && trail >= 0x30 && trail <= 0x39) {
        if (i + 3 >= bytes.length && !last) break;
        const four = fourBytePoint(bytes, i);
        if (four !== 0) {
          length = putCodePoint(out, length, four);
          i += 4;
          continue;
        }
      }
      out[length++] = 0xff;
      out[length++] = 0x80 | (byte >> 4);
      out[length++] = 0x80 | (byte & 15);
      i++;
    }
    this.#carried = bytes.slice(i);
    return out.subarray(0, length);
  }

  original(utf8: Uint8Array): Uint8Array {
    const out: number[] = [];
    /** The byte of no character that was put out last, or 0. */
    let lone = 0;
    for (let i = 0; i < utf8.length; ) {
      const byte = utf8[i];
      if (byte === 0xff) {
        lone = ((utf8[i + 1] & 15) << 4) | (utf8[i + 2] & 15);
        out.push(lone);
        i += 3;
        continue;
      }
      const more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      let point = more === 0 ? byte : byte & (0x3f >> more);
      for (let b = 1; b <= more; b++) point = (point << 6) | (utf8[i + b] & 63);
      i += 1 + more;
      this.#put(out, point, lone);
      lone = 0;
    }
    return Uint8Array.from(out);
  }

  /** `lone` is the byte before if it belongs to no character. */
  #put(out: number[], point: number, lone: number): void {
    const bytes = this.#table.bytes.get(point);
    if (bytes === undefined) {
      const number = point > 0xffff ? BEYOND_BASIC + point - 0x10000 : fourByteTable().numberOf.get(point);
      if (this.#isGb && number !== undefined) out.push(...fourBytesOf(number));
    } else if (bytes < 0x100) out.push(bytes);
    else {
      const pair = this.#isPair(lone, bytes >> 8) ? this.#otherSpelling(point, lone) : bytes;
      out.push(pair >> 8, pair & 255);
    }
  }

  #isPair(lead: number, trail: number): boolean {
    return this.#table.pair[lead * 256 + trail] !== 0;
  }

  /** Where the usual spelling would make a character with the lone byte before it, the text had another. */
  #otherSpelling(point: number, lone: number): number {
    return this.#table.pair.findIndex((of, bytes) => of === point && !this.#isPair(lone, bytes >> 8));
  }
}

/** 0 when the four bytes are no character. */
function fourBytePoint(bytes: Uint8Array, i: number): number {
  const [b0, b1, b2, b3] = bytes.subarray(i, i + 4);
  if (b3 === undefined || b2 < 0x81 || b2 > 0xfe || b3 < 0x30 || b3 > 0x39 || b0 < 0x81) return 0;
  const number = (((b0 - 0x81) * 10 + (b1 - 0x30)) * 126 + (b2 - 0x81)) * 10 + (b3 - 0x30);
  if (number < BEYOND_BASIC) return fourByteTable().point[number] ?? 0;
  const point = 0x10000 + number - BEYOND_BASIC;
  return point <= 0x10ffff ? point : 0;
}

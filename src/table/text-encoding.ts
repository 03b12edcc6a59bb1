/**
 * Text encodings of CSV inputs: found from the first bytes, turned into UTF-8 for everything that follows, and turned
 * back, so that a rejected line can be shown in its own bytes. Both ways are exact for every byte sequence, also a
 * broken one: what is no text becomes bytes that are no UTF-8, which the record scanner then reports. (One exception: what some
 * encodings of East Asia spell in two ways comes back in the usual one.)
 */
import { isUtf8 } from 'node:buffer';
import { guessMultiByte } from './guess-multi-byte.js';
import { MultiByteTranscoder } from './multi-byte-encoding.js';
import { MULTI_BYTE_ENCODINGS, type MultiByteEncoding } from './multi-byte-tables.js';
import { putCodePoint } from './utf8-bytes.js';

/** The encodings with one byte a character, which nothing in a file tells apart: but for the first, they must be named. */
const SINGLE_BYTE_ENCODINGS = [
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-7',
  'iso-8859-15',
  'koi8-r',
  'ibm866',
  'macintosh',
] as const;

export const TEXT_ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  ...SINGLE_BYTE_ENCODINGS,
  ...MULTI_BYTE_ENCODINGS,
] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

export interface FoundEncoding {
  readonly encoding: TextEncoding;
  /** Bytes of the byte order mark, 0 when there is none. */
  readonly bomBytes: number;
}

/**
 * A byte order mark decides. Without one: UTF-16 if the zeros of its ASCII characters all stand on one side; UTF-8 if nearly
 * all bytes above 7F are; an encoding of East Asia if all of them are its characters, most of them common ones
 * (guess-multi-byte.ts); windows-1252 (Latin-1 and its Windows letters) if there is a letter of Latin-1 (C0–FE) and no valid
 * UTF-8 sequence at all; else UTF-8, whose broken lines are rejected one by one.
 */
export function detectEncoding(sample: Uint8Array, given?: TextEncoding): FoundEncoding {
  const found = foundEncoding(sample);
  if (given === undefined || given === found.encoding) return found;
  return { encoding: given, bomBytes: 0 };
}

/** From this share of valid sequences on a text is UTF-8: a third of the pairs of GBK look like one by chance. */
const MOSTLY = 0.9;

function foundEncoding(sample: Uint8Array): FoundEncoding {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return { encoding: 'utf-8', bomBytes: 3 };
  if (sample[0] === 0xff && sample[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 };
  if (sample[0] === 0xfe && sample[1] === 0xff) return { encoding: 'utf-16be', bomBytes: 2 };
  const zeros = [0, 0];
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i & 1]++;
  const half = sample.length / 2;
  if (isWide(zeros[1], zeros[0], half)) return { encoding: 'utf-16le', bomBytes: 0 };
  if (isWide(zeros[0], zeros[1], half)) return { encoding: 'utf-16be', bomBytes: 0 };
  const utf8 = utf8Share(sample);
  if (utf8 > MOSTLY) return { encoding: 'utf-8', bomBytes: 0 };
  const latin = utf8 === 0 && sample.some((byte) => byte >= 0xc0 && byte <= 0xfe);
  return { encoding: guessMultiByte(sample) ?? (latin ? 'windows-1252' : 'utf-8'), bomBytes: 0 };
}

/**
 * Every delimiter and line end of UTF-16 has a zero on its side, whatever the script; on the other side hardly a character
 * has one. A few zeros in a text of bytes lie on both sides, or are few.
 */
function isWide(zeros: number, others: number, half: number): boolean {
  if (zeros > 0.5 * half) return others < 0.1 * half;
  return zeros >= 4 && zeros > 0.05 * half && others < 0.1 * zeros;
}

/** Of the bytes above 7F the share that belongs to valid sequences of UTF-8; 1 if there are none. */
function utf8Share(sample: Uint8Array): number {
  if (isUtf8(sample)) return 1;
  let high = 0;
  let valid = 0;
  for (let i = 0; i < sample.length; ) {
    const byte = sample[i];
    if (byte < 0x80) {
      i++;
      continue;
    }
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    const is = byte >= 0xc2 && byte <= 0xf4 && i + length <= sample.length && isUtf8(sample.subarray(i, i + length));
    high += is ? length : 1;
    valid += is ? length : 0;
    i += is ? length : 1;
  }
  return valid / high;
}

/** Turns a stream of bytes into UTF-8, chunk by chunk, and any stretch of that UTF-8 back into the bytes it came from. */
export interface Transcoder {
  toUtf8(chunk: Uint8Array, last: boolean): Uint8Array;
  original(utf8: Uint8Array): Uint8Array;
}

export function transcoder(encoding: TextEncoding): Transcoder {
  if (encoding === 'utf-8') return { toUtf8: (chunk) => chunk, original: (utf8) => utf8 };
  if ((MULTI_BYTE_ENCODINGS as readonly string[]).includes(encoding))
    return new MultiByteTranscoder(encoding as MultiByteEncoding);
  const wide = encoding === 'utf-16le' || encoding === 'utf-16be';
  return wide ? new Utf16Transcoder(encoding === 'utf-16le') : new SingleByteTranscoder(codePoints(encoding));
}

/**
 * Code points of the bytes 80–9F in windows-1252 (https://encoding.spec.whatwg.org/index-windows-1252.txt), the only ones
 * that differ from their number. Each byte has a code point of its own, so the way back is exact. (Node 20's own
 * TextDecoder takes them for C1 controls.)
 */
const WINDOWS_POINTS = [
  0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d,
  0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
  0x0153, 0x009d, 0x017e, 0x0178,
];

/** The code point of each byte; a byte that stands for none gets one of its own in the private use area (U+F700 + byte). */
function codePoints(encoding: TextEncoding): Uint16Array {
  if (encoding === 'windows-1252') return Uint16Array.from({ length: 256 }, (_, b) => WINDOWS_POINTS[b - 0x80] ?? b);
  const decoder = new TextDecoder(encoding);
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    const point = decoder.decode(Uint8Array.of(byte)).charCodeAt(0);
    return point === 0xfffd ? 0xf700 + byte : point;
  });
}

class SingleByteTranscoder implements Transcoder {
  private readonly byteOf = new Map<number, number>();

  constructor(private readonly points: Uint16Array) {
    for (let byte = 0; byte < 256; byte++) this.byteOf.set(points[byte], byte);
  }

  toUtf8(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length * 3);
    let length = 0;
    for (let i = 0; i < chunk.length; i++) length = putCodePoint(out, length, this.points[chunk[i]]);
    return out.subarray(0, length);
  }

  original(utf8: Uint8Array): Uint8Array {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8);
    return Uint8Array.from(text, (character) => this.byteOf.get(character.charCodeAt(0))!);
  }
}

/**
 * UTF-16 by way of "WTF-8": pairs of surrogates are four bytes, a lone surrogate its own three, an odd last byte b is
 * FF 80+(b >> 4) 80+(b & 15). The last two are no UTF-8.
 */
class Utf16Transcoder implements Transcoder {
  private readonly high: 0 | 1;
  private carried: Uint8Array = new Uint8Array(0);

  constructor(littleEndian: boolean) {
    this.high = littleEndian ? 1 : 0;
  }

  toUtf8(chunk: Uint8Array, last: boolean): Uint8Array {
    const bytes = this.carried.length === 0 ? chunk : Buffer.concat([this.carried, chunk]);
    const out = new Uint8Array(Math.ceil(bytes.length / 2) * 3 + 3);
    const unit = (i: number) => (bytes[i + this.high] << 8) | bytes[i + 1 - this.high];
    let length = 0;
    let i = 0;
    for (; i + 1 < bytes.length; i += 2) {
      const first = unit(i);
      if (first >= 0xd800 && first < 0xdc00) {
        if (i + 3 >= bytes.length && !last) break;
        const second = i + 3 < bytes.length ? unit(i + 2) : 0;
        if (second >= 0xdc00 && second < 0xe000) {
          length = putCodePoint(out, length, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
          i += 2;
          continue;
        }
      }
      length = putCodePoint(out, length, first);
    }
    this.carried = bytes.slice(i);
    if (last && this.carried.length === 1) {
      out[length++] = 0xff;
      out[length++] = 0x80 | (this.carried[0] >> 4);
      out[length++] = 0x80 | (this.carried[0] & 15);
    }
    return out.subarray(0, length);
  }

  original(utf8: Uint8Array): Uint8Array {
    const out: number[] = [];
    const put = (unit: number) => {
      out.push(this.high === 1 ? unit & 255 : unit >> 8, this.high === 1 ? unit >> 8 : unit & 255);
    };
    for (let i = 0; i < utf8.length; ) {
      const byte = utf8[i];
      if (byte === 0xff) {
        out.push(((utf8[i + 1] & 15) << 4) | (utf8[i + 2] & 15));
        i += 3;
      } else if (byte < 0x80) {
        put(byte);
        i += 1;
      } else if (byte < 0xe0) {
        put(((byte & 31) << 6) | (utf8[i + 1] & 63));
        i += 2;
      } else if (byte < 0xf0) {
        put(((byte & 15) << 12) | ((utf8[i + 1] & 63) << 6) | (utf8[i + 2] & 63));
        i += 3;
      } else {
        const point = ((byte & 7) << 18) | ((utf8[i + 1] & 63) << 12) | ((utf8[i + 2] & 63) << 6) | (utf8[i + 3] & 63);
        put(0xd800 + ((point - 0x10000) >> 10));
        put(0xdc00 + ((point - 0x10000) & 0x3ff));
        i += 4;
      }
    }
    return Uint8Array.from(out);
  }
}

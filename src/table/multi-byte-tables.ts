/**
 * Which character each pair of bytes stands for in the multi-byte encodings of East Asia: taken from Node's own decoders
 * (ICU) pair by pair, so that a broken pair is known as such. It decodes no text.
 */

export const MULTI_BYTE_ENCODINGS = ['gb18030', 'gbk', 'big5', 'shift_jis', 'euc-kr'] as const;
export type MultiByteEncoding = (typeof MULTI_BYTE_ENCODINGS)[number];

export interface PairTable {
  /** Code point of a byte alone, 0 for none. */
  readonly single: Uint16Array;
  /** Code point of lead × 256 + trail, 0 for none. */
  readonly pair: Uint32Array;
  /** Code point → its bytes, as one number: the usual pair where several stand for it, all of one length. */
  readonly bytes: ReadonlyMap<number, number>;
}

const tables = new Map<MultiByteEncoding, PairTable>();

/** Made once, in some 50 ms. */
export function pairTable(encoding: MultiByteEncoding): PairTable {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  // GB 18030 is GBK and more: a file that is called GBK may hold its other characters.
  const decoder = new TextDecoder(encoding === 'gbk' ? 'gb18030' : encoding);
  const single = new Uint16Array(256);
  const pair = new Uint32Array(2 ** 16);
  const bytes = new Map<number, number>();
  for (let byte = 0; byte < 0x80; byte++) {
    // ASCII is itself, also where ICU's tables know a yen sign.
    single[byte] = byte;
    bytes.set(byte, byte);
  }
  for (let byte = 0x80; byte < 0x100; byte++) {
    const point = pointOf(decoder.decode(Uint8Array.of(byte)));
    // C1 controls stand for "no such character" here.
    if (point === undefined || point < 0xa0 || (point >= 0xe000 && point < 0xf900)) continue;
    single[byte] = point;
    bytes.set(point, byte);
  }
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    if (single[lead] !== 0) continue;
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const point = pointOf(decoder.decode(Uint8Array.of(lead, trail)));
      if (point === undefined) continue;
      pair[lead * 256 + trail] = point;
      if (!bytes.has(point) || isUnusual(encoding, bytes.get(point)!)) bytes.set(point, lead * 256 + trail);
    }
  }
  if (encoding === 'euc-kr') addSyllables(pair, bytes);
  if (encoding === 'gbk' || encoding === 'gb18030') chooseEuro(encoding, { single, pair, bytes });
  const table = { single, pair, bytes };
  tables.set(encoding, table);
  return table;
}

/**
 * First spellings that nobody writes (as in https://encoding.spec.whatwg.org): NEC's places (ED, EE) of IBM's characters in
 * Shift JIS; in Big5 the numerals 十 and 卅 and lines among the signs, which are elsewhere too.
 */
function isUnusual(encoding: MultiByteEncoding, bytes: number): boolean {
  if (encoding === 'shift_jis') return bytes >> 8 === 0xed || bytes >> 8 === 0xee;
  return encoding === 'big5' && [0xa2a4, 0xa2a5, 0xa2a6, 0xa2a7, 0xa2cc, 0xa2ce].includes(bytes);
}

const EURO = 0x20ac;

/**
 * The euro is 80 in the GBK of Windows and A2 E3 in GB 18030. One of them each, since spellings of different lengths would
 * lose the place in the file.
 */
function chooseEuro(encoding: 'gbk' | 'gb18030', { single, pair, bytes }: PairTable & { bytes: Map<number, number> }) {
  single[0x80] = encoding === 'gbk' ? EURO : 0;
  pair[0xa2e3] = encoding === 'gbk' ? 0 : EURO;
  bytes.set(EURO, encoding === 'gbk' ? 0x80 : 0xa2e3);
}

/** The one code point of a text, if it is one and no replacement. */
function pointOf(text: string): number | undefined {
  const point = text.codePointAt(0);
  if (point === undefined || point === 0xfffd || text.length !== (point > 0xffff ? 2 : 1)) return undefined;
  return point;
}

/**
 * The syllables that windows-949, which Korean files mean by EUC-KR, has beyond KS X 1001: the 8,822 that are not in it, in the
 * order of Unicode, in the places that EUC leaves free.
 */
function addSyllables(pair: Uint32Array, bytes: Map<number, number>): void {
  const others: number[] = [];
  for (let point = 0xac00; point <= 0xd7a3; point++) if (!bytes.has(point)) others.push(point);
  let next = 0;
  for (let lead = 0x81; lead <= 0xc6; lead++)
    for (let trail = 0x41; trail <= (lead <= 0xa0 ? 0xfe : 0xa0); trail++) {
      const gap = (trail > 0x5a && trail < 0x61) || (trail > 0x7a && trail < 0x81);
      if (gap || next === others.length) continue;
      const point = others[next++];
      pair[lead * 256 + trail] = point;
      bytes.set(point, lead * 256 + trail);
    }
}

/**
 * GB 18030's sequences of four bytes: by their number from 81 30 81 30 the code points of the basic plane that have no pair,
 * and the other planes in order from 90 30 81 30. ICU reads 18 more, which older editions of the standard meant for characters
 * that now have a pair; here they stand for none.
 */
export interface FourByteTable {
  readonly point: Uint32Array;
  readonly numberOf: ReadonlyMap<number, number>;
}

const BASIC = 39_420;
export const BEYOND_BASIC = 189_000;
let fourBytes: FourByteTable | undefined;

export function fourByteTable(): FourByteTable {
  if (fourBytes !== undefined) return fourBytes;
  const decoder = new TextDecoder('gb18030');
  const point = new Uint32Array(BASIC);
  const numberOf = new Map<number, number>();
  for (let number = 0; number < BASIC; number++) {
    const found = pointOf(decoder.decode(Uint8Array.from(fourBytesOf(number))));
    if (found === undefined || pairTable('gb18030').bytes.has(found)) continue;
    point[number] = found;
    numberOf.set(found, number);
  }
  fourBytes = { point, numberOf };
  return fourBytes;
}

export function fourBytesOf(number: number): readonly number[] {
  return [
    0x81 + Math.floor(number / 12_600),
    0x30 + (Math.floor(number / 1260) % 10),
    0x81 + (Math.floor(number / 10) % 126),
    0x30 + (number % 10),
  ];
}

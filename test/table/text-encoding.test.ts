import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectEncoding, type TextEncoding, transcoder } from '#ecomml/table/text-encoding.js';

const latin = (text: string) => Buffer.from(text, 'latin1');

describe('detectEncoding', () => {
  it('goes by the byte order mark', () => {
    expect(detectEncoding(Buffer.from('\uFEFFa,b'))).toEqual({ encoding: 'utf-8', bomBytes: 3 });
    expect(detectEncoding(Buffer.from('\uFEFFa,b', 'utf16le'))).toEqual({ encoding: 'utf-16le', bomBytes: 2 });
    expect(detectEncoding(Buffer.from('\uFEFFa,b', 'utf16le').swap16())).toEqual({
      encoding: 'utf-16be',
      bomBytes: 2,
    });
  });

  it('knows UTF-16 by its zeros and Latin-1 by its letters', () => {
    expect(detectEncoding(Buffer.from('brand,price\n', 'utf16le')).encoding).toBe('utf-16le');
    expect(detectEncoding(Buffer.from('brand,price\n', 'utf16le').swap16()).encoding).toBe('utf-16be');
    expect(detectEncoding(latin('brand\nNestlé\n')).encoding).toBe('windows-1252');
    expect(detectEncoding(Buffer.from('brand\nNestlé\n')).encoding).toBe('utf-8');
  });

  it('keeps UTF-8 for a damaged line among good ones, and for bytes no Latin-1 text has', () => {
    expect(detectEncoding(Buffer.concat([Buffer.from('é\n'), latin('é\n')])).encoding).toBe('utf-8');
    expect(detectEncoding(Buffer.from([0x61, 0xff, 0x0a])).encoding).toBe('utf-8');
    expect(detectEncoding(Buffer.from([0x61, 0x00, 0x0a, 0x62, 0x0a])).encoding).toBe('utf-8');
  });
});

/** Shops' words, and their bytes as Python's codecs (gb18030, cp950, cp932, cp949) write them. */
const SPELLED: readonly (readonly [TextEncoding, string, string])[] = [
  ['gb18030', '女装,连衣裙,手机', 'c5aed7b02cc1acd2c2c8b92ccad6bbfa'],
  ['big5', '女裝,連身裙,手機', 'a46bb8cb2cb373a8adb8c82ca4e2bef7'],
  ['shift_jis', 'スマホ,家電,ｶﾒﾗ', '8358837d837a2c89c693642cb6d2d7'],
  ['euc-kr', '휴대폰,여성의류', 'c8deb4ebc6f92cbfa9bcbac0c7b7f9'],
];

describe('encodings of East Asia', () => {
  const hex = (text: string) => Buffer.from(text, 'hex');

  it.each(SPELLED)('%s is found, read and given back', (encoding, text, bytes) => {
    const file = Buffer.concat([Buffer.from('a,b,c\n'), hex(bytes), Buffer.from('\n')]);
    expect(detectEncoding(file).encoding).toBe(encoding);
    const codec = transcoder(encoding);
    const utf8 = codec.toUtf8(file, true);
    expect(Buffer.from(utf8).toString()).toBe(`a,b,c\n${text}\n`);
    expect(Buffer.from(codec.original(utf8))).toEqual(file);
  });

  it('reads what lies beyond the first tables: four bytes of GB 18030, all syllables of Korean', () => {
    const read = (encoding: TextEncoding, bytes: string) =>
      Buffer.from(transcoder(encoding).toUtf8(hex(bytes), true)).toString();
    // From the standards' own tables: U+20AC, U+00DF, U+10000 and U+1F600; U+AC02, U+D7A3.
    expect(read('gb18030', 'a2e38130893890308130' + '9439fc36')).toBe('€ß\u{10000}\u{1F600}');
    expect(read('euc-kr', '8141c652')).toBe('갂힣');
    expect(Buffer.from(transcoder('gb18030').original(Buffer.from('ß\u{1F600}'))).toString('hex')).toBe(
      '813089389439fc36',
    );
  });

  it.each([
    ['gb18030', 1],
    ['gbk', 1],
    ['big5', 10],
    ['shift_jis', 398],
    ['euc-kr', 0],
  ] as const)('%s gives back all pairs of bytes but %i, and those in the usual spelling', (encoding, unusual) => {
    const codec = transcoder(encoding);
    let others = 0;
    for (let pair = 0x8000; pair <= 0xffff; pair++) {
      const bytes = Buffer.of(pair >> 8, pair & 255);
      const utf8 = codec.toUtf8(bytes, true);
      const back = Buffer.from(codec.original(utf8));
      if (back.equals(bytes)) continue;
      others++;
      expect([back.length, Buffer.from(codec.toUtf8(back, true))]).toEqual([2, Buffer.from(utf8)]);
    }
    expect(others).toBe(unusual);
  });

  it('knows the usual spelling: 髙 of Windows, the euro of each GB', () => {
    // FBFC, IBM's place, is what Windows writes; NEC's places of the same characters (ED, EE) are read and not written.
    const read = (encoding: TextEncoding, bytes: string) =>
      Buffer.from(transcoder(encoding).toUtf8(hex(bytes), true)).toString();
    const spelled = (encoding: TextEncoding, text: string) =>
      Buffer.from(transcoder(encoding).original(Buffer.from(text))).toString('hex');
    expect([read('shift_jis', 'fbfc'), spelled('shift_jis', '髙')]).toEqual(['髙', 'fbfc']);
    expect([read('big5', 'a2cc'), spelled('big5', '十卅')]).toEqual(['十', 'a451a4ca']);
    expect([read('gbk', '80'), spelled('gbk', '€')]).toEqual(['€', '80']);
    expect([read('gb18030', 'a2e3'), spelled('gb18030', '€')]).toEqual(['€', 'a2e3']);
    for (const [encoding, bytes] of [
      ['gbk', 'a2e3'],
      ['gb18030', '8031'],
    ] as const)
      expect(transcoder(encoding).toUtf8(hex(bytes), true)).toContain(0xff);
  });

  it('takes the other spelling where the usual one would become one character with a broken byte before it', () => {
    const bytes = hex('eafa4a'); // EA alone, then Ⅰ as IBM spells it; its usual 87 54 would make EA 87 a character.
    const shiftJis = transcoder('shift_jis');
    expect(Buffer.from(shiftJis.original(shiftJis.toUtf8(bytes, true))).toString('hex')).toBe('eafa4a');
  });

  it('leaves delimiters and line ends after half a character what they are', () => {
    for (const [encoding] of SPELLED) {
      const codec = transcoder(encoding);
      const utf8 = codec.toUtf8(hex('612c8a2c620a'), true);
      expect([...utf8].filter((byte) => byte === 0x2c || byte === 0x0a)).toHaveLength(3);
      expect(Buffer.from(codec.original(utf8)).toString('hex')).toBe('612c8a2c620a');
    }
  });

  it('takes no other text for one of them', () => {
    const cyrillic = [...'Телефон,Одежда\nХолодильник,Обувь\n'].map((c) =>
      c < '\u0080' ? c.charCodeAt(0) : c.charCodeAt(0) - 0x410 + 0xc0,
    );
    expect(detectEncoding(Uint8Array.from(cyrillic)).encoding).toBe('windows-1252');
    expect(detectEncoding(latin('Größe,Café,Señor,Übergröße,naïve\nÀ la carte,Müller\n')).encoding).toBe(
      'windows-1252',
    );
    expect(detectEncoding(Buffer.from('品牌,价格\n女装,连衣裙\n')).encoding).toBe('utf-8');
  });

  it('knows UTF-16 without a mark when hardly a letter is ASCII', () => {
    const text = Buffer.from('品牌品牌品牌,价格价格价格\n女装女装女装,连衣裙连衣裙\n手机,鞋子\n', 'utf16le');
    expect(detectEncoding(text).encoding).toBe('utf-16le');
    expect(detectEncoding(Buffer.from(text).swap16()).encoding).toBe('utf-16be');
  });
});

describe('transcoder', () => {
  it('reads the text', () => {
    const utf8 = (encoding: TextEncoding, bytes: Uint8Array) =>
      Buffer.from(transcoder(encoding).toUtf8(bytes, true)).toString();
    expect(utf8('windows-1252', Buffer.from([0x80, 0xe9, 0x41]))).toBe('€éA');
    expect(utf8('utf-16le', Buffer.from('aé€\u{1F600}', 'utf16le'))).toBe('aé€\u{1F600}');
    expect(utf8('utf-16be', Buffer.from('aé€\u{1F600}', 'utf16le').swap16())).toBe('aé€\u{1F600}');
  });

  it('gives back any bytes exactly, however they are cut', () => {
    const encodings = fc.constantFrom<TextEncoding>(
      'utf-8',
      'utf-16le',
      'utf-16be',
      'windows-1252',
      'windows-1256',
      'gb18030',
      'big5',
      'euc-kr',
      'shift_jis',
    );
    const units = fc.array(fc.constantFrom(0x41, 0xd8, 0xdc, 0x00, 0xff, 0x80, 0x0a, 0xe9, 0x81, 0x30, 0xa4, 0xb0), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(encodings, units, fc.integer({ min: 1, max: 5 }), (encoding, values, piece) => {
        const bytes = Buffer.from(values);
        const codec = transcoder(encoding);
        const parts: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += piece)
          parts.push(Buffer.from(codec.toUtf8(bytes.subarray(at, at + piece), false)));
        parts.push(Buffer.from(codec.toUtf8(new Uint8Array(0), true)));
        expect(Buffer.from(codec.original(Buffer.concat(parts)))).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

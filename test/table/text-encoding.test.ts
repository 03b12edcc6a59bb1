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

describe('transcoder', () => {
  it('reads the text', () => {
    const utf8 = (encoding: TextEncoding, bytes: Uint8Array) =>
      Buffer.from(transcoder(encoding).toUtf8(bytes, true)).toString();
    expect(utf8('windows-1252', Buffer.from([0x80, 0xe9, 0x41]))).toBe('€éA');
    expect(utf8('utf-16le', Buffer.from('aé€\u{1F600}', 'utf16le'))).toBe('aé€\u{1F600}');
    expect(utf8('utf-16be', Buffer.from('aé€\u{1F600}', 'utf16le').swap16())).toBe('aé€\u{1F600}');
  });

  it('gives back any bytes exactly, however they are cut', () => {
    const encodings = fc.constantFrom<TextEncoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252');
    const units = fc.array(fc.constantFrom(0x41, 0xd8, 0xdc, 0x00, 0xff, 0x80, 0x0a, 0xe9), { maxLength: 40 });
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

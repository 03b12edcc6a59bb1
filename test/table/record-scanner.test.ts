import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldSyntax, RecordScanner, splitRecord } from '#ecomml/table/record-scanner.js';

const COMMA: FieldSyntax = { delimiter: ',', quote: '"', newline: 'lf' };

interface Found {
  readonly line: number;
  readonly text: string;
  readonly problem: string | undefined;
}

/** Feeds the bytes in pieces of the given size, as a stream would. */
function records(text: string | Uint8Array, fields: number, syntax = COMMA, piece = Number.POSITIVE_INFINITY): Found[] {
  const all = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
  const scanner = new RecordScanner(syntax, fields);
  const found: Found[] = [];
  let rest: Uint8Array = new Uint8Array(0);
  for (let at = 0; ; at += piece) {
    const final = at + piece >= all.length;
    const bytes = Buffer.concat([rest, all.subarray(at, at + piece)]);
    let from = 0;
    while (scanner.scan(bytes, from, final)) {
      const original = Buffer.from(bytes.subarray(scanner.start, scanner.end)).toString('latin1');
      found.push({ line: scanner.line, text: original, problem: scanner.problem });
      from = scanner.next;
    }
    rest = bytes.subarray(scanner.next);
    if (final) return found;
  }
}

const lines = (found: Found[]) => found.map(({ line, text }) => `${line}:${text}`);
const problems = (found: Found[]) => found.map(({ problem }) => problem);

describe('RecordScanner', () => {
  it('counts physical lines over quoted line breaks, mixed line ends and blank lines', () => {
    const found = records('a,b\r\n\n"x\ny",2\n\r\n"x\r\ny""z",3\nlast,4', 2);
    expect(lines(found)).toEqual(['1:a,b', '3:"x\ny",2', '6:"x\r\ny""z",3', '8:last,4']);
    expect(problems(found)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('ends lines at a lone CR only where that is the line end', () => {
    const cr: FieldSyntax = { ...COMMA, newline: 'cr' };
    expect(lines(records('a,b\rc,d\r\r"e\rf",g', 2, cr))).toEqual(['1:a,b', '2:c,d', '4:"e\rf",g']);
    expect(problems(records('a,b\rc\nd,e\n', 2))).toEqual(['control character 0x0d', undefined]);
  });

  it('takes a CRLF that the end of the file cuts in two as a line end, in a CRLF file alone', () => {
    const crlf: FieldSyntax = { ...COMMA, newline: 'crlf' };
    for (const piece of [1, 3, 100]) {
      expect(records('a,b\r\nc,d\r', 2, crlf, piece)).toEqual([
        { line: 1, text: 'a,b', problem: undefined },
        { line: 2, text: 'c,d', problem: undefined },
      ]);
      expect(problems(records('a,b\r\nc,"d"\r', 2, crlf, piece))).toEqual([undefined, undefined]);
    }
    expect(problems(records('a,b\nc,d\r', 2))).toEqual([undefined, 'control character 0x0d']);
  });

  it('says what is wrong and where', () => {
    expect(problems(records('a\na,b,c\nx\0,y\n"a"b,c\n\x7f,b\n', 2))).toEqual([
      'too few fields: 1 of 2',
      'too many fields: 3 of 2',
      'control character 0x00',
      'text after the closing quote',
      'control character 0x7f',
    ]);
    expect(problems(records(Buffer.from([0x61, 0x2c, 0xff, 0x0a, 0x61, 0x2c, 0xc3, 0xa9]), 2))).toEqual([
      'bytes that are no text in the encoding of the file',
      undefined,
    ]);
  });

  it('gives up a stray quote after one line, whether a later quote closes it or none', () => {
    expect(records('a,"b\nc,d\ne,f\n', 2)).toEqual([
      { line: 1, text: 'a,"b', problem: 'quote never closed' },
      { line: 2, text: 'c,d', problem: undefined },
      { line: 3, text: 'e,f', problem: undefined },
    ]);
    expect(records('a,"b\nc,d\n"e,e",f\n', 2)).toEqual([
      { line: 1, text: 'a,"b', problem: 'text after the closing quote' },
      { line: 2, text: 'c,d', problem: undefined },
      { line: 3, text: '"e,e",f', problem: undefined },
    ]);
  });

  it('rejects a record over 1 MiB by its first line and reads on', () => {
    const long = 'x'.repeat(2 ** 20);
    for (const piece of [2 ** 16, 2 ** 20, Number.POSITIVE_INFINITY]) {
      const found = records(`a,${long}\nb,c\n"d,${'y\n'.repeat(2 ** 19)}",e\nf,g\n`, 2, COMMA, piece);
      expect(found[0]).toEqual({ line: 1, text: `a,${long}`, problem: 'record longer than 1048576 bytes' });
      expect(found[1].text).toBe('b,c');
      expect(found[2]).toEqual({ line: 3, text: '"d,y', problem: 'record longer than 1048576 bytes' });
      expect(found.at(-1)).toEqual({ line: 4 + 2 ** 19, text: 'f,g', problem: undefined });
    }
  });

  it('finds the same records however the bytes are cut, and loses none of them', () => {
    const soup = fc.array(fc.constantFrom('a', 'é', ',', ',', '"', '"', '\n', '\r\n', '\r', '""', ' ', '\0'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(soup, fc.integer({ min: 1, max: 7 }), fc.constantFrom('lf', 'cr'), (parts, piece, newline) => {
        const text = parts.join('');
        const syntax = { ...COMMA, newline } as FieldSyntax;
        const whole = records(text, 2, syntax);
        expect(records(text, 2, syntax, piece)).toEqual(whole);
        // What lies between the records is line ends and nothing else.
        let rest = Buffer.from(text).toString('latin1');
        for (const { text: record } of whole) {
          const at = rest.indexOf(record);
          expect(rest.slice(0, at).replace(/[\r\n]/g, '')).toBe('');
          rest = rest.slice(at + record.length);
        }
        expect(rest.replace(/[\r\n]/g, '')).toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('splitRecord', () => {
  it('gives back the fields that were quoted', () => {
    const field = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), fc.constantFrom('"', "'"), (fields, quote) => {
        const syntax = { ...COMMA, quote } as FieldSyntax;
        const bytes = Buffer.from(
          fields.map((text) => quote + text.replaceAll(quote, quote + quote) + quote).join(','),
        );
        expect(splitRecord(bytes, 0, bytes.length, syntax)).toEqual(fields);
      }),
    );
    const plain = Buffer.from('a,,b"c,');
    expect(splitRecord(plain, 0, plain.length, COMMA)).toEqual(['a', '', 'b"c', '']);
  });
});

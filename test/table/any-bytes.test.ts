import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanEvents } from '#ecomml/clean/clean-events.js';
import { cleanTable } from '#ecomml/clean/clean-table.js';
import { writeRejects } from '#ecomml/clean/write-rejects.js';
import { detectInput, type GivenReading } from '#ecomml/table/detect-input.js';
import type { Database } from '#ecomml/table/duckdb.js';
import { type FieldSyntax, RecordScanner, splitRecord } from '#ecomml/table/record-scanner.js';
import { TEXT_ENCODINGS, transcoder } from '#ecomml/table/text-encoding.js';
import { inDatabase, parseCsvBytes, testFolder } from './input-files.js';

const folder = testFolder();
const LONG = process.env['ECOMML_LONG_TESTS'] === '1';

const TWO_SPELLINGS = ['shift_jis', 'big5', 'gb18030', 'gbk'];

/** Bytes that look like a table often enough to get past the first look at them. */
const words = fc.constantFrom(
  'a',
  'b c',
  '1',
  '2.5',
  '1,5',
  '$3',
  ',',
  ';',
  '\t',
  '|',
  '||',
  ' ',
  '"',
  "'",
  '\\',
  '\\"',
  '""',
  '\n',
  '\r\n',
  '\r',
  '\0',
  '\u0001',
  'é',
  '\u{1F600}',
  'NA',
  '01/02/2020',
  '2020-01-02',
  '1600000000000',
  '#',
  'event_time',
  'name,price,day\n',
  '1,2,3\n4,5,6\n',
  '"x","y"\n',
  ',,\n',
);
const soup = fc.array(words, { minLength: 1, maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
const wild = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const wide = soup.map((bytes) => Buffer.from(bytes.toString(), 'utf16le'));
const content = fc.oneof(
  { weight: 6, arbitrary: soup },
  { weight: 1, arbitrary: wild },
  { weight: 1, arbitrary: wide },
);

const reading: fc.Arbitrary<GivenReading> = fc.record(
  {
    delimiter: fc.constantFrom(',', ';', '||', ' '),
    quote: fc.constantFrom('"', "'", ''),
    header: fc.boolean(),
    encoding: fc.constantFrom(...TEXT_ENCODINGS),
    decimal: fc.constantFrom('.' as const, ',' as const),
    date: fc.constantFrom('day-first' as const, 'month-first' as const, 'epoch-ms' as const),
  },
  { requiredKeys: [] },
);

/** What became of a file: refused with a sentence, or every data record kept, rejected or removed. */
async function fate(db: Database, bytes: Uint8Array, given: GivenReading): Promise<'refused' | 'read'> {
  const path = folder.file('any.csv', bytes);
  let cleaned: Awaited<ReturnType<typeof cleanTable>> | Awaited<ReturnType<typeof cleanEvents>>;
  let input: Awaited<ReturnType<typeof detectInput>>;
  try {
    input = await detectInput(db, path, { reading: given });
    cleaned = input.kind === 'table' ? await cleanTable(db, input) : await cleanEvents(db, input);
  } catch (error) {
    // A refusal is of the input, has a code of its own and says the file or what was found.
    expect((error as { exitCode?: number }).exitCode, (error as Error).stack ?? '').toBe(3);
    return 'refused';
  }
  const { rows } = cleaned.summary;
  expect(rows.in).toBe(rows.kept + rows.rejected + rows.duplicatesRemoved);
  expect(await db.number(`SELECT count(*) FROM ${cleaned.relation}`)).toBe(rows.kept);
  await writeRejects(db, input, cleaned.rejects, `${folder.path}/any-rejects.csv`);
  const [, ...written] = parseCsvBytes(readFileSync(`${folder.path}/any-rejects.csv`));
  expect(written).toHaveLength(rows.rejected);
  for (const [, , , original] of written) expect(Buffer.from(bytes).includes(original)).toBe(true);
  return 'read';
}

describe('any bytes', () => {
  it('are refused with a reason or read without a row lost, however they are said to be written', async () => {
    const fates = { refused: 0, read: 0 };
    await inDatabase(async (db) => {
      await fc.assert(
        fc.asyncProperty(content, reading, async (bytes, given) => {
          fates[await fate(db, bytes, given)]++;
        }),
        { numRuns: LONG ? 3000 : 120 },
      );
    });
    // The soup must not be so thin that nothing is ever read.
    expect(fates.read).toBeGreaterThan(0.1 * (fates.read + fates.refused));
  }, 1_800_000);

  const syntax: fc.Arbitrary<FieldSyntax> = fc.record({
    delimiter: fc.constantFrom(',', ';', '||', ' ', ', '),
    quote: fc.constantFrom('"', "'", ''),
    backslash: fc.boolean(),
    spaced: fc.boolean(),
    newline: fc.constantFrom('lf' as const, 'crlf' as const, 'cr' as const),
  });

  it('belong each to one record or line end, and are the same records however they are cut', () => {
    const records = (bytes: Uint8Array, how: FieldSyntax, piece: number) => {
      const scanner = new RecordScanner(how, 0);
      const found: [number, string, string | undefined, number][] = [];
      let rest: Uint8Array = new Uint8Array(0);
      let between = '';
      for (let at = 0; ; at += piece) {
        const final = at + piece >= bytes.length;
        const part = Buffer.concat([rest, bytes.subarray(at, at + piece)]);
        let from = 0;
        while (scanner.scan(part, from, final)) {
          between +=
            part.subarray(from, scanner.start).toString('latin1') +
            part.subarray(scanner.end, scanner.next).toString('latin1');
          found.push([
            scanner.line,
            part.subarray(scanner.start, scanner.end).toString('latin1'),
            scanner.problem,
            scanner.fields,
          ]);
          from = scanner.next;
        }
        between += part.subarray(from, scanner.next).toString('latin1');
        rest = part.subarray(scanner.next);
        if (final) return { found, between };
      }
    };
    fc.assert(
      fc.property(content, syntax, fc.integer({ min: 1, max: 9 }), (bytes, how, piece) => {
        const whole = records(bytes, how, Number.MAX_SAFE_INTEGER);
        expect(whole.between).toMatch(/^[\r\n]*$/);
        const kept = whole.found.map(([, text]) => text).join('').length + whole.between.length;
        expect(kept).toBe(bytes.length);
        expect(records(bytes, how, piece).found).toEqual(whole.found);
        for (const [, text, problem, fields] of whole.found) {
          if (problem !== undefined) continue;
          const record = Buffer.from(text, 'latin1');
          expect(splitRecord(record, 0, record.length, how)).toHaveLength(fields);
        }
      }),
      { numRuns: LONG ? 20_000 : 1500 },
    );
  });

  it('come back from every encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...TEXT_ENCODINGS), (bytes, encoding) => {
        const utf8 = transcoder(encoding).toUtf8(bytes, true);
        const back = transcoder(encoding).original(utf8);
        expect(back).toHaveLength(bytes.length);
        // What is spelled in two ways is the same text in the other one; how many there are, text-encoding.test.ts says.
        if (TWO_SPELLINGS.includes(encoding))
          expect(Buffer.from(transcoder(encoding).toUtf8(back, true))).toEqual(Buffer.from(utf8));
        else expect(Buffer.from(back)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: LONG ? 100_000 : 2000 },
    );
  });
});

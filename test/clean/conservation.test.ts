import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanEvents } from '#ecomml/clean/clean-events.js';
import { writeRejects } from '#ecomml/clean/write-rejects.js';
import { detectInput } from '#ecomml/table/detect-input.js';
import { inDatabase, parseCsvBytes, testFolder } from '../table/input-files.js';

const folder = testFolder();
const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';

/** One line of a file and what must become of it. `copies` are equal to the line before in all but the bytes. */
interface Line {
  readonly bytes: Buffer;
  readonly fate: 'kept' | 'rejected' | 'duplicate' | 'blank';
}

const sound = fc
  .record({
    second: fc.integer({ min: 0, max: 59 }),
    type: fc.constantFrom('view', 'cart', 'Purchase', 'REMOVE_FROM_CART'),
    brand: fc.constantFrom('acme', '', '"x, y"', '"q""q"', 'é', '\u{1F600}', '"two\nlines"', 'in"side'),
    price: fc.constantFrom('1.5', '', '0', '2e3'),
  })
  .map(({ second, type, brand, price }) => (product: number) => {
    const time = `2019-10-01 00:00:${String(second).padStart(2, '0')} UTC`;
    return [time, type, `p${product}`, 'c', '', brand, price, 'u', 's'];
  });

/** What can happen to a sound record's fields; each makes the line a reject. */
const corruption = fc.constantFrom<(fields: string[]) => Buffer>(
  (fields) => Buffer.from(fields.slice(0, 8).join(',')),
  (fields) => Buffer.from([...fields, 'more'].join(',')),
  (fields) => Buffer.from(fields.with(0, 'yesterday').join(',')),
  (fields) => Buffer.from(fields.with(1, 'wish').join(',')),
  (fields) => Buffer.from(fields.with(6, '-1').join(',')),
  (fields) => Buffer.from(fields.with(6, '"1,5,5"').join(',')),
  (fields) => Buffer.from(fields.with(8, '').join(',')),
  (fields) => Buffer.from(fields.with(5, 'a\0b').join(',')),
  (fields) => Buffer.concat([Buffer.from(fields.with(5, '').join(',')), Buffer.from([0xff, 0xfe])]),
  (fields) => Buffer.from(fields.with(5, '"open"x').join(',')),
);

const lines = fc
  .array(fc.tuple(sound, fc.option(corruption, { nil: undefined }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 25,
  })
  .map((drawn) =>
    drawn.flatMap(([make, corrupt, more], n): Line[] => {
      // A corrupted field must not lie in a record over two lines: only its first line would be the reject.
      const fields = make(n).map((field) => (corrupt === undefined ? field : field.replace('\n', ' ')));
      if (corrupt !== undefined) return [{ bytes: corrupt(fields), fate: 'rejected' }];
      const line: Line = { bytes: Buffer.from(fields.join(',')), fate: 'kept' };
      if (more === 0) return [line, { bytes: Buffer.from(''), fate: 'blank' }];
      if (more > 2) return [line];
      const copy = fields.with(1, fields[1].toLowerCase()).with(6, fields[6] === '1.5' ? '1.50' : fields[6]);
      return [line, { bytes: Buffer.from(copy.join(',')), fate: 'duplicate' }];
    }),
  );

describe('no row is lost', () => {
  it('rows in = kept + rejected + duplicates, and every reject has its own bytes', async () => {
    await inDatabase(async (db) => {
      await fc.assert(
        fc.asyncProperty(lines, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (drawn, end, lastEnd) => {
          // The sound line keeps the encoding UTF-8 whatever the corruptions hold.
          const first: Line = { bytes: Buffer.from(`2019-10-01T00:00:00Z,view,first,é,,,,u,s`), fate: 'kept' };
          const all = [first, ...drawn];
          const body = all.flatMap(({ bytes }, n) =>
            n < all.length - 1 || lastEnd ? [bytes, Buffer.from(end)] : [bytes],
          );
          const path = folder.file('events.csv', Buffer.concat([Buffer.from(HEADER + end), ...body]));
          const input = await detectInput(db, path);
          const { summary, rejects } = await cleanEvents(db, input);
          await writeRejects(db, input, rejects, `${folder.path}/rejects.csv`);

          const count = (fate: Line['fate']) => all.filter((line) => line.fate === fate).length;
          expect(summary.rows).toMatchObject({
            in: all.length - count('blank'),
            kept: count('kept'),
            rejected: count('rejected'),
            duplicatesRemoved: count('duplicate'),
          });
          let physical = 2;
          const expected: [string, Buffer][] = [];
          for (const { bytes, fate } of all) {
            if (fate === 'rejected') expected.push([String(physical), bytes]);
            physical += 1 + bytes.filter((byte) => byte === 10).length;
          }
          const [, ...written] = parseCsvBytes(readFileSync(`${folder.path}/rejects.csv`));
          expect(written.map(([line, , , original]) => [line.toString(), original])).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });
  });

  it('conserves any bytes at all', async () => {
    const piece = fc.constantFrom(
      'a',
      ',',
      '"',
      '\n',
      '\r\n',
      '\r',
      'é',
      '\0',
      '2019-10-01 00:00:00 UTC,view,1,2,,,3,4,5\n',
    );
    await inDatabase(async (db) => {
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 40 }), async (parts) => {
          const path = folder.file(
            'soup.csv',
            `${HEADER}\n2019-10-01 00:00:00 UTC,cart,é,2,,,3,4,5\n${parts.join('')}`,
          );
          const input = await detectInput(db, path);
          const { summary, rejects } = await cleanEvents(db, input);
          expect(summary.rows.in).toBe(summary.rows.kept + summary.rows.rejected + summary.rows.duplicatesRemoved);
          await writeRejects(db, input, rejects, `${folder.path}/rejects.csv`);
          const written = parseCsvBytes(readFileSync(`${folder.path}/rejects.csv`));
          expect(written.length - 1).toBe(summary.rows.rejected);
          const file = readFileSync(path);
          for (const [, , , original] of written.slice(1)) expect(file.includes(original)).toBe(true);
        }),
        { numRuns: 60 },
      );
    });
  });
});

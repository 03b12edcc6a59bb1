/** Texts of DuckDB's vectors as bytes: those that the driver reads one by one. */
import { describe, expect, it } from 'vitest';
import { GatheredTexts } from '#ecomml/scoring/gathered-texts.js';
import { textAt } from '#ecomml/scoring/results.js';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { type Utf8Cells, vectorTexts } from '#ecomml/table/vector-texts.js';

/** Of every length about the 12 bytes that lie within a vector, missing, empty, of several bytes a letter, and very long. */
const TEXTS = `CASE WHEN i % 11 = 3 THEN NULL WHEN i % 13 = 5 THEN '' WHEN i % 7 = 2 THEN repeat('žluť€', i % 9)
  WHEN i % 1009 = 0 THEN repeat('long' || i, 3000) ELSE substr(md5(i::VARCHAR), 1, i % 33) END`;
const ROWS = 20_000;
const TABLE = `CREATE TABLE t AS SELECT i::DOUBLE AS number, ${TEXTS} AS text, 'tail ' || md5(text) AS other FROM range(${ROWS}) AS r(i)`;

const cell = ({ bytes, starts, ends }: Utf8Cells, row: number) =>
  ends[row] === 0 ? null : Buffer.from(bytes).toString('utf8', starts[row], ends[row]);

describe('vectorTexts', () => {
  it.each([
    ['a stored table', 'SELECT number, text, other FROM t'],
    ['rows of a filter', 'SELECT number, text, other FROM t WHERE number % 5 < 2'],
    ['sorted rows', 'SELECT number, text, other FROM t ORDER BY hash(number)'],
    ['made texts', "SELECT number, text || ' and ' || other, upper(text) FROM t"],
    ['joined rows', 'SELECT a.number, a.text, b.other FROM t AS a JOIN t AS b ON a.number = b.number + 1'],
    ['one row', 'SELECT number, text, other FROM t WHERE number = 4'],
    ['missing alone', 'SELECT number, NULL::VARCHAR, other FROM t LIMIT 3'],
  ])('%s', async (_, sql) => {
    await withDatabase({ threads: 2, memoryBytes: 2 ** 28 }, async (db) => {
      await db.run(TABLE);
      let rows = 0;
      for await (const { chunk } of db.stream(sql)) {
        for (const c of [1, 2]) {
          const expected = Array.from({ length: chunk.rowCount }, (_, row) => chunk.getColumnVector(c).getItem(row));
          const texts = vectorTexts(chunk, c);
          expect(Array.from(expected, (_, row) => cell(texts, row))).toEqual(expected);
          expect(texts.emptyTexts).toBe(expected.includes(''));
        }
        rows += chunk.rowCount;
      }
      expect(rows).toBeGreaterThan(0);
    });
  });
});

describe('GatheredTexts', () => {
  const utf8 = (texts: (string | null)[]): Utf8Cells => {
    const parts = texts.map((text) => Buffer.from(text ?? ''));
    const starts = Uint32Array.from(texts, (text, row) =>
      text === null ? 0 : 4 + parts.slice(0, row).reduce((sum, part) => sum + part.length, 0),
    );
    const ends = starts.map((start, row) => start + parts[row].length);
    return { bytes: Buffer.concat([Buffer.from('----'), ...parts]), starts, ends, emptyTexts: texts.includes('') };
  };
  const gathered = (...parts: (string | null)[][]) => {
    const taken = new GatheredTexts(parts.flat().length);
    let row = 0;
    for (const part of parts) {
      const cells = utf8(part);
      for (let from = 0; from < part.length; from++) taken.take(cells, from, row++);
    }
    const column = taken.column('x');
    if (column.kind !== 'text' && column.kind !== 'utf8') throw new TypeError(column.kind);
    return { kind: column.kind, texts: Array.from({ length: row }, (_, r) => textAt(column, r)) };
  };

  it('goes on from chunk to chunk, as bytes', () => {
    expect(gathered(['a', null, 'bcd'], ['ž', 'e'])).toEqual({ kind: 'utf8', texts: ['a', null, 'bcd', 'ž', 'e'] });
  });

  it('keeps the empty apart from the missing', () => {
    expect(gathered(['a', '', null], ['b'])).toEqual({ kind: 'text', texts: ['a', '', null, 'b'] });
  });
});

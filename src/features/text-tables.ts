/**
 * The texts behind codes of events, out of DuckDB into shared memory: what the writer of a Parquet file needs to spell
 * categories and ids. It codes nothing.
 */
import { EcommlError } from '../base/errors.js';
import type { Database } from '../table/duckdb.js';
import type { TextSource, TextTable } from '../table/parquet-texts.js';
import { type Key, textsOf } from './events.js';

/** Texts of a key, by code. */
export async function readTexts(db: Database, key: Key): Promise<TextTable> {
  const table = textsOf(key);
  const { n, bytes } = await db.row(
    `SELECT count(*) AS n, coalesce(sum(strlen(text)), 0)::BIGINT AS bytes FROM ${table} WHERE code >= 0`,
  );
  const texts = new Uint8Array(new SharedArrayBuffer(Number(bytes)));
  const offsets = new Float64Array(new SharedArrayBuffer(8 * (Number(n) + 1)));
  const utf8 = new TextEncoder();
  let code = 0;
  let at = 0;
  // The table was filled in the order of its codes, and a scan keeps the order in which a table was filled.
  for await (const { chunk } of db.stream(`SELECT code, text FROM ${table} WHERE code >= 0`)) {
    const [codes, values] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    for (let row = 0; row < chunk.rowCount; row++, code++) {
      if (codes.getItem(row) !== code)
        throw new EcommlError(
          'FEATURES_TEXTS_MISPLACED',
          `The texts of ${key} came in another order than their codes.`,
          {
            hint: 'This is a fault of ecomml, not of the data: please report it.',
          },
        );
      offsets[code] = at;
      at += utf8.encodeInto(values.getItem(row) as string, texts.subarray(at)).written;
    }
  }
  offsets[code] = at;
  return { bytes: texts, offsets };
}

/** A table of a few texts. */
export function textTable(texts: readonly string[]): TextTable {
  const encoded = texts.map((text) => Buffer.from(text));
  const offsets = new Float64Array(new SharedArrayBuffer(8 * (texts.length + 1)));
  const total = encoded.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(total));
  let at = 0;
  encoded.forEach((text, t) => {
    offsets[t] = at;
    bytes.set(text, at);
    at += text.length;
  });
  offsets[texts.length] = at;
  return { bytes, offsets };
}

/** The part of each text between dots that is the `level`-th, from 1; missing when it is empty or not there. */
export function levelOf({ bytes, offsets }: TextTable, level: number): TextSource {
  const textOf = new Int32Array(new SharedArrayBuffer(4 * (offsets.length - 1)));
  const known = new Map<string, number>();
  for (let code = 0; code < textOf.length; code++) {
    const text = Buffer.from(bytes.subarray(offsets[code], offsets[code + 1])).toString();
    const part = text.split('.')[level - 1] ?? '';
    if (part === '') {
      textOf[code] = -1;
      continue;
    }
    if (!known.has(part)) known.set(part, known.size);
    textOf[code] = known.get(part)!;
  }
  return { table: textTable([...known.keys()]), textOf };
}

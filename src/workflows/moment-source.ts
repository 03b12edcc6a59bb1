/**
 * The moments of spooled events as encoded chunks: features go to the scoring threads as they come out of the pass over
 * the events, beside the texts that pass through. Nothing grows with the number of events but what the pass knows of
 * users, products and sessions.
 */
import { EcommlError } from '../base/errors.js';
import type { Encoder } from '../features/encoder.js';
import { keyOf, textsOf } from '../features/events.js';
import type { CategoricalFeature, NumericFeature } from '../features/feature.js';
import { type MomentBatch, momentRows } from '../features/moment-rows.js';
import type { SpooledEvents } from '../features/swept-events.js';
import type { SourceChunk } from '../scoring/chunk-source.js';
import { GatheredTexts } from '../scoring/gathered-texts.js';
import type { ResultColumn } from '../scoring/results.js';
import type { Database } from '../table/duckdb.js';
import { sharedValues, UNSEEN_CATEGORY } from '../table/matrix.js';
import { type Utf8Cells, vectorTexts } from '../table/vector-texts.js';
import type { Stretch } from './shard-stretch.js';

export interface PassedTexts {
  /** A query of source_row and the columns that pass through, ordered by source_row; of every moment, and perhaps other rows. */
  readonly sql: string;
  readonly names: readonly string[];
}

/**
 * Chunks of the stretch's moments (those of a shard, or what an earlier run left), in the order of the file; the spool must be `inFileOrder`. The events before them are
 * read too, as their past. Labels, where the spool has them, are the last that passes through. Another statement must not run on `db` before the last chunk was taken.
 */
export async function* momentChunks(
  db: Database,
  { spool, features, ahead }: SpooledEvents,
  encoder: Encoder,
  texts: PassedTexts,
  { from, to }: Stretch,
): AsyncGenerator<SourceChunk> {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const numeric: NumericFeature[] = [];
  const cells: ((batch: MomentBatch, row: number, values: Float64Array) => void)[] = [];
  for (const { name, ...column } of encoder.columns) {
    const feature = byName.get(name);
    if (feature === undefined) throw new TypeError(`${name} is no feature of events`);
    if (feature.kind === 'numeric') {
      const place = numeric.push(feature) - 1;
      cells.push((batch, first, values) => values.set(batch.values[place].subarray(first, first + values.length)));
    } else {
      const known = 'categories' in column ? column.categories : [];
      const encoded = await encodedCategories(db, feature, known);
      const key = keyOf(feature.column);
      cells.push((batch, first, values) => {
        for (let row = 0; row < values.length; row++) values[row] = encoded[batch.codes[key][first + row] + 1];
      });
    }
  }
  const passed = new PassedRows(db, texts);
  let done = 0;
  try {
    for (const batch of momentRows(spool, numeric, ahead)) {
      const first = Math.max(0, from - done);
      const last = Math.min(batch.rows, to - done);
      done += batch.rows;
      if (first < last) {
        const rows = last - first;
        // One piece of memory: the garbage collector looks at each of them.
        const all = sharedValues(rows * cells.length);
        const columns = cells.map((fill, c) => {
          const values = all.subarray(c * rows, (c + 1) * rows);
          fill(batch, first, values);
          return values;
        });
        const beside = await passed.next(batch.sourceRow.subarray(first, last));
        if (batch.ahead !== undefined) {
          const values = Float64Array.from(batch.ahead.label.subarray(first, last));
          beside.push({ kind: 'integer', name: 'label', values });
        }
        const taken = Math.min(to, done);
        yield {
          chunk: { kind: 'encoded', rows, passed: beside, columns },
          transfer: beside.flatMap((column) => (column.kind === 'utf8' ? [column.bytes.buffer as ArrayBuffer] : [])),
          position: { rows: taken },
          done: taken - from,
        };
      }
      if (done >= to) return;
    }
  } finally {
    await passed.end();
  }
}

/** By code + 1, the encoder's code of a feature's texts: NaN of a missing text, −1 of one that training did not have. */
async function encodedCategories(
  db: Database,
  { column, level }: CategoricalFeature,
  categories: readonly string[],
): Promise<Float64Array> {
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const table = textsOf(keyOf(column));
  const encoded = new Float64Array(await db.number(`SELECT count(*) FROM ${table}`)).fill(Number.NaN);
  const text = level === undefined ? 'text' : `nullif(split_part(text, '.', ${level}), '')`;
  for await (const { chunk } of db.stream(`SELECT code, ${text} FROM ${table}`)) {
    const [codes, texts] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    for (let row = 0; row < chunk.rowCount; row++) {
      const category = texts.getItem(row) as string | null;
      if (category !== null) encoded[(codes.getItem(row) as number) + 1] = codeOf.get(category) ?? UNSEEN_CATEGORY;
    }
  }
  return encoded;
}

interface ReadRows {
  /** source_row, ascending. */
  readonly rows: Float64Array;
  readonly texts: readonly Utf8Cells[];
}

/** The texts of moments, found by walking along a query of more rows than they are. */
class PassedRows {
  readonly #names: readonly string[];
  readonly #chunks: AsyncGenerator<ReadRows>;
  #read: ReadRows = { rows: new Float64Array(0), texts: [] };
  #at = 0;

  constructor(db: Database, { sql, names }: PassedTexts) {
    this.#names = names;
    this.#chunks = readTexts(db, sql, names.length);
  }

  /** `sourceRow` ascending, from call to call too. */
  async next(sourceRow: Float64Array): Promise<ResultColumn[]> {
    const gathered = this.#names.map(() => new GatheredTexts(sourceRow.length));
    for (let row = 0; row < sourceRow.length; row++) {
      while (this.#at >= this.#read.rows.length || this.#read.rows[this.#at] < sourceRow[row]) {
        this.#at++;
        if (this.#at < this.#read.rows.length) continue;
        const { done, value } = await this.#chunks.next();
        if (done === true) throw misplaced(sourceRow[row]);
        this.#read = value;
        this.#at = 0;
      }
      if (this.#read.rows[this.#at] !== sourceRow[row]) throw misplaced(sourceRow[row]);
      for (let c = 0; c < gathered.length; c++) gathered[c].take(this.#read.texts[c], this.#at, row);
    }
    return [
      { kind: 'integer', name: 'source_row', values: sourceRow.slice() },
      ...gathered.map((texts, c) => texts.column(this.#names[c])),
    ];
  }

  async end(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}

async function* readTexts(db: Database, sql: string, columns: number): AsyncGenerator<ReadRows> {
  for await (const { chunk } of db.stream(sql)) {
    const numbers = chunk.getColumnVector(0);
    const rows = Float64Array.from({ length: chunk.rowCount }, (_, row) => numbers.getItem(row) as number);
    yield { rows, texts: Array.from({ length: columns }, (_, c) => vectorTexts(chunk, c + 1)) };
  }
}

function misplaced(row: number): EcommlError {
  return new EcommlError('FEATURES_MISPLACED', `Row ${row} lost its place while it was scored.`, {
    hint: 'This is a fault of ecomml, not of the data: please report it.',
  });
}

/**
 * A query's rows as chunks for the scoring threads, streamed: what passes through comes as text, numeric features as
 * doubles (NULL is NaN), categorical ones as text. The order is the query's.
 */
import { type Database, identifier } from '../table/duckdb.js';
import type { ChunkColumn, RowChunk } from './score-chunk.js';

export interface ChunkQuery {
  /** Relations to select from; the one with the features goes by the name `row`. */
  readonly from: string;
  readonly orderBy: string;
  /** SQL expressions of the texts that pass through. */
  readonly passed: readonly string[];
  readonly features: readonly { readonly name: string; readonly kind: 'numeric' | 'categorical' }[];
  readonly chunkRows: number;
}

export async function* readChunks(db: Database, query: ChunkQuery): AsyncGenerator<RowChunk> {
  const { passed, features, chunkRows } = query;
  const select = [
    ...passed.map((expression, i) => `CAST(${expression} AS VARCHAR) AS p${i}`),
    ...features.map(({ name, kind }, i) =>
      kind === 'numeric'
        ? `coalesce(CAST(row.${identifier(name)} AS DOUBLE), 'nan'::DOUBLE) AS f${i}`
        : `CAST(row.${identifier(name)} AS VARCHAR) AS f${i}`,
    ),
  ];
  let chunk = emptyChunk(query);
  for await (const { chunk: vectors } of db.stream(
    `SELECT ${select.join(', ')} FROM ${query.from} ORDER BY ${query.orderBy}`,
  )) {
    for (let c = 0; c < passed.length; c++) {
      const vector = vectors.getColumnVector(c);
      for (let row = 0; row < vectors.rowCount; row++) chunk.passed[c].push(vector.getItem(row) as string | null);
    }
    for (let f = 0; f < features.length; f++) {
      const vector = vectors.getColumnVector(passed.length + f);
      const cells = chunk.features[f];
      for (let row = 0; row < vectors.rowCount; row++) cells.push(vector.getItem(row));
    }
    chunk.rows += vectors.rowCount;
    if (chunk.rows >= chunkRows) {
      yield finish(chunk, query);
      chunk = emptyChunk(query);
    }
  }
  if (chunk.rows > 0) yield finish(chunk, query);
}

interface GrowingChunk {
  rows: number;
  readonly passed: (string | null)[][];
  readonly features: unknown[][];
}

function emptyChunk({ passed, features }: ChunkQuery): GrowingChunk {
  return { rows: 0, passed: passed.map(() => []), features: features.map(() => []) };
}

function finish(chunk: GrowingChunk, { features }: ChunkQuery): RowChunk {
  const columns = features.map(({ name, kind }, f): ChunkColumn => {
    const cells = chunk.features[f];
    return kind === 'numeric'
      ? { kind, name, values: Float64Array.from(cells as number[]) }
      : { kind, name, texts: cells as (string | null)[] };
  });
  return { rows: chunk.rows, passed: chunk.passed, features: columns };
}

/**
 * A query's rows as a chunk source, streamed: what passes through comes as text, numeric features as doubles (NULL is
 * NaN), categorical ones as text. The order is the query's. It opens no database, and closes the one it is given only
 * if `close` says how.
 */
import { type Database, identifier } from '../table/duckdb.js';
import type { ChunkSource, SourceCounts, SourcePosition } from './chunk-source.js';
import type { ChunkColumn, RowChunk } from './score-chunk.js';

/** Rows of a chunk: some megabytes of cells, some tens of milliseconds of work. */
export const CHUNK_ROWS = 8192;

export interface QuerySourceOptions {
  readonly rows: number;
  readonly counts: () => SourceCounts;
  readonly close?: () => Promise<void>;
}

/** A position is the number of rows already taken: the query must give the same rows in the same order each time. */
export function querySource(db: Database, query: ChunkQuery, options: QuerySourceOptions): ChunkSource {
  return {
    total: options.rows,
    unit: 'rows',
    chunks: async function* (after: SourcePosition = { rows: 0 }) {
      let done = after.rows;
      for await (const chunk of readChunks(db, query, done)) {
        done += chunk.rows;
        yield { chunk, position: { rows: done }, done };
      }
    },
    counts: options.counts,
    close: async () => options.close?.(),
  };
}

export interface ChunkQuery {
  /** Relations to select from; the one with the features goes by the name `row`. */
  readonly from: string;
  readonly orderBy: string;
  /** SQL expressions of the texts that pass through. */
  readonly passed: readonly string[];
  readonly features: readonly { readonly name: string; readonly kind: 'numeric' | 'categorical' }[];
  readonly chunkRows: number;
  /** Rows behind so many are left out. */
  readonly limit?: number;
}

async function* readChunks(db: Database, query: ChunkQuery, skip: number): AsyncGenerator<RowChunk> {
  const { passed, features, chunkRows } = query;
  const select = [
    ...passed.map((expression, i) => `CAST(${expression} AS VARCHAR) AS p${i}`),
    ...features.map(({ name, kind }, i) =>
      kind === 'numeric'
        ? `coalesce(CAST(row.${identifier(name)} AS DOUBLE), 'nan'::DOUBLE) AS f${i}`
        : `CAST(row.${identifier(name)} AS VARCHAR) AS f${i}`,
    ),
  ];
  const limit = query.limit === undefined ? '' : ` LIMIT ${Math.max(0, query.limit - skip)}`;
  const stretch = `${limit}${skip > 0 ? ` OFFSET ${skip}` : ''}`;
  let chunk = emptyChunk(query);
  for await (const { chunk: vectors } of db.stream(
    `SELECT ${select.join(', ')} FROM ${query.from} ORDER BY ${query.orderBy}${stretch}`,
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
  return { kind: 'rows', rows: chunk.rows, passed: chunk.passed, features: columns };
}

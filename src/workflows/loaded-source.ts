/** A chunk source over rows that are loaded into a database of their own when the first chunk is asked for. */
import type { ChunkSource, SourceCounts, SourcePosition } from '../scoring/chunk-source.js';
import { CHUNK_ROWS, type ChunkQuery, querySource } from '../scoring/query-source.js';
import { Database } from '../table/duckdb.js';

export interface LoadedRows {
  readonly query: Omit<ChunkQuery, 'chunkRows'>;
  readonly rows: number;
  readonly counts: SourceCounts;
}

export function loadedSource(threads: number, load: (db: Database) => Promise<LoadedRows>): ChunkSource {
  let db: Database | undefined;
  let counts: SourceCounts = { rejected: 0, passedOver: {} };
  return {
    unit: 'rows',
    chunks: async function* (after?: SourcePosition) {
      db = await Database.open({ threads });
      const loaded = await load(db);
      counts = loaded.counts;
      const query = { ...loaded.query, chunkRows: CHUNK_ROWS };
      yield* querySource(db, query, { rows: loaded.rows, counts: () => counts }).chunks(after);
    },
    counts: () => counts,
    close: async () => db?.close(),
  };
}

/**
 * A chunk source over rows that are loaded into a database of their own when the first chunk is asked for. Every shard
 * loads all of them and scores a stretch; a position is the number of rows taken, of all shards.
 */
import type { ChunkSource, SourceCounts, SourcePosition } from '../scoring/chunk-source.js';
import { CHUNK_ROWS, type ChunkQuery, querySource } from '../scoring/query-source.js';
import type { Shard } from '../scoring/score-plan.js';
import { Database } from '../table/duckdb.js';
import { isFirst, stretchOf } from './shard-stretch.js';

export interface LoadedRows {
  readonly query: Omit<ChunkQuery, 'chunkRows'>;
  /** Those that can be scored. */
  readonly rows: number;
  readonly rejected: number;
}

export interface LoadedSourceOptions {
  readonly threads: number;
  /** The database spills what does not fit. */
  readonly memoryBytes: number;
  readonly shard?: Shard | undefined;
}

export function loadedSource(
  { threads, memoryBytes, shard }: LoadedSourceOptions,
  load: (db: Database) => Promise<LoadedRows>,
): ChunkSource {
  let db: Database | undefined;
  let counts: SourceCounts = { rejected: 0, passedOver: {} };
  return {
    unit: 'rows',
    chunks: async function* (after?: SourcePosition) {
      db = await Database.open({ threads, memoryBytes });
      const loaded = await load(db);
      const { from, to } = stretchOf(loaded.rows, shard);
      const rejected = isFirst({ shard }) ? loaded.rejected : 0;
      counts = { rejected, passedOver: {}, rowsIn: to - from + rejected };
      const query = { ...loaded.query, chunkRows: CHUNK_ROWS, limit: to };
      yield* querySource(db, query, { rows: to, counts: () => counts }).chunks(after ?? { rows: from });
    },
    counts: () => counts,
    close: async () => db?.close(),
  };
}

/**
 * Where chunks of rows come from: the contract between what reads an input and what scores it (run-scoring.ts). Three
 * kinds exist: ranges of a CSV file that the scoring threads read and parse themselves, chunks of bytes cut by one
 * reader (compressed, recoded or piped CSV), and rows read by a database query (Parquet, events: query-source.ts).
 */
import type { CsvChunk } from './csv-chunk.js';
import type { EncodedChunk, RowChunk } from './score-chunk.js';

/** What a scoring thread is handed: cells already read, perhaps encoded too, or bytes to parse. */
export type ScoreChunk = RowChunk | EncodedChunk | CsvChunk;

/** Where a source stands after a chunk: plain JSON that only the source itself reads. The journal of --resume keeps it. */
export type SourcePosition = Readonly<Record<string, number>>;

export interface SourceChunk {
  readonly chunk: ScoreChunk;
  /** Buffers that move to the thread instead of being copied. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Handed back to `chunks` to go on behind this chunk. */
  readonly position: SourcePosition;
  /** Progress in the source's unit once this chunk is written. */
  readonly done: number;
}

/** Rows that never reach a scoring thread. */
export interface SourceCounts {
  /** Rejected by the source (rejects of CSV chunks are found, and counted, by the threads). */
  readonly rejected: number;
  readonly passedOver: Readonly<Record<string, number>>;
  /** All rows of the source when it knows them by a count of its own; the sum of all parts is checked against it. */
  readonly rowsIn?: number;
}

export interface ChunkSource {
  /** What `done` counts up to, when known. */
  readonly total?: number;
  readonly unit: 'rows' | 'bytes';
  /**
   * Chunks in the order of the input, read only as fast as they are taken. `after`: a position that this source gave out
   * earlier, in this run or one before it, on the same input.
   */
  chunks(after?: SourcePosition): AsyncIterable<SourceChunk>;
  /** Asked once the last chunk was taken. */
  counts(): SourceCounts;
  /** Frees what it holds. May be called at any time, twice too. */
  close(): Promise<void>;
}

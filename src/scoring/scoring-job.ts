/** What a scoring thread needs to know once, and what it answers for each chunk: plain data that crosses threads. */
import type { ActionCounts } from './action-counts.js';
import type { ChunkScorerOptions } from './chunk-scorer.js';
import type { CsvInput } from './csv-chunk.js';
import type { RejectedRows } from './rejected-rows.js';
import type { ResultField } from './results.js';
import type { FormatChoice } from './row-format.js';

export interface ScoringJob extends ChunkScorerOptions {
  readonly format: FormatChoice;
  /** Names of the columns that pass through, in the order of the output and of a RowChunk's `passed`. */
  readonly passed: readonly string[];
  /** What CSV chunks are parts of. */
  readonly csv: readonly CsvInput[];
  /** The columns of the output. */
  readonly fields: readonly ResultField[];
}

export interface ScoredChunk extends RejectedRows {
  /** Rows scored. */
  readonly rows: number;
  /** The rows in the job's format, ready to be put behind the chunk before. */
  readonly bytes: Uint8Array;
  /** With a policy: rows by the action that it recommends. */
  readonly actions?: ActionCounts;
}

/** What a scoring thread needs to know once, and what it answers for each chunk: plain data that crosses threads. */
import type { FormatName } from './row-format.js';
import type { ScoringModel } from './scoring-model.js';

export interface ScoringJob {
  readonly model: ScoringModel;
  readonly format: FormatName;
  /** Names of the columns that pass through, in the order of the output and of a RowChunk's `passed`. */
  readonly passed: readonly string[];
}

export interface ScoredChunk {
  /** Rows scored. */
  readonly rows: number;
  /** The rows in the job's format, ready to be put behind the chunk before. */
  readonly bytes: Uint8Array;
  readonly rejected: number;
  /** Lines of rejects.csv for the rows that were not scored. */
  readonly rejects?: Uint8Array;
  /** The same rows counted by what was wrong. */
  readonly faults?: readonly RejectedFault[];
}

export interface RejectedFault {
  readonly column: string;
  readonly reason: string;
  readonly rows: number;
}

/** What score needs to know of an input before it reads its rows: its part of the plan, and the source that will read them. */

import type { ChunkSource } from '../scoring/chunk-source.js';
import type { CsvInput } from '../scoring/csv-chunk.js';
import type { PlannedInput, ShardMerge } from '../scoring/score-plan.js';

export interface OpenedRows {
  readonly inputs: readonly PlannedInput[];
  /** Names of the columns that stand before the scores, in the order of the chunks' `passed`. */
  readonly passed: readonly string[];
  /** When asked for: the passed column that is the target of a table, or "label", 1 or 0, of a moment; a table may lack it. */
  readonly outcome?: string;
  /** With `options.shard`, the source gives the rows of that shard alone; this says how all shards' outputs become one. */
  readonly shardMerge: ShardMerge;
  /** CSV tables that the scoring threads parse themselves. */
  readonly csv?: readonly CsvInput[];
  /** Reads nothing but heads before `chunks` is called. */
  readonly source: ChunkSource;
  /** Too many bad rows are refused by the source, before the first row is handed out. */
  readonly judged?: true;
  /** Bytes that the source holds at most, the scoring threads not counted. */
  readonly memory: number;
  /** Bytes on disk: of the output when they can be told, and what is spilled on the way. */
  readonly disk: { readonly output: number | null; readonly temporary: number };
}

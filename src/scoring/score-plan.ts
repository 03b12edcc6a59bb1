/**
 * What a `score` run is going to do, as plain JSON: inputs, how each is cut into chunks, threads, memory, disk, output,
 * shard. It is made before a row is scored (workflows/plan-score.ts), printed by --dry-run, and executed by
 * run-scoring.ts. It reads nothing itself.
 */
import type { CsvDialect } from '../table/csv-dialect.js';

export interface ScorePlan {
  readonly format: 1;
  readonly model: {
    readonly name: string;
    /** A bundle's folder, or the file of a foreign ONNX model. */
    readonly folder: string;
    /** Of its bundle.json, which holds the checksums of its other files; or of the foreign model. */
    readonly sha256: string;
    /** None of a foreign model. */
    readonly members: readonly string[];
    readonly runtime: 'wasm' | 'onnx';
  };
  /** In the order in which their rows are scored. */
  readonly inputs: readonly PlannedInput[];
  readonly output: {
    /** "-" is stdout. */
    readonly path: string;
    readonly format: string;
    readonly columns: readonly string[];
    readonly excel_safe: boolean;
    /** Where rejected rows go when there are any. */
    readonly rejects: string;
  };
  /** Reasons a row. */
  readonly explain?: number;
  /** What rows may be recommended, the default first, and the columns that the policy reads. */
  readonly policy?: { readonly file: string; readonly actions: readonly string[]; readonly reads: readonly string[] };
  readonly shard?: Shard;
  readonly threads: number;
  /** Estimates, in bytes. */
  readonly memory: { readonly peak: number };
  readonly disk: { readonly output: number | null; readonly temporary: number };
}

/** Part `index` (from 1) of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * How the outputs of all shards become one. Tables are cut into stretches of records, and concatenated; events are cut by
 * user, each shard in the order of the input, and merged by source_row.
 */
export type ShardMerge = 'concatenate' | 'by-source-row';

export interface PlannedInput {
  readonly name: string;
  readonly path: string;
  /** On disk, before decompression. */
  readonly bytes: number;
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly kind: 'events' | 'clean-events' | 'features' | 'table';
  readonly format: 'csv' | 'parquet';
  readonly dialect?: CsvDialect;
  readonly columns: readonly string[];
  /** Of these, what the model reads, and what is passed through to the output. */
  readonly used: readonly string[];
  readonly passed: readonly string[];
  readonly chunks: ChunkPlan;
}

/**
 * How an input is cut. A chunk of bytes begins at the first record that starts at or after its nominal border, so borders
 * are plain arithmetic here and are moved to records while the file is read.
 */
export type ChunkPlan =
  /** Threads read their own ranges: chunk k is the records that start in [from + k·size, min(to, from + (k+1)·size)). */
  | {
      readonly by: 'byte-ranges';
      readonly from: number;
      readonly to: number;
      readonly size: number;
      readonly count: number;
    }
  /** One reader decompresses or recodes, and hands out chunks of about `size` bytes. */
  | { readonly by: 'stream'; readonly size: number }
  /** A database reads [first, first + rows) in chunks of about `size` rows. */
  | { readonly by: 'rows'; readonly first: number; readonly rows: number; readonly size: number }
  /** Events: moments of features made by a database, by partitions of users when they do not fit at once. */
  | { readonly by: 'events'; readonly size: number; readonly partitions: number };

/** Whole records of a CSV table, for a scoring thread to parse: bytes at hand, or the range of the file they lie in. */
export interface CsvChunk {
  readonly kind: 'csv';
  /** Index into the job's inputs, whose layout (dialect, columns) the thread knows. */
  readonly input: number;
  /** Decoded UTF-8 bytes; absent: the thread reads [start, extent) of the file itself. */
  readonly bytes?: Uint8Array;
  /** Byte range of the records. `extent` ≥ `end`: bytes behind them that decide how a broken last record is read. */
  readonly start: number;
  readonly end: number;
  readonly extent: number;
  /** Number of the first record, from 1, and its physical line. */
  readonly record: number;
  readonly line: number;
  /** Records in the range, broken ones included: what the thread must account for. */
  readonly records: number;
}

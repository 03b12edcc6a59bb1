/** Whole records of a CSV table, for a scoring thread to parse: bytes at hand, or the range of the file they lie in. */
import type { CutChunk } from '../table/csv-cutter.js';
import type { CsvLayout } from '../table/csv-layout.js';

export interface CsvChunk extends CutChunk {
  readonly kind: 'csv';
  /** Index into the job's inputs. */
  readonly input: number;
  /** The bytes [start, extent), decompressed and in UTF-8; absent: the thread reads them from the file. */
  readonly bytes?: Uint8Array;
}

/** What the threads know of an input. */
export interface CsvInput {
  readonly name: string;
  readonly path: string;
  readonly layout: CsvLayout;
}

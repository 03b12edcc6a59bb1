import type { Loaded } from './pollution-score.mjs';
export interface PollutedFile {
  readonly kind: string;
  /** Tells files of one kind apart. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What a perfect reader loads. */
  readonly clean: Loaded;
  /** Absent in the benchmark: not part of its score. */
  readonly own?: true;
}
/** Names and rows: dates, times, numbers, codes, money, texts with commas, quotes and line-free prose, an empty column. */
export declare function cleanTable(): string[][];
interface Writing {
  readonly delimiter?: string;
  readonly newline?: string;
  readonly quote?: string;
  /** How a quote inside quotes is written. */
  readonly escaped?: string;
}
export declare function csv(rows: readonly (readonly string[])[], writing?: Writing): string;
/** File, table and dialect pollutions of the benchmark: one file each. */
export declare function filePollutions(table: string[][]): PollutedFile[];
/** Pollutions of one row, or of one field of one row, at `rows` (0 is the header). */
export declare function rowPollutions(table: string[][], rows: readonly number[]): PollutedFile[];
export declare const KIND_WEIGHTS: Readonly<Record<string, number>>;
export declare function benchmarkScores(
  scores: readonly {
    readonly kind: string;
    readonly score: number;
  }[],
): { readonly simple: number; readonly weighted: number };
/** What real exports have besides. */
export declare function furtherPollutions(table: string[][]): PollutedFile[];

/**
 * Narrow features of 257 bins, one more than a byte tells apart (XGBoost's 256 and one for missing values): which rows are
 * in the rarest bin of which feature, kept as bits, so that histograms can be made from bytes all the same. How, the kernels
 * of assembly/rare-bins.ts say. Memory: 4 bytes a row for 32 such features, and a column of u16 beside the bytes of each.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BinnedFeature } from './feature-bins.js';

/** The most bins of a feature whose cells are bytes in the records. */
export const NARROW_BINS = 257;

/** Byte offset of the last entry of such a feature in its histogram. */
const LAST_ENTRY = 256 * 16;

export interface RareBins {
  /** Bits of the rows, `wordsPerRow` u32 each. */
  readonly words: number;
  readonly wordsPerRow: number;
  /** Byte offset of the sum of each bit's rows in a node's histogram, u32. */
  readonly offsets: number;
  /** What `settleRare` reads. */
  readonly table: number;
  readonly count: number;
}

/**
 * Writes the bytes of the features of 257 bins, whose u16 columns are there, to the place that `bytesOf` gives; undefined
 * when there is no such feature. Takes memory from the pool's stack.
 */
export function keepRareBinsApart(
  pool: KernelPool,
  rows: number,
  features: readonly BinnedFeature[],
  bytesOf: (feature: BinnedFeature) => number,
): RareBins | undefined {
  const wanted = features.filter(({ bins, tile }) => tile >= 0 && bins === NARROW_BINS);
  if (wanted.length === 0) return undefined;
  const { memory } = pool;
  const wordsPerRow = Math.ceil(wanted.length / 32);
  const words = memory.alloc(rows * wordsPerRow * 4);
  const offsets = memory.alloc(wordsPerRow * 32 * 4);
  const table = memory.alloc(wanted.length * 8);
  memory.u32(words, rows * wordsPerRow).fill(0);
  memory.u32(offsets, wanted.length).set(wanted.map(({ histogramOffset }) => histogramOffset + LAST_ENTRY));
  const mark = memory.mark();
  const calls = wanted.map((feature, i) => {
    const [counts, rare] = [memory.alloc(NARROW_BINS * 4), table + i * 8 + 4];
    memory.u32(table, wanted.length * 2)[i * 2] = feature.histogramOffset;
    return [feature.address, rows, counts, bytesOf(feature), words, wordsPerRow, i, rare];
  });
  pool.run('keepRareApart', calls);
  memory.release(mark);
  return { words, wordsPerRow, offsets, table, count: wanted.length };
}

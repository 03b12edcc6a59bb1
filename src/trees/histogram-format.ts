/**
 * How a node's histogram lies in memory and which kernels make and read it: exact sums of gradients in fixed point, or the
 * small sums of quantized ones, which take half the room and less time.
 */
import type { KernelName } from '../kernels/kernels.js';

export interface HistogramFormat {
  /** Bytes of an entry, the sums of one bin. */
  readonly entryBytes: 8 | 16;
  /** Bytes of one lane's histogram in a tile: 256 entries and 64 bytes of skew. */
  readonly laneBytes: number;
  /** The most bins of a feature whose cells are bytes in the records. */
  readonly narrowBins: number;
  /** Scratch of one call of `tiles`. */
  readonly scratchBytes: number;
  readonly tiles: KernelName;
  readonly column: KernelName;
  readonly sum: KernelName;
}

/** assembly/histogram.ts and assembly/rare-bins.ts: {i64 Σg, i64 Σh}. */
export const EXACT: HistogramFormat = {
  entryBytes: 16,
  laneBytes: 4160,
  narrowBins: 257,
  scratchBytes: 20480,
  tiles: 'histogramTiles',
  column: 'histogramColumn',
  sum: 'sumGradients',
};

/** assembly/packed-histogram.ts: i64 Σg · 2^32 + Σh. */
export const PACKED: HistogramFormat = {
  entryBytes: 8,
  laneBytes: 2112,
  narrowBins: 256,
  scratchBytes: 87040,
  tiles: 'packedTiles',
  column: 'packedColumn',
  sum: 'sumPacked',
};

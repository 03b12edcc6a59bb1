/**
 * Borders as the kernel `rankCells` searches them (kernels/assembly/rank-cells.ts): the line between the lowest and the
 * highest border is cut into equal buckets, so that most cells need a look at one or two borders.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';

/** A rank is one byte. */
export const MAX_BORDERS = 255;

const MAX_BUCKETS = 1024;

/** Computes the ranks of `count` cells at `cells` into bytes at `out`. */
export type RankCells = (cells: number, count: number, out: number) => void;

/**
 * Takes the memory of one to MAX_BORDERS ascending borders, not NaN, none twice; `nanRank` is the rank of NaN. Cells are
 * read and written by twos: `out` needs a byte more when their number is odd.
 */
export function rankTable(borders: Float64Array, nanRank: number, memory: KernelMemory, kernels: Kernels): RankCells {
  const finite = borders.filter((border) => Number.isFinite(border));
  const low = finite[0] ?? 0;
  const last = Math.min(MAX_BUCKETS, 4 * 2 ** Math.ceil(Math.log2(borders.length))) - 1;
  const wide = last / ((finite.at(-1) ?? 0) - low);
  const scale = Number.isFinite(wide) ? wide : 0;
  const inBucket = new Uint16Array(last + 1);
  for (const border of borders) inBucket[bucketOf(border, low, scale, last)]++;
  const starts = new Uint8Array(last + 1);
  for (let bucket = 1; bucket <= last; bucket++) starts[bucket] = starts[bucket - 1] + inBucket[bucket - 1];
  const steps = Math.ceil(Math.log2(Math.max(...inBucket) + 1));
  const padded = new Float64Array(borders.length + 2 ** steps).fill(Number.POSITIVE_INFINITY);
  padded.set(borders);
  const bordersAt = memory.alloc(padded.byteLength);
  memory.f64(bordersAt, padded.length).set(padded);
  const startsAt = memory.alloc(starts.length);
  memory.u8(startsAt, starts.length).set(starts);
  return (cells, count, out) => {
    kernels.rankCells(cells, count + (count & 1), bordersAt, startsAt, low, scale, last, steps, nanRank, out);
  };
}

/** The kernel's own arithmetic, operation by operation: adding 2^52 rounds to the nearest whole number. */
function bucketOf(x: number, low: number, scale: number, last: number): number {
  const place = (x - low) * scale;
  // NaN, as of infinity times 0, is in the first bucket, which Math.max and Math.min would not say.
  if (!(place > 0)) return 0;
  return Math.min(place, last) + 2 ** 52 - 2 ** 52;
}

/**
 * The rows of a growing tree: one list of row indices in which every node owns a range. Splitting a node reorders its
 * range, left rows first, each side in its old order. The order does not depend on the number of threads.
 */
import type { KernelPool } from '../kernels/pool.js';
import { goesLeftInBundle } from './bundled-columns.js';
import type { BinnedFeature } from './feature-bins.js';

/** Rows of one task at most, and where there are fewer, as many as a thread can have for its own trouble. */
const CHUNK = 16384;
const SMALL_CHUNK = 1024;
/** Chunks a thread: some are read faster than others. */
const CHUNKS_A_THREAD = 4;
/** Up to so many rows the halves are put together by the calling thread. */
const COPIED_ALONE = 65536;

export class RowPartition {
  readonly #pool: KernelPool;
  readonly #rows: number;
  readonly #capacity: number;
  readonly #left: number;
  readonly #right: number;
  readonly #counts: number;
  readonly #goesLeft: number;

  /** Room for `capacity` rows and for splits of features with at most `maxBins` bins; 12 bytes a row (8 with one thread) and a byte a bin. */
  constructor(pool: KernelPool, capacity: number, maxBins: number) {
    this.#pool = pool;
    this.#capacity = capacity;
    this.#rows = pool.memory.alloc(capacity * 4);
    // One thread splits in place.
    this.#left = pool.threads === 1 ? 0 : pool.memory.alloc(capacity * 4);
    this.#right = pool.memory.alloc(capacity * 4);
    this.#counts = pool.memory.alloc((Math.ceil(capacity / CHUNK) + CHUNKS_A_THREAD * pool.threads) * 4 + 4);
    // A column that features share has at most 256 bins.
    this.#goesLeft = pool.memory.alloc(Math.max(256, maxBins));
  }

  /** Byte offset of the row indices. */
  get address(): number {
    return this.#rows;
  }

  /** The first `count` rows, as the tree's root: all of them are known without the list. */
  root(count: number): { readonly rows: number; readonly first: number; readonly count: number } {
    return { rows: count === this.#capacity ? 0 : this.#rows, first: 0, count };
  }

  /** Sum of the weights of a range's rows. */
  weightOf(start: number, count: number, weight: Float64Array): number {
    let sum = 0;
    for (const row of this.#pool.memory.u32(this.#rows + start * 4, count)) sum += weight[row];
    return sum;
  }

  /** Makes the root: all rows 0 … capacity − 1. */
  resetAll(): void {
    const calls: number[][] = [];
    for (let from = 0; from < this.#capacity; from += CHUNK)
      calls.push([this.#rows + from * 4, from, Math.min(CHUNK, this.#capacity - from)]);
    this.#pool.run('countRows', calls);
  }

  /** Makes the root of the given rows (ascending). */
  reset(rows: Uint32Array): void {
    this.#pool.memory.u32(this.#rows, rows.length).set(rows);
  }

  /**
   * Splits the range `start`, `count`: rows whose bin b of `feature` has goesLeft[b] = 1 come first. Returns how many
   * they are.
   */
  split(start: number, count: number, feature: BinnedFeature, goesLeft: Uint8Array): number {
    const { memory } = this.#pool;
    const sides = feature.place === undefined ? goesLeft : goesLeftInBundle(feature.place, goesLeft);
    memory.u8(this.#goesLeft, sides.length).set(sides);
    const { address, width } = feature;
    const { threads } = this.#pool;
    if (threads === 1 || count < 2 * SMALL_CHUNK) return this.#splitInPlace(start, count, address, width);
    const chunk = Math.min(CHUNK, Math.max(SMALL_CHUNK, Math.ceil(count / (threads * CHUNKS_A_THREAD))));
    const calls: number[][] = [];
    for (let from = 0; from < count; from += chunk) {
      const at = (start + from) * 4;
      const share = Math.min(chunk, count - from);
      const result = this.#counts + calls.length * 4;
      const [left, right] = [this.#left + at, this.#right + at];
      calls.push([this.#rows + at, share, address, width, this.#goesLeft, left, right, result]);
    }
    this.#pool.run('partitionRows', calls);
    const counts = memory.u32(this.#counts, calls.length);
    let totalLeft = 0;
    for (const goneLeft of counts) totalLeft += goneLeft;
    let left = start;
    let right = start + totalLeft;
    const copies: number[][] = [];
    calls.forEach((call, i) => {
      const goneRight = call[1] - counts[i];
      copies.push([call[5], this.#rows + left * 4, counts[i]], [call[6], this.#rows + right * 4, goneRight]);
      left += counts[i];
      right += goneRight;
    });
    if (count > COPIED_ALONE) this.#pool.run('copyRows', copies);
    else for (const [from, to, rows] of copies) this.#pool.kernels.copyRows(from, to, rows);
    return totalLeft;
  }

  /** On the calling thread: rows that go left close up where they are, which the kernel has read by then. */
  #splitInPlace(start: number, count: number, column: number, width: number): number {
    const { kernels, memory } = this.#pool;
    const at = this.#rows + start * 4;
    kernels.partitionRows(at, count, column, width, this.#goesLeft, at, this.#right, this.#counts);
    const [goneLeft] = memory.u32(this.#counts, 1);
    kernels.copyRows(this.#right, at + goneLeft * 4, count - goneLeft);
    return goneLeft;
  }
}

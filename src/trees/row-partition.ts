/**
 * The rows of a growing tree: a list of row indices in which every node owns a range. Splitting a node reorders its rows,
 * those that go left first, each side in its old order. The order does not depend on the number of threads.
 *
 * With several threads the list lies in as many regions, each with a share of the root's rows in their order, and every region
 * is split for itself: a node's rows are one stretch a region, in order. So nothing is moved from one core's cache to
 * another's, and a core meets the same rows in all nodes.
 */
import type { KernelPool } from '../kernels/pool.js';
import { goesLeftInBundle } from './bundled-columns.js';
import type { BinnedFeature } from './feature-bins.js';

/** Rows of one task at most, and where there are fewer, as many as a thread can have for its own trouble. */
const CHUNK = 16384;
const SMALL_CHUNK = 512;
/** Regions are not smaller: what a stretch costs for itself must not show. */
const MIN_REGION_ROWS = 4096;
/** Chunks a thread: some are read faster than others. */
const CHUNKS_A_THREAD = 4;

/** A node's rows: u32 indices at `rows`, or the rows first … first + count − 1 when `rows` is 0. */
export interface NodeRows {
  readonly rows: number;
  readonly first: number;
  readonly count: number;
}

export class RowPartition {
  readonly #pool: KernelPool;
  readonly #rows: number;
  readonly #capacity: number;
  readonly #left: number;
  readonly #right: number;
  readonly #counts: number;
  readonly #goesLeft: number;
  /** Where each region begins, and where the last one ends, in rows. */
  #regions: readonly number[] = [0, 0];
  /** Of several regions: first row and number of rows of each of a node's stretches, by where its range starts. */
  readonly #stretches = new Map<number, readonly number[]>();

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

  /** The first `count` rows, as the tree's root: all of them are known without the list. */
  root(count: number): NodeRows {
    return { rows: count === this.#capacity ? 0 : this.#rows, first: 0, count };
  }

  /** Sum of the weights of a range's rows. */
  weightOf(start: number, count: number, weight: Float64Array): number {
    let sum = 0;
    for (const { rows, count: of } of this.stretches(start, count))
      for (const row of this.#pool.memory.u32(rows, of)) sum += weight[row];
    return sum;
  }

  /** Makes the root: all rows 0 … capacity − 1. */
  resetAll(): void {
    const calls: number[][] = [];
    for (let from = 0; from < this.#capacity; from += CHUNK)
      calls.push([this.#rows + from * 4, from, Math.min(CHUNK, this.#capacity - from)]);
    this.#pool.run('countRows', calls);
    this.#begin(this.#capacity);
  }

  /** Makes the root of the given rows (ascending). */
  reset(rows: Uint32Array): void {
    this.#pool.memory.u32(this.#rows, rows.length).set(rows);
    this.#begin(rows.length);
  }

  #begin(count: number): void {
    const { threads } = this.#pool;
    const regions = count < threads * MIN_REGION_ROWS ? 1 : threads;
    this.#regions = Array.from({ length: regions + 1 }, (_, region) => Math.floor((count * region) / regions));
    this.#stretches.clear();
    if (regions === 1) return;
    const stretches = this.#regions.slice(1).flatMap((end, r) => [this.#regions[r], end - this.#regions[r]]);
    this.#stretches.set(0, stretches);
  }

  /** The rows of a range, in order: one stretch a region, some of no rows. */
  stretches(start: number, count: number): readonly NodeRows[] {
    if (this.#regions.length <= 2 || count === 0) return [{ rows: this.#rows + start * 4, first: 0, count }];
    const of = this.#stretches.get(start)!;
    return this.#regions.slice(1).map((_, r) => ({ rows: this.#rows + of[r * 2] * 4, first: 0, count: of[r * 2 + 1] }));
  }

  /** Byte offset of the row indices of a range, all together; good until the next split. */
  together(start: number, count: number): number {
    const stretches = this.stretches(start, count);
    if (stretches.length === 1) return stretches[0].rows;
    let to = this.#right + start * 4;
    for (const { rows, count: of } of stretches) {
      this.#pool.kernels.copyRows(rows, to, of);
      to += of * 4;
    }
    return this.#right + start * 4;
  }

  /**
   * The rows of a range as one thread or several can have them: as a stretch a region where these are about as long, or
   * else all together. Good until the next split.
   */
  shares(start: number, count: number): readonly NodeRows[] {
    const regions = this.#regions.length - 1;
    if (count >= regions * SMALL_CHUNK && regions > 1) {
      const stretches = this.stretches(start, count);
      if (stretches.every((stretch) => stretch.count * regions < count * 1.25)) return stretches;
    }
    return [{ rows: this.together(start, count), first: 0, count }];
  }

  /** `shares` of all rows before any split, which are known without the list. */
  sharesOfAll(): readonly NodeRows[] {
    return this.#regions
      .slice(1)
      .map((end, r) => ({ rows: 0, first: this.#regions[r], count: end - this.#regions[r] }));
  }

  /**
   * Splits the range `start`, `count`: rows whose bin b of `feature` has goesLeft[b] = 1 come first. Returns how many
   * they are.
   */
  split(start: number, count: number, feature: BinnedFeature, goesLeft: Uint8Array): number {
    if (count === 0) return 0;
    const { memory, kernels } = this.#pool;
    const sides = feature.place === undefined ? goesLeft : goesLeftInBundle(feature.place, goesLeft);
    memory.u8(this.#goesLeft, sides.length).set(sides);
    const { address, width } = feature;
    const inPlace = (first: number, rows: number, result: number) => {
      const at = this.#rows + first * 4;
      return [at, rows, address, width, this.#goesLeft, at, this.#right + first * 4, result];
    };
    if (this.#regions.length <= 2) {
      kernels.partitionRows(...(inPlace(start, count, this.#counts) as Parameters<typeof kernels.partitionRows>));
      return memory.u32(this.#counts, 1)[0];
    }
    const before = this.#stretches.get(start)!;
    const regions = before.length / 2;
    const goneLeft = new Array<number>(regions).fill(0);
    const calls: number[][] = [];
    const called: number[] = [];
    for (let r = 0; r < regions; r++) {
      const rows = before[r * 2 + 1];
      // Where most rows of a node are of one region, the others' threads help.
      if (rows >= 2 * CHUNK && rows * regions > count * 1.5) {
        goneLeft[r] = this.#splitByChunks(before[r * 2], rows, feature);
      } else if (rows > 0) {
        calls.push(inPlace(before[r * 2], rows, this.#counts + calls.length * 4));
        called.push(r);
      }
    }
    if (count < regions * SMALL_CHUNK)
      for (const call of calls) kernels.partitionRows(...(call as Parameters<typeof kernels.partitionRows>));
    else this.#pool.run('partitionRows', calls);
    const counts = memory.u32(this.#counts, calls.length);
    for (let i = 0; i < called.length; i++) goneLeft[called[i]] = counts[i];
    return this.#divide(start, count, before, goneLeft);
  }

  /** Notes the stretches of a split node's children. */
  #divide(start: number, count: number, before: readonly number[], goneLeft: readonly number[]): number {
    const left: number[] = [];
    const right: number[] = [];
    let total = 0;
    for (let r = 0; r < goneLeft.length; r++) {
      const gone = goneLeft[r];
      left.push(before[r * 2], gone);
      right.push(before[r * 2] + gone, before[r * 2 + 1] - gone);
      total += gone;
    }
    // A child without rows has no place of its own: its range starts where another one does.
    if (total > 0) this.#stretches.set(start, left);
    if (total < count) this.#stretches.set(start + total, right);
    return total;
  }

  /** Splits a long stretch of one region by all threads; `#goesLeft` is set. */
  #splitByChunks(start: number, count: number, { address, width }: BinnedFeature): number {
    const { memory, threads } = this.#pool;
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
    this.#pool.run('copyRows', copies);
    return totalLeft;
  }
}

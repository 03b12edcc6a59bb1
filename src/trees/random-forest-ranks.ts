/**
 * Columns as dense ranks among their own distinct values: exact splits need no more than the order. Missing cells get
 * the rank with all bits set. Two bytes a cell up to 65,535 distinct values, four above; the values stay where the
 * table has them.
 */
import type { KernelPool } from '../kernels/pool.js';
import { writeSearchGuide } from '../kernels/search-guide.js';
import type { Cells, MatrixColumn } from '../table/matrix.js';

/** All bits set, in as many bytes as a rank has. */
const MISSING = -1;
/** Rows of one task. */
const CHUNK = 16384;
/** What the kernel `sortNumbers` counts digits in. */
const DIGIT_BYTES = 49152;

/** Where a column's ranks go, and its distinct values, ascending. */
interface Place {
  readonly address: number;
  readonly bytes: 2 | 4;
  readonly values: Float64Array;
}

export interface RankedColumn {
  /** Address of the ranks in the kernels' memory. */
  readonly address: number;
  readonly bytes: 2 | 4;
  /** Distinct values; −0 and 0 are one. */
  readonly distinct: number;
  /** A row of each rank, the first. */
  readonly rowOf: Uint32Array;
  readonly cells: Cells;
}

/** The value of a rank. */
export function valueOfRank({ rowOf, cells }: RankedColumn, rank: number): number {
  return cells[rowOf[rank]];
}

/**
 * Ranks columns, as many at a time as the pool has threads: sorted by digits, then each cell is looked up among the distinct
 * values. Takes the ranks from the pool's memory, and gives back 16 bytes a row and thread.
 */
export function rankColumns(pool: KernelPool, columns: readonly MatrixColumn[], rows: number): RankedColumn[] {
  const ranked: RankedColumn[] = [];
  for (let from = 0; from < columns.length; from += pool.threads) {
    const batch = columns.slice(from, from + pool.threads).map(({ values }) => values);
    const distinct = distinctValues(pool, batch, rows);
    const places = distinct.map((values): Place => {
      const bytes = values.length <= 65535 ? 2 : 4;
      return { address: pool.memory.alloc(rows * bytes), bytes, values };
    });
    lookUp(pool, batch, places, rows);
    places.forEach(({ address, bytes, values }, i) => {
      const ranks = bytes === 2 ? pool.memory.u16(address, rows) : pool.memory.u32(address, rows);
      const rowOf = firstRows(ranks, values.length);
      ranked.push({ address, bytes, distinct: values.length, rowOf, cells: batch[i] });
    });
  }
  return ranked;
}

function firstRows(ranks: Uint16Array | Uint32Array, distinct: number): Uint32Array {
  const rowOf = new Uint32Array(distinct);
  // Backwards, so that the first row of a rank stays. Missing cells have ranks past the last.
  for (let row = ranks.length - 1; row >= 0; row--) if (ranks[row] < distinct) rowOf[ranks[row]] = row;
  return rowOf;
}

function distinctValues(pool: KernelPool, batch: readonly Cells[], rows: number): Float64Array[] {
  const { memory } = pool;
  const mark = memory.mark();
  const calls = batch.map((cells) => {
    const [list, spare, digits] = [rows * 8, rows * 8, DIGIT_BYTES].map((bytes) => memory.alloc(bytes));
    const known = memory.f64(list, rows);
    let count = 0;
    for (let row = 0; row < rows; row++) if (!Number.isNaN(cells[row])) known[count++] = cells[row];
    return [list, count, spare, digits];
  });
  pool.run('sortNumbers', calls);
  const found = calls.map(([list, count]) => {
    const sorted = memory.f64(list, count);
    let size = 0;
    for (let i = 0; i < count; i++) if (i === 0 || sorted[i] !== sorted[size - 1]) sorted[size++] = sorted[i];
    return sorted.slice(0, size);
  });
  memory.release(mark);
  return found;
}

/** A cell's rank is the number of distinct values below it. */
function lookUp(pool: KernelPool, batch: readonly Cells[], places: readonly Place[], rows: number): void {
  const { memory } = pool;
  const mark = memory.mark();
  const calls: number[][] = [];
  places.forEach(({ address, bytes, values }, i) => {
    const [cells, edges] = [rows, values.length].map((count) => memory.alloc(count * 8));
    memory.f64(cells, rows).set(batch[i].subarray(0, rows));
    const borders = memory.f64(edges, values.length);
    // −0 is no other number than 0, nor is it below it.
    for (let v = 0; v < values.length; v++) borders[v] = values[v] + 0;
    const guide = writeSearchGuide(memory, borders);
    for (let from = 0; from < rows; from += CHUNK) {
      const count = Math.min(CHUNK, rows - from);
      const to = address + from * bytes;
      calls.push([cells + from * 8, count, edges, values.length, 0, MISSING, to, bytes, bytes, guide]);
    }
  });
  pool.run('binNumeric', calls);
  memory.release(mark);
}

/** The last rank in [low, high) whose value is at most x; that of `low` must be. */
export function lastAtMost(column: RankedColumn, x: number, low: number, high: number): number {
  let first = low;
  let end = high;
  while (end - first > 1) {
    const middle = (first + end) >>> 1;
    if (valueOfRank(column, middle) <= x) first = middle;
    else end = middle;
  }
  return first;
}

/**
 * The threshold between two neighbouring values of a node, low < high: their midpoint as a sum of halves, which cannot
 * overflow. Where the midpoint is not in [low, high) (adjacent doubles, infinities) it is low itself: x <= threshold
 * must part the two.
 */
export function thresholdBetween(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

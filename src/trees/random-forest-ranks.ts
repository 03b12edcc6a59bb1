/**
 * Columns as dense ranks among their own distinct values: exact splits need no more than the order. Missing cells get
 * the rank with all bits set. Two bytes a cell up to 65,535 distinct values, four above; the values stay outside the
 * kernels' memory.
 */
import type { KernelMemory } from '../kernels/memory.js';
import type { MatrixColumn } from '../table/matrix.js';

export interface RankedColumn {
  /** Address of the ranks in the kernels' memory. */
  readonly address: number;
  readonly bytes: 2 | 4;
  /** The distinct values, ascending; −0 and 0 are one. */
  readonly values: Float64Array;
}

/** Ranks one column; O(n log n). */
export function rankColumn(memory: KernelMemory, { values: cells }: MatrixColumn, rows: number): RankedColumn {
  const sorted = new Float64Array(rows);
  let known = 0;
  for (let row = 0; row < rows; row++) if (!Number.isNaN(cells[row])) sorted[known++] = cells[row];
  sorted.subarray(0, known).sort();
  let distinct = 0;
  for (let i = 0; i < known; i++) if (i === 0 || sorted[i] !== sorted[distinct - 1]) sorted[distinct++] = sorted[i];
  const values = sorted.slice(0, distinct);
  const bytes = distinct <= 65535 ? 2 : 4;
  const address = memory.alloc(rows * bytes);
  const ranks = bytes === 2 ? memory.u16(address, rows) : memory.u32(address, rows);
  const missing = bytes === 2 ? 0xffff : 0xffffffff;
  for (let row = 0; row < rows; row++)
    ranks[row] = Number.isNaN(cells[row]) ? missing : lastAtMost(values, cells[row], 0, distinct);
  return { address, bytes, values };
}

/** The last index in [low, high) whose value is at most x; values[low] must be. */
export function lastAtMost(values: Float64Array, x: number, low: number, high: number): number {
  let first = low;
  let end = high;
  while (end - first > 1) {
    const middle = (first + end) >>> 1;
    if (values[middle] <= x) first = middle;
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

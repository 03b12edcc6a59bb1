/** The distinct values of numeric columns on sampled rows, by the kernel `distinctNumbers`: a column a task. */
import type { KernelPool } from '../kernels/pool.js';
import type { MatrixColumn } from '../table/matrix.js';
import { type Distinct, ZERO_THRESHOLD } from './lightgbm-bounds.js';

export interface CountedColumn {
  /** Rows looked at, and those of them that are no NaN. */
  readonly rows: number;
  readonly known: number;
  /** Without zeros. */
  readonly distinct: Distinct;
}

/** Of one task besides 16 bytes a row: what the kernel sorts with. */
const TABLE_BYTES = 16 + 6 * 2048 * 4;

/** Counts the columns of the given numbers, in their order; what it hands over is valid during the call. */
export function eachDistinct(
  pool: KernelPool,
  columns: readonly MatrixColumn[],
  wanted: readonly number[],
  sample: Uint32Array | undefined,
  take: (column: number, counted: CountedColumn) => void,
): void {
  if (wanted.length === 0) return;
  const { memory } = pool;
  const rows = sample?.length ?? columns[wanted[0]].values.length;
  const mark = memory.mark();
  const tasks = Array.from({ length: Math.min(pool.threads, wanted.length) }, () => {
    const [cells, values, counts] = [1, 2, 3].map(() => memory.alloc(rows * 8));
    return { cells, values, counts, scratch: memory.alloc(TABLE_BYTES + rows * 16), size: memory.alloc(4) };
  });
  for (let from = 0; from < wanted.length; from += tasks.length) {
    const batch = wanted.slice(from, from + tasks.length);
    const calls = batch.map((column, t) => {
      const { cells, values, counts, scratch, size } = tasks[t];
      const room = memory.f64(cells, rows);
      const all = columns[column].values;
      if (sample === undefined) room.set(all);
      else for (let i = 0; i < rows; i++) room[i] = all[sample[i]];
      return [cells, rows, ZERO_THRESHOLD, scratch, values, counts, size];
    });
    pool.run('distinctNumbers', calls);
    batch.forEach((column, t) => {
      const { values, counts, scratch, size } = tasks[t];
      const [known] = memory.i32(scratch, 1);
      const [length] = memory.i32(size, 1);
      const distinct = { values: memory.f64(values, length), counts: memory.f64(counts, length) };
      take(column, { rows, known, distinct });
    });
  }
  memory.release(mark);
}

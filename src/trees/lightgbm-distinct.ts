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
  const width = Math.min(pool.threads, wanted.length);
  // While the threads count one batch of columns, this one takes what they found in the batch before and fetches the next.
  const desks = Array.from({ length: pool.threads === 1 ? 1 : 2 }, () =>
    Array.from({ length: width }, () => {
      const [cells, values, counts] = [1, 2, 3].map(() => memory.alloc(rows * 8));
      return { cells, values, counts, scratch: memory.alloc(TABLE_BYTES + rows * 16), size: memory.alloc(4) };
    }),
  );
  const batches = Math.ceil(wanted.length / width);
  const batch = (index: number) =>
    wanted
      .slice(index * width, (index + 1) * width)
      .map((column, t) => ({ column, ...desks[index % desks.length][t] }));
  const fetch = (index: number) => {
    for (const { column, cells } of batch(index)) {
      const room = memory.f64(cells, rows);
      const all = columns[column].values;
      if (sample === undefined) room.set(all);
      else for (let i = 0; i < rows; i++) room[i] = all[sample[i]];
    }
  };
  const hand = (index: number) => {
    for (const { column, values, counts, scratch, size } of batch(index)) {
      const [known] = memory.i32(scratch, 1);
      const [length] = memory.i32(size, 1);
      const distinct = { values: memory.f64(values, length), counts: memory.f64(counts, length) };
      take(column, { rows, known, distinct });
    }
  };
  const isOneDesk = desks.length === 1;
  fetch(0);
  for (let index = 0; index < batches; index++) {
    const calls = batch(index).map(({ cells, values, counts, scratch, size }) => [
      ...[cells, rows, ZERO_THRESHOLD, scratch, values, counts, size],
    ]);
    pool.run('distinctNumbers', calls, () => {
      if (isOneDesk) return;
      if (index > 0) hand(index - 1);
      if (index + 1 < batches) fetch(index + 1);
    });
    if (!isOneDesk) continue;
    hand(index);
    if (index + 1 < batches) fetch(index + 1);
  }
  if (!isOneDesk) hand(batches - 1);
  memory.release(mark);
}

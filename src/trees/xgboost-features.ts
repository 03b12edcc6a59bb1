/**
 * The bins of every column as XGBoost makes them: values are summarized by the kernel `sketchColumn`, a thread a column, and
 * become cuts in `xgboost-cuts.ts`. Storing cells by these bins is `binned-matrix.ts`.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { MatrixColumn } from '../table/matrix.js';
import { categoricalBins, numericBins, type XgboostFeature } from './xgboost-cuts.js';

/** Bytes of scratch that are not the summaries': digits of the sort, sizes of the levels, and what alignment takes. */
const FIXED_SCRATCH = 3 * 2048 * 4 + 40 * 4 + 64;

/**
 * One entry a column, undefined where no split is possible. Takes memory while it runs: a column's cells, its summaries
 * and the weights, for each thread.
 */
export function findXgboostFeatures(
  pool: KernelPool,
  columns: readonly MatrixColumn[],
  weight: Float64Array | undefined,
  maxBin: number,
): (XgboostFeature | undefined)[] {
  const mark = pool.memory.mark();
  try {
    const features = columns.map(({ kind, values }) => (kind === 'numeric' ? undefined : categoricalBins(values)));
    const numeric = columns.flatMap(({ kind }, column) => (kind === 'numeric' ? [column] : []));
    const rows = columns[0]?.values.length ?? weight?.length ?? 0;
    const weights = weight === undefined ? 0 : pool.memory.alloc(rows * 8);
    if (weight !== undefined) pool.memory.f64(weights, rows).set(weight);
    const places = Array.from({ length: Math.min(pool.threads, numeric.length) }, () => pool.memory.alloc(rows * 8));
    for (let from = 0; from < numeric.length; from += places.length) {
      const batch = numeric.slice(from, from + places.length);
      const cells = batch.map((column, i) => {
        pool.memory.f64(places[i], rows).set(columns[column].values);
        return { at: places[i], rows };
      });
      summarize(pool, cells, weights, maxBin).forEach(({ values, count }, i) => {
        features[batch[i]] = numericBins(values, count, rows, maxBin);
      });
    }
    return features;
  } finally {
    pool.memory.release(mark);
  }
}

interface ColumnSummary {
  /** float32, ascending; a copy. */
  readonly values: Float32Array;
  /** Cells that are not missing. */
  readonly count: number;
}

function summarize(
  pool: KernelPool,
  cells: readonly { readonly at: number; readonly rows: number }[],
  weights: number,
  maxBin: number,
): ColumnSummary[] {
  const { memory } = pool;
  const mark = memory.mark();
  const countsAt = memory.alloc(cells.length * 4);
  pool.run(
    'countNumbers',
    cells.map(({ at, rows }, i) => [at, rows, countsAt + i * 4]),
  );
  const counts = Array.from(memory.i32(countsAt, cells.length));
  const calls = cells.map(({ at, rows }, i) => {
    const wanted = Math.min(maxBin, counts[i]);
    const { limit, levels } = summarySize(counts[i], 1 / (wanted * 8));
    const [first, last] = [Math.min(counts[i], maxBin * 8), wanted + 1];
    // The queue and its copy, drained and combined summaries, the pruned one and the levels.
    const scratch = memory.alloc(limit * 2 * (16 + 32) + (limit + 1) * 16 * (levels + 1) + FIXED_SCRATCH);
    const out = memory.alloc((last + 2) * 4);
    return [at, rows, weights, limit, first, last, scratch, out];
  });
  const full = calls.filter((_, i) => counts[i] > 0);
  if (full.length > 0) pool.run('sketchColumn', full);
  const summaries = calls.map((call, i) => {
    const size = counts[i] === 0 ? 0 : memory.i32(call[7], 1)[0];
    return { values: memory.f32(call[7] + 4, size).slice(), count: counts[i] };
  });
  memory.release(mark);
  return summaries;
}

/** Entries a level may hold so that `count` values in levels of halves keep the rank error (LimitSizeLevel); the levels. */
function summarySize(count: number, eps: number): { limit: number; levels: number } {
  for (let levels = 1; ; levels++) {
    const limit = Math.min(count, Math.ceil(levels / eps) + 1);
    // A full queue of twice the limit becomes one entry of the lowest level.
    if (2 ** levels * limit >= count) return { limit, levels: levels + 1 };
  }
}

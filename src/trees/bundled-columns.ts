/**
 * Columns of bins that several features share (exclusive feature bundling): 0 where every feature is in its common bin,
 * else the bin of the one that is not, its common bin left out and the others counted on from its `start`. Which features
 * share, the family says; a feature that conflicts with another in some row is put back alone.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { Matrix } from '../table/matrix.js';
import type { BundlePlace, FeatureBins } from './feature-bins.js';

/** A column of the matrix, and its bin that a bundle leaves out. */
export interface BundleMember {
  readonly column: number;
  readonly commonBin: number;
}

export interface BundledColumn {
  readonly places: ReadonlyMap<number, BundlePlace>;
  readonly bins: number;
  /** A byte a row. */
  readonly cells: Uint8Array;
}

/** Merges groups of narrow columns; a group that conflicts leave with one column is none. */
export function bundleColumns(
  pool: KernelPool,
  matrix: Matrix,
  definitions: readonly (FeatureBins | undefined)[],
  groups: readonly (readonly BundleMember[])[],
  binColumn: (column: number, out: number) => void,
): BundledColumn[] {
  const { memory, kernels } = pool;
  const { rows } = matrix;
  const mark = memory.mark();
  const [cells, merged] = [memory.alloc(rows), memory.alloc(rows)];
  const bundles = groups.map((group): BundledColumn => {
    const starts = new Map<number, Omit<BundlePlace, 'columnBins'>>();
    let bins = 1;
    memory.u8(merged, rows).fill(0);
    for (const { column, commonBin } of group) {
      binColumn(column, cells);
      if (kernels.mergeBundle(cells, rows, commonBin, bins, merged) > 0) continue;
      starts.set(column, { start: bins, commonBin });
      bins += definitions[column]!.bins - 1;
    }
    const places = new Map([...starts].map(([column, place]) => [column, { ...place, columnBins: bins }]));
    return { places, bins, cells: memory.u8(merged, rows).slice() };
  });
  memory.release(mark);
  return bundles.filter(({ places }) => places.size > 1);
}

/** Which bins of the shared column go left when those of one of its features do. */
export function goesLeftInBundle({ start, commonBin, columnBins }: BundlePlace, goesLeft: Uint8Array): Uint8Array {
  const left = new Uint8Array(columnBins).fill(goesLeft[commonBin]);
  goesLeft.forEach((side, bin) => {
    if (bin !== commonBin) left[start + bin - (bin > commonBin ? 1 : 0)] = side;
  });
  return left;
}

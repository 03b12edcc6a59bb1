/**
 * The cells of packed rows: a column of the matrix with its missing values replaced by a number that every node reading
 * the cell sends the right way. A column whose nodes differ in that is packed once for each way.
 */
import type { Cells } from '../table/matrix.js';
import { ZERO_THRESHOLD } from './forest.js';

/** What stands in a cell for a missing value. */
export const Filling = {
  /** Missing goes left: −inf is <= every threshold. */
  Low: 0,
  /** Missing goes right: +inf is above every finite threshold. */
  High: 1,
  /** NaN is read as 0. */
  Zero: 2,
  /** NaN itself, for category sets. */
  Keep: 3,
  /** Only missing goes left: −inf, and a true −inf becomes the lowest finite double. */
  BelowAll: 4,
  /** Only missing goes right: +inf, and a true +inf becomes the highest finite double. */
  AboveAll: 5,
} as const;

export interface CellKind {
  readonly column: number;
  /** |x| <= ZERO_THRESHOLD is missing too. */
  readonly zeroMissing: boolean;
  readonly filling: number;
}

/** A number for the kind, ascending with its column. */
export function cellKindKey({ column, zeroMissing, filling }: CellKind): number {
  return (column * 2 + (zeroMissing ? 1 : 0)) * 8 + filling;
}

/** What `packCells` puts in place of NaN, by filling. */
export const STAND_IN = [
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  0,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
];

/** Writes values[from … from + count) as cells of this kind to out[at], out[at + stride], … */
export function packCells(
  { zeroMissing, filling }: CellKind,
  values: Cells,
  from: number,
  count: number,
  out: Float64Array,
  at: number,
  stride: number,
): void {
  const standIn = STAND_IN[filling];
  for (let i = from, to = at; i < from + count; i++, to += stride) {
    const x = values[i];
    out[to] = Number.isNaN(x) ? standIn : x;
  }
  if (!zeroMissing && filling < Filling.BelowAll) return;
  for (let i = from, to = at; i < from + count; i++, to += stride) {
    const x = values[i];
    if (zeroMissing && Math.abs(x) <= ZERO_THRESHOLD) out[to] = standIn;
    else if (filling === Filling.BelowAll && x === Number.NEGATIVE_INFINITY) out[to] = -Number.MAX_VALUE;
    else if (filling === Filling.AboveAll && x === Number.POSITIVE_INFINITY) out[to] = Number.MAX_VALUE;
  }
}

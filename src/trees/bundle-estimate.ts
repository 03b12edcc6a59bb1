/**
 * How many columns of bins LightGBM's bundling will leave, guessed from evenly spread rows before bins are found. It bundles
 * nothing. Columns that exclude each other on these rows but not on all make the guess too low.
 */
import type { Matrix } from '../table/matrix.js';
import { type Candidate, groupCandidates } from './lightgbm-bundles.js';

const SAMPLE = 16_384;

/** Columns saved among those at `narrow`; `bins` of all columns. */
export function columnsSavedByBundling({ columns, rows }: Matrix, narrow: readonly number[], bins: readonly number[]) {
  const size = Math.min(SAMPLE, rows);
  const candidates = narrow.flatMap((column): Candidate[] => {
    const { kind, values } = columns[column];
    if (kind !== 'numeric' || values.length === 0) return [];
    const cell = (i: number) => values[Math.floor((i * rows) / size)];
    const common = majority(size, cell);
    const off: number[] = [];
    for (let i = 0; i < size && off.length * 2 <= size; i++) if (!Object.is(cell(i) + 0, common)) off.push(i);
    if (off.length * 2 > size) return [];
    return [{ column, commonBin: 0, bins: bins[column], rows: Uint32Array.from(off) }];
  });
  return candidates.length - groupCandidates(candidates, size).length;
}

/** The one value that more than half of the cells can have (Boyer and Moore's vote); −0 is 0. */
function majority(size: number, cell: (i: number) => number): number {
  let value = Number.NaN;
  let votes = 0;
  for (let i = 0; i < size; i++) {
    const x = cell(i) + 0;
    if (votes === 0) value = x;
    votes += Object.is(x, value) ? 1 : -1;
  }
  return value;
}

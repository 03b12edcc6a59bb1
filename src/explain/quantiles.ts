/** Order statistics of the cells that are there. */
import type { Cells } from '../table/matrix.js';

/** Without NaN, ascending. */
export function sortedNumbers(values: ArrayLike<number>): Float64Array {
  const out: number[] = [];
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) out.push(values[i]);
  return Float64Array.from(out).sort();
}

/** Linear between order statistics (type 7 of Hyndman and Fan 1996, numpy's default). NaN for no values. */
export function quantiles(sorted: Float64Array, levels: readonly number[]): number[] {
  return levels.map((level) => {
    if (sorted.length === 0) return Number.NaN;
    const place = (sorted.length - 1) * level;
    const low = Math.floor(place);
    const high = Math.min(sorted.length - 1, low + 1);
    const [a, b] = [sorted[low], sorted[high]];
    // An infinite end would make NaN of 0 · ∞.
    return place === low || a === b ? a : a + (b - a) * (place - low);
  });
}

/** Mid-ranks from 1 (ties share their mean); NaN stays NaN. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).filter((i) => !Number.isNaN(values[i]));
  order.sort((a, b) => values[a] - values[b] || a - b);
  const ranks = new Float64Array(values.length).fill(Number.NaN);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranks[order[i]] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's correlation over the places where both are numbers; null where it is not defined. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  let [count, meanA, meanB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++)
    if (!Number.isNaN(a[i]) && !Number.isNaN(b[i])) {
      count++;
      meanA += a[i];
      meanB += b[i];
    }
  if (count < 2) return null;
  meanA /= count;
  meanB /= count;
  let [both, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++)
    if (!Number.isNaN(a[i]) && !Number.isNaN(b[i])) {
      both += (a[i] - meanA) * (b[i] - meanB);
      squareA += (a[i] - meanA) ** 2;
      squareB += (b[i] - meanB) ** 2;
    }
  if (!(squareA > 0 && squareB > 0)) return null;
  return Math.max(-1, Math.min(1, both / Math.sqrt(squareA * squareB)));
}

/** Spearman's correlation; null where a side is constant or fewer than two places have both. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const together = Array.from({ length: a.length }, (_, i) => i).filter(
    (i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]),
  );
  return correlation(midRanks(together.map((i) => a[i])), midRanks(together.map((i) => b[i])));
}

/** Fifth of the column's own values a row is in, 0 … 4 by mid-rank; −1 missing. A constant column is all 2. */
export function fifths(values: Cells): Int8Array {
  const ranks = midRanks(values);
  const count = ranks.reduce((sum, rank) => sum + (Number.isNaN(rank) ? 0 : 1), 0);
  return Int8Array.from(ranks, (rank) =>
    Number.isNaN(rank) ? -1 : Math.min(4, Math.floor(((rank - 0.5) / count) * 5)),
  );
}

/** A column's cells as a few labelled bins: numbers by their quantiles, categories by their frequency. It sees no label and no model. */
import { plainNumber } from '../base/plain-number.js';
import type { Cells, MatrixColumn } from '../table/matrix.js';
import type { ValueBin } from './explanation-data.js';
import { quantiles, sortedNumbers } from './quantiles.js';

export interface BinnedColumn {
  /** Numbers ascending, then "missing"; categories by falling frequency, then "n others", "not seen in training", "missing". */
  readonly bins: readonly ValueBin[];
  /** The bin of each row. */
  readonly binOf: Int32Array;
}

/** At most `most` (≥ 2) bins, and one for missing cells. Bins without rows are left out. */
export function binColumn(column: MatrixColumn, most: number): BinnedColumn {
  return column.kind === 'numeric' ? binNumbers(column.values, most) : binCategories(column, most);
}

/** Upper ends of the bins but the last: a value belongs to the first bin whose end is not below it. */
export function numberEdges(values: Cells, most: number): { edges: Float64Array; distinct?: Float64Array } {
  const sorted = sortedNumbers(values);
  const distinct = distinctOf(sorted, most + 1);
  if (distinct.length <= most) return { edges: distinct.slice(0, -1), distinct };
  const inner = quantiles(
    sorted,
    Array.from({ length: most - 1 }, (_, i) => (i + 1) / most),
  ).map((value) => atOrBelow(sorted, value));
  const edges = [...new Set(inner)].filter((edge) => edge < sorted[sorted.length - 1]);
  return { edges: Float64Array.from(edges) };
}

function binNumbers(values: Cells, most: number): BinnedColumn {
  const { edges, distinct } = numberEdges(values, most);
  const counts = new Int32Array(edges.length + 2);
  const low = new Float64Array(edges.length + 1).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(edges.length + 1).fill(Number.NEGATIVE_INFINITY);
  const raw = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return edges.length + 1;
    const bin = firstNotBelow(edges, value);
    low[bin] = Math.min(low[bin], value);
    high[bin] = Math.max(high[bin], value);
    return bin;
  });
  for (const bin of raw) counts[bin]++;
  const number = new Int32Array(counts.length);
  const bins: ValueBin[] = [];
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] === 0) continue;
    number[bin] = bins.length;
    if (bin > edges.length) bins.push({ label: 'missing', rows: counts[bin] });
    else {
      const single = distinct !== undefined || low[bin] === high[bin];
      const label = single ? plainNumber(low[bin]) : `${plainNumber(low[bin])} to ${plainNumber(high[bin])}`;
      bins.push({ label, from: low[bin], to: high[bin], rows: counts[bin] });
    }
  }
  return { bins, binOf: raw.map((bin) => number[bin]) };
}

function binCategories({ values, categories = [] }: MatrixColumn, most: number): BinnedColumn {
  const counts = new Map<number, number>();
  for (const cell of values) {
    const key = Number.isNaN(cell) ? -2 : cell;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const known = [...counts].filter(([code]) => code >= 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const shown = known.length <= most ? known : known.slice(0, most - 1);
  const others = known.slice(shown.length);
  const bins: ValueBin[] = [];
  const binOfCode = new Map<number, number>();
  for (const [code, rows] of shown) {
    binOfCode.set(code, bins.length);
    bins.push({ label: categories[code] ?? String(code), rows });
  }
  if (others.length > 0) {
    for (const [code] of others) binOfCode.set(code, bins.length);
    bins.push({ label: `${others.length} others`, rows: others.reduce((sum, [, rows]) => sum + rows, 0) });
  }
  for (const [code, label] of [
    [-1, 'not seen in training'],
    [-2, 'missing'],
  ] as const) {
    const rows = counts.get(code);
    if (rows === undefined) continue;
    binOfCode.set(code, bins.length);
    bins.push({ label, rows });
  }
  const binOf = Int32Array.from(values, (cell) => binOfCode.get(Number.isNaN(cell) ? -2 : cell) ?? -1);
  return { bins, binOf };
}

/** At most `limit` distinct values of a sorted array. */
function distinctOf(sorted: Float64Array, limit: number): Float64Array {
  const out: number[] = [];
  for (let i = 0; i < sorted.length && out.length < limit; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) out.push(sorted[i]);
  return Float64Array.from(out);
}

/** The largest value of the sorted array that is not above `value`: edges are values that occur. */
function atOrBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return sorted[low];
}

/** Index of the first edge that is not below the value; edges.length when there is none. */
export function firstNotBelow(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How a feature's SHAP values go with its own values, as bins and a thinned set of dots coloured by the feature that parts them most. */
import type { Matrix, MatrixColumn } from '../table/matrix.js';
import { type BlendShap, valuesOf } from './blend-shap.js';
import type { Dependence, DependenceBin } from './explanation-data.js';
import { fifths, quantiles } from './quantiles.js';
import { type BinnedColumn, binColumn } from './value-bins.js';

const BINS = 24;
const DOTS = 400;
/** Bins within which a partner must part the SHAP values. */
const COARSE_BINS = 8;

/** `partners`: features that may colour the dots, strongest first. O(rows · partners). */
export function dependence(shap: BlendShap, matrix: Matrix, feature: string, partners: readonly string[]): Dependence {
  const input = shap.inputs.indexOf(feature);
  const column = matrix.columns[input];
  const points = valuesOf(shap.values, shap.inputs.length, input);
  const binned = binColumn(column, BINS);
  const partner = strongestPartner(points, column, matrix, partners);
  const partnerColumn = matrix.columns.find(({ name }) => name === partner);
  const level = partnerColumn === undefined ? undefined : levels(partnerColumn);
  return {
    feature,
    kind: column.kind,
    bins: summaries(points, binned),
    partner,
    points: evenlyChosen(points.length, DOTS)
      .filter((row) => !Number.isNaN(column.values[row]) && Number.isFinite(column.values[row]))
      .map((row) => [
        column.kind === 'numeric' ? brief(column.values[row]) : binned.binOf[row],
        brief(points[row]),
        level === undefined ? -1 : level[row],
      ]),
  };
}

/** Mean, 10th and 90th percentile of the values in each bin. */
export function summaries(values: Float64Array, { bins, binOf }: BinnedColumn): DependenceBin[] {
  const inside = bins.map((): number[] => []);
  values.forEach((value, row) => {
    inside[binOf[row]].push(value);
  });
  return bins.map((bin, b) => {
    const sorted = Float64Array.from(inside[b]).sort();
    const [low, high] = quantiles(sorted, [0.1, 0.9]);
    return { ...bin, mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length, low, high };
  });
}

/** The feature by whose fifths the SHAP values differ most inside bins of the feature's own value: the share of variance its levels explain there. */
function strongestPartner(
  points: Float64Array,
  column: MatrixColumn,
  matrix: Matrix,
  partners: readonly string[],
): string | null {
  const { bins, binOf } = binColumn(column, COARSE_BINS);
  let best: string | null = null;
  // Levels explain some of any noise: a share below this says nothing.
  let most = Math.max(0.02, (2 * bins.length * 5) / Math.max(1, points.length));
  for (const name of partners) {
    const other = matrix.columns.find((one) => one.name === name);
    if (other === undefined || other === column) continue;
    const share = explainedShare(points, binOf, bins.length, levels(other));
    if (share > most) [best, most] = [name, share];
  }
  return best;
}

/** Share of the variance inside bins that the means of (bin, level) explain, less what noise would: 1 − (1 − R²)(n − b)/(n − bl). */
function explainedShare(points: Float64Array, binOf: Int32Array, bins: number, level: Int8Array): number {
  const n = points.length;
  const sums = (key: (row: number) => number, size: number) => {
    const sum = new Float64Array(size);
    const count = new Float64Array(size);
    for (let row = 0; row < n; row++) {
      sum[key(row)] += points[row];
      count[key(row)]++;
    }
    let explained = 0;
    let used = 0;
    for (let k = 0; k < size; k++)
      if (count[k] > 0) {
        explained += (sum[k] * sum[k]) / count[k];
        used++;
      }
    return { explained, used };
  };
  const total = points.reduce((sum, value) => sum + value * value, 0);
  const own = sums((row) => binOf[row], bins);
  const both = sums((row) => binOf[row] * 6 + level[row] + 1, bins * 6);
  const inside = total - own.explained;
  if (!(inside > 1e-300) || n <= both.used) return 0;
  return 1 - (total - both.explained) / (n - both.used) / (inside / (n - own.used));
}

/** Fifths of numbers; of categories, the commonest five in the order of frequency (4 is every other). */
function levels(column: MatrixColumn): Int8Array {
  if (column.kind === 'numeric') return fifths(column.values);
  const { binOf } = binColumn(column, 5);
  return Int8Array.from(binOf, (bin, row) => (Number.isNaN(column.values[row]) ? -1 : Math.min(4, bin)));
}

/** Six digits are more than a drawing shows, and a third of the bytes. */
export const brief = (value: number): number => Number(value.toPrecision(6));

/** At most `wanted` of 0 … rows − 1, evenly spread. */
export function evenlyChosen(rows: number, wanted: number): number[] {
  const count = Math.min(rows, wanted);
  return Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

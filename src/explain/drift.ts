/**
 * Whether rows look like the rows of training, feature by feature: the population stability index Σ (q − p) ln(q / p) over
 * bins of the reference, held against what chance reaches (Yurdakul and Naranjo 2020: about (1/n + 1/m) χ² of bins − 1
 * degrees), and the Kolmogorov–Smirnov distance of numbers. Rows of one session are not independent, so chance reaches further than said.
 */
import { chiSquare95, kolmogorovP } from '../base/normal.js';
import { plainNumber } from '../base/plain-number.js';
import type { Cells, Matrix, MatrixColumn } from '../table/matrix.js';
import type { FeatureDrift } from './insight-data.js';
import { sortedNumbers } from './quantiles.js';
import { firstNotBelow, numberEdges } from './value-bins.js';

const BINS = 10;
const SOME = 0.1;
const MUCH = 0.25;

/** Features that keep their bins, of those that moved and of all: thousands of features would be megabytes of bins that nobody draws. */
const BINNED = 20;

/** Columns of the same names and order; largest PSI first. Each side has at least one row. O(rows log rows · columns). */
export function drift(reference: Matrix, compared: Matrix): FeatureDrift[] {
  const features = reference.columns
    .map((column, c) => columnDrift(column, compared.columns[c]))
    .sort((a, b) => b.psi - a.psi || (a.feature < b.feature ? -1 : 1));
  const moved = features.filter(({ level }) => level !== 'none');
  const binned = new Set([...features.slice(0, BINNED), ...moved.slice(0, BINNED)]);
  return features.map((feature) => (binned.has(feature) ? feature : { ...feature, bins: [] }));
}

/** Drift of plain numbers, such as a model's probabilities. */
export function numberDrift(name: string, reference: Float64Array, compared: Float64Array): FeatureDrift {
  return columnDrift({ name, kind: 'numeric', values: reference }, { name, kind: 'numeric', values: compared });
}

function columnDrift(reference: MatrixColumn, compared: MatrixColumn): FeatureDrift {
  const numeric = reference.kind === 'numeric';
  const binning = numeric ? numberBins(reference.values) : categoryBins(reference);
  const [a, b] = [counted(binning, reference.values), counted(binning, compared.values)];
  const [n, m] = [reference.values.length, compared.values.length];
  const used = binning.labels.map((label, bin) => ({ label, reference: a[bin], compared: b[bin] }));
  const filled = used.filter((bin) => bin.reference > 0 || bin.compared > 0);
  // Half a row in every bin keeps an empty one finite, and matters only where a bin is all but empty.
  const share = (rows: number, of: number) => (rows + 0.5) / (of + 0.5 * filled.length);
  let psi = 0;
  for (const bin of filled) {
    const [p, q] = [share(bin.reference, n), share(bin.compared, m)];
    psi += (q - p) * Math.log(q / p);
  }
  const psiChance = filled.length < 2 ? 0 : chiSquare95(filled.length - 1) * (1 / n + 1 / m);
  const ks = numeric ? kolmogorovSmirnov(reference.values, compared.values) : { distance: null, p: null };
  const unseen = numeric ? null : shareOf(compared.values, (cell) => cell === -1);
  const level = psi < SOME || psi <= psiChance ? 'none' : psi <= MUCH ? 'some' : 'much';
  return {
    feature: reference.name,
    psi,
    psi_chance: psiChance,
    ks: ks.distance,
    ks_p: ks.p,
    level,
    missing: [shareOf(reference.values, Number.isNaN), shareOf(compared.values, Number.isNaN)],
    unseen,
    bins: filled.map((bin) => ({ label: bin.label, reference: bin.reference / n, compared: bin.compared / m })),
  };
}

interface Binning {
  readonly labels: readonly string[];
  readonly of: (cell: number) => number;
}

function numberBins(values: Cells): Binning {
  const { edges } = numberEdges(values, BINS);
  const labels = [...edges].map((edge, bin) =>
    bin === 0 ? `up to ${plainNumber(edge)}` : `${plainNumber(edges[bin - 1])} to ${plainNumber(edge)}`,
  );
  labels.push(edges.length === 0 ? 'any' : `above ${plainNumber(edges[edges.length - 1])}`, 'missing');
  return { labels, of: (cell) => (Number.isNaN(cell) ? edges.length + 1 : firstNotBelow(edges, cell)) };
}

function categoryBins({ values, categories = [] }: MatrixColumn): Binning {
  const counts = new Map<number, number>();
  for (const code of values) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const common = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, BINS - 1);
  const binOf = new Map(common.map(([code], bin) => [code, bin]));
  const [others, unseen, missing] = [common.length, common.length + 1, common.length + 2];
  const labels = [
    ...common.map(([code]) => categories[code] ?? String(code)),
    'others',
    'not seen in training',
    'missing',
  ];
  return { labels, of: (cell) => (Number.isNaN(cell) ? missing : cell < 0 ? unseen : (binOf.get(cell) ?? others)) };
}

function counted({ labels, of }: Binning, values: Cells): Int32Array {
  const counts = new Int32Array(labels.length);
  for (const cell of values) counts[of(cell)]++;
  return counts;
}

function shareOf(values: Cells, test: (cell: number) => boolean): number {
  let count = 0;
  for (const cell of values) if (test(cell)) count++;
  return count / values.length;
}

/** Over the cells that are there; the p-value is asymptotic, and too large where values repeat. */
function kolmogorovSmirnov(a: Cells, b: Cells): { distance: number | null; p: number | null } {
  const [x, y] = [sortedNumbers(a), sortedNumbers(b)];
  if (x.length === 0 || y.length === 0) return { distance: null, p: null };
  let [i, j, distance] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  const size = Math.sqrt((x.length * y.length) / (x.length + y.length));
  return { distance, p: kolmogorovP((size + 0.12 + 0.11 / size) * distance) };
}

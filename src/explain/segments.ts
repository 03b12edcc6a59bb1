/**
 * Groups of rows that convert above or below the average of the others, or above or below what the model expects of them.
 * Groups are bins of one feature, and of pairs of the most important ones. Every group large enough to tell is tested, and what is
 * listed survives Benjamini and Hochberg's control of false findings. It explains nothing: a group may convert for other reasons.
 *
 * Tests are score tests: a statistic's variance is taken under "no difference", summed by session where rows belong
 * together (sandwich), and never less than independent rows would give.
 */
import { wilsonInterval, Z_95 } from '../base/interval.js';
import { adjustedP, twoSidedP } from '../base/normal.js';
import type { Matrix } from '../table/matrix.js';
import type { Segment, SegmentInsights } from './insight-data.js';
import { binColumn } from './value-bins.js';

export interface SegmentJob {
  readonly matrix: Matrix;
  readonly label: Float64Array;
  readonly probability: Float64Array;
  readonly unit?: ArrayLike<number>;
  /** Features to cut by, and those whose pairs are cut too (few). */
  readonly features: readonly string[];
  readonly paired: readonly string[];
  /** A group in words; `labels` are its bins' labels, one a feature. */
  readonly words: (features: readonly string[], labels: readonly string[]) => string;
}

const BINS = 6;
const PAIR_BINS = 3;
const FALSE_DISCOVERY_RATE = 0.05;
const LISTED = 12;
/** Smallest number of expected positives and negatives at which the normal approximation is trusted. */
const EXPECTED = 5;
/** A group whose rows are mostly an already listed group's says nothing new. */
const OVERLAP = 0.7;

interface Group {
  readonly features: readonly string[];
  readonly labels: readonly string[];
  readonly rows: Int32Array;
}

export function findSegments(job: SegmentJob): SegmentInsights {
  const { label, probability } = job;
  const n = label.length;
  const average = label.reduce((sum, y) => sum + y, 0) / Math.max(1, n);
  const groups = groupsOf(job).filter(({ rows }) => {
    const least = rows.length * Math.min(average, 1 - average);
    return least >= EXPECTED && rows.length <= 0.9 * n;
  });
  const mean = new Float64Array(n).fill(average);
  const againstAverage = tested(job, groups, mean, true);
  const againstModel = tested(job, groups, probability, false);
  return {
    rows: n,
    average,
    tested: groups.length,
    false_discovery_rate: FALSE_DISCOVERY_RATE,
    against_average: listed(againstAverage),
    against_model: listed(againstModel),
  };
}

interface Tested {
  readonly segment: Segment;
  readonly rows: Int32Array;
}

function tested(job: SegmentJob, groups: readonly Group[], expected: Float64Array, againstRest: boolean): Tested[] {
  const results = groups.map((group) => testGroup(job, group, expected, againstRest));
  const adjusted = adjustedP(results.map(({ segment }) => segment.p_value));
  return results.map(({ segment, rows }, i) => ({ segment: { ...segment, q_value: adjusted[i] }, rows }));
}

function testGroup(
  { label, unit, words }: SegmentJob,
  { features, labels, rows }: Group,
  expected: Float64Array,
  againstRest: boolean,
): Tested {
  const n = label.length;
  const inside = new Uint8Array(n);
  for (const row of rows) inside[row] = 1;
  let positives = 0;
  let all = 0;
  let told = 0;
  for (let row = 0; row < n; row++) {
    all += label[row];
    if (inside[row] === 1) {
      positives += label[row];
      told += expected[row];
    }
  }
  const rate = positives / rows.length;
  const held = againstRest ? (all - positives) / (n - rows.length) : told / rows.length;
  // Σ weight · (y − expected): with weights 1/n inside, and −1/n outside when held against the rest.
  const sums = new Map<number, number>();
  let independent = 0;
  for (let row = 0; row < n; row++) {
    const weight = inside[row] === 1 ? 1 / rows.length : againstRest ? -1 / (n - rows.length) : 0;
    if (weight === 0) continue;
    const residual = weight * (label[row] - expected[row]);
    independent += weight * weight * expected[row] * (1 - expected[row]);
    const key = unit === undefined ? row : unit[row];
    sums.set(key, (sums.get(key) ?? 0) + residual);
  }
  let clustered = 0;
  for (const sum of sums.values()) clustered += sum * sum;
  const variance = unit === undefined ? independent : Math.max(independent, clustered);
  const difference = rate - held;
  const p = variance > 0 ? twoSidedP(difference / Math.sqrt(variance)) : 1;
  const half = Z_95 * Math.sqrt(variance);
  // Rows of a session count for less than as many independent ones.
  const design = independent > 0 ? Math.max(1, variance / independent) : 1;
  const trials = rows.length / design;
  const segment: Segment = {
    feature: features.join(' × '),
    condition: features.map((feature, i) => `${feature} ${labels[i]}`).join(' and '),
    words: words(features, labels),
    rows: rows.length,
    positives,
    rate,
    interval: wilsonInterval(rate * trials, trials),
    expected: held,
    difference,
    difference_interval: [difference - half, difference + half],
    p_value: p,
    q_value: 1,
  };
  return { segment, rows };
}

/** Those that survive, largest number of conversions gained or lost first, without near copies. */
function listed(results: readonly Tested[]): Segment[] {
  const found = results
    .filter(({ segment }) => segment.q_value <= FALSE_DISCOVERY_RATE)
    .sort((a, b) => weightOf(b.segment) - weightOf(a.segment) || a.segment.p_value - b.segment.p_value);
  const kept: Tested[] = [];
  for (const one of found) {
    if (kept.length === LISTED) break;
    if (kept.every((other) => overlap(one.rows, other.rows) <= OVERLAP)) kept.push(one);
  }
  return kept.map(({ segment }) => segment);
}

const weightOf = ({ rows, difference }: Segment) => rows * Math.abs(difference);

/** Jaccard's: common rows of all rows; both ascending. */
function overlap(a: Int32Array, b: Int32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      common++;
      i++;
      j++;
    } else if (a[i] < b[j]) i++;
    else j++;
  }
  return common / (a.length + b.length - common);
}

function groupsOf({ matrix, features, paired }: SegmentJob): Group[] {
  const columnOf = (name: string) => matrix.columns.find((column) => column.name === name);
  const groups: Group[] = [];
  for (const feature of features) {
    const column = columnOf(feature);
    if (column === undefined) continue;
    const { bins, binOf } = binColumn(column, BINS);
    if (bins.length < 2) continue;
    bins.forEach(({ label }, bin) => {
      groups.push({ features: [feature], labels: [label], rows: rowsWhere(binOf.length, (row) => binOf[row] === bin) });
    });
  }
  paired.forEach((first, i) => {
    for (const second of paired.slice(i + 1)) {
      const [a, b] = [columnOf(first), columnOf(second)];
      if (a === undefined || b === undefined) continue;
      const [ofA, ofB] = [binColumn(a, PAIR_BINS), binColumn(b, PAIR_BINS)];
      if (ofA.bins.length < 2 || ofB.bins.length < 2) continue;
      ofA.bins.forEach((binA, x) => {
        ofB.bins.forEach((binB, y) => {
          const rows = rowsWhere(matrix.rows, (row) => ofA.binOf[row] === x && ofB.binOf[row] === y);
          if (rows.length > 0) groups.push({ features: [first, second], labels: [binA.label, binB.label], rows });
        });
      });
    }
  });
  return groups;
}

function rowsWhere(rows: number, test: (row: number) => boolean): Int32Array {
  const out: number[] = [];
  for (let row = 0; row < rows; row++) if (test(row)) out.push(row);
  return Int32Array.from(out);
}

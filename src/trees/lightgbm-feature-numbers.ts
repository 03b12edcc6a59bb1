/**
 * The numbers that LightGBM gives its features when it bundles (FastFeatureBundling, FindGroups and Dataset::Construct in
 * dataset.cpp): group by group, the groups shuffled, also where each holds one feature. extra_trees seeds a generator a
 * feature by them. They number features alone: what is bundled here is found by `lightgbm-bundles.ts`, which allows no
 * conflicts.
 */
import type { Cells, Matrix, MatrixColumn } from '../table/matrix.js';
import { commonCells } from './lightgbm-bundles.js';
import type { LightgbmFeature } from './lightgbm-feature.js';
import { LightgbmRandom } from './lightgbm-random.js';

/** kSparseThreshold: a bin of so many rows stands for the feature in the place of the bin of zero. */
const SPARSE = 0.7;
/** kZeroThreshold */
const ZERO = Math.fround(1e-35);
/** Groups that a feature is tried with at most. */
const MOST_TRIED = 100;
/** Groups of a smaller share of rows become one. */
const DENSE = 0.4;

/** A feature's rows of the sample, as bits. */
interface Marked {
  readonly bits: Uint32Array;
  readonly count: number;
}

interface Group {
  readonly features: number[];
  readonly taken: Uint32Array;
  /** Rows of its features, summed; and how many rows these are. */
  rows: number;
  used: number;
}

/** Of each feature with bins (in the columns' order) its number. `sample`: the rows that bins were found on; undefined: all. */
export function featureNumbers(
  matrix: Matrix,
  found: readonly (LightgbmFeature | undefined)[],
  sample: Uint32Array | undefined,
): number[] {
  const size = sample?.length ?? matrix.rows;
  const marked: Marked[] = [];
  const nonZero: number[] = [];
  found.forEach((feature, column) => {
    if (feature === undefined) return;
    const cells = sampled(matrix.columns[column].values, sample);
    const rows = nonZeroRows(matrix.columns[column], cells);
    const off = isOffZero(feature, size) ? markedRows(feature, cells, rows) : [];
    nonZero.push(rows.length);
    marked.push(asBits(off.length > 0 ? off : rows, size));
  });
  const inOrder = marked.map((_, f) => f);
  const dense = [...inOrder].sort((a, b) => nonZero[b] - nonZero[a] || a - b);
  const [groups, fewer] = [inOrder, dense].map((order) => findGroups(marked, order, size, matrix.rows));
  const chosen = fewer.length < groups.length ? fewer : groups;
  shuffle(chosen, matrix.rows);
  const numbers = new Array<number>(marked.length);
  chosen.flat().forEach((feature, number) => {
    numbers[feature] = number;
  });
  return numbers;
}

function sampled(values: Cells, sample: Uint32Array | undefined): Cells {
  return sample === undefined ? values : Float64Array.from(sample, (row) => values[row]);
}

function isOffZero({ commonBin, zeroBin, offCommon }: LightgbmFeature, size: number): boolean {
  return commonBin !== zeroBin && (size - offCommon) / size >= SPARSE;
}

/** Missing cells count as others than zero. */
function nonZeroRows({ kind }: MatrixColumn, cells: Cells): number[] {
  const isZero = kind === 'numeric' ? (x: number) => Math.abs(x) <= ZERO : (code: number) => code === 0;
  const rows: number[] = [];
  for (let i = 0; i < cells.length; i++) if (!isZero(cells[i])) rows.push(i);
  return rows;
}

/**
 * The rows that FixSampleIndices finds off the common bin: all zeros, and of the others those whose value is off it. But it
 * takes the values as finding bins left them: those that are not missing moved to the front and sorted there.
 */
function markedRows(feature: LightgbmFeature, cells: Cells, nonZero: readonly number[]): number[] {
  const values = Float64Array.from(nonZero, (row) => cells[row]);
  const isMissing = feature.bins.kind === 'numeric' ? Number.isNaN : (code: number) => !(code >= 0);
  const known = values.filter((value) => !isMissing(value)).sort();
  values.set(known);
  const isCommon = commonCells(feature);
  const rows: number[] = [];
  for (let row = 0, at = 0; row < cells.length; row++) {
    const isZero = nonZero[at] !== row;
    if (isZero || !isCommon(values[at])) rows.push(row);
    if (!isZero) at++;
  }
  return rows;
}

function asBits(rows: ArrayLike<number>, size: number): Marked {
  const bits = new Uint32Array(Math.ceil(size / 32));
  for (let i = 0; i < rows.length; i++) bits[rows[i] >>> 5] |= 1 << (rows[i] & 31);
  return { bits, count: rows.length };
}

function findGroups(marked: readonly Marked[], order: readonly number[], size: number, rows: number): number[][] {
  const mostConflicts = Math.trunc(size / 10000);
  const random = new LightgbmRandom(rows);
  const groups: Group[] = [];
  for (const feature of order) {
    const { bits, count } = marked[feature];
    const free = groups.filter((group) => group.rows + count <= size + mostConflicts);
    let conflicts = 0;
    const group = tried(free, random).find(({ taken, rows: all, used }) => {
      conflicts = common(taken, bits);
      return conflicts <= mostConflicts - all + used && conflicts <= Math.trunc(count / 2);
    });
    if (group === undefined) {
      groups.push({ features: [feature], taken: bits.slice(), rows: count, used: count });
      continue;
    }
    group.features.push(feature);
    group.rows += count;
    group.used += count - conflicts;
    for (let i = 0; i < bits.length; i++) group.taken[i] |= bits[i];
  }
  const isDense = ({ used }: Group) => used / size >= DENSE;
  const rest = groups.filter((group) => !isDense(group)).flatMap(({ features }) => features);
  const found = groups.filter(isDense).map(({ features }) => features);
  return rest.length === 0 ? found : [...found, rest];
}

/** The last one, and others drawn. */
function tried(groups: readonly Group[], random: LightgbmRandom): Group[] {
  const last = groups.length - 1;
  if (last < 1) return [...groups];
  const drawn = random.sample(last, Math.min(last, MOST_TRIED - 1));
  return [groups[last], ...Array.from(drawn, (i) => groups[i])];
}

function common(a: Uint32Array, b: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += ones(a[i] & b[i]);
  return count;
}

function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function shuffle(groups: number[][], seed: number): void {
  const random = new LightgbmRandom(seed);
  for (let i = 0; i < groups.length - 1; i++) {
    const j = i + 1 + (random.next15() % (groups.length - i - 1));
    [groups[i], groups[j]] = [groups[j], groups[i]];
  }
}

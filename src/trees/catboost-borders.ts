/**
 * Borders of a numeric column as CatBoost chooses them (library/cpp/grid_creator/binarization.cpp), in double precision
 * where the original has floats. It does not bin.
 */
import type { Cells } from '../table/matrix.js';
import { type BinPenalty, minEntropy, sumLog } from './catboost-border-penalty.js';
import { exactBorders } from './catboost-exact-borders.js';
import { greedyBorders } from './catboost-greedy-borders.js';
import { lowerBound } from './sorted-search.js';

export const BORDER_TYPES = [
  'GreedyLogSum',
  'GreedyMinEntropy',
  'MaxLogSum',
  'MinEntropy',
  'Median',
  'Uniform',
  'UniformAndQuantiles',
] as const;
export type BorderType = (typeof BORDER_TYPES)[number];

/** Above this many rows borders come from an even sample, as the original samples (at random) above the same number. */
const SAMPLE = 200_000;

export interface NumericBorders {
  /** Strictly ascending; a value's bin is the number of borders below it. */
  readonly borders: Float64Array;
  /** The training rows have missing values, which take the bin before (false) or after (true) all others. */
  readonly missing: boolean;
  readonly missingTrue: boolean;
}

/** The numbers that borders are chosen by. */
export interface BorderSample {
  /** Without NaN; −0 as 0. */
  readonly present: Float64Array;
  /** There are missing values. */
  readonly missing: boolean;
}

/** Of the first `rows` values, all or an even sample. */
export function borderSample(values: Cells, rows: number): BorderSample {
  const step = rows > SAMPLE ? rows / SAMPLE : 1;
  const size = Math.min(rows, SAMPLE);
  const present = new Float64Array(size);
  let length = 0;
  for (let i = 0; i < size; i++) {
    const value = values[step === 1 ? i : Math.floor(i * step)];
    if (!Number.isNaN(value)) present[length++] = value + 0;
  }
  return { present: present.subarray(0, length), missing: length < size || (step > 1 && hasNaN(values, rows)) };
}

/**
 * Borders of a sample whose numbers are sorted. With missing values one of the `count` borders separates them: −MAX (nan
 * mode Min) or MAX (Max). A column with one distinct value gets none.
 */
export function bordersOfSample(
  { present, missing }: BorderSample,
  count: number,
  type: BorderType,
  nanMode: 'Min' | 'Max' | 'Forbidden',
): NumericBorders {
  const found = present.length === 0 ? new Set<number>() : chooseBorders(present, missing ? count - 1 : count, type);
  const missingTrue = missing && nanMode === 'Max';
  if (missing && nanMode === 'Min') found.add(-Number.MAX_VALUE);
  if (missingTrue) found.add(Number.MAX_VALUE);
  // Sorted last: an infinite value has a border beyond those.
  return { borders: Float64Array.from(found).sort(), missing, missingTrue };
}

/** Borders of the first `rows` values. */
export function numericBorders(
  values: Cells,
  rows: number,
  count: number,
  type: BorderType,
  nanMode: 'Min' | 'Max' | 'Forbidden',
): NumericBorders {
  const { present, missing } = borderSample(values, rows);
  return bordersOfSample({ present: present.sort(), missing }, count, type, nanMode);
}

function hasNaN(values: Cells, rows: number): boolean {
  for (let i = 0; i < rows; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

function chooseBorders(sorted: Float64Array, count: number, type: BorderType): Set<number> {
  if (count <= 0 || sorted[0] === sorted[sorted.length - 1]) return new Set();
  switch (type) {
    case 'GreedyLogSum':
      return splits(sorted, greedyBorders(sorted, count, sumLog));
    case 'GreedyMinEntropy':
      return splits(sorted, greedyBorders(sorted, count, minEntropy));
    case 'MaxLogSum':
      return exact(sorted, count, sumLog);
    case 'MinEntropy':
      return exact(sorted, count, minEntropy);
    case 'Median':
      return medianBorders(sorted, count);
    case 'Uniform':
      return uniformBorders(sorted, count);
    default: {
      const half = Math.floor(count / 2);
      const borders = medianBorders(sorted, count - half);
      for (const value of uniformBorders(sorted, half)) borders.add(borderBelow(value, sorted));
      return borders;
    }
  }
}

/** Borders before these places of the values. */
function splits(sorted: Float64Array, places: readonly number[]): Set<number> {
  return new Set(places.map((place) => middle(sorted[place - 1], sorted[place])));
}

/** Borders of the division of the distinct values whose bins' penalties sum to least. */
function exact(sorted: Float64Array, count: number, penalty: BinPenalty): Set<number> {
  const values: number[] = [];
  const upTo: number[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) values.push(sorted[i]);
    upTo[values.length - 1] = i + 1;
  }
  return new Set(
    exactBorders(Float64Array.from(upTo), count, penalty).map((place) => middle(values[place - 1], values[place])),
  );
}

/** Between a < b: their middle, or a where no double lies between or one is infinite. Always a ≤ border < b. */
function middle(a: number, b: number): number {
  const border = 0.5 * a + 0.5 * b;
  return border >= a && border < b ? border + 0 : a;
}

/** The border between the first value at or above `value` and the one below it. */
function borderBelow(value: number, sorted: Float64Array): number {
  const at = lowerBound(sorted, 0, sorted.length, value);
  return at === 0 || at === sorted.length ? value : middle(sorted[at - 1], sorted[at]);
}

function medianBorders(sorted: Float64Array, count: number): Set<number> {
  const borders = new Set<number>();
  for (let i = 0; i < count; i++) {
    const value = sorted[Math.min(Math.floor(((i + 1) * sorted.length) / (count + 1)), sorted.length - 1)];
    if (value !== sorted[0]) borders.add(borderBelow(value, sorted));
  }
  return borders;
}

/** Evenly spaced; in single precision, as the original has it, where the least and the largest value are single. */
function uniformBorders(sorted: Float64Array, count: number): Set<number> {
  const finite = sorted.filter(Number.isFinite);
  const low = finite[0];
  const high = finite[finite.length - 1];
  const range = Math.fround(high - low);
  const single = Math.fround(low) === low && Math.fround(high) === high && Number.isFinite(Math.fround(range * count));
  const borders = new Set<number>();
  for (let i = 0; i < count && low < high; i++) {
    const share = (i + 1) / (count + 1);
    if (single) borders.add(Math.fround(low + Math.fround(Math.fround((i + 1) * range) / (count + 1))) + 0);
    else borders.add(low * (1 - share) + high * share + 0);
  }
  return borders;
}

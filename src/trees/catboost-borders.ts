/**
 * Borders of a numeric column as CatBoost chooses them (library/cpp/grid_creator/binarization.cpp), in double precision
 * where the original has floats. It does not bin.
 */
export type BorderType = 'GreedyLogSum' | 'Median' | 'Uniform' | 'UniformAndQuantiles';

/** Above this many rows borders come from an even sample, as the original samples (at random) above the same number. */
const SAMPLE = 200_000;

export interface NumericBorders {
  /** Strictly ascending; a value's bin is the number of borders below it. */
  readonly borders: Float64Array;
  /** The training rows have missing values, which take the bin before (false) or after (true) all others. */
  readonly missing: boolean;
  readonly missingTrue: boolean;
}

/**
 * Borders of the first `rows` values. With missing values one of the `count` borders separates them: −MAX (nan mode
 * Min) or MAX (Max). A column with one distinct value gets none.
 */
export function numericBorders(
  values: Float64Array,
  rows: number,
  count: number,
  type: BorderType,
  nanMode: 'Min' | 'Max' | 'Forbidden',
): NumericBorders {
  const present = presentValues(values, rows);
  const missing = present.length < Math.min(rows, values.length) && hasNaN(values, rows);
  const found = present.length === 0 ? [] : chooseBorders(present, missing ? count - 1 : count, type);
  const borders = [...found].sort((a, b) => a - b);
  const missingTrue = missing && nanMode === 'Max';
  if (missing && nanMode === 'Min') borders.unshift(-Number.MAX_VALUE);
  if (missingTrue) borders.push(Number.MAX_VALUE);
  return { borders: Float64Array.from(new Set(borders)), missing, missingTrue };
}

function hasNaN(values: Float64Array, rows: number): boolean {
  for (let i = 0; i < rows; i++) if (Number.isNaN(values[i])) return true;
  return false;
}

/** Sorted, without NaN; −0 as 0. */
function presentValues(values: Float64Array, rows: number): Float64Array {
  const step = rows > SAMPLE ? rows / SAMPLE : 1;
  const size = Math.min(rows, SAMPLE);
  const present = new Float64Array(size);
  let length = 0;
  for (let i = 0; i < size; i++) {
    const value = values[step === 1 ? i : Math.floor(i * step)];
    if (!Number.isNaN(value)) present[length++] = value + 0;
  }
  return present.slice(0, length).sort();
}

function chooseBorders(sorted: Float64Array, count: number, type: BorderType): Set<number> {
  if (count <= 0 || sorted[0] === sorted[sorted.length - 1]) return new Set();
  switch (type) {
    case 'GreedyLogSum':
      return greedyBorders(sorted, count);
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

function uniformBorders(sorted: Float64Array, count: number): Set<number> {
  const finite = sorted.filter(Number.isFinite);
  const low = finite[0];
  const high = finite[finite.length - 1];
  const borders = new Set<number>();
  for (let i = 0; i < count && low < high; i++) {
    const share = (i + 1) / (count + 1);
    borders.add(low * (1 - share) + high * share + 0);
  }
  return borders;
}

interface Bin {
  readonly from: number;
  readonly to: number;
  /** Where it splits best: `from` or `to` when it cannot be split. */
  readonly split: number;
  readonly score: number;
}

/**
 * Halves the bin whose halving gains most, until there are count + 1 bins or none can be halved. A bin is halved at the
 * start or at the end of the run of its median value, whichever scores better (the earlier when equal).
 */
function greedyBorders(sorted: Float64Array, count: number): Set<number> {
  const log = (size: number) => Math.log(size + 1e-8);
  const score = (from: number, split: number, to: number) =>
    split === from || split === to ? -Infinity : log(split - from) + log(to - split) - log(to - from);
  const bin = (from: number, to: number): Bin => {
    const middleAt = from + Math.floor((to - from) / 2);
    const low = lowerBound(sorted, from, middleAt, sorted[middleAt]);
    const high = upperBound(sorted, middleAt, to, sorted[middleAt]);
    const left = score(from, low, to);
    const right = score(from, high, to);
    return left >= right ? { from, to, split: low, score: left } : { from, to, split: high, score: right };
  };
  const bins = [bin(0, sorted.length)];
  while (bins.length <= count) {
    const top = bins[0];
    if (top.split === top.from || top.split === top.to) break;
    pop(bins);
    push(bins, bin(top.from, top.split));
    push(bins, bin(top.split, top.to));
  }
  const borders = new Set<number>();
  for (const { from } of bins) if (from > 0) borders.add(middle(sorted[from - 1], sorted[from]));
  return borders;
}

// A binary heap with the highest score at 0. Bins of equal score are many, and which of them is halved last decides
// the borders, so the order is that of the heap the original is built on (libc++'s std::priority_queue): the hole
// left by the top sinks to a leaf first, then the last bin rises from there.
function push(heap: Bin[], bin: Bin): void {
  heap.push(bin);
  rise(heap, heap.length - 1);
}

function pop(heap: Bin[]): void {
  const length = heap.length;
  let hole = 0;
  while (length > 1) {
    let child = 2 * hole + 1;
    if (child + 1 < length && heap[child].score < heap[child + 1].score) child++;
    heap[hole] = heap[child];
    hole = child;
    if (child > (length - 2) >> 1) break;
  }
  const last = heap.pop() as Bin;
  if (hole < heap.length) {
    heap[hole] = last;
    rise(heap, hole);
  }
}

function rise(heap: Bin[], from: number): void {
  const bin = heap[from];
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].score >= bin.score) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = bin;
}

function lowerBound(sorted: Float64Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const at = (low + high) >> 1;
    if (sorted[at] < value) low = at + 1;
    else high = at;
  }
  return low;
}

function upperBound(sorted: Float64Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const at = (low + high) >> 1;
    if (sorted[at] <= value) low = at + 1;
    else high = at;
  }
  return low;
}

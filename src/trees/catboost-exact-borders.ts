/**
 * The division of distinct values into bins whose penalties sum to least (CatBoost's MaxLogSum and MinEntropy), by dynamic
 * programming over bins and values. It takes cumulated counts and gives places, not numbers.
 */
import type { BinPenalty } from './catboost-border-penalty.js';

/** Errors this close are equal, as in the original: which of many equal divisions is found depends on it. */
const EQUAL = 1e-12;

/**
 * `upTo[i]` is the number of rows whose value is among the first i + 1 distinct ones. Returns the first place (index of a
 * distinct value) of every bin but the lowest, at most `count` of them. Every bin has a value of its own, so with l bins
 * behind it a bin can start no earlier than l, and only `width` starts are left to choose from: time and memory are
 * O(count · width) while the best start moves with the end, as it does for these penalties.
 */
export function exactBorders(upTo: Float64Array, count: number, penalty: BinPenalty): number[] {
  const bins = count + 1;
  if (upTo.length <= bins) return Array.from({ length: upTo.length - 1 }, (_, i) => i + 1);
  const width = upTo.length - bins + 1;
  let before = new Float64Array(width);
  let errors = Float64Array.from({ length: width }, (_, i) => penalty(upTo[i]));
  const starts: Uint32Array[] = [];
  for (let level = 0; level < bins - 2; level++) {
    [before, errors] = [errors, before];
    starts.push(bestStarts(before, errors, (i, j) => before[i] + penalty(upTo[level + j + 1] - upTo[level + i])));
  }
  let best = 0;
  const end = upTo[upTo.length - 1];
  const last = (i: number) => errors[i] + penalty(end - upTo[bins - 2 + i]);
  for (let i = 1; i < width; i++) if (last(i) < last(best)) best = i;
  const places = [best + bins - 1];
  for (let level = bins - 2; level > 0; level--) {
    best = starts[level - 1][best];
    places.push(best + level);
  }
  return places.reverse();
}

/**
 * For every end j the start i ≤ j of least error, and the error. The start is walked up while the error does not rise; a
 * walk down from above shows where a better one may lie beyond a rise, and only there all are tried.
 */
function bestStarts(
  before: Float64Array,
  errors: Float64Array,
  errorOf: (i: number, j: number) => number,
): Uint32Array {
  const width = before.length;
  const starts = new Uint32Array(width);
  let start = 0;
  for (let j = 0; j < width; j++) {
    let error = errorOf(start, j);
    for (; start < j; start++) {
      const next = errorOf(start + 1, j);
      if (next > error + EQUAL) break;
      error = next;
    }
    starts[j] = start;
    errors[j] = error;
  }
  let above = width - 1;
  for (let j = width - 1; j >= 0; j--) {
    above = Math.min(above, j);
    let error = errorOf(above, j);
    for (; above > 0; above--) {
      const next = errorOf(above - 1, j);
      if (next > error + EQUAL) break;
      error = next;
    }
    for (let i = starts[j] + 1; i <= above; i++) {
      const tried = errorOf(i, j);
      if (tried < errors[j] - EQUAL) {
        errors[j] = tried;
        starts[j] = i;
      }
    }
  }
  return starts;
}

/**
 * The checked input of every metric, and its order. It computes no metric.
 */
import { EcommlError } from '../base/errors.js';

/** One entry a row in each array. */
export interface LabelledScores {
  /** Finite; for log loss, Brier and calibration also within [0, 1]. */
  readonly probability: Float64Array;
  /** 0 or 1. */
  readonly label: Float64Array;
  /** Not negative, finite, their sum positive; absent means 1. */
  readonly weight?: Float64Array;
}

/** Throws when lengths differ, there are no rows, or a cell is out of its range (row named, counted from 0). */
export function checkLabelledScores({ probability, label, weight }: LabelledScores, range: 'probability' | 'score') {
  const rows = probability.length;
  if (rows === 0) throw new EcommlError('NO_ROWS', 'A metric needs at least one row, but there are none.');
  if (label.length !== rows || (weight !== undefined && weight.length !== rows)) {
    const found = `${rows} probabilities, ${label.length} labels${weight ? ` and ${weight.length} weights` : ''}`;
    throw new EcommlError('LENGTH_MISMATCH', `A metric needs one label a probability, but was given ${found}.`);
  }
  for (let row = 0; row < rows; row++) {
    const p = probability[row];
    const inside = range === 'probability' ? p >= 0 && p <= 1 : Number.isFinite(p);
    if (!inside) {
      const expected = range === 'probability' ? 'a number from 0 to 1' : 'a finite number';
      throw new EcommlError('BAD_PROBABILITY', `The probability of row ${row} is ${p}, but must be ${expected}.`);
    }
    if (label[row] !== 0 && label[row] !== 1)
      throw new EcommlError('BAD_LABEL', `The label of row ${row} is ${label[row]}, but must be 0 or 1.`);
  }
  if (weight !== undefined) checkWeights(weight);
}

function checkWeights(weight: Float64Array): void {
  let sum = 0;
  for (let row = 0; row < weight.length; row++) {
    const w = weight[row];
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      throw new EcommlError('BAD_WEIGHT', `The weight of row ${row} is ${w}, but must be finite and not negative.`);
    sum += w;
  }
  if (!(sum > 0)) throw new EcommlError('BAD_WEIGHT', 'All weights are 0, so no row counts.');
}

const COMPARISON_SORT_LIMIT = 4096;

/**
 * Row indices by falling score; rows of equal score keep their order. O(n): least-significant-digit radix sort over
 * the bits of the doubles, which order like unsigned integers once negative ones are inverted and −0 is made 0.
 */
export function rowsByFallingScore(score: Float64Array): Uint32Array {
  const n = score.length;
  if (n <= COMPARISON_SORT_LIMIT) {
    const order = Uint32Array.from(score.keys());
    return order.sort((a, b) => score[b] - score[a] || a - b);
  }
  const keys = fallingKeys(score);
  const digits = new Uint16Array(keys.buffer);
  let order = Uint32Array.from(score.keys());
  let next = new Uint32Array(n);
  for (let digit = 0; digit < 4; digit++) {
    const start = new Uint32Array(65537);
    for (let row = 0; row < n; row++) start[digits[row * 4 + digit] + 1]++;
    if (start.subarray(1).includes(n)) continue;
    for (let value = 0; value < 65536; value++) start[value + 1] += start[value];
    for (let i = 0; i < n; i++) {
      const row = order[i];
      next[start[digits[row * 4 + digit]]++] = row;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** 64-bit keys that rise as the scores fall. */
function fallingKeys(score: Float64Array): BigUint64Array {
  const copy = Float64Array.from(score, (value) => value + 0);
  const words = new Int32Array(copy.buffer);
  for (let i = 0; i < words.length; i += 2) {
    // A positive double's bits rise with its value: invert them below the sign. A negative one's fall: keep them.
    if (words[i + 1] >= 0) {
      words[i] = ~words[i];
      words[i + 1] ^= 0x7fffffff;
    }
  }
  return new BigUint64Array(copy.buffer);
}

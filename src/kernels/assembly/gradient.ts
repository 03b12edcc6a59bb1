// Log loss of raw scores: its gradients in single precision, its sum, and the update of the scores by a leaf's value.
// Scores and weights are doubles, labels bytes (0 or 1). `weights` 0 stands for all ones. Rows go in pairs; the row after
// an odd number of rows is read as the pair's second and counts nothing.
import { exp, log } from './exponential';
import { expPair } from './exponential-pair';

// The sum of log losses without a logarithm a row: Σ log(f) = log Π f. The product is kept as a mantissa in [1, 2) and an
// exponent, one of each for the even and the odd rows of a call; what a loss has besides log(f) is summed apart.
let product: v128 = f64x2.splat(1);
let exponent: v128 = i64x2.splat(0);
let linear: v128 = f64x2.splat(0);

// @ts-ignore: decorator
@inline
function resetLoss(): void {
  product = f64x2.splat(1);
  exponent = i64x2.splat(0);
  linear = f64x2.splat(0);
}

/** Adds log(factor) + rest, of the first row alone when `both` is false; factors lie in [1, 2^1022]. */
// @ts-ignore: decorator
@inline
function addLoss(factor: v128, rest: v128, both: bool): void {
  const f = both ? factor : f64x2.replace_lane(factor, 1, 1);
  const bits = f64x2.mul(product, f);
  exponent = i64x2.add(exponent, i64x2.sub(i64x2.shr_u(bits, 52), i64x2.splat(1023)));
  product = v128.or(v128.and(bits, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3ff0000000000000));
  linear = f64x2.add(linear, both ? rest : f64x2.replace_lane(rest, 1, 0));
}

// @ts-ignore: decorator
@inline
function lossSum(): f64 {
  const even = <f64>i64x2.extract_lane(exponent, 0) * Math.LN2 + log(f64x2.extract_lane(product, 0));
  const odd = <f64>i64x2.extract_lane(exponent, 1) * Math.LN2 + log(f64x2.extract_lane(product, 1));
  return even + f64x2.extract_lane(linear, 0) + (odd + f64x2.extract_lane(linear, 1));
}

/** `yes` where a row's label is 1, else `no`. */
// @ts-ignore: decorator
@inline
function byLabel(labels: usize, row: usize, yes: f64, no: f64): v128 {
  const first = load<u8>(labels + row) != 0 ? yes : no;
  return f64x2.replace_lane(f64x2.splat(first), 1, load<u8>(labels + row, 1) != 0 ? yes : no);
}

/** Stores {f32 g, f32 h} of a pair of rows, from vectors of f32 whose first two count. */
// @ts-ignore: decorator
@inline
function storePair(g: v128, h: v128, out: usize, row: usize, both: bool): void {
  const entries = v128.shuffle<u32>(g, h, 0, 4, 1, 5);
  if (both) v128.store(out + (row << 3), entries);
  else v128.store64_lane(out + (row << 3), entries, 0);
}

/**
 * LightGBM's gradients (binary_objective.hpp, sigmoid 1): with label y = ±1, r = −y / (1 + exp(y · score)),
 * g = r · w, h = |r| (1 − |r|) · w, w = class weight · row weight. Stored as {f32 g, f32 h} at out + 8 · row, for the rows
 * first … first + count − 1. result[0] = Σ −log p(label), when `result` is not 0; row weights do not enter it.
 */
export function logLossGradients(
  scores: usize, labels: usize, weights: usize, first: i32, count: i32,
  negativeWeight: f64, positiveWeight: f64, out: usize, result: usize,
): i32 {
  resetLoss();
  const end = <usize>(first + count);
  for (let row = <usize>first; row < end; row += 2) {
    const both = row + 1 < end;
    const y = byLabel(labels, row, 1, -1);
    let weight = byLabel(labels, row, positiveWeight, negativeWeight);
    if (weights != 0) weight = f64x2.mul(weight, v128.load(weights + (row << 3)));
    const margin = f64x2.mul(y, v128.load(scores + (row << 3)));
    const e = f64x2.add(f64x2.splat(1), expPair(margin));
    const response = f64x2.div(f64x2.neg(y), e);
    const size = f64x2.abs(response);
    const g = f64x2.mul(response, weight);
    const h = f64x2.mul(f64x2.mul(size, f64x2.sub(f64x2.splat(1), size)), weight);
    storePair(f32x4.demote_f64x2_zero(g), f32x4.demote_f64x2_zero(h), out, row, both);
    if (result != 0) addLoss(e, f64x2.neg(f64x2.pmin(margin, f64x2.splat(709))), both);
  }
  if (result != 0) store<f64>(result, lossSum());
  return 0;
}

/**
 * XGBoost's gradients (regression_loss.h, LogisticRegression) in single precision: p = 1 / (1 + exp(−score)),
 * g = (p − y) · w, h = max(p (1 − p), 1e−16) · w. Arguments as above.
 */
export function logisticGradients(
  scores: usize, labels: usize, weights: usize, first: i32, count: i32,
  positiveWeight: f64, out: usize, result: usize,
): i32 {
  resetLoss();
  const one = f32x4.splat(1);
  const end = <usize>(first + count);
  for (let row = <usize>first; row < end; row += 2) {
    const both = row + 1 < end;
    const y = byLabel(labels, row, 1, 0);
    let weight = f32x4.demote_f64x2_zero(byLabel(labels, row, positiveWeight, 1));
    if (weights != 0) weight = f32x4.mul(weight, f32x4.demote_f64x2_zero(v128.load(weights + (row << 3))));
    const negative = f64x2.neg(v128.load(scores + (row << 3)));
    const x = f64x2.pmin(negative, f64x2.splat(<f64>(<f32>88.7)));
    const e = expPair(x);
    const p = f32x4.div(one, f32x4.add(f32x4.demote_f64x2_zero(e), one));
    const g = f32x4.mul(f32x4.sub(p, f32x4.demote_f64x2_zero(y)), weight);
    const h = f32x4.mul(f32x4.pmax(f32x4.splat(1e-16), f32x4.mul(p, f32x4.sub(one, p))), weight);
    storePair(g, h, out, row, both);
    if (result == 0) continue;
    // −log p = log(1 + e) + (−score − x); −log(1 − p) is that plus the score.
    const known = v128.bitselect(negative, f64x2.splat(0), f64x2.eq(y, f64x2.splat(1)));
    addLoss(f64x2.add(f64x2.splat(1), e), f64x2.sub(known, x), both);
  }
  if (result != 0) store<f64>(result, lossSum());
  return 0;
}

/** result[0] = Σ weight · (−log p(label)), a double, over the rows first … first + count − 1. */
export function logLossSum(scores: usize, labels: usize, weights: usize, first: i32, count: i32, result: usize): i32 {
  const end = <usize>(first + count);
  if (weights == 0) {
    resetLoss();
    for (let row = <usize>first; row < end; row += 2) {
      const margin = f64x2.mul(byLabel(labels, row, 1, -1), v128.load(scores + (row << 3)));
      const e = expPair(f64x2.neg(f64x2.abs(margin)));
      addLoss(f64x2.add(f64x2.splat(1), e), f64x2.neg(f64x2.pmin(margin, f64x2.splat(0))), row + 1 < end);
    }
    store<f64>(result, lossSum());
    return 0;
  }
  let sum: f64 = 0;
  for (let row = <usize>first; row < end; row++) {
    const score = load<f64>(scores + (row << 3));
    const margin = load<u8>(labels + row) != 0 ? score : -score;
    sum += (log(1 + exp(-abs(margin))) - min(margin, <f64>0)) * load<f64>(weights + (row << 3));
  }
  store<f64>(result, sum);
  return 0;
}

/** score[row] += value for the given rows; `asSingle` 1 rounds the new score to float32. */
export function addToScores(rows: usize, count: i32, scores: usize, value: f64, asSingle: i32): i32 {
  if (asSingle) {
    for (let i: usize = 0; i < <usize>count; i++) {
      const at = scores + (<usize>load<u32>(rows + (i << 2)) << 3);
      store<f64>(at, <f64>(<f32>(load<f64>(at) + value)));
    }
    return 0;
  }
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = scores + (<usize>load<u32>(rows + (i << 2)) << 3);
    store<f64>(at, load<f64>(at) + value);
  }
  return 0;
}

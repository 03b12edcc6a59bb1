// Log loss of raw scores: its gradients in single precision, its sum, and the update of the scores by a leaf's value.
// Scores and weights are doubles, labels bytes (0 or 1). `weights` 0 stands for all ones. Rows go in pairs; the row after
// an odd number of rows is read as the pair's second and counts nothing.
import { exp, log } from './exponential';
import { expPair } from './exponential-pair';

// The sum of log losses without a logarithm a row: Σ log f = log Π f, of factors in [½, 2] and of 256 pairs of rows at most, so
// that the product stays a normal number. Even and odd rows of a call have sums of their own.
const PAIRS: i32 = 256;

// @ts-ignore: decorator
@inline
function logPair(x: v128): v128 {
  return f64x2.replace_lane(f64x2.splat(log(f64x2.extract_lane(x, 0))), 1, log(f64x2.extract_lane(x, 1)));
}

// @ts-ignore: decorator
@inline
function sumOfPair(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** The pair without its second row, which counts as `neutral`, when `both` is false. */
// @ts-ignore: decorator
@inline
function counted(x: v128, neutral: f64, both: bool): v128 {
  return both ? x : f64x2.replace_lane(x, 1, neutral);
}

/** `yes` where a row's label is 1, else `no`; without a branch, which a label would often mislead. */
// @ts-ignore: decorator
@inline
function byLabel(labels: usize, row: usize, yes: f64, no: f64): v128 {
  const both = v128.load16_splat(labels + row);
  const spread = i8x16.shuffle(both, both, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return v128.bitselect(f64x2.splat(yes), f64x2.splat(no), i8x16.ne(spread, i8x16.splat(0)));
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
  let product = f64x2.splat(1);
  let sum = f64x2.splat(0);
  let room = PAIRS;
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
    if (result == 0) continue;
    // With q = |r| = 1 / (1 + exp(m)), the loss −log(1 − q) is −log(max(q, 1 − q)) + max(−m, 0).
    const larger = f64x2.pmax(size, f64x2.sub(f64x2.splat(1), size));
    product = f64x2.mul(product, counted(larger, 1, both));
    sum = f64x2.add(sum, counted(f64x2.pmax(f64x2.splat(0), f64x2.neg(margin)), 0, both));
    if (--room > 0) continue;
    sum = f64x2.sub(sum, logPair(product));
    product = f64x2.splat(1);
    room = PAIRS;
  }
  if (result != 0) store<f64>(result, sumOfPair(f64x2.sub(sum, logPair(product))));
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
  let product = f64x2.splat(1);
  let sum = f64x2.splat(0);
  let room = PAIRS;
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
    // With q = 1 / (1 + exp(−score)), the loss is −log(max(q, 1 − q)) + max(−margin, 0).
    const q = f64x2.div(f64x2.splat(1), f64x2.add(f64x2.splat(1), e));
    const margin = v128.bitselect(f64x2.neg(negative), negative, f64x2.eq(y, f64x2.splat(1)));
    product = f64x2.mul(product, counted(f64x2.pmax(q, f64x2.sub(f64x2.splat(1), q)), 1, both));
    sum = f64x2.add(sum, counted(f64x2.pmax(f64x2.splat(0), f64x2.neg(margin)), 0, both));
    if (--room > 0) continue;
    sum = f64x2.sub(sum, logPair(product));
    product = f64x2.splat(1);
    room = PAIRS;
  }
  if (result != 0) store<f64>(result, sumOfPair(f64x2.sub(sum, logPair(product))));
  return 0;
}

/** result[0] = Σ weight · (−log p(label)), a double, over the rows first … first + count − 1. */
export function logLossSum(scores: usize, labels: usize, weights: usize, first: i32, count: i32, result: usize): i32 {
  const end = <usize>(first + count);
  if (weights == 0) {
    let product = f64x2.splat(1);
    let pairs = f64x2.splat(0);
    let room = PAIRS;
    for (let row = <usize>first; row < end; row += 2) {
      const both = row + 1 < end;
      const margin = f64x2.mul(byLabel(labels, row, 1, -1), v128.load(scores + (row << 3)));
      const factor = f64x2.add(f64x2.splat(1), expPair(f64x2.neg(f64x2.abs(margin))));
      product = f64x2.mul(product, counted(factor, 1, both));
      pairs = f64x2.add(pairs, counted(f64x2.pmax(f64x2.splat(0), f64x2.neg(margin)), 0, both));
      if (--room > 0) continue;
      pairs = f64x2.add(pairs, logPair(product));
      product = f64x2.splat(1);
      room = PAIRS;
    }
    store<f64>(result, sumOfPair(f64x2.add(pairs, logPair(product))));
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

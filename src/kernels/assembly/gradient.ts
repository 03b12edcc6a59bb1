// Log loss of raw scores: its gradients in fixed point, its sum, and the update of the scores by a leaf's value.
// Scores and weights are doubles, labels bytes (0 or 1). `weights` 0 stands for all ones.
import { exp, log } from './exponential';

// @ts-ignore: decorator
@inline
function fixed(value: f64, scale: f64): i64 {
  return <i64>nearest(value * scale);
}

/**
 * LightGBM's gradients (binary_objective.hpp, sigmoid 1): with label y = ±1, r = −y / (1 + exp(y · score)),
 * g = r · w, h = |r| (1 − |r|) · w, w = class weight · row weight. `single` 1 rounds both to float32, as LightGBM stores
 * them. Written as round(g · scaleG), round(h · scaleH) to out + 16 · row for the rows first … first + count − 1.
 */
export function logLossGradients(
  scores: usize, labels: usize, weights: usize, first: i32, count: i32,
  negativeWeight: f64, positiveWeight: f64, single: i32, scaleG: f64, scaleH: f64, out: usize,
): i32 {
  for (let row = <usize>first; row < <usize>(first + count); row++) {
    const positive = load<u8>(labels + row) != 0;
    const y: f64 = positive ? 1 : -1;
    let weight: f64 = positive ? positiveWeight : negativeWeight;
    if (weights != 0) weight = weight * load<f64>(weights + (row << 3));
    const response = -y / (1 + exp(y * load<f64>(scores + (row << 3))));
    const size = abs(response);
    let g = response * weight;
    let h = size * (1 - size) * weight;
    if (single) {
      g = <f64>(<f32>g);
      h = <f64>(<f32>h);
    }
    store<i64>(out + (row << 4), fixed(g, scaleG));
    store<i64>(out + (row << 4), fixed(h, scaleH), 8);
  }
  return 0;
}

/**
 * XGBoost's gradients (regression_loss.h, LogisticRegression) in single precision: p = 1 / (1 + exp(−score)),
 * g = (p − y) · w, h = max(p (1 − p), 1e−16) · w. Arguments as above.
 */
export function logisticGradients(
  scores: usize, labels: usize, weights: usize, first: i32, count: i32,
  positiveWeight: f64, scaleG: f64, scaleH: f64, out: usize,
): i32 {
  for (let row = <usize>first; row < <usize>(first + count); row++) {
    const positive = load<u8>(labels + row) != 0;
    let weight: f32 = positive ? <f32>positiveWeight : 1;
    if (weights != 0) weight = weight * <f32>load<f64>(weights + (row << 3));
    const x: f64 = min(-load<f64>(scores + (row << 3)), <f64>(<f32>88.7));
    const p: f32 = <f32>1 / (<f32>exp(x) + <f32>1);
    const g: f32 = (p - (positive ? <f32>1 : <f32>0)) * weight;
    const h: f32 = max(p * (<f32>1 - p), <f32>1e-16) * weight;
    store<i64>(out + (row << 4), fixed(<f64>g, scaleG));
    store<i64>(out + (row << 4), fixed(<f64>h, scaleH), 8);
  }
  return 0;
}

/** result[0] = Σ weight · (−log p(label)), a double, over the rows first … first + count − 1, in their order. */
export function logLossSum(scores: usize, labels: usize, weights: usize, first: i32, count: i32, result: usize): i32 {
  let sum: f64 = 0;
  for (let row = <usize>first; row < <usize>(first + count); row++) {
    const score = load<f64>(scores + (row << 3));
    const margin = load<u8>(labels + row) != 0 ? score : -score;
    const loss = log(1 + exp(-abs(margin))) - min(margin, <f64>0);
    sum += weights == 0 ? loss : loss * load<f64>(weights + (row << 3));
  }
  store<f64>(result, sum);
  return 0;
}

/** score[row] += value for the given rows; `single` 1 rounds the new score to float32. */
export function addToScores(rows: usize, count: i32, scores: usize, value: f64, single: i32): i32 {
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = scores + (<usize>load<u32>(rows + (i << 2)) << 3);
    const score = load<f64>(at) + value;
    store<f64>(at, single ? <f64>(<f32>score) : score);
  }
  return 0;
}

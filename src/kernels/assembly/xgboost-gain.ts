// What a split of a node changes of XGBoost's loss (split_evaluator.h), and the best one kept: sums as doubles, gains in
// single precision, as the original has them. Parameters and results are those of xgboost-scan.ts.

// @ts-ignore: decorator
@inline
function thresholdL1(g: f64, alpha: f64): f64 {
  return g > alpha ? g - alpha : g < -alpha ? g + alpha : 0;
}

// @ts-ignore: decorator
@inline
function gainOf(g: f64, h: f64, lambda: f64, alpha: f64, maxDelta: f64, minWeight: f64): f32 {
  if (h <= 0) return 0;
  const s = thresholdL1(g, alpha);
  if (maxDelta == 0) return <f32>(s * s) / <f32>(h + lambda);
  let weight: f64 = 0;
  if (h >= minWeight) {
    weight = -s / (h + lambda);
    if (abs(weight) > maxDelta) weight = copysign(maxDelta, weight);
  }
  const w = <f32>weight;
  return -(<f32>2 * <f32>g * w + (<f32>h + <f32>lambda) * (w * w));
}

// @ts-ignore: decorator
@inline
function weightWithin(g: f64, h: f64, lambda: f64, alpha: f64, maxDelta: f64, minWeight: f64, low: f32, high: f32): f32 {
  let weight: f64 = 0;
  if (h >= minWeight && h > 0) {
    weight = -thresholdL1(g, alpha) / (h + lambda);
    if (maxDelta != 0 && abs(weight) > maxDelta) weight = copysign(maxDelta, weight);
  }
  return min<f32>(max<f32>(<f32>weight, low), high);
}

// @ts-ignore: decorator
@inline
function gainOfWeight(g: f64, h: f64, lambda: f64, w: f32): f32 {
  return h <= 0 ? 0 : -(<f32>2 * <f32>g * w + (<f32>h + <f32>lambda) * (w * w));
}

/** Gains of both children within bounds, added (split_evaluator.h); −∞ against the feature's direction. */
function constrainedGain(leftG: f64, leftH: f64, rightG: f64, rightH: f64, direction: i32, params: usize): f32 {
  const lambda = load<f64>(params, 40);
  const alpha = load<f64>(params, 48);
  const maxDelta = load<f64>(params, 56);
  const minWeight = load<f64>(params, 64);
  const low = <f32>load<f64>(params, 80);
  const high = <f32>load<f64>(params, 88);
  const left = weightWithin(leftG, leftH, lambda, alpha, maxDelta, minWeight, low, high);
  const right = weightWithin(rightG, rightH, lambda, alpha, maxDelta, minWeight, low, high);
  if ((direction > 0 && left > right) || (direction < 0 && left < right)) return -<f32>Infinity;
  return gainOfWeight(leftG, leftH, lambda, left) + gainOfWeight(rightG, rightH, lambda, right);
}

/**
 * Keeps the split at the feature's result if it is the best so far: one side is `grown`, the bins up to t that were gone
 * through, the other `rest`, the node without them. False: no later split of this direction has children heavy enough.
 */
export function considerSums(
  t: i32, grownG: f64, grownH: f64, restG: f64, restH: f64, missingLeft: bool, direction: i32, params: usize, result: usize,
): bool {
  const minWeight = load<f64>(params, 64);
  if (grownH < minWeight) return true;
  if (restH < minWeight) return false;
  const leftG = missingLeft ? restG : grownG;
  const leftH = missingLeft ? restH : grownH;
  const rightG = missingLeft ? grownG : restG;
  const rightH = missingLeft ? grownH : restH;
  let gain: f32;
  if (load<f64>(params, 72) != 0) {
    gain = constrainedGain(leftG, leftH, rightG, rightH, direction, params);
  } else {
    const lambda = load<f64>(params, 40);
    const alpha = load<f64>(params, 48);
    const maxDelta = load<f64>(params, 56);
    gain = gainOf(leftG, leftH, lambda, alpha, maxDelta, minWeight) + gainOf(rightG, rightH, lambda, alpha, maxDelta, minWeight);
  }
  gain -= <f32>load<f64>(params, 32);
  if (!(gain > <f32>load<f64>(result)) || gain == <f32>Infinity) return true;
  store<f64>(result, <f64>gain);
  store<f64>(result, <f64>(missingLeft ? t - 1 : t), 8);
  store<f64>(result, missingLeft ? 1 : 0, 16);
  store<f64>(result, leftG, 24);
  store<f64>(result, leftH, 32);
  store<f64>(result, rightG, 40);
  store<f64>(result, rightH, 48);
  return true;
}

/** The same with {Σg, Σh} in vectors. */
// @ts-ignore: decorator
@inline
export function consider(
  t: i32, grown: v128, rest: v128, missingLeft: bool, direction: i32, params: usize, result: usize,
): bool {
  return considerSums(
    t, f64x2.extract_lane(grown, 0), f64x2.extract_lane(grown, 1), f64x2.extract_lane(rest, 0), f64x2.extract_lane(rest, 1),
    missingLeft, direction, params, result,
  );
}

/** {Σg, Σh} in fixed point as doubles. */
// @ts-ignore: decorator
@inline
export function valueOf(sum: v128, unit: v128): v128 {
  const g = <f64>i64x2.extract_lane(sum, 0);
  return f64x2.mul(f64x2.replace_lane(f64x2.splat(g), 1, <f64>i64x2.extract_lane(sum, 1)), unit);
}

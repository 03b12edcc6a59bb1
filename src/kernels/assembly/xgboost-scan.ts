// XGBoost's scan of numeric features for the best threshold of one node (hist/evaluate_splits.h, EnumerateSplit): sums
// are exact prefixes as doubles, gains in single precision, as the original has them.
//
// A feature's descriptor, 8 × i32: histogram offset, bins without the one for missing values, 1 when that one follows
// them, 1 when the feature takes part, its monotone direction (−1, 0, 1), unused.
// Parameters of the node, f64: unit of g, unit of h, Σg, Σh, the node's own gain, lambda, alpha, max_delta_step,
// min_child_weight, 1 = there are monotone constraints, then the least and the largest weight of a child.
// A feature's result, 8 × f64: loss change (0: no split), last bin of the left side (−1: only missing values go left),
// 1 = missing goes left, Σg left, Σh left, Σg right, Σh right, unused.

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

/** Scans the features from … to − 1. */
export function scanXgboost(hist: usize, descriptors: usize, from: i32, to: i32, params: usize, out: usize): i32 {
  const unitG = load<f64>(params);
  const unitH = load<f64>(params, 8);
  const totalG = load<f64>(params, 16);
  const totalH = load<f64>(params, 24);
  const ownGain = <f32>load<f64>(params, 32);
  const lambda = load<f64>(params, 40);
  const alpha = load<f64>(params, 48);
  const maxDelta = load<f64>(params, 56);
  const minWeight = load<f64>(params, 64);
  const constrained = load<f64>(params, 72) != 0;

  for (let f = from; f < to; f++) {
    const descriptor = descriptors + (<usize>f << 5);
    const result = out + (<usize>f << 6);
    store<f64>(result, 0);
    if (load<i32>(descriptor, 12) == 0) continue;
    const entries = hist + <usize>load<u32>(descriptor);
    const bins = load<i32>(descriptor, 4);
    const direction = load<i32>(descriptor, 16);
    let best: f32 = 0;

    // Missing values on the right: the left side grows.
    let sumG: i64 = 0;
    let sumH: i64 = 0;
    for (let t = 0; t < bins; t++) {
      const entry = entries + (<usize>t << 4);
      sumG += load<i64>(entry);
      sumH += load<i64>(entry, 8);
      const leftG = <f64>sumG * unitG;
      const leftH = <f64>sumH * unitH;
      const rightG = totalG - leftG;
      const rightH = totalH - leftH;
      if (leftH < minWeight) continue;
      if (rightH < minWeight) break;
      const gains = constrained
        ? constrainedGain(leftG, leftH, rightG, rightH, direction, params)
        : gainOf(leftG, leftH, lambda, alpha, maxDelta, minWeight) +
          gainOf(rightG, rightH, lambda, alpha, maxDelta, minWeight);
      const gain = gains - ownGain;
      if (gain > best && gain < <f32>Infinity) {
        best = gain;
        store<f64>(result, <f64>t, 8);
        store<f64>(result, 0, 16);
        store<f64>(result, leftG, 24);
        store<f64>(result, leftH, 32);
        store<f64>(result, rightG, 40);
        store<f64>(result, rightH, 48);
      }
    }

    // Missing values on the left: the right side grows. Without any in the node the splits are the same.
    const missing = entries + (<usize>bins << 4);
    if (load<i32>(descriptor, 8) != 0 && (load<i64>(missing) != 0 || load<i64>(missing, 8) != 0)) {
      sumG = 0;
      sumH = 0;
      for (let t = bins - 1; t >= 0; t--) {
        const entry = entries + (<usize>t << 4);
        sumG += load<i64>(entry);
        sumH += load<i64>(entry, 8);
        const rightG = <f64>sumG * unitG;
        const rightH = <f64>sumH * unitH;
        const leftG = totalG - rightG;
        const leftH = totalH - rightH;
        if (rightH < minWeight) continue;
        if (leftH < minWeight) break;
        const gains = constrained
          ? constrainedGain(leftG, leftH, rightG, rightH, direction, params)
          : gainOf(leftG, leftH, lambda, alpha, maxDelta, minWeight) +
            gainOf(rightG, rightH, lambda, alpha, maxDelta, minWeight);
        const gain = gains - ownGain;
        if (gain > best && gain < <f32>Infinity) {
          best = gain;
          store<f64>(result, <f64>(t - 1), 8);
          store<f64>(result, 1, 16);
          store<f64>(result, leftG, 24);
          store<f64>(result, leftH, 32);
          store<f64>(result, rightG, 40);
          store<f64>(result, rightH, 48);
        }
      }
    }
    store<f64>(result, <f64>best);
  }
  return 0;
}

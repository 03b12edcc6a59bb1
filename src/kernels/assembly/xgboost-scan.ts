// XGBoost's scan of a node's features for the best split of each (hist/evaluate_splits.h): thresholds of numeric features
// here, category sets in xgboost-categories.ts. Sums are exact prefixes.
//
// A feature's descriptor, 8 × i32: histogram offset, bins without the one for missing values, 1 when that one follows
// them, 1 when the feature takes part, its monotone direction (−1, 0, 1), 1 when it is categorical, address of a categorical
// one's scratch, unused.
// Parameters of the node, f64: unit of g, unit of h, Σg, Σh, the node's own gain, lambda, alpha, max_delta_step,
// min_child_weight, 1 = there are monotone constraints, then the least and the largest weight of a child, max_cat_to_onehot,
// max_cat_threshold.
// A feature's result, 8 × f64: loss change (0: no split), last bin of the left side (−1: only missing values go left) or the
// number of categories in the set, 1 = missing goes left, Σg left, Σh left, Σg right, Σh right, unused.
import { scanCategories } from './xgboost-categories';
import { consider, valueOf } from './xgboost-gain';

/** S² of both sides as f32, in lanes 0 and 1; S is Σg drawn towards 0 by alpha. */
// @ts-ignore: decorator
@inline
function squares(grown: v128, rest: v128, alpha: v128): v128 {
  const g = v128.shuffle<f64>(grown, rest, 0, 2);
  const none = f64x2.splat(0);
  const s = f64x2.add(f64x2.pmax(f64x2.sub(g, alpha), none), f64x2.pmin(f64x2.add(g, alpha), none));
  return f32x4.demote_f64x2_zero(f64x2.mul(s, s));
}

/** H + lambda of both sides. */
// @ts-ignore: decorator
@inline
function weights(grown: v128, rest: v128, lambda: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.add(v128.shuffle<f64>(grown, rest, 1, 3), lambda));
}

/**
 * Goes through a feature's bins upwards, or downwards with missing values on the left. Where gains are plain quotients, four
 * bins are looked at in one go, and one by one only if one of them is better than the best; bins without rows change nothing.
 */
function scanBins(entries: usize, bins: i32, missingLeft: bool, direction: i32, params: usize, result: usize): void {
  const unit = v128.load(params);
  const total = v128.load(params, 16);
  const lambda = f64x2.splat(load<f64>(params, 40));
  const alpha = f64x2.splat(load<f64>(params, 48));
  const minWeight = load<f64>(params, 64);
  const own = f32x4.splat(<f32>load<f64>(params, 32));
  const isPlain = load<f64>(params, 56) == 0 && load<f64>(params, 72) == 0 && minWeight > 0;
  const step: isize = missingLeft ? -16 : 16;
  let at = missingLeft ? entries + (<usize>(bins - 1) << 4) : entries;
  let sum = i64x2.splat(0);
  let isHeavy = false;
  for (let seen = 0; seen < bins;) {
    if (isPlain && isHeavy && seen + 4 <= bins) {
      const e0 = v128.load(at);
      const e1 = v128.load(at + step);
      const e2 = v128.load(at + 2 * step);
      const e3 = v128.load(at + 3 * step);
      if (!v128.any_true(v128.or(v128.or(e0, e1), v128.or(e2, e3)))) {
        at += 4 * step;
        seen += 4;
        continue;
      }
      const s0 = i64x2.add(sum, e0);
      const s1 = i64x2.add(s0, e1);
      const s2 = i64x2.add(s1, e2);
      const s3 = i64x2.add(s2, e3);
      const g3 = valueOf(s3, unit);
      const r3 = f64x2.sub(total, g3);
      if (f64x2.extract_lane(r3, 1) >= minWeight) {
        const g0 = valueOf(s0, unit);
        const g1 = valueOf(s1, unit);
        const g2 = valueOf(s2, unit);
        const r0 = f64x2.sub(total, g0);
        const r1 = f64x2.sub(total, g1);
        const r2 = f64x2.sub(total, g2);
        const q01 = f32x4.div(
          v128.shuffle<f32>(squares(g0, r0, alpha), squares(g1, r1, alpha), 0, 1, 4, 5),
          v128.shuffle<f32>(weights(g0, r0, lambda), weights(g1, r1, lambda), 0, 1, 4, 5),
        );
        const q23 = f32x4.div(
          v128.shuffle<f32>(squares(g2, r2, alpha), squares(g3, r3, alpha), 0, 1, 4, 5),
          v128.shuffle<f32>(weights(g2, r2, lambda), weights(g3, r3, lambda), 0, 1, 4, 5),
        );
        const both = f32x4.add(v128.shuffle<f32>(q01, q23, 0, 2, 4, 6), v128.shuffle<f32>(q01, q23, 1, 3, 5, 7));
        const best = f32x4.splat(<f32>load<f64>(result));
        if (v128.any_true(f32x4.gt(f32x4.sub(both, own), best))) {
          const t = missingLeft ? bins - 1 - seen : seen;
          const next = missingLeft ? -1 : 1;
          consider(t, g0, r0, missingLeft, direction, params, result);
          consider(t + next, g1, r1, missingLeft, direction, params, result);
          consider(t + 2 * next, g2, r2, missingLeft, direction, params, result);
          consider(t + 3 * next, g3, r3, missingLeft, direction, params, result);
        }
        sum = s3;
        at += 4 * step;
        seen += 4;
        continue;
      }
    }
    sum = i64x2.add(sum, v128.load(at));
    const grown = valueOf(sum, unit);
    const rest = f64x2.sub(total, grown);
    isHeavy = isHeavy || f64x2.extract_lane(grown, 1) >= minWeight;
    if (!consider(missingLeft ? bins - 1 - seen : seen, grown, rest, missingLeft, direction, params, result)) return;
    at += step;
    seen++;
  }
}

/** Scans the features from … to − 1. */
export function scanXgboost(hist: usize, descriptors: usize, from: i32, to: i32, params: usize, out: usize): i32 {
  for (let f = from; f < to; f++) {
    const descriptor = descriptors + (<usize>f << 5);
    const result = out + (<usize>f << 6);
    store<f64>(result, 0);
    if (load<i32>(descriptor, 12) == 0) continue;
    const entries = hist + <usize>load<u32>(descriptor);
    const bins = load<i32>(descriptor, 4);
    const direction = load<i32>(descriptor, 16);
    if (load<i32>(descriptor, 20) != 0) {
      scanCategories(entries, bins, load<u32>(descriptor, 24), params, result);
      continue;
    }
    scanBins(entries, bins, false, direction, params, result);
    // Without a missing value in the node the splits would be the same.
    const missing = entries + (<usize>bins << 4);
    if (load<i32>(descriptor, 8) != 0 && v128.any_true(v128.load(missing))) {
      scanBins(entries, bins, true, direction, params, result);
    }
  }
  return 0;
}

// LightGBM's scan, two thresholds at a time: for nodes without bounds, L1, max_delta_step or path_smooth, and features whose
// bins all take part. The sums, gains and choices are those of lightgbm-scan.ts to the last bit, as no operation changes and
// both sides' conditions, once they fail for want of rows or hessian on the other side, fail for good.
import { EPSILON } from './lightgbm-gain';

// What the last call of scanPairs found: the gain, which bin of the scan was the last to join, and the sums and rows of the
// side that grows bin by bin and of the rest.
export let foundGain: f64 = 0;
export let foundAt: i32 = 0;
export let grownG: f64 = 0;
export let grownH: f64 = 0;
export let grownCount: f64 = 0;
export let restG: f64 = 0;
export let restH: f64 = 0;
export let restCount: f64 = 0;

/** Two i64 as the nearest doubles: halves of 32 bits as the lowest bits of 2^84 and 2^52, and one rounding. */
// @ts-ignore: decorator
@inline
function toDoubles(numbers: v128): v128 {
  const low = v128.or(v128.and(numbers, i64x2.splat(0xffffffff)), i64x2.splat(0x4330000000000000));
  const high = v128.xor(i64x2.shr_u(numbers, 32), i64x2.splat(0x4530000080000000));
  // 2^84 + 2^63 + 2^52
  return f64x2.add(f64x2.sub(high, f64x2.splat(1.9342822341709703e25)), low);
}

/**
 * Scans `bins` bins from bin `start` on in steps of 1 or −1; `extra` is added to the rows. Entries are those of histogram.ts
 * (E = v128) or packed-histogram.ts (E = i64), parameters those of lightgbm-scan.ts. True when a gain beats the one to beat.
 */
// @ts-ignore: decorator
@inline
export function scanPairs<E>(entries: usize, start: i32, step: i32, bins: i32, extra: f64, params: usize): bool {
  const unitG = f64x2.splat(load<f64>(params));
  const unitH = f64x2.splat(load<f64>(params, 8));
  const totalG = f64x2.splat(load<f64>(params, 16));
  const totalH = f64x2.splat(load<f64>(params, 24));
  const rows = f64x2.splat(load<f64>(params, 32));
  const l2 = f64x2.splat(load<f64>(params, 56));
  const minData = f64x2.splat(load<f64>(params, 88));
  const minHessian = f64x2.splat(load<f64>(params, 96));
  const countFactor = f64x2.splat(load<f64>(params, 32) / load<f64>(params, 24));
  const rowsOfUnit = load<f64>(params, 128);
  const rowsOfUnits = f64x2.splat(rowsOfUnit);
  const unitsG = f64x2.splat(load<f64>(params, 136));
  const unitsH = f64x2.splat(load<f64>(params, 144));
  const quantized = rowsOfUnit > 0;
  const epsilon = f64x2.splat(EPSILON);
  const half = f64x2.splat(0.5);
  let best = load<f64>(params, 80);
  let toBeat = f64x2.splat(best);
  let found = false;
  let count = f64x2.splat(extra);
  // i64 {g, h}, or doubles {h, g}.
  let sum = i64x2.splat(0);
  const shift = sizeof<E>() == 16 ? 4 : 3;
  const pace = <isize>step << shift;
  let at = entries + (<usize>start << shift);
  for (let i = 0; i < bins; i += 2) {
    let sumsG: v128;
    let sumsH: v128;
    let sizes = half;
    if (sizeof<E>() == 16) {
      const first = v128.load(at);
      const second = v128.load(at + pace);
      const one = i64x2.add(sum, first);
      sum = i64x2.add(one, second);
      sumsG = toDoubles(v128.shuffle<i64>(one, sum, 0, 2));
      sumsH = toDoubles(v128.shuffle<i64>(one, sum, 1, 3));
      if (!quantized) sizes = toDoubles(v128.shuffle<i64>(first, second, 1, 3));
    } else {
      const one = f64x2.add(sum, f64x2.convert_low_i32x4_s(v128.load64_zero(at)));
      sum = f64x2.add(one, f64x2.convert_low_i32x4_s(v128.load64_zero(at + pace)));
      sumsH = v128.shuffle<i64>(one, sum, 0, 2);
      sumsG = v128.shuffle<i64>(one, sum, 1, 3);
    }
    at += pace << 1;
    let counts: v128;
    let hessian: v128;
    let otherG: v128;
    let otherH: v128;
    const gradient = f64x2.mul(sumsG, unitG);
    if (quantized) {
      counts = f64x2.trunc(f64x2.add(f64x2.mul(sumsH, rowsOfUnits), half));
      hessian = f64x2.mul(sumsH, unitH);
      otherG = f64x2.mul(f64x2.sub(unitsG, sumsG), unitG);
      otherH = f64x2.mul(f64x2.sub(unitsH, sumsH), unitH);
    } else {
      const own = f64x2.trunc(f64x2.add(f64x2.mul(f64x2.mul(sizes, unitH), countFactor), half));
      // Whole numbers: any order of additions is exact.
      counts = f64x2.add(count, f64x2.add(own, v128.shuffle<i64>(f64x2.splat(0), own, 0, 2)));
      count = v128.shuffle<i64>(counts, counts, 1, 1);
      hessian = f64x2.add(f64x2.mul(sumsH, unitH), epsilon);
      otherG = f64x2.sub(totalG, gradient);
      otherH = f64x2.sub(totalH, hessian);
    }
    const others = f64x2.sub(rows, counts);
    const grown = v128.and(f64x2.ge(counts, minData), f64x2.ge(hessian, minHessian));
    const rest = v128.and(f64x2.ge(others, minData), f64x2.ge(otherH, minHessian));
    let allowed = v128.and(grown, rest);
    if (!v128.any_true(allowed)) {
      if (v128.any_true(v128.andnot(grown, rest))) break;
      continue;
    }
    if (i + 1 == bins) allowed = i64x2.replace_lane(allowed, 1, 0);
    if (quantized) {
      hessian = f64x2.add(hessian, epsilon);
      otherH = f64x2.add(otherH, epsilon);
    }
    const gain = f64x2.add(
      f64x2.div(f64x2.mul(gradient, gradient), f64x2.add(hessian, l2)),
      f64x2.div(f64x2.mul(otherG, otherG), f64x2.add(otherH, l2)),
    );
    const better = v128.and(allowed, f64x2.gt(gain, toBeat));
    if (!v128.any_true(better)) continue;
    const gains1 = f64x2.extract_lane(gain, 1);
    if (i64x2.extract_lane(better, 0) != 0) {
      best = f64x2.extract_lane(gain, 0);
      foundAt = i;
      grownG = f64x2.extract_lane(gradient, 0);
      grownH = f64x2.extract_lane(hessian, 0);
      grownCount = f64x2.extract_lane(counts, 0);
      restG = f64x2.extract_lane(otherG, 0);
      restH = f64x2.extract_lane(otherH, 0);
      restCount = f64x2.extract_lane(others, 0);
    }
    if (i64x2.extract_lane(better, 1) != 0 && gains1 > best) {
      best = gains1;
      foundAt = i + 1;
      grownG = f64x2.extract_lane(gradient, 1);
      grownH = f64x2.extract_lane(hessian, 1);
      grownCount = f64x2.extract_lane(counts, 1);
      restG = f64x2.extract_lane(otherG, 1);
      restH = f64x2.extract_lane(otherH, 1);
      restCount = f64x2.extract_lane(others, 1);
    }
    found = true;
    toBeat = f64x2.splat(best);
  }
  foundGain = best;
  return found;
}

// Row weights of a tree (bootstraps) and the list of rows that have one. Weights are doubles, one a training row.
import { exp, log } from './exponential';
import { nextUniform } from './random';

/** Weights of a temperature out of reason end here, that sums of them stay finite. */
const MOST_WEIGHT: f64 = 1e100;

/**
 * Minimal variance sampling (Ibragimov and Gusev 2019; CatBoost, mvs.cpp) of the rows from … to − 1, one block with a
 * threshold of its own: with c = √(g² + λ), a row is kept with probability min(1, c / t), weight 1 / probability, and t
 * such that rate · rows are kept on average. `state` holds the block's generator, `scratch` 8 bytes a row of the block;
 * `threshold` the t of the tree before (0: none), which the search begins at, and then this tree's. To `sums`: rows kept,
 * max |g · weight|, max w · weight (`weights` 0: w is 1).
 */
export function mvsWeights(
  gradients: usize, weights: usize, from: usize, to: usize, lambda: f64, rate: f64, state: usize, scratch: usize,
  threshold: usize, out: usize, sums: usize,
): i32 {
  const count = to - from;
  const own = gradients + (from << 3);
  let i: usize = 0;
  for (; i + 2 <= count; i += 2) {
    const g = v128.load(own + (i << 3));
    v128.store(scratch + (i << 3), f64x2.sqrt(f64x2.add(f64x2.splat(lambda), f64x2.mul(g, g))));
  }
  if (i < count) {
    const g = load<f64>(own + (i << 3));
    store<f64>(scratch + (i << 3), Math.sqrt(lambda + g * g));
  }
  const t = mvsThreshold(scratch, count, rate * <f64>count, load<f64>(threshold));
  store<f64>(threshold, t);
  let s0 = load<u32>(state);
  let s1 = load<u32>(state, 4);
  let s2 = load<u32>(state, 8);
  let s3 = load<u32>(state, 12);
  // Two rows at a time, chosen by masks: branches on draws cannot be foretold.
  let kept = i64x2.splat(0);
  let mostG = f64x2.splat(0);
  let mostW = f64x2.splat(0);
  const ones = f64x2.splat(1);
  const ts = f64x2.splat(t);
  const least = f64x2.splat(t * 2.220446049250313e-16);
  const range = f64x2.splat(4294967296.0);
  for (i = 0; i < count; i += 2) {
    const single = i + 1 == count;
    const at = i << 3;
    const size = single ? v128.load64_zero(scratch + at) : v128.load(scratch + at);
    // nextUint32 of random.ts, its state in registers.
    const first = rotl<u32>(s1 * 5, 7) * 9;
    let a = s2 ^ s0;
    let b = s3 ^ s1;
    let c = s1 << 9;
    s1 ^= a;
    s0 ^= b;
    s2 = a ^ c;
    s3 = rotl<u32>(b, 11);
    let second: u32 = 0;
    if (!single) {
      second = rotl<u32>(s1 * 5, 7) * 9;
      a = s2 ^ s0;
      b = s3 ^ s1;
      c = s1 << 9;
      s1 ^= a;
      s0 ^= b;
      s2 = a ^ c;
      s3 = rotl<u32>(b, 11);
    }
    const draws = f64x2.convert_low_i32x4_u(i64x2.splat(<u64>first | (<u64>second << 32)));
    const drawn = v128.and(f64x2.gt(size, least), f64x2.lt(f64x2.mul(draws, ts), f64x2.mul(size, range)));
    let keep = v128.or(f64x2.gt(size, ts), drawn);
    if (single) keep = i64x2.replace_lane(keep, 1, 0);
    // 1 for a row above t, t / size for others.
    const weight = v128.and(f64x2.pmax(ones, f64x2.div(ts, size)), keep);
    kept = i64x2.sub(kept, keep);
    const g = single ? v128.load64_zero(own + at) : v128.load(own + at);
    mostG = f64x2.pmax(mostG, f64x2.mul(f64x2.abs(g), weight));
    const rows = (from + i) << 3;
    if (weights == 0) mostW = f64x2.pmax(mostW, weight);
    else {
      const w = single ? v128.load64_zero(weights + rows) : v128.load(weights + rows);
      mostW = f64x2.pmax(mostW, f64x2.mul(weight, w));
    }
    if (single) v128.store64_lane(out + rows, weight, 0);
    else v128.store(out + rows, weight);
  }
  store<u32>(state, s0);
  store<u32>(state, s1, 4);
  store<u32>(state, s2, 8);
  store<u32>(state, s3, 12);
  store<f64>(sums, <f64>(i64x2.extract_lane(kept, 0) + i64x2.extract_lane(kept, 1)));
  store<f64>(sums, max(f64x2.extract_lane(mostG, 0), f64x2.extract_lane(mostG, 1)), 8);
  store<f64>(sums, max(f64x2.extract_lane(mostW, 0), f64x2.extract_lane(mostW, 1)), 16);
  return 0;
}

/**
 * t with Σ min(1, c / t) = target (0 < target ≤ count). In 1 / t that sum is concave, so Newton's steps from any guess lead,
 * after the first, from above down to t, while rows above t become certain one after another; without a guess they begin
 * where none is certain.
 */
function mvsThreshold(sizes: usize, count: usize, target: f64, guess: f64): f64 {
  let threshold: f64 = guess > 0 ? guess : Infinity;
  let first = true;
  let falling = true;
  while (falling) {
    let certains = f64x2.splat(0);
    let sums = f64x2.splat(0);
    let i: usize = 0;
    for (; i + 2 <= count; i += 2) {
      const size = v128.load(sizes + (i << 3));
      const above = f64x2.ge(size, f64x2.splat(threshold));
      certains = f64x2.add(certains, v128.and(above, f64x2.splat(1)));
      sums = f64x2.add(sums, v128.andnot(size, above));
    }
    let certain = f64x2.extract_lane(certains, 0) + f64x2.extract_lane(certains, 1);
    let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (i < count) {
      const size = load<f64>(sizes + (i << 3));
      if (size >= threshold) certain += 1;
      else sum += size;
    }
    const next = sum / (target - certain);
    if (first && guess > 0) {
      // Below all that is wanted: the guess tells nothing, and the search begins anew.
      threshold = certain < target && next > 0 ? next : Infinity;
    } else {
      falling = certain < target && next < threshold && next > 0;
      if (falling) threshold = next;
    }
    first = false;
  }
  return threshold;
}

/**
 * Bernoulli (kept with probability `rate`, weight 1) and, with temperature ≥ 0, Bayesian weights (−ln u)^temperature of
 * the rows from … to − 1. Sums as above.
 */
export function randomWeights(
  gradients: usize, weights: usize, from: usize, to: usize, rate: f64, temperature: f64, state: usize, out: usize,
  sums: usize,
): i32 {
  let kept: f64 = 0;
  let mostG: f64 = 0;
  let mostW: f64 = 0;
  for (let row = from; row < to; row++) {
    const draw = nextUniform(state);
    let weight: f64 = 0;
    if (temperature >= 0) {
      const exponential = -log(draw + 1e-100);
      weight = temperature == 1 ? exponential : exponential > 0 ? min(exp(temperature * log(exponential)), MOST_WEIGHT) : 0;
      if (temperature == 0) weight = 1;
    } else if (draw < rate) weight = 1;
    if (!(weight > 0)) weight = 0;
    else {
      kept += 1;
      mostG = max(mostG, abs(load<f64>(gradients + (row << 3))) * weight);
      mostW = max(mostW, weights == 0 ? weight : weight * load<f64>(weights + (row << 3)));
    }
    store<f64>(out + (row << 3), weight);
  }
  store<f64>(sums, kept);
  store<f64>(sums, mostG, 8);
  store<f64>(sums, mostW, 16);
  return 0;
}

/**
 * Lists the rows at the places from … to − 1 that have a sample weight: rows to rowsOut, fixed-point i32 pairs (gradient ·
 * sample weight · scaleG, w · sample weight · scaleW), rounded to nearest, to statsOut, both from place `first`. `samples`
 * 0: every row, weight 1. `order` lists the row of each place (u32), 0: its number. There are `kept` of them; no more are
 * written, as the places behind are another task's. Returns how many.
 */
export function sampleRows(
  gradients: usize, weights: usize, samples: usize, order: usize, from: usize, to: usize, scaleG: f64, scaleW: f64,
  first: usize, kept: usize, rowsOut: usize, statsOut: usize,
): i32 {
  let place = first;
  const last = first + kept;
  for (let row = from; row < to && place < last; row++) {
    const sample: f64 = samples == 0 ? 1 : load<f64>(samples + (row << 3));
    const weight: f64 = weights == 0 ? sample : sample * load<f64>(weights + (row << 3));
    store<u32>(rowsOut + (place << 2), order == 0 ? <u32>row : load<u32>(order + (row << 2)));
    store<i32>(statsOut + (place << 3), <i32>nearest(load<f64>(gradients + (row << 3)) * sample * scaleG));
    store<i32>(statsOut + (place << 3), <i32>nearest(weight * scaleW), 4);
    // A row without weight is written over by the next: quicker than a branch that nobody can foretell.
    place += usize(sample != 0);
  }
  return <i32>(place - first);
}

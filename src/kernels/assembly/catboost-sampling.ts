// Row weights of a tree (bootstraps) and the list of rows that have one. Weights are doubles, one a training row.
import { exp, log } from './exponential';
import { nextUniform } from './random';

/**
 * Minimal variance sampling (Ibragimov and Gusev 2019; CatBoost, mvs.cpp) of the rows from … to − 1, one block with a
 * threshold of its own: with c = √(g² + λ), a row is kept with probability min(1, c / t), weight 1 / probability, and t
 * such that rate · rows are kept on average. `state` holds the block's generator, `scratch` 8 bytes a row of the block.
 * To `sums`: rows kept, max |g · weight|, max w · weight (`weights` 0: w is 1).
 */
export function mvsWeights(
  gradients: usize, weights: usize, from: usize, to: usize, lambda: f64, rate: f64, state: usize, scratch: usize,
  out: usize, sums: usize,
): i32 {
  const count = to - from;
  for (let i: usize = 0; i < count; i++) {
    const g = load<f64>(gradients + ((from + i) << 3));
    store<f64>(scratch + (i << 3), Math.sqrt(lambda + g * g));
  }
  const threshold = mvsThreshold(scratch, count, rate * <f64>count);
  let kept: f64 = 0;
  let mostG: f64 = 0;
  let mostW: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const row = from + i;
    const size = load<f64>(scratch + (i << 3));
    const probability: f64 = size > threshold ? 1 : size / threshold;
    const draw = nextUniform(state);
    let weight: f64 = 0;
    if (probability > 2.220446049250313e-16 && draw < probability) {
      weight = 1 / probability;
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
 * t with Σ min(1, c / t) = target (0 < target ≤ count). From the t that would do if no row were certain, the rows above
 * t become certain and t is solved for again; t only falls and the rows above it only grow, so this ends.
 */
function mvsThreshold(sizes: usize, count: usize, target: f64): f64 {
  let threshold: f64 = Infinity;
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
    falling = certain < target && next < threshold && next > 0;
    if (falling) threshold = next;
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
      weight = temperature == 1 ? exponential : exponential > 0 ? exp(temperature * log(exponential)) : 0;
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
 * 0: every row, weight 1. `order` lists the row of each place (u32), 0: its number. Returns how many.
 */
export function sampleRows(
  gradients: usize, weights: usize, samples: usize, order: usize, from: usize, to: usize, scaleG: f64, scaleW: f64,
  first: usize, rowsOut: usize, statsOut: usize,
): i32 {
  let place = first;
  for (let row = from; row < to; row++) {
    const sample: f64 = samples == 0 ? 1 : load<f64>(samples + (row << 3));
    if (sample == 0) continue;
    const weight: f64 = weights == 0 ? sample : sample * load<f64>(weights + (row << 3));
    store<u32>(rowsOut + (place << 2), order == 0 ? <u32>row : load<u32>(order + (row << 2)));
    store<i32>(statsOut + (place << 3), <i32>nearest(load<f64>(gradients + (row << 3)) * sample * scaleG));
    store<i32>(statsOut + (place << 3), <i32>nearest(weight * scaleW), 4);
    place++;
  }
  return <i32>(place - first);
}

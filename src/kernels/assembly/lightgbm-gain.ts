// Gain and output of a LightGBM leaf (feature_histogram.hpp: GetLeafGain, CalculateSplittedLeafOutput), and the entries of a
// node's histogram: those of histogram.ts, {i64 Σg, i64 Σh}, or of packed-histogram.ts, i64 Σg · 2^32 + Σh. Which, a function's
// type parameter E tells by its size, v128 or i64.
export const EPSILON: f64 = 1.0000000036274937e-15;

// @ts-ignore: decorator
@inline
export function leafGain(
  g: f64, h: f64, count: f64, l1: f64, l2: f64, maxDelta: f64, smooth: f64, parent: f64,
): f64 {
  const s = l1 > 0 ? copysign(max(0, abs(g) - l1), g) : g;
  if (maxDelta <= 0 && smooth <= EPSILON) return (s * s) / (h + l2);
  let output = -s / (h + l2);
  if (maxDelta > 0 && abs(output) > maxDelta) output = copysign(maxDelta, output);
  if (smooth > EPSILON) {
    const share = count / smooth;
    output = (output * share) / (share + 1) + parent / (share + 1);
  }
  return -(2 * s * output + (h + l2) * output * output);
}

// @ts-ignore: decorator
@inline
export function boundedOutput(
  g: f64, h: f64, count: f64, l1: f64, l2: f64, maxDelta: f64, smooth: f64, parent: f64, least: f64, most: f64,
): f64 {
  const s = l1 > 0 ? copysign(max(0, abs(g) - l1), g) : g;
  let output = -s / (h + l2);
  if (maxDelta > 0 && abs(output) > maxDelta) output = copysign(maxDelta, output);
  if (smooth > EPSILON) {
    const share = count / smooth;
    output = (output * share) / (share + 1) + parent / (share + 1);
  }
  return output < least ? least : output > most ? most : output;
}

// @ts-ignore: decorator
@inline
export function outputGain(g: f64, h: f64, l1: f64, l2: f64, output: f64): f64 {
  const s = l1 > 0 ? copysign(max(0, abs(g) - l1), g) : g;
  return -(2 * s * output + (h + l2) * output * output);
}

// @ts-ignore: decorator
@inline
export function entryAt<E>(entries: usize, bin: i32): usize {
  return entries + (<usize>bin << (sizeof<E>() == 16 ? 4 : 3));
}

// @ts-ignore: decorator
@inline
export function gradientOf<E>(entry: usize): i64 {
  return sizeof<E>() == 16 ? load<i64>(entry) : load<i64>(entry) >> 32;
}

// @ts-ignore: decorator
@inline
export function hessianOf<E>(entry: usize): i64 {
  return sizeof<E>() == 16 ? load<i64>(entry, 8) : <i64>load<u32>(entry);
}

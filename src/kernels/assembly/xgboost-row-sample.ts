// XGBoost's draws of rows (src/tree/hist/sampler.cc): each with one probability, or by the size of its gradient. The draws
// are the original's: x ← 16807 x mod 2^63 from a seed of 32 bits, one a row.
import { sortWords } from './radix-sort';

const MODULUS_MASK: u64 = 0x7fffffffffffffff;
const MVS_LAMBDA: f32 = 0.1;

// @ts-ignore: decorator
@inline
function firstState(seed: u32): u64 {
  return seed == 0 ? 1 : <u64>seed;
}

// @ts-ignore: decorator
@inline
function nextState(state: u64): u64 {
  return (state * 16807) & MODULUS_MASK;
}

/** Rows 0 … rows − 1, each with `probability`, as u32 to `out` (room for all); how many they are, i32, to `result`. */
export function drawRows(rows: i32, seed: u32, probability: f64, out: usize, result: usize): i32 {
  let state = firstState(seed);
  let at = out;
  for (let row: i32 = 0; row < rows; row++) {
    state = nextState(state);
    store<u32>(at, row);
    at += <f64>(<i64>(state - 1)) * (1.0 / 9223372036854775808.0) < probability ? 4 : 0;
  }
  // A row that was not drawn may lie behind the last.
  if (at < out + (<usize>rows << 2)) store<u32>(at, 0);
  store<i32>(result, <i32>((at - out) >> 2));
  return 0;
}

/** √(g² + 0.1 h²) of the gradients {f32 g, f32 h} of some rows, f32. */
export function gradientSizes(gradients: usize, first: i32, count: i32, sizes: usize): i32 {
  for (let row = <usize>first; row < <usize>(first + count); row++) {
    const g = load<f32>(gradients + (row << 3));
    const h = load<f32>(gradients + (row << 3), 4);
    store<f32>(sizes + (row << 2), <f32>sqrt<f64>(<f64>(g * g + MVS_LAMBDA * (h * h))));
  }
  return 0;
}

/**
 * The size from which a row is sure to be drawn, f32 to `result`, so that `wanted` (1 … rows − 1) are drawn on average.
 * `scratch`: 8 bytes a row and 24,576 more.
 */
export function sizeThreshold(sizes: usize, rows: i32, wanted: i32, scratch: usize, result: usize): i32 {
  const bytes = <usize>rows << 2;
  memory.copy(scratch, sizes, bytes);
  // Bits of floats that are not negative sort as they do.
  const sorted = sortWords(scratch, scratch + bytes, rows, scratch + 2 * bytes);
  const sums = sorted == scratch ? scratch + bytes : scratch;
  let sum: f32 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    sum += load<f32>(sorted + at);
    store<f32>(sums + at, sum);
  }
  let low: i32 = 0;
  let high: i32 = rows - 1;
  while (low <= high) {
    const middle = low + ((high - low) >> 1);
    const at = <usize>middle << 2;
    const left = <f32>wanted - <f32>(rows - middle - 1);
    if (left <= 0) {
      low = middle + 1;
      continue;
    }
    const threshold = load<f32>(sums + at) / left;
    if (threshold <= load<f32>(sorted + at)) {
      high = middle - 1;
    } else if (middle == rows - 1 || threshold <= load<f32>(sorted + at, 4)) {
      store<f32>(result, threshold);
      return 0;
    } else {
      low = middle + 1;
    }
  }
  store<f32>(result, sum / <f32>wanted);
  return 0;
}

/**
 * Rows with a probability of their size over `threshold`, as `drawRows` gives them; gradients of rows that were not sure to
 * be drawn are divided by it. Sure rows, and those of size 0, take no draw.
 */
export function drawRowsBySize(
  sizes: usize, rows: i32, threshold: f32, seed: u32, gradients: usize, out: usize, result: usize,
): i32 {
  let state = firstState(seed);
  let at = out;
  for (let row: i32 = 0; row < rows; row++) {
    const size = load<f32>(sizes + (<usize>row << 2));
    const probability = size / threshold;
    if (probability < 1) {
      if (size == 0) continue;
      state = nextState(state);
      const draw = min(<f32>(<i64>(state - 1)) * <f32>(1.0 / 9223372036854775808.0), <f32>(1.0 - 1.0 / 16777216.0));
      if (draw > probability) continue;
      const factor = <f32>1 / probability;
      const gradient = gradients + (<usize>row << 3);
      store<f32>(gradient, load<f32>(gradient) * factor);
      store<f32>(gradient, load<f32>(gradient, 4) * factor, 4);
    }
    store<u32>(at, row);
    at += 4;
  }
  store<i32>(result, <i32>((at - out) >> 2));
  return 0;
}

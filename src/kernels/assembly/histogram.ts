// Histograms of gradients: for each bin of each feature, the sums of g and h over a node's rows.
//
// Layout. A record is a row's bin numbers of up to 64 features, one byte each; records lie row after row, `stride` bytes
// apart. 16 features make a tile. A histogram entry is 16 bytes, {i64 Σg, i64 Σh}, in fixed point, so sums are exact and
// any order of additions gives the same bytes. A tile's histogram has 16 lanes of LANE bytes: 256 entries and 64 bytes more,
// so that equal bins of different lanes don't fall into one cache set. A row's gradient is {f32 g, f32 h}; times `scaleG` and
// `scaleH` (products below 2^51) it is rounded to fixed point, ties to even. Rows are u32 indices; address 0 stands for the
// rows first, first + 1, …
const LANE: usize = 4160;
const BLOCK: usize = 256;

// @ts-ignore: decorator
@inline
function add(at: usize, gradient: v128): void {
  v128.store(at, i64x2.add(v128.load(at), gradient));
}

// @ts-ignore: decorator
@inline
function addFour(hist: usize, bins: u32, gradient: v128): void {
  add(hist + ((<usize>(bins & 255)) << 4), gradient);
  add(hist + LANE + ((<usize>((bins >> 8) & 255)) << 4), gradient);
  add(hist + 2 * LANE + ((<usize>((bins >> 16) & 255)) << 4), gradient);
  add(hist + 3 * LANE + ((<usize>(bins >> 24)) << 4), gradient);
}

// @ts-ignore: decorator
@inline
function fixedPoint(gradients: usize, row: usize, scale: v128): v128 {
  const gradient = f64x2.promote_low_f32x4(v128.load64_zero(gradients + (row << 3)));
  // Added to 1.5 · 2^52, a number loses its fraction, and what is left is the lowest bits.
  const shifted = f64x2.add(f64x2.mul(gradient, scale), f64x2.splat(6755399441055744));
  return i64x2.sub(shifted, f64x2.splat(6755399441055744));
}

// @ts-ignore: decorator
@inline
function pair(scaleG: f64, scaleH: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(scaleG), 1, scaleH);
}

/** Adds a block of rows to one tile: bins 16 bytes a row at `tile`, gradients as i64 pairs. */
// @ts-ignore: decorator
@inline
function addBlock(tile: usize, gradients: usize, count: usize, lanes: i32, hist: usize): void {
  if (lanes == 16) {
    for (let i: usize = 0; i < count; i++) {
      const gradient = v128.load(gradients + (i << 4));
      const low = load<u64>(tile + (i << 4));
      const high = load<u64>(tile + (i << 4), 8);
      addFour(hist, <u32>low, gradient);
      addFour(hist + 4 * LANE, <u32>(low >> 32), gradient);
      addFour(hist + 8 * LANE, <u32>high, gradient);
      addFour(hist + 12 * LANE, <u32>(high >> 32), gradient);
    }
    return;
  }
  const whole = <usize>(lanes & ~3);
  const rest = lanes & 3;
  for (let i: usize = 0; i < count; i++) {
    const gradient = v128.load(gradients + (i << 4));
    const at = tile + (i << 4);
    for (let lane: usize = 0; lane < whole; lane += 4) addFour(hist + lane * LANE, load<u32>(at + lane), gradient);
    if (rest == 0) continue;
    const last = hist + whole * LANE;
    add(last + (<usize>load<u8>(at + whole) << 4), gradient);
    if (rest == 1) continue;
    add(last + LANE + (<usize>load<u8>(at + whole, 1) << 4), gradient);
    if (rest == 3) add(last + 2 * LANE + (<usize>load<u8>(at + whole, 2) << 4), gradient);
  }
}

/**
 * Adds `count` rows to the histograms of neighbouring tiles of one record: `lanes` features (1 to 64) from `record` on.
 * `zero` 1 clears those lanes first. Bins and gradients are gathered in blocks of 256 rows into `scratch` (20,480 bytes of
 * this task's own), tile by tile, so that a row's record and gradient are fetched once.
 */
export function histogramTiles(
  record: usize, stride: usize, lanes: i32, rows: usize, first: i32, count: i32,
  gradients: usize, scaleG: f64, scaleH: f64, hist: usize, scratch: usize, zero: i32,
): i32 {
  const scale = pair(scaleG, scaleH);
  if (zero) memory.fill(hist, 0, <usize>lanes * LANE);
  const tiles = <usize>((lanes + 15) >> 4);
  const kept = scratch + ((BLOCK << 4) * 4);
  for (let from: usize = 0; from < <usize>count; from += BLOCK) {
    const block = min(BLOCK, <usize>count - from);
    const index = rows + (from << 2);
    if (tiles == 2) {
      const second = scratch + (BLOCK << 4);
      for (let i: usize = 0; i < block; i++) {
        const row: usize = rows == 0 ? <usize>first + from + i : <usize>load<u32>(index + (i << 2));
        const at = record + row * stride;
        v128.store(scratch + (i << 4), v128.load(at));
        v128.store(second + (i << 4), v128.load(at, 16));
        v128.store(kept + (i << 4), fixedPoint(gradients, row, scale));
      }
    } else {
      for (let i: usize = 0; i < block; i++) {
        const row: usize = rows == 0 ? <usize>first + from + i : <usize>load<u32>(index + (i << 2));
        const at = record + row * stride;
        for (let t: usize = 0; t < tiles; t++)
          v128.store(scratch + (t << 12) + (i << 4), v128.load(at + (t << 4)));
        v128.store(kept + (i << 4), fixedPoint(gradients, row, scale));
      }
    }
    for (let t: usize = 0; t < tiles; t++) {
      addBlock(scratch + (t << 12), kept, block, min(16, lanes - <i32>(t << 4)), hist + (t << 4) * LANE);
    }
  }
  return 0;
}

/** The same for one wide feature: a column of u16 (`width` 2) or u32 (`width` 4) bins; `bins` entries are cleared on `zero`. */
export function histogramColumn(
  column: usize, width: i32, rows: usize, first: i32, count: i32,
  gradients: usize, scaleG: f64, scaleH: f64, hist: usize, bins: i32, zero: i32,
): i32 {
  const scale = pair(scaleG, scaleH);
  if (zero) memory.fill(hist, 0, <usize>bins << 4);
  for (let i: usize = 0; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    const bin: usize = width == 2 ? <usize>load<u16>(column + (row << 1)) : <usize>load<u32>(column + (row << 2));
    add(hist + (bin << 4), fixedPoint(gradients, row, scale));
  }
  return 0;
}

/** target += source, entry by entry. */
export function addHistogram(target: usize, source: usize, entries: i32): i32 {
  const bytes = <usize>entries << 4;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, i64x2.add(v128.load(target + at), v128.load(source + at)));
  }
  return 0;
}

/** out = parent − child: the sibling's histogram, exactly. `out` may be `parent`. */
export function subtractHistogram(parent: usize, child: usize, out: usize, entries: i32): i32 {
  const bytes = <usize>entries << 4;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, i64x2.sub(v128.load(parent + at), v128.load(child + at)));
  }
  return 0;
}

/** out[2i] = Σg · unitG, out[2i + 1] = Σh · unitH as doubles (units: the fixed point's 2^−s). */
export function histogramToDoubles(hist: usize, entries: i32, unitG: f64, unitH: f64, out: usize): i32 {
  const bytes = <usize>entries << 4;
  for (let at: usize = 0; at < bytes; at += 16) {
    store<f64>(out + at, <f64>load<i64>(hist + at) * unitG);
    store<f64>(out + at, <f64>load<i64>(hist + at, 8) * unitH, 8);
  }
  return 0;
}

/** result[0] = Σg, result[1] = Σh (i64) over the rows. */
export function sumGradients(
  rows: usize, first: i32, count: i32, gradients: usize, scaleG: f64, scaleH: f64, result: usize,
): i32 {
  const scale = pair(scaleG, scaleH);
  let sum = i64x2.splat(0);
  for (let i: usize = 0; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    sum = i64x2.add(sum, fixedPoint(gradients, row, scale));
  }
  v128.store(result, sum);
  return 0;
}

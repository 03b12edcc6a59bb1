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
export function add(at: usize, gradient: v128): void {
  v128.store(at, i64x2.add(v128.load(at), gradient));
}

// Two rows' updates of four lanes: bins at `a` and `b`, gradients `g` and `h`. A lane's offset is an immediate of the load and
// the store, which must be a constant: hence a function for each four lanes.
// @ts-ignore: decorator
@inline
function addFirst(hist: usize, a: usize, b: usize, g: v128, h: v128): void {
  const a0 = hist + (<usize>load<u8>(a) << 4);
  v128.store(a0, i64x2.add(v128.load(a0), g));
  const b0 = hist + (<usize>load<u8>(b) << 4);
  v128.store(b0, i64x2.add(v128.load(b0), h));
  const a1 = hist + (<usize>load<u8>(a, 1) << 4);
  v128.store(a1, i64x2.add(v128.load(a1, LANE), g), LANE);
  const b1 = hist + (<usize>load<u8>(b, 1) << 4);
  v128.store(b1, i64x2.add(v128.load(b1, LANE), h), LANE);
  const a2 = hist + (<usize>load<u8>(a, 2) << 4);
  v128.store(a2, i64x2.add(v128.load(a2, 2 * LANE), g), 2 * LANE);
  const b2 = hist + (<usize>load<u8>(b, 2) << 4);
  v128.store(b2, i64x2.add(v128.load(b2, 2 * LANE), h), 2 * LANE);
  const a3 = hist + (<usize>load<u8>(a, 3) << 4);
  v128.store(a3, i64x2.add(v128.load(a3, 3 * LANE), g), 3 * LANE);
  const b3 = hist + (<usize>load<u8>(b, 3) << 4);
  v128.store(b3, i64x2.add(v128.load(b3, 3 * LANE), h), 3 * LANE);
}

// @ts-ignore: decorator
@inline
function addSecond(hist: usize, a: usize, b: usize, g: v128, h: v128): void {
  const a0 = hist + (<usize>load<u8>(a, 4) << 4);
  v128.store(a0, i64x2.add(v128.load(a0, 4 * LANE), g), 4 * LANE);
  const b0 = hist + (<usize>load<u8>(b, 4) << 4);
  v128.store(b0, i64x2.add(v128.load(b0, 4 * LANE), h), 4 * LANE);
  const a1 = hist + (<usize>load<u8>(a, 5) << 4);
  v128.store(a1, i64x2.add(v128.load(a1, 5 * LANE), g), 5 * LANE);
  const b1 = hist + (<usize>load<u8>(b, 5) << 4);
  v128.store(b1, i64x2.add(v128.load(b1, 5 * LANE), h), 5 * LANE);
  const a2 = hist + (<usize>load<u8>(a, 6) << 4);
  v128.store(a2, i64x2.add(v128.load(a2, 6 * LANE), g), 6 * LANE);
  const b2 = hist + (<usize>load<u8>(b, 6) << 4);
  v128.store(b2, i64x2.add(v128.load(b2, 6 * LANE), h), 6 * LANE);
  const a3 = hist + (<usize>load<u8>(a, 7) << 4);
  v128.store(a3, i64x2.add(v128.load(a3, 7 * LANE), g), 7 * LANE);
  const b3 = hist + (<usize>load<u8>(b, 7) << 4);
  v128.store(b3, i64x2.add(v128.load(b3, 7 * LANE), h), 7 * LANE);
}

// @ts-ignore: decorator
@inline
function addThird(hist: usize, a: usize, b: usize, g: v128, h: v128): void {
  const a0 = hist + (<usize>load<u8>(a, 8) << 4);
  v128.store(a0, i64x2.add(v128.load(a0, 8 * LANE), g), 8 * LANE);
  const b0 = hist + (<usize>load<u8>(b, 8) << 4);
  v128.store(b0, i64x2.add(v128.load(b0, 8 * LANE), h), 8 * LANE);
  const a1 = hist + (<usize>load<u8>(a, 9) << 4);
  v128.store(a1, i64x2.add(v128.load(a1, 9 * LANE), g), 9 * LANE);
  const b1 = hist + (<usize>load<u8>(b, 9) << 4);
  v128.store(b1, i64x2.add(v128.load(b1, 9 * LANE), h), 9 * LANE);
  const a2 = hist + (<usize>load<u8>(a, 10) << 4);
  v128.store(a2, i64x2.add(v128.load(a2, 10 * LANE), g), 10 * LANE);
  const b2 = hist + (<usize>load<u8>(b, 10) << 4);
  v128.store(b2, i64x2.add(v128.load(b2, 10 * LANE), h), 10 * LANE);
  const a3 = hist + (<usize>load<u8>(a, 11) << 4);
  v128.store(a3, i64x2.add(v128.load(a3, 11 * LANE), g), 11 * LANE);
  const b3 = hist + (<usize>load<u8>(b, 11) << 4);
  v128.store(b3, i64x2.add(v128.load(b3, 11 * LANE), h), 11 * LANE);
}

// @ts-ignore: decorator
@inline
function addFourth(hist: usize, a: usize, b: usize, g: v128, h: v128): void {
  const a0 = hist + (<usize>load<u8>(a, 12) << 4);
  v128.store(a0, i64x2.add(v128.load(a0, 12 * LANE), g), 12 * LANE);
  const b0 = hist + (<usize>load<u8>(b, 12) << 4);
  v128.store(b0, i64x2.add(v128.load(b0, 12 * LANE), h), 12 * LANE);
  const a1 = hist + (<usize>load<u8>(a, 13) << 4);
  v128.store(a1, i64x2.add(v128.load(a1, 13 * LANE), g), 13 * LANE);
  const b1 = hist + (<usize>load<u8>(b, 13) << 4);
  v128.store(b1, i64x2.add(v128.load(b1, 13 * LANE), h), 13 * LANE);
  const a2 = hist + (<usize>load<u8>(a, 14) << 4);
  v128.store(a2, i64x2.add(v128.load(a2, 14 * LANE), g), 14 * LANE);
  const b2 = hist + (<usize>load<u8>(b, 14) << 4);
  v128.store(b2, i64x2.add(v128.load(b2, 14 * LANE), h), 14 * LANE);
  const a3 = hist + (<usize>load<u8>(a, 15) << 4);
  v128.store(a3, i64x2.add(v128.load(a3, 15 * LANE), g), 15 * LANE);
  const b3 = hist + (<usize>load<u8>(b, 15) << 4);
  v128.store(b3, i64x2.add(v128.load(b3, 15 * LANE), h), 15 * LANE);
}

// @ts-ignore: decorator
@inline
export function fixedPoint(gradients: usize, row: usize, scale: v128): v128 {
  const gradient = f64x2.promote_low_f32x4(v128.load64_zero(gradients + (row << 3)));
  // Added to 1.5 · 2^52, a number loses its fraction, and what is left is the lowest bits.
  const shifted = f64x2.add(f64x2.mul(gradient, scale), f64x2.splat(6755399441055744));
  return i64x2.sub(shifted, f64x2.splat(6755399441055744));
}

// @ts-ignore: decorator
@inline
export function pair(scaleG: f64, scaleH: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(scaleG), 1, scaleH);
}

/**
 * Adds a block of rows to one tile: bins at `tile`, `stride` bytes a row, gradients as i64 pairs. Two rows at a time, so that
 * one row's updates fill the other's waits.
 */
// @ts-ignore: decorator
@inline
function addBlock(tile: usize, stride: usize, gradients: usize, count: usize, lanes: i32, hist: usize): void {
  const pairs = count & ~1;
  if (lanes == 16) {
    for (let i: usize = 0; i < pairs; i += 2) {
      const g = v128.load(gradients + (i << 4));
      const h = v128.load(gradients + (i << 4), 16);
      const a = tile + i * stride;
      const b = a + stride;
      addFirst(hist, a, b, g, h);
      addSecond(hist, a, b, g, h);
      addThird(hist, a, b, g, h);
      addFourth(hist, a, b, g, h);
    }
  } else {
    for (let i: usize = 0; i < pairs; i += 2) {
      const g = v128.load(gradients + (i << 4));
      const h = v128.load(gradients + (i << 4), 16);
      const a = tile + i * stride;
      const b = a + stride;
      if (lanes > 3) addFirst(hist, a, b, g, h);
      if (lanes > 7) addSecond(hist, a, b, g, h);
      if (lanes > 11) addThird(hist, a, b, g, h);
      for (let lane = <usize>(lanes & ~3); lane < <usize>lanes; lane++) {
        add(hist + lane * LANE + (<usize>load<u8>(a + lane) << 4), g);
        add(hist + lane * LANE + (<usize>load<u8>(b + lane) << 4), h);
      }
    }
  }
  if (pairs == count) return;
  const g = v128.load(gradients + (pairs << 4));
  const a = tile + pairs * stride;
  for (let lane: usize = 0; lane < <usize>lanes; lane++) add(hist + lane * LANE + (<usize>load<u8>(a + lane) << 4), g);
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
    if (rows == 0) {
      const start = <usize>first + from;
      for (let i: usize = 0; i < block; i++) v128.store(kept + (i << 4), fixedPoint(gradients, start + i, scale));
      for (let t: usize = 0; t < tiles; t++) {
        const tile = record + start * stride + (t << 4);
        addBlock(tile, stride, kept, block, min(16, lanes - <i32>(t << 4)), hist + (t << 4) * LANE);
      }
      continue;
    }
    const index = rows + (from << 2);
    if (tiles == 2) {
      const second = scratch + (BLOCK << 4);
      for (let i: usize = 0; i < block; i++) {
        const row = <usize>load<u32>(index + (i << 2));
        const at = record + row * stride;
        v128.store(scratch + (i << 4), v128.load(at));
        v128.store(second + (i << 4), v128.load(at, 16));
        v128.store(kept + (i << 4), fixedPoint(gradients, row, scale));
      }
    } else {
      for (let i: usize = 0; i < block; i++) {
        const row = <usize>load<u32>(index + (i << 2));
        const at = record + row * stride;
        for (let t: usize = 0; t < tiles; t++)
          v128.store(scratch + (t << 12) + (i << 4), v128.load(at + (t << 4)));
        v128.store(kept + (i << 4), fixedPoint(gradients, row, scale));
      }
    }
    for (let t: usize = 0; t < tiles; t++) {
      addBlock(scratch + (t << 12), 16, kept, block, min(16, lanes - <i32>(t << 4)), hist + (t << 4) * LANE);
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

/**
 * Adds `parts` partial histograms, `partBytes` apart from `partial` on, to the one at `out`, and takes the sum from the one at
 * `parent` (0: none), which so becomes the sibling's. `table`: u32 offset and u32 bytes (a multiple of 16) of each column's
 * entries; columns from … to − 1. Entries are i64 pairs here or those of packed-histogram.ts.
 */
export function settleHistograms(
  table: usize, from: i32, to: i32, out: usize, partial: usize, parts: i32, partBytes: usize, parent: usize,
): i32 {
  for (let column = table + (<usize>from << 3), last = table + (<usize>to << 3); column < last; column += 8) {
    const offset = <usize>load<u32>(column);
    const end = offset + <usize>load<u32>(column, 4);
    for (let at = offset; at < end; at += 16) {
      let sum = v128.load(out + at);
      if (parts > 0) {
        let part = partial + at;
        for (let i = 0; i < parts; i++, part += partBytes) sum = i64x2.add(sum, v128.load(part));
        v128.store(out + at, sum);
      }
      if (parent != 0) v128.store(parent + at, i64x2.sub(v128.load(parent + at), sum));
    }
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

// Histograms of quantized gradients. A row's gradient is an i16, g in its upper byte and h (0 … 126) in its lower; an entry
// of a histogram is an i64, Σg · 2^32 + Σh. Records, rows and lanes are those of histogram.ts, a lane 2,112 bytes: 256
// entries and 64 bytes more.
//
// Rows are first added up in entries of 4 bytes, Σg · 2^16 + Σh, which take half the cache, and widened before Σh could
// leave 16 bits.
const LANE: usize = 2112;
const SHORT_LANE: usize = 1088;
const BLOCK: usize = 256;

// Immediates of loads and stores must be constants, which only a type can carry into a function: its size is a lane.
@unmanaged class Lane0 {}
@unmanaged class Lane4 { bins: u32; }
@unmanaged class Lane8 { bins: u64; }
@unmanaged class Lane12 { bins: u64; more: u32; }
@unmanaged class Lane2 { bins: u16; }
@unmanaged class Lane6 { bins: u32; more: u16; }
@unmanaged class Lane10 { bins: u64; more: u16; }
@unmanaged class Lane14 { bins: u64; more: u32; most: u16; }

/** Adds one row's gradient to the two lanes from lane `offsetof<L>()` on. */
// @ts-ignore: decorator
@inline
function addTwo<L>(hist: usize, row: usize, gradient: i32): void {
  const a = hist + (<usize>load<u8>(row, offsetof<L>()) << 2);
  store<i32>(a, load<i32>(a, offsetof<L>() * SHORT_LANE) + gradient, offsetof<L>() * SHORT_LANE);
  const b = hist + (<usize>load<u8>(row, offsetof<L>() + 1) << 2);
  store<i32>(b, load<i32>(b, (offsetof<L>() + 1) * SHORT_LANE) + gradient, (offsetof<L>() + 1) * SHORT_LANE);
}

/** The same for four lanes. */
// @ts-ignore: decorator
@inline
function addFour<L>(hist: usize, row: usize, gradient: i32): void {
  addTwo<L>(hist, row, gradient);
  const c = hist + (<usize>load<u8>(row, offsetof<L>() + 2) << 2);
  store<i32>(c, load<i32>(c, (offsetof<L>() + 2) * SHORT_LANE) + gradient, (offsetof<L>() + 2) * SHORT_LANE);
  const d = hist + (<usize>load<u8>(row, offsetof<L>() + 3) << 2);
  store<i32>(d, load<i32>(d, (offsetof<L>() + 3) * SHORT_LANE) + gradient, (offsetof<L>() + 3) * SHORT_LANE);
}

// @ts-ignore: decorator
@inline
function addFourOfFour<L>(hist: usize, row: usize, stride: usize, gradients: usize): void {
  addFour<L>(hist, row, load<i32>(gradients));
  addFour<L>(hist, row + stride, load<i32>(gradients, 4));
  addFour<L>(hist, row + 2 * stride, load<i32>(gradients, 8));
  addFour<L>(hist, row + 3 * stride, load<i32>(gradients, 12));
}

/** Two lanes from `offsetof<L>()` on, or four where there are more than `offsetof<Next>()` in all: two lanes further. */
// @ts-ignore: decorator
@inline
function addUpToFourOfFour<L, Next>(hist: usize, row: usize, stride: usize, gradients: usize, lanes: i32): void {
  if (lanes > <i32>offsetof<Next>()) {
    addFourOfFour<L>(hist, row, stride, gradients);
  } else {
    addTwo<L>(hist, row, load<i32>(gradients));
    addTwo<L>(hist, row + stride, load<i32>(gradients, 4));
    addTwo<L>(hist, row + 2 * stride, load<i32>(gradients, 8));
    addTwo<L>(hist, row + 3 * stride, load<i32>(gradients, 12));
  }
}

/** Adds `count` rows, a multiple of 4, to one tile. Lanes are rounded up to a multiple of 2: there is room for them. */
// @ts-ignore: decorator
@inline
function addBlock(tile: usize, stride: usize, gradients: usize, count: usize, lanes: i32, hist: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const row = tile + i * stride;
    const from = gradients + (i << 2);
    addUpToFourOfFour<Lane0, Lane2>(hist, row, stride, from, lanes);
    if (lanes > 4) addUpToFourOfFour<Lane4, Lane6>(hist, row, stride, from, lanes);
    if (lanes > 8) addUpToFourOfFour<Lane8, Lane10>(hist, row, stride, from, lanes);
    if (lanes > 12) addUpToFourOfFour<Lane12, Lane14>(hist, row, stride, from, lanes);
  }
}

/** {i8 g, u8 h} as g · 2^16 + h. */
// @ts-ignore: decorator
@inline
function shortOf(gradients: usize, row: usize): i32 {
  const gradient = <i32>load<i16>(gradients + (row << 1));
  return ((gradient >> 8) << 16) | (gradient & 255);
}

/** {i8 g, u8 h} as g · 2^32 + h. */
// @ts-ignore: decorator
@inline
function longOf(gradients: usize, row: usize): i64 {
  const gradient = <i64>load<i16>(gradients + (row << 1));
  return ((gradient >> 8) << 32) | (gradient & 255);
}

/** Adds the short entries to the long ones, or sets these to them. */
function widen(shorts: usize, hist: usize, lanes: i32, sets: bool): void {
  const low = i32x4.splat(0xffff);
  for (let lane: usize = 0; lane < <usize>lanes; lane++) {
    const from = shorts + lane * SHORT_LANE;
    const to = hist + lane * LANE;
    for (let at: usize = 0; at < 1024; at += 16) {
      const sums = v128.load(from + at);
      const h = v128.and(sums, low);
      const g = i32x4.shr_s(sums, 16);
      let first = v128.shuffle<i32>(h, g, 0, 4, 1, 5);
      let second = v128.shuffle<i32>(h, g, 2, 6, 3, 7);
      const out = to + (at << 1);
      if (!sets) {
        first = i64x2.add(first, v128.load(out));
        second = i64x2.add(second, v128.load(out, 16));
      }
      v128.store(out, first);
      v128.store(out, second, 16);
    }
  }
}

/**
 * Adds `count` rows to the histograms of neighbouring tiles of one record: `lanes` features (1 to 64) from `record` on.
 * `zero` 1: sets them instead. `hist` 0: leaves the sums as short entries, SHORT_LANE bytes a lane, at scratch + 17,408, for
 * `settleShorts`; rows · largest must be at most 65,535 − 256 · largest then. `largest` is the largest h of a row, 1 to 126. `scratch`: 87,040 bytes of this task's own. Up to
 * three records past the last one are read, whatever lies there.
 */
export function packedTiles(
  record: usize, stride: usize, lanes: i32, rows: usize, first: i32, count: i32,
  gradients: usize, largest: i32, hist: usize, scratch: usize, zero: i32,
): i32 {
  const tiles = <usize>((lanes + 15) >> 4);
  const kept = scratch + ((BLOCK << 4) * 4);
  const shorts = kept + (BLOCK << 2);
  const atMost = <usize>(65535 / largest) & ~(BLOCK - 1);
  let sets = zero != 0;
  let added: usize = 0;
  memory.fill(shorts, 0, <usize>((lanes + 3) & ~3) * SHORT_LANE);
  for (let from: usize = 0; from < <usize>count; from += BLOCK) {
    const block = min(BLOCK, <usize>count - from);
    // Rows past the last one add nothing: whatever lies there.
    const padded = (block + 3) & ~3;
    for (let i = block; i < padded; i++) store<i32>(kept + (i << 2), 0);
    if (rows == 0) {
      const start = <usize>first + from;
      for (let i: usize = 0; i < block; i++) store<i32>(kept + (i << 2), shortOf(gradients, start + i));
      for (let t: usize = 0; t < tiles; t++)
        addBlock(record + start * stride + (t << 4), stride, kept, padded, lanes - <i32>(t << 4), shorts + (t << 4) * SHORT_LANE);
    } else {
      const index = rows + (from << 2);
      if (tiles == 2) {
        const second = scratch + (BLOCK << 4);
        for (let i: usize = 0; i < block; i++) {
          const row = <usize>load<u32>(index + (i << 2));
          const at = record + row * stride;
          v128.store(scratch + (i << 4), v128.load(at));
          v128.store(second + (i << 4), v128.load(at, 16));
          store<i32>(kept + (i << 2), shortOf(gradients, row));
        }
      } else {
        for (let i: usize = 0; i < block; i++) {
          const row = <usize>load<u32>(index + (i << 2));
          const at = record + row * stride;
          for (let t: usize = 0; t < tiles; t++) v128.store(scratch + (t << 12) + (i << 4), v128.load(at + (t << 4)));
          store<i32>(kept + (i << 2), shortOf(gradients, row));
        }
      }
      for (let t: usize = 0; t < tiles; t++)
        addBlock(scratch + (t << 12), 16, kept, padded, lanes - <i32>(t << 4), shorts + (t << 4) * SHORT_LANE);
    }
    added += block;
    if (hist == 0 || added + BLOCK <= atMost || from + block == <usize>count) continue;
    widen(shorts, hist, lanes, sets);
    memory.fill(shorts, 0, <usize>((lanes + 3) & ~3) * SHORT_LANE);
    sets = false;
    added = 0;
  }
  if (hist != 0 && (added > 0 || sets)) widen(shorts, hist, lanes, sets);
  return 0;
}

/**
 * `settleHistograms` of nodes whose shares of the rows were left as short entries: `parts` of them at `shorts`, partBytes apart. Sets
 * the histogram at `out`, and takes it from the parent's (0: none).
 */
export function settleShorts(
  table: usize, from: i32, to: i32, out: usize, shorts: usize, parts: i32, partBytes: usize, parent: usize,
): i32 {
  const low = i32x4.splat(0xffff);
  for (let column = table + (<usize>from << 3), last = table + (<usize>to << 3); column < last; column += 8) {
    const offset = <usize>load<u32>(column);
    const bytes = <usize>load<u32>(column, 4);
    const lane = shorts + (offset / LANE) * SHORT_LANE;
    // Four entries at a time: up to three past the last one, where the lane has room.
    for (let at: usize = 0; at < bytes; at += 32) {
      let first = i64x2.splat(0);
      let second = i64x2.splat(0);
      let part = lane + (at >> 1);
      for (let i = 0; i < parts; i++, part += partBytes) {
        const sums = v128.load(part);
        const h = v128.and(sums, low);
        const g = i32x4.shr_s(sums, 16);
        first = i64x2.add(first, v128.shuffle<i32>(h, g, 0, 4, 1, 5));
        second = i64x2.add(second, v128.shuffle<i32>(h, g, 2, 6, 3, 7));
      }
      const to = out + offset + at;
      v128.store(to, first);
      v128.store(to, second, 16);
      if (parent == 0) continue;
      const whole = parent + offset + at;
      v128.store(whole, i64x2.sub(v128.load(whole), first));
      v128.store(whole, i64x2.sub(v128.load(whole, 16), second), 16);
    }
  }
  return 0;
}

/** The same for one wide feature: a column of u16 (`width` 2) or u32 (`width` 4) bins; `bins` entries are cleared on `zero`. */
export function packedColumn(
  column: usize, width: i32, rows: usize, first: i32, count: i32,
  gradients: usize, _largest: i32, hist: usize, bins: i32, zero: i32,
): i32 {
  if (zero) memory.fill(hist, 0, <usize>bins << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    const bin: usize = width == 2 ? <usize>load<u16>(column + (row << 1)) : <usize>load<u32>(column + (row << 2));
    const entry = hist + (bin << 3);
    store<i64>(entry, load<i64>(entry) + longOf(gradients, row));
  }
  return 0;
}

/** out[2i] = Σg · unitG, out[2i + 1] = Σh · unitH as doubles. */
export function packedToDoubles(hist: usize, entries: i32, unitG: f64, unitH: f64, out: usize): i32 {
  for (let i: usize = 0; i < <usize>entries; i++) {
    const entry = load<i64>(hist + (i << 3));
    store<f64>(out + (i << 4), <f64>(entry >> 32) * unitG);
    store<f64>(out + (i << 4), <f64>(entry & 0xffffffff) * unitH, 8);
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function sumLanes(sums: v128): i64 {
  return (
    <i64>i32x4.extract_lane(sums, 0) + <i64>i32x4.extract_lane(sums, 1) +
    <i64>i32x4.extract_lane(sums, 2) + <i64>i32x4.extract_lane(sums, 3)
  );
}

/** result[0] = Σg, result[1] = Σh (i64) over the rows. */
export function sumPacked(rows: usize, first: i32, count: i32, gradients: usize, _largest: i32, result: usize): i32 {
  let g: i64 = 0;
  let h: i64 = 0;
  let i: usize = 0;
  if (rows == 0) {
    const start = gradients + (<usize>first << 1);
    const low = i16x8.splat(255);
    while (i + 8 <= <usize>count) {
      // A lane takes at most 256 a step: far from 31 bits.
      const end = min(<usize>count, i + 65536);
      let sumG = i32x4.splat(0);
      let sumH = i32x4.splat(0);
      for (; i + 8 <= end; i += 8) {
        const both = v128.load(start + (i << 1));
        sumG = i32x4.add(sumG, i32x4.extadd_pairwise_i16x8_s(i16x8.shr_s(both, 8)));
        sumH = i32x4.add(sumH, i32x4.extadd_pairwise_i16x8_s(v128.and(both, low)));
      }
      g += sumLanes(sumG);
      h += sumLanes(sumH);
    }
  }
  for (; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    const gradient = <i64>load<i16>(gradients + (row << 1));
    g += gradient >> 8;
    h += gradient & 255;
  }
  store<i64>(result, g);
  store<i64>(result, h, 8);
  return 0;
}

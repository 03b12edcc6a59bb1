// Histograms of gradients: for each bin of each feature, the sums of g and h over a node's rows.
//
// Layout. A tile is rows × 16 bytes: bin numbers of 16 features, row-major. A histogram entry is 16 bytes, {i64 Σg, i64 Σh},
// in fixed point, so sums are exact and any order of additions gives the same bytes. A tile's histogram has 16 lanes of
// LANE bytes: 256 entries and 64 bytes more, so that equal bins of different lanes don't fall into one cache set.
// Gradients are 16 bytes a row, {i64 g, i64 h}. Rows are u32 indices; address 0 stands for the rows first, first + 1, …
const LANE: usize = 4160;
const BLOCK: i32 = 256;

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
function addBlock(tile: usize, gradients: usize, count: i32, lanes: i32, hist: usize): void {
  if (lanes > 12) {
    for (let i: usize = 0; i < <usize>count; i++) {
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
  for (let i: usize = 0; i < <usize>count; i++) {
    const gradient = v128.load(gradients + (i << 4));
    for (let lane: usize = 0; lane < <usize>lanes; lane += 4) {
      addFour(hist + lane * LANE, load<u32>(tile + (i << 4) + lane), gradient);
    }
  }
}

/**
 * Adds `count` rows to a tile's histogram; the first `lanes` lanes (rounded up to a multiple of 4) are touched. `zero` 1
 * clears them first. Rows by index are gathered in blocks of 256 into `scratch` (8,192 bytes of this task's own).
 */
export function histogramTile(
  tile: usize, lanes: i32, rows: usize, first: i32, count: i32, gradients: usize, hist: usize, scratch: usize, zero: i32,
): i32 {
  if (zero) memory.fill(hist, 0, <usize>((lanes + 3) & ~3) * LANE);
  if (rows == 0) {
    addBlock(tile + (<usize>first << 4), gradients + (<usize>first << 4), count, lanes, hist);
    return 0;
  }
  const kept = scratch + (<usize>BLOCK << 4);
  for (let from: i32 = 0; from < count; from += BLOCK) {
    const block = min(BLOCK, count - from);
    const index = rows + (<usize>from << 2);
    for (let i: usize = 0; i < <usize>block; i++) {
      const row = <usize>load<u32>(index + (i << 2)) << 4;
      v128.store(scratch + (i << 4), v128.load(tile + row));
      v128.store(kept + (i << 4), v128.load(gradients + row));
    }
    addBlock(scratch, kept, block, lanes, hist);
  }
  return 0;
}

/** The same for one wide feature: a column of u16 (`width` 2) or u32 (`width` 4) bins; `bins` entries are cleared on `zero`. */
export function histogramColumn(
  column: usize, width: i32, rows: usize, first: i32, count: i32, gradients: usize, hist: usize, bins: i32, zero: i32,
): i32 {
  if (zero) memory.fill(hist, 0, <usize>bins << 4);
  for (let i: usize = 0; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    const bin: usize = width == 2 ? <usize>load<u16>(column + (row << 1)) : <usize>load<u32>(column + (row << 2));
    add(hist + (bin << 4), v128.load(gradients + (row << 4)));
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
export function sumGradients(rows: usize, first: i32, count: i32, gradients: usize, result: usize): i32 {
  let sum = i64x2.splat(0);
  for (let i: usize = 0; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    sum = i64x2.add(sum, v128.load(gradients + (row << 4)));
  }
  v128.store(result, sum);
  return 0;
}

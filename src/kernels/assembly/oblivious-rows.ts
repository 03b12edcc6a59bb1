// Rows and leaves of oblivious trees: which leaf a row is in, and rows brought into the order of the leaves. A split is
// "lane `shift / 8` of the row's quad is above `bin`" or, one-hot, "equals `bin`"; bit j of a leaf is split j's answer.

// @ts-ignore: decorator
@inline
function answer(quad: u32, shift: i32, bin: u32, oneHot: i32): u32 {
  const value = (quad >> shift) & 255;
  return oneHot ? u32(value == bin) : u32(value > bin);
}

/**
 * Bit `row & 7` of answers[row >> 3]: whether the row answers "true", for the rows from … to − 1; `from` is a multiple of 8, and bits
 * past `to` in its last byte are cleared. A bit a row keeps the answers of a million rows in the cache while rows lying far apart
 * ask for them.
 */
export function obliviousAnswers(
  quads: usize, shift: i32, bin: u32, oneHot: i32, from: usize, to: usize, answers: usize,
): i32 {
  const byte = i32x4.splat(255);
  const bins = i32x4.splat(bin);
  let row = from;
  for (; row + 16 <= to; row += 16) {
    const at = quads + (row << 2);
    const a = v128.and(i32x4.shr_u(v128.load(at), shift), byte);
    const b = v128.and(i32x4.shr_u(v128.load(at, 16), shift), byte);
    const c = v128.and(i32x4.shr_u(v128.load(at, 32), shift), byte);
    const d = v128.and(i32x4.shr_u(v128.load(at, 48), shift), byte);
    const low = oneHot
      ? i16x8.narrow_i32x4_s(i32x4.eq(a, bins), i32x4.eq(b, bins))
      : i16x8.narrow_i32x4_s(i32x4.gt_s(a, bins), i32x4.gt_s(b, bins));
    const high = oneHot
      ? i16x8.narrow_i32x4_s(i32x4.eq(c, bins), i32x4.eq(d, bins))
      : i16x8.narrow_i32x4_s(i32x4.gt_s(c, bins), i32x4.gt_s(d, bins));
    store<u16>(answers + (row >> 3), <u16>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)));
  }
  for (; row < to; row += 8) {
    let bits: u32 = 0;
    const end = min(row + 8, to);
    for (let r = row; r < end; r++) bits |= answer(load<u32>(quads + (r << 2)), shift, bin, oneHot) << <u32>(r & 7);
    store<u8>(answers + (row >> 3), <u8>bits);
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function bitOf(answers: usize, row: u32): u32 {
  return (<u32>load<u8>(answers + <usize>(row >> 3)) >> (row & 7)) & 1;
}

/** Writes to `result` (i32) how many of the rows listed at the places from … to − 1 answer "true". */
export function obliviousCountTrue(answers: usize, rows: usize, from: usize, to: usize, result: usize): i32 {
  let count: u32 = 0;
  for (let i = from; i < to; i++) count += bitOf(answers, load<u32>(rows + (i << 2)));
  store<u32>(result, count);
  return 0;
}

/**
 * Copies the rows at the places from … to − 1 (with their 8-byte statistics): "false" rows in their order from place `low` up, "true"
 * rows in reverse order from below `high` down. Writes the place behind the last "false" row to `result`.
 */
export function obliviousPartition(
  answers: usize, rows: usize, stats: usize, from: usize, to: usize, low: usize, high: usize, rowsOut: usize,
  statsOut: usize, result: usize,
): i32 {
  for (let i = from; i < to; i++) {
    const row = load<u32>(rows + (i << 2));
    const bit = <usize>bitOf(answers, row);
    high -= bit;
    // By mask: V8 makes a branch of a choice, which the answers mislead.
    const place = low ^ ((low ^ high) & (0 - bit));
    low += 1 - bit;
    store<u32>(rowsOut + (place << 2), row);
    store<u64>(statsOut + (place << 3), load<u64>(stats + (i << 3)));
  }
  store<i32>(result, <i32>low);
  return 0;
}

/** leaf[row] (u16) of rows from … to − 1 under `count` splits; 4 i32 a split: address of the quads, shift, bin, one-hot. */
export function obliviousLeafIndex(splits: usize, count: i32, from: usize, to: usize, leaf: usize): i32 {
  let row = from;
  for (; row + 8 <= to; row += 8) {
    let low = i32x4.splat(0);
    let high = i32x4.splat(0);
    for (let s: i32 = 0; s < count; s++) {
      const at = splits + (<usize>s << 4);
      const quads = <usize>load<u32>(at) + (row << 2);
      const shift = load<i32>(at, 4);
      const bin = i32x4.splat(load<i32>(at, 8));
      const bit = i32x4.splat(1 << s);
      const byte = i32x4.splat(255);
      const a = v128.and(i32x4.shr_u(v128.load(quads), shift), byte);
      const b = v128.and(i32x4.shr_u(v128.load(quads, 16), shift), byte);
      if (load<i32>(at, 12)) {
        low = v128.or(low, v128.and(i32x4.eq(a, bin), bit));
        high = v128.or(high, v128.and(i32x4.eq(b, bin), bit));
      } else {
        low = v128.or(low, v128.and(i32x4.gt_s(a, bin), bit));
        high = v128.or(high, v128.and(i32x4.gt_s(b, bin), bit));
      }
    }
    v128.store(leaf + (row << 1), i16x8.narrow_i32x4_u(low, high));
  }
  for (; row < to; row++) {
    let index: u32 = 0;
    for (let s: i32 = 0; s < count; s++) {
      const at = splits + (<usize>s << 4);
      const quad = load<u32>(<usize>load<u32>(at) + (row << 2));
      index |= answer(quad, load<i32>(at, 4), load<u32>(at, 8), load<i32>(at, 12)) << s;
    }
    store<u16>(leaf + (row << 1), <u16>index);
  }
  return 0;
}

/** Adds `step` to the leaf (u16) of those sampled rows from … to − 1, listed at `rows`, that answer "true". */
export function obliviousLeafBit(answers: usize, rows: usize, from: usize, to: usize, step: u32, leaf: usize): i32 {
  for (let i = from; i < to; i++) {
    const place = leaf + (i << 1);
    store<u16>(place, <u16>(<u32>load<u16>(place) + bitOf(answers, load<u32>(rows + (i << 2))) * step));
  }
  return 0;
}

/** Writes 3 doubles a leaf: rows, Σ weight, Σ weight · label, over the rows from … to − 1. `weights` 0: all ones. */
export function obliviousLeafCounts(
  leaf: usize, weights: usize, labels: usize, from: usize, to: usize, leaves: i32, out: usize,
): i32 {
  memory.fill(out, 0, <usize>leaves * 24);
  for (let row = from; row < to; row++) {
    const at = out + <usize>load<u16>(leaf + (row << 1)) * 24;
    const weight: f64 = weights == 0 ? 1 : load<f64>(weights + (row << 3));
    store<f64>(at, load<f64>(at) + 1);
    store<f64>(at, load<f64>(at, 8) + weight, 8);
    store<f64>(at, load<f64>(at, 16) + weight * <f64>load<u8>(labels + row), 16);
  }
  return 0;
}

/**
 * Copies the odds (and weights) of the rows from … to − 1 to the places of their leaves. cursors: one u32 a leaf, the
 * next free place, moved on.
 */
export function obliviousLeafScatter(
  leaf: usize, odds: usize, weights: usize, from: usize, to: usize, cursors: usize, oddsOut: usize, weightsOut: usize,
): i32 {
  for (let row = from; row < to; row++) {
    const cursor = cursors + (<usize>load<u16>(leaf + (row << 1)) << 2);
    const place = <usize>load<u32>(cursor);
    store<u32>(cursor, <u32>place + 1);
    store<f64>(oddsOut + (place << 3), load<f64>(odds + (row << 3)));
    if (weights != 0) store<f64>(weightsOut + (place << 3), load<f64>(weights + (row << 3)));
  }
  return 0;
}

/** out[i] = leaf[order[i]] (u16) for the places from … to − 1 of an order of rows (u32). */
export function obliviousLeafOrder(leaf: usize, order: usize, from: usize, to: usize, out: usize): i32 {
  for (let i = from; i < to; i++) {
    store<u16>(out + (i << 1), load<u16>(leaf + (<usize>load<u32>(order + (i << 2)) << 1)));
  }
  return 0;
}

// Masks of tests: one bit a row, 1 where the row goes right, for 512 rows (64 bytes; row r is bit r & 7 of byte r >> 3).

import { high8, high16, high32, low8, low16, low32 } from './interleave';

/** Bytes of a mask. */
const MASK: usize = 64;

// @ts-ignore: decorator
@inline function placeFour(at: usize, greater: v128, equal: v128, g0: v128, g1: v128, g2: v128): void {
  v128.store(at, v128.or(greater, v128.and(equal, g0)));
  v128.store(at, v128.or(greater, v128.and(equal, g1)), 16);
  v128.store(at, v128.or(greater, v128.and(equal, g2)), 32);
  v128.store(at, greater, 48);
}

/** Of the number with bits b3 … b0: greater[n] where it exceeds n, equal[n] where it is n, n = 0 … 15. */
function compareNibble(b3: v128, b2: v128, b1: v128, b0: v128, greater: usize, equal: usize): void {
  const zero = i64x2.splat(0);
  const high0 = v128.or(b3, b2), high2 = v128.and(b3, b2);
  const low0 = v128.or(b1, b0), low2 = v128.and(b1, b0);
  const is0 = v128.not(high0), is1 = v128.andnot(b2, b3), is2 = v128.andnot(b3, b2);
  placeFour(greater, high0, is0, low0, b1, low2);
  placeFour(greater + 64, b3, is1, low0, b1, low2);
  placeFour(greater + 128, high2, is2, low0, b1, low2);
  placeFour(greater + 192, zero, high2, low0, b1, low2);
  const low1 = v128.andnot(b0, b1), only = v128.andnot(b1, b0);
  for (let n: usize = 0; n < 4; n++) {
    const high = n == 0 ? is0 : n == 1 ? is1 : n == 2 ? is2 : high2;
    const at = equal + (n << 6);
    v128.store(at, v128.andnot(high, low0));
    v128.store(at, v128.and(high, low1), 16);
    v128.store(at, v128.and(high, only), 32);
    v128.store(at, v128.and(high, low2), 48);
  }
}

// @ts-ignore: decorator
@inline function exceeds(out: usize, border: usize, greater: v128, equal: v128, low: usize): void {
  v128.store(out + border * MASK, v128.or(greater, v128.and(equal, v128.load(low + (border << 4)))));
}

/** The masks of a column; see rankMasks. */
function maskColumn(ranks: usize, borders: usize, bytes: usize, scratch: usize, out: usize): void {
  const bits = scratch, low = scratch + 128, high = low + 256, same = high + 256;
  const flip = i8x16.splat(-128);
  for (let w: usize = 0; w < bytes; w += 16) {
    for (let g: usize = 0; g < 8; g++) {
      let x = v128.xor(v128.load(ranks + (w << 3) + (g << 4)), flip);
      for (let k: isize = 7; k >= 0; k--) {
        store<u16>(bits + (<usize>k << 4) + (g << 1), <u16>i8x16.bitmask(x));
        x = i8x16.add(x, x);
      }
    }
    // `same` is written for the lower bits first, unread, and then for the upper ones.
    compareNibble(v128.load(bits, 48), v128.load(bits, 32), v128.load(bits, 16), v128.load(bits), low, same);
    compareNibble(v128.load(bits, 112), v128.load(bits, 96), v128.load(bits, 80), v128.load(bits, 64), high, same);
    const to = out + w;
    for (let first: usize = 0; first < borders; first += 16) {
      const greater = v128.load(high + first), equal = v128.load(same + first);
      const at = to + first * MASK;
      const left = borders - first;
      if (left >= 16) {
        for (let n: usize = 0; n < 16; n += 8) {
          exceeds(at, n, greater, equal, low); exceeds(at, n + 1, greater, equal, low);
          exceeds(at, n + 2, greater, equal, low); exceeds(at, n + 3, greater, equal, low);
          exceeds(at, n + 4, greater, equal, low); exceeds(at, n + 5, greater, equal, low);
          exceeds(at, n + 6, greater, equal, low); exceeds(at, n + 7, greater, equal, low);
        }
      } else {
        for (let n: usize = 0; n < left; n++) exceeds(at, n, greater, equal, low);
      }
    }
  }
}

/**
 * Masks of `rank > border` for the borders of columns of ranks (signed bytes, rank − 128). `list` has three u32 a column:
 * byte offset in `ranks`, number of borders (0 … borders − 1, at most 255), address of their masks, one after the other.
 * The first `bytes` bytes of each mask are written, a multiple of 16 and at most 64. The ranks of 128 rows are turned into
 * eight vectors of bits; a border's mask is then two operations, from a comparison of the upper four bits and one of the
 * lower. `scratch` has 896 bytes.
 */
export function rankMasks(list: usize, columns: i32, ranks: usize, bytes: i32, scratch: usize): i32 {
  for (const end = list + <usize>columns * 12; list < end; list += 12) {
    const borders = <usize>load<u32>(list, 4), out = <usize>load<u32>(list, 8);
    maskColumn(ranks + <usize>load<u32>(list), borders, <usize>bytes, scratch, out);
  }
  return 0;
}

// @ts-ignore: decorator
@inline function pair(table: usize, ids: usize, bytes: usize): v128 {
  const first = v128.load64_zero(table + <usize>load<u16>(ids) * bytes);
  return v128.load64_lane(table + <usize>load<u16>(ids, 16) * bytes, first, 1);
}

/** Eight bytes of outcomes of sixteen rows, turned: 16 · b bytes on stands byte b of every row. */
// @ts-ignore: decorator
@inline function turn(table: usize, ids: usize, bytes: usize, out: usize): void {
  // Row i and row i + 8 in one vector.
  const x0 = pair(table, ids, bytes), x1 = pair(table, ids + 2, bytes), x2 = pair(table, ids + 4, bytes);
  const x3 = pair(table, ids + 6, bytes), x4 = pair(table, ids + 8, bytes), x5 = pair(table, ids + 10, bytes);
  const x6 = pair(table, ids + 12, bytes), x7 = pair(table, ids + 14, bytes);
  const l01 = low8(x0, x1), l23 = low8(x2, x3), l45 = low8(x4, x5), l67 = low8(x6, x7);
  const h01 = high8(x0, x1), h23 = high8(x2, x3), h45 = high8(x4, x5), h67 = high8(x6, x7);
  const l0 = low16(l01, l23), l1 = high16(l01, l23), l2 = low16(l45, l67), l3 = high16(l45, l67);
  const h0 = low16(h01, h23), h1 = high16(h01, h23), h2 = low16(h45, h67), h3 = high16(h45, h67);
  placePair(out, low32(l0, l2), low32(h0, h2));
  placePair(out + 32, high32(l0, l2), high32(h0, h2));
  placePair(out + 64, low32(l1, l3), low32(h1, h3));
  placePair(out + 96, high32(l1, l3), high32(h1, h3));
}

// @ts-ignore: decorator
@inline function placePair(out: usize, low: v128, high: v128): void {
  v128.store(out, i64x2.shuffle(low, high, 0, 2));
  v128.store(out, i64x2.shuffle(low, high, 1, 3), 16);
}

/**
 * Masks of the tests of category sets from columns of ids (u16). `list` has five u32 a column: byte offset in `ids`, address
 * of a table, bytes of a row of it (a multiple of 8), tests, address of their masks, one after the other, room for a
 * multiple of 8. Bit t & 7 of table[id · bytes + (t >> 3)] is 1 where test t sends the category to the right. The first
 * `bytes` bytes of each mask are written, an even number and at most 64. `scratch` has 128 bytes.
 *
 * 64 tests are made for all rows before the next 64: their masks stay in the first-level cache.
 */
export function setMasks(list: usize, columns: i32, ids: usize, bytes: i32, scratch: usize): i32 {
  for (const end = list + <usize>columns * 20; list < end; list += 20) {
    const from = ids + <usize>load<u32>(list), table = <usize>load<u32>(list, 4), row = <usize>load<u32>(list, 8);
    const tests = <usize>load<u32>(list, 12), out = <usize>load<u32>(list, 16);
    for (let first: usize = 0; first < tests; first += 64) {
      const used = min<usize>(64, tests - first);
      for (let w: usize = 0; w < <usize>bytes; w += 2) {
        turn(table + (first >> 3), from + (w << 4), row, scratch);
        let to = out + first * MASK + w;
        for (let b: usize = 0; b < used; b += 8) {
          let x = v128.load(scratch + (b << 1));
          store<u16>(to, <u16>i8x16.bitmask(x), 448); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x), 384); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x), 320); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x), 256); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x), 192); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x), 128); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x), 64); x = i8x16.add(x, x);
          store<u16>(to, <u16>i8x16.bitmask(x));
          to += MASK << 3;
        }
      }
    }
  }
  return 0;
}

// Masks of tests: one bit a row, 1 where the row goes right, for 512 rows (64 bytes; row r is bit r & 7 of byte r >> 3).

/** Bytes of a mask, and the 128 rows of one vector. */
const MASK: usize = 64;
const LANE_ROWS: usize = 128;

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

/**
 * Masks of `rank > border` for the borders 0 … borders − 1 (at most 255), one after the other, from 512 ranks − 128 as
 * signed bytes. The ranks are turned into eight vectors of bits; a border's mask is then two operations, from a
 * comparison of the upper four bits and one of the lower. `scratch` has 896 bytes.
 */
export function rankMasks(ranks: usize, borders: i32, scratch: usize, out: usize): i32 {
  const bits = scratch, low = scratch + 128, high = low + 256, same = high + 256;
  const flip = i8x16.splat(-128);
  for (let w: usize = 0; w < 4; w++) {
    for (let g: usize = 0; g < 8; g++) {
      let x = v128.xor(v128.load(ranks + w * LANE_ROWS + (g << 4)), flip);
      for (let k: isize = 7; k >= 0; k--) {
        store<u16>(bits + (<usize>k << 4) + (g << 1), <u16>i8x16.bitmask(x));
        x = i8x16.add(x, x);
      }
    }
    // `same` is written for the lower bits first, unread, and then for the upper ones.
    compareNibble(v128.load(bits, 48), v128.load(bits, 32), v128.load(bits, 16), v128.load(bits), low, same);
    compareNibble(v128.load(bits, 112), v128.load(bits, 96), v128.load(bits, 80), v128.load(bits, 64), high, same);
    const to = out + (w << 4);
    for (let first: usize = 0; first < <usize>borders; first += 16) {
      const greater = v128.load(high + first), equal = v128.load(same + first);
      const at = to + first * MASK;
      const left = <usize>borders - first;
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
  return 0;
}

// @ts-ignore: decorator
@inline function outcomes(table: usize, ids: usize, bytes: usize): usize {
  return table + <usize>load<u16>(ids) * bytes;
}

/**
 * Masks of `bytes` · 8 tests of category sets, one after the other, from the ids of 512 rows: bit t & 7 of
 * table[id · bytes + (t >> 3)] is 1 where test t sends the category to the right.
 */
export function setMasks(ids: usize, table: usize, bytes: i32, out: usize): i32 {
  const n = <usize>bytes;
  for (let g: usize = 0; g < 512; g += 16) {
    const i = ids + (g << 1);
    const a0 = outcomes(table, i, n), a1 = outcomes(table, i + 2, n), a2 = outcomes(table, i + 4, n);
    const a3 = outcomes(table, i + 6, n), a4 = outcomes(table, i + 8, n), a5 = outcomes(table, i + 10, n);
    const a6 = outcomes(table, i + 12, n), a7 = outcomes(table, i + 14, n), a8 = outcomes(table, i + 16, n);
    const a9 = outcomes(table, i + 18, n), a10 = outcomes(table, i + 20, n), a11 = outcomes(table, i + 22, n);
    const a12 = outcomes(table, i + 24, n), a13 = outcomes(table, i + 26, n), a14 = outcomes(table, i + 28, n);
    const a15 = outcomes(table, i + 30, n);
    let to = out + (g >> 3);
    for (let b: usize = 0; b < n; b++) {
      let x = v128.load8_splat(a0 + b);
      x = v128.load8_lane(a1 + b, x, 1);
      x = v128.load8_lane(a2 + b, x, 2);
      x = v128.load8_lane(a3 + b, x, 3);
      x = v128.load8_lane(a4 + b, x, 4);
      x = v128.load8_lane(a5 + b, x, 5);
      x = v128.load8_lane(a6 + b, x, 6);
      x = v128.load8_lane(a7 + b, x, 7);
      x = v128.load8_lane(a8 + b, x, 8);
      x = v128.load8_lane(a9 + b, x, 9);
      x = v128.load8_lane(a10 + b, x, 10);
      x = v128.load8_lane(a11 + b, x, 11);
      x = v128.load8_lane(a12 + b, x, 12);
      x = v128.load8_lane(a13 + b, x, 13);
      x = v128.load8_lane(a14 + b, x, 14);
      x = v128.load8_lane(a15 + b, x, 15);
      for (let k: usize = 8; k > 0; k--) {
        store<u16>(to + (k - 1) * MASK, <u16>i8x16.bitmask(x));
        x = i8x16.add(x, x);
      }
      to += MASK << 3;
    }
  }
  return 0;
}

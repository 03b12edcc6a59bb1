// Ranks of cells among borders: what scoring by bins starts from.

/** Adding 2^52 to a double of [0, 2^51) leaves its nearest whole number in the low bits. */
const TO_INTEGER: f64 = 4503599627370496.0;

// @ts-ignore: decorator
@inline function exceeds(x: f64, borders: usize, below: usize): usize {
  // As a number and not as a choice, of which V8 makes a branch that the cells mislead.
  return <usize>(x > load<f64>(borders + (below << 3)));
}

// @ts-ignore: decorator
@inline function rank(x: f64, bucket: i64, borders: usize, starts: usize, steps: i32): i32 {
  let below = <usize>load<u8>(starts + <usize>(<u32>bucket));
  if (steps > 2) {
    for (let s: usize = <usize>steps - 1; s > 1; s--) below += exceeds(x, borders, below + (<usize>1 << s) - 1) << s;
  }
  if (steps > 1) below += exceeds(x, borders, below + 1) << 1;
  if (steps > 0) below += exceeds(x, borders, below);
  return <i32>below;
}

/** `rankCells` for a number of steps: with 1 and 2, known when it is compiled, no loop is left in the loop. */
// @ts-ignore: decorator
@inline function rankAll(
  cells: usize, count: usize, borders: usize, starts: usize, low: f64, scale: f64, last: i32, steps: i32, nanRank: i32, out: usize,
): void {
  const lows = f64x2.splat(low), scales = f64x2.splat(scale), lasts = f64x2.splat(<f64>last);
  const zeros = f64x2.splat(0), toInteger = f64x2.splat(TO_INTEGER), nanRanks = i64x2.splat(<i64>nanRank);
  for (let i: usize = 0; i < count; i += 2) {
    const x = v128.load(cells + (i << 3));
    // In this order NaN and numbers below 0 become 0.
    const place = f64x2.pmin(lasts, f64x2.pmax(zeros, f64x2.mul(f64x2.sub(x, lows), scales)));
    const bucket = f64x2.add(place, toInteger);
    const r0 = rank(f64x2.extract_lane(x, 0), i64x2.extract_lane(bucket, 0), borders, starts, steps);
    const r1 = rank(f64x2.extract_lane(x, 1), i64x2.extract_lane(bucket, 1), borders, starts, steps);
    const ranks = v128.bitselect(i64x2.replace_lane(i64x2.splat(<i64>r0), 1, <i64>r1), nanRanks, f64x2.eq(x, x));
    store<u8>(out + i, <u8>(i32x4.extract_lane(ranks, 0) ^ 128));
    store<u8>(out + i, <u8>(i32x4.extract_lane(ranks, 2) ^ 128), 1);
  }
}

/**
 * Ranks of `count` cells (count even): how many of the ascending borders (at most 255) lie below the cell; NaN takes
 * `nanRank`. They are stored minus 128, as signed bytes.
 *
 * The line low … low + last / scale is cut into last + 1 buckets; starts[b] says how many borders lie in buckets before
 * b, and no bucket has more than 2^steps − 1 of them. As rounding is monotone, a cell's rank lies between the starts of
 * its bucket and of the next, whatever the buckets are: `steps` halvings find it, exactly. 2^steps times +inf follow the
 * borders.
 */
export function rankCells(
  cells: usize, count: i32, borders: usize, starts: usize, low: f64, scale: f64, last: i32, steps: i32, nanRank: i32, out: usize,
): i32 {
  const n = <usize>count;
  if (steps == 1) rankAll(cells, n, borders, starts, low, scale, last, 1, nanRank, out);
  else if (steps == 2) rankAll(cells, n, borders, starts, low, scale, last, 2, nanRank, out);
  else rankAll(cells, n, borders, starts, low, scale, last, steps, nanRank, out);
  return 0;
}

/** 1 where the cell equals the number, nanRank where it is NaN, else 0; stored minus 128. */
export function rankEqual(cells: usize, count: i32, number: f64, nanRank: i32, out: usize): i32 {
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(cells + (i << 3));
    store<u8>(out + i, <u8>(select<i32>(nanRank, <i32>(x == number), x != x) ^ 128));
  }
  return 0;
}

/**
 * Ids of `count` category codes (count even), as u16: table[code + 1] for whole numbers 0 … codes − 1, table[codes + 2] for
 * NaN, table[0] for all else; table[codes + 1] says the same as table[0].
 */
export function idCodes(cells: usize, count: i32, table: usize, codes: i32, out: usize): i32 {
  const zeros = f64x2.splat(0), lasts = f64x2.splat(<f64>codes), toInteger = f64x2.splat(TO_INTEGER);
  const ones = f64x2.splat(1), missing = f64x2.splat(<f64>codes + 2 + TO_INTEGER);
  for (let i: usize = 0; i < <usize>count; i += 2) {
    const x = v128.load(cells + (i << 3));
    // Clamped to 0 … codes and rounded to a whole number plus 2^52; only a code is then what it was.
    const near = f64x2.add(f64x2.pmin(lasts, f64x2.pmax(zeros, x)), toInteger);
    const same = f64x2.eq(f64x2.sub(near, toInteger), x);
    const code = v128.bitselect(f64x2.add(near, ones), toInteger, same);
    const place = v128.bitselect(code, missing, f64x2.eq(x, x));
    store<u16>(out + (i << 1), load<u16>(table + (<usize>i32x4.extract_lane(place, 0) << 1)));
    store<u16>(out + (i << 1), load<u16>(table + (<usize>i32x4.extract_lane(place, 2) << 1)), 2);
  }
  return 0;
}

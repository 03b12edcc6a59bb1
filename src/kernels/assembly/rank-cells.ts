// Ranks of cells among borders: what scoring by bins starts from.

/** Adding 2^52 to a double of [0, 2^51) leaves its nearest whole number in the low bits. */
const TO_INTEGER: f64 = 4503599627370496.0;

// @ts-ignore: decorator
@inline function rank(x: f64, bucket: i64, borders: usize, starts: usize, steps: i32, nanRank: i32): u8 {
  let below = <usize>load<u8>(starts + <usize>(<u32>bucket));
  for (let half: usize = (<usize>1 << steps) >> 1; half > 0; half >>= 1)
    below += select<usize>(half, 0, x > load<f64>(borders + ((below + half - 1) << 3)));
  return <u8>(select<i32>(nanRank, <i32>below, x != x) ^ 128);
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
  const lows = f64x2.splat(low), scales = f64x2.splat(scale), lasts = f64x2.splat(<f64>last);
  const zeros = f64x2.splat(0), toInteger = f64x2.splat(TO_INTEGER);
  for (let i: usize = 0; i < <usize>count; i += 2) {
    const x = v128.load(cells + (i << 3));
    // In this order NaN and numbers below 0 become 0.
    const place = f64x2.pmin(lasts, f64x2.pmax(zeros, f64x2.mul(f64x2.sub(x, lows), scales)));
    const bucket = f64x2.add(place, toInteger);
    store<u8>(out + i, rank(f64x2.extract_lane(x, 0), i64x2.extract_lane(bucket, 0), borders, starts, steps, nanRank));
    store<u8>(out + i, rank(f64x2.extract_lane(x, 1), i64x2.extract_lane(bucket, 1), borders, starts, steps, nanRank), 1);
  }
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
 * Ids of `count` category codes, as u16: ids[code] for whole numbers 0 … codes − 1, `missing` for NaN, 0 for all else.
 */
export function idCodes(cells: usize, count: i32, ids: usize, codes: i32, missing: i32, out: usize): i32 {
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(cells + (i << 3));
    const code = <u32>x;
    let id: u32 = 0;
    if (x != x) id = missing;
    else if (code < <u32>codes && <f64>code == x) id = load<u16>(ids + (<usize>code << 1));
    store<u16>(out + (i << 1), <u16>id);
  }
  return 0;
}

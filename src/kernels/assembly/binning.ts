// Values to bin numbers. The bin of a numeric value is the number of borders below it.

// @ts-ignore: decorator
@inline
function put(out: usize, width: i32, bin: u32): void {
  if (width == 1) store<u8>(out, <u8>bin);
  else if (width == 2) store<u16>(out, <u16>bin);
  else store<u32>(out, bin);
}

/** Buckets of a guide. */
const BUCKETS: usize = 2048;

/** The doubles' order as integers; −0 must have been made 0. */
// @ts-ignore: decorator
@inline
function ordered(x: f64): i64 {
  const bits = reinterpret<i64>(x);
  return bits ^ ((bits >> 63) & 0x7fffffffffffffff);
}

/**
 * bin(x) = number of the `borderCount` ascending borders b with b < x (`strict` 0: a bin's upper border belongs to it,
 * splits are x <= b), or with b <= x (`strict` 1: splits are x < b); NaN takes `nanBin`. The bin of value i goes to
 * `out + i · stride` in `width` (1, 2 or 4) bytes.
 *
 * A guide (address, or 0 for none) narrows the search: 2,048 buckets of equal width, of x itself or of the order of the
 * doubles, and first[k] = number of borders in the buckets before k, so that the answer for an x of bucket k lies in
 * first[k] … first[k + 1]. Layout: i32 kind (1 linear, 2 ordered), i32 shift, f64 low, f64 inverse width, i64 low, then
 * 2,049 u32. A bucket's number never falls as x grows, whatever the rounding: that is all
 * that the answer depends on.
 */
export function binNumeric(
  values: usize, count: i32, borders: usize, borderCount: i32, strict: i32, nanBin: i32,
  out: usize, stride: i32, width: i32, guide: usize,
): i32 {
  const kind: i32 = guide == 0 ? 0 : load<i32>(guide);
  const shift: i64 = guide == 0 ? 0 : <i64>load<i32>(guide, 4);
  const low: f64 = guide == 0 ? 0 : load<f64>(guide, 8);
  const inverse: f64 = guide == 0 ? 0 : load<f64>(guide, 16);
  const origin: i64 = guide == 0 ? 0 : load<i64>(guide, 24);
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3)) + 0.0;
    let bin: u32 = nanBin;
    if (x == x) {
      let from: usize = 0;
      let to: usize = borderCount;
      if (kind != 0) {
        let bucket: usize;
        if (kind == 1) bucket = <usize>max(0.0, min((x - low) * inverse, <f64>(BUCKETS - 1)));
        else bucket = <usize>max(<i64>0, min((max(ordered(x), origin) - origin) >> shift, <i64>(BUCKETS - 1)));
        from = <usize>load<u32>(guide + (bucket << 2), 32);
        to = <usize>load<u32>(guide + (bucket << 2), 36);
      }
      // The answer lies in from … to.
      while (to - from > 4) {
        const middle = (from + to) >> 1;
        const border = load<f64>(borders + (middle << 3));
        const below = strict ? border <= x : border < x;
        from = below ? middle + 1 : from;
        to = below ? to : middle;
      }
      while (from < to) {
        const border = load<f64>(borders + (from << 3));
        if (!(strict ? border <= x : border < x)) break;
        from++;
      }
      bin = <u32>from;
    }
    put(out + i * <usize>stride, width, bin);
  }
  return 0;
}

/** bin(code) = table[code] (u32); NaN takes `missingBin`, a code outside 0 … tableLength − 1 `otherBin`. */
export function binCategories(
  values: usize, count: i32, table: usize, tableLength: i32, missingBin: i32, otherBin: i32, out: usize, stride: i32, width: i32,
): i32 {
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3));
    let bin: u32 = missingBin;
    if (x == x) {
      bin = x >= 0 && x < <f64>tableLength ? load<u32>(table + (<usize>x << 2)) : <u32>otherBin;
    }
    put(out + i * <usize>stride, width, bin);
  }
  return 0;
}

/**
 * Columns of one byte a row into a tile of records: the bin of row r in lane l goes from `columns + l · columnBytes + r` to
 * `out + r · stride + l`, for the rows first … first + count − 1 and `lanes` (1 to 16) lanes; the other lanes become 0.
 */
export function packTile(
  columns: usize, columnBytes: usize, lanes: i32, first: i32, count: i32, out: usize, stride: usize,
): i32 {
  const end = <usize>(first + count);
  for (let from = <usize>first; from < end; from += 256) {
    const to = min(from + 256, end);
    for (let lane: usize = 0; lane < 16; lane++) {
      const column = columns + lane * columnBytes;
      let at = out + from * stride + lane;
      if (lane < <usize>lanes) {
        for (let row = from; row < to; row++) {
          store<u8>(at, load<u8>(column + row));
          at += stride;
        }
      } else {
        for (let row = from; row < to; row++) {
          store<u8>(at, 0);
          at += stride;
        }
      }
    }
  }
  return 0;
}

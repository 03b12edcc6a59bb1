// Values to bin numbers. The bin of a numeric value is the number of borders below it.

// @ts-ignore: decorator
@inline
function put(out: usize, width: i32, bin: u32): void {
  if (width == 1) store<u8>(out, <u8>bin);
  else if (width == 2) store<u16>(out, <u16>bin);
  else store<u32>(out, bin);
}

/**
 * bin(x) = number of the `borderCount` ascending borders b with b < x (`strict` 0: a bin's upper border belongs to it,
 * splits are x <= b), or with b <= x (`strict` 1: splits are x < b); NaN takes `nanBin`. The bin of value i goes to
 * `out + i · stride` in `width` (1, 2 or 4) bytes.
 */
export function binNumeric(
  values: usize, count: i32, borders: usize, borderCount: i32, strict: i32, nanBin: i32, out: usize, stride: i32, width: i32,
): i32 {
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3));
    let bin: u32 = nanBin;
    if (x == x) {
      // The answer lies in low … low + length.
      let low: usize = 0;
      let length: usize = borderCount;
      while (length > 0) {
        const half = (length + 1) >> 1;
        const border = load<f64>(borders + ((low + half - 1) << 3));
        const below = strict ? border <= x : border < x;
        low += below ? half : 0;
        length = below ? length - half : half - 1;
      }
      bin = <u32>low;
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

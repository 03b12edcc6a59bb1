// Rows of a node into its children, stably and without a branch. A split is a table of one byte a bin: 1 goes left. So
// thresholds, missing values and category sets are one thing here.

/**
 * Splits `count` row indices: those that go left are written to `left` in order, the others to `right` (each has room for
 * `count` indices; neither overlaps `rows`); result[0] (i32) = number gone left. The bin of row r is at
 * `column + r · width`, `width` (1, 2 or 4) bytes. Where `left` is `rows`, the others follow those that go left there, and `right`
 * is scratch.
 */
export function partitionRows(
  rows: usize,
  count: i32,
  column: usize,
  width: i32,
  goesLeft: usize,
  left: usize,
  right: usize,
  result: usize,
): i32 {
  let l = left;
  let r = right;
  if (width == 1) {
    for (let i: usize = 0; i < <usize>count; i++) {
      const row = load<u32>(rows + (i << 2));
      const go = <usize>load<u8>(goesLeft + <usize>load<u8>(column + <usize>row));
      store<u32>(l, row);
      store<u32>(r, row);
      l += go << 2;
      r += (1 - go) << 2;
    }
  } else {
    for (let i: usize = 0; i < <usize>count; i++) {
      const row = load<u32>(rows + (i << 2));
      const bin: usize = width == 2 ? <usize>load<u16>(column + (<usize>row << 1)) : <usize>load<u32>(column + (<usize>row << 2));
      const go = <usize>load<u8>(goesLeft + bin);
      store<u32>(l, row);
      store<u32>(r, row);
      l += go << 2;
      r += (1 - go) << 2;
    }
  }
  if (left == rows) memory.copy(l, right, r - right);
  store<i32>(result, <i32>((l - left) >> 2));
  return 0;
}

/** Copies `count` row indices. */
export function copyRows(from: usize, to: usize, count: i32): i32 {
  memory.copy(to, from, (<usize>count) << 2);
  return 0;
}

/** out[i] = first + i for i below `count`: the rows of an unsampled root. */
export function countRows(out: usize, first: i32, count: i32): i32 {
  for (let i: i32 = 0; i < count; i++) store<u32>(out + ((<usize>i) << 2), first + i);
  return 0;
}

// Exclusive feature bundling: columns of bins merged into one.

/**
 * Adds a feature's bins (a byte a row) to a bundle's column: bins other than `common` become start, start + 1, …, with
 * `common` left out. Returns in how many rows another feature is there already; with any, nothing is written.
 */
export function mergeBundle(cells: usize, rows: i32, common: i32, start: i32, out: usize): i32 {
  let conflicts = 0;
  for (let row = 0; row < rows; row++) {
    if (<i32>load<u8>(cells + row) != common && load<u8>(out + row) != 0) conflicts++;
  }
  if (conflicts > 0) return conflicts;
  for (let row = 0; row < rows; row++) {
    const bin = <i32>load<u8>(cells + row);
    if (bin != common) store<u8>(out + row, <u8>(start + bin - (bin > common ? 1 : 0)));
  }
  return 0;
}

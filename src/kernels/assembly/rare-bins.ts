// Features of 257 bins, one more than a byte tells apart: XGBoost's 256 and one for missing values. Their rarest bin shares
// its number with another in the records; a row in it is marked by a bit, and its gradients are summed apart. So histograms
// keep their speed, and after `settleRare` a feature's 257 entries are what they should be.
import { add, fixedPoint, pair } from './histogram';

const BINS: i32 = 257;
/** Byte offset of the last bin's entry. */
const LAST: usize = 4096;

/**
 * Finds the rarest of the 257 bins of a column of u16 (the last of equally rare ones) and writes the column as bytes to
 * `narrow`: bins by their number, the last one by that of the rarest (or, where it is itself the rarest, by 255). Rows in the
 * rarest bin get bit `bit` of their `wordsPerRow` u32 at `words`. out: its number, i32. `counts`: 257 u32 of scratch.
 */
export function keepRareApart(
  column: usize, rows: i32, counts: usize, narrow: usize, words: usize, wordsPerRow: i32, bit: i32, out: usize,
): i32 {
  memory.fill(counts, 0, <usize>BINS << 2);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = counts + (<usize>load<u16>(column + (row << 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let rare: i32 = 0;
  for (let bin: i32 = 1; bin < BINS; bin++) {
    if (load<u32>(counts + (<usize>bin << 2)) <= load<u32>(counts + (<usize>rare << 2))) rare = bin;
  }
  const shared = min(rare, 255);
  const rowBytes = <usize>wordsPerRow << 2;
  const word = words + ((<usize>bit >> 5) << 2);
  const mask: u32 = 1 << (bit & 31);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const bin = <i32>load<u16>(column + (row << 1));
    store<u8>(narrow + row, bin == 256 ? shared : bin);
    // Other features' bits of the same word may be written at this moment.
    if (bin == rare) atomic.or<u32>(word + row * rowBytes, mask);
  }
  store<i32>(out, rare);
  return 0;
}

/**
 * Adds the gradients of marked rows to the last entries: a row with bit b set counts in the entry at `hist + offsets[b]`
 * (u32). Rows and gradients as in `histogramTiles`, which comes before.
 */
export function histogramRare(
  words: usize, wordsPerRow: i32, rows: usize, first: i32, count: i32,
  gradients: usize, scaleG: f64, scaleH: f64, hist: usize, offsets: usize,
): i32 {
  const scale = pair(scaleG, scaleH);
  const rowBytes = <usize>wordsPerRow << 2;
  for (let i: usize = 0; i < <usize>count; i++) {
    const row: usize = rows == 0 ? <usize>first + i : <usize>load<u32>(rows + (i << 2));
    for (let at: usize = 0; at < rowBytes; at += 4) {
      let marks = load<u32>(words + row * rowBytes + at);
      if (marks == 0) continue;
      const gradient = fixedPoint(gradients, row, scale);
      const places = offsets + (at << 5);
      for (; marks != 0; marks &= marks - 1) add(hist + <usize>load<u32>(places + (<usize>ctz(marks) << 2)), gradient);
    }
  }
  return 0;
}

/** Puts the sums of shared and of rarest bins where they belong. `table`, a feature: u32 histogram offset, i32 rarest bin. */
export function settleRare(hist: usize, table: usize, features: i32): i32 {
  for (let at = table, end = table + (<usize>features << 3); at < end; at += 8) {
    const entries = hist + <usize>load<u32>(at);
    const rare = load<i32>(at, 4);
    const shared = entries + (<usize>min(rare, 255) << 4);
    const apart = v128.load(entries, LAST);
    const other = i64x2.sub(v128.load(shared), apart);
    v128.store(shared, rare == 256 ? other : apart);
    v128.store(entries, rare == 256 ? apart : other, LAST);
  }
  return 0;
}

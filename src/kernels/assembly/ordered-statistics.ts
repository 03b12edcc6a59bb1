// Target statistics of categorical columns and their combinations (CatBoost, online_ctr.cpp). A row's key is a small
// integer, its id; statistics of a training row see only the labels of the rows before it in the permutation, those of
// a test row all of them. Four statistics of a row make a quad: three priors of the label's mean and the key's count.

/**
 * Ids of pairs (a, b): 0, 1, 2, … in the order of their first row. `a` is i32 a row, `b` u16 (bWide 0) or i32 (bWide 1),
 * below `cardinality`. Rows 0 … trainRows − 1 come first, test rows go on counting. With direct 1 `table` has an i32 for
 * each pair a · cardinality + b, else it is a hash table of mask + 1 entries of 16 bytes. Writes to
 * `result` how many ids all rows have, and how many the training rows.
 */
export function combineIds(
  a: usize, b: usize, bWide: i32, cardinality: i32, trainRows: usize, rows: usize, table: usize, mask: u32,
  direct: i32, out: usize, result: usize,
): i32 {
  memory.fill(table, 0, direct ? (<usize>mask + 1) << 2 : (<usize>mask + 1) << 4);
  let next: i32 = 0;
  let trained: i32 = 0;
  for (let row: usize = 0; row < rows; row++) {
    if (row == trainRows) trained = next;
    const second: u64 = bWide ? <u64>load<u32>(b + (row << 2)) : <u64>load<u16>(b + (row << 1));
    const key: u64 = <u64>load<u32>(a + (row << 2)) * <u64>cardinality + second;
    let at: usize;
    if (direct) at = table + (<usize>key << 2);
    else {
      let slot = <u32>((key * 0x9e3779b97f4a7c15) >> 32) & mask;
      at = table + (<usize>slot << 4);
      while (load<i32>(at, 8) != 0 && load<u64>(at) != key) {
        slot = (slot + 1) & mask;
        at = table + (<usize>slot << 4);
      }
      if (load<i32>(at, 8) == 0) store<u64>(at, key);
      at += 8;
    }
    let id = load<i32>(at);
    if (id == 0) {
      next++;
      id = next;
      store<i32>(at, id);
    }
    store<i32>(out + (row << 2), id - 1);
  }
  if (rows == trainRows) trained = next;
  store<i32>(result, next);
  store<i32>(result, trained, 4);
  return 0;
}

/** The number of borders k − 10^−6, k = 1 … 15, below 15 · ratio (0 ≤ ratio ≤ 1). */
function bucket(ratio: f64): u32 {
  const value = 15 * ratio;
  let bin = <i32>(value + 1e-6);
  if (bin > 15) bin = 15;
  if (bin > 0 && !(value > <f64>bin - 1e-6)) bin--;
  else if (bin < 15 && value > <f64>bin + (1 - 1e-6)) bin++;
  return <u32>bin;
}

/** Up to this divisor a ratio is a whole step or further than 10^−6 from it, so that rounding down tells the bucket. */
const NEAR: u32 = 400000;

/** 0 ≤ steps < 2^16, with 5 · 10^−7 added, rounded down: to nearest, that is, of a half less, by adding 1.5 · 2^52. */
// @ts-ignore: decorator
@inline
function floor16(steps: f64): u32 {
  return <u32>reinterpret<u64>(steps - (0.5 - 5e-7) + 6755399441055744.0);
}

// @ts-ignore: decorator
@inline
function priorBuckets(positives: u32, rows: u32): u32 {
  if (rows >= NEAR) {
    const p = <f64>positives;
    const divisor = <f64>rows + 1;
    return bucket(p / divisor) | (bucket((p + 0.5) / divisor) << 8) | (bucket((p + 1) / divisor) << 16);
  }
  const step = 15 / (<f64>rows + 1);
  const zero = <f64>positives * step;
  return floor16(zero) | (floor16(zero + 0.5 * step) << 8) | (floor16(zero + step) << 16);
}

/**
 * Quads of all rows: lanes 0–2 (positives + prior) / (rows + 1), priors 0, ½, 1; lane 3 count / (largest count + 1); each
 * in 15 equal steps. `table` has 9 bytes an id: rows and positives so far in one u64 (low and high half), afterwards the
 * totals of the training rows; behind them the bucket of its count. `permutation` lists the training rows; writes the
 * largest count to `result`.
 */
export function orderedStatistics(
  ids: usize, idCount: i32, permutation: usize, labels: usize, trainRows: usize, rows: usize, table: usize,
  quads: usize, result: usize,
): i32 {
  memory.fill(table, 0, <usize>idCount << 3);
  for (let i: usize = 0; i < trainRows; i++) {
    const row = <usize>load<u32>(permutation + (i << 2));
    const at = table + (<usize>load<u32>(ids + (row << 2)) << 3);
    const sofar = load<u64>(at);
    store<u64>(at, sofar + 1 + (<u64>load<u8>(labels + row) << 32));
    store<u32>(quads + (row << 2), priorBuckets(<u32>(sofar >> 32), <u32>sofar));
  }
  let most: u32 = 0;
  for (let id: usize = 0; id < <usize>idCount; id++) most = max(most, load<u32>(table + (id << 3)));
  const counters = table + (<usize>idCount << 3);
  const step = 15 / (<f64>most + 1);
  for (let id: usize = 0; id < <usize>idCount; id++) {
    const count = <f64>load<u32>(table + (id << 3));
    store<u8>(counters + id, <u8>(most < NEAR ? floor16(count * step) : bucket(count / (<f64>most + 1))));
  }
  for (let row: usize = 0; row < trainRows; row++) {
    store<u8>(quads + (row << 2), load<u8>(counters + load<u32>(ids + (row << 2))), 3);
  }
  for (let row = trainRows; row < rows; row++) {
    const id = <usize>load<u32>(ids + (row << 2));
    const total = load<u64>(table + (id << 3));
    const counter = <u32>load<u8>(counters + id) << 24;
    store<u32>(quads + (row << 2), priorBuckets(<u32>(total >> 32), <u32>total) | counter);
  }
  store<i32>(result, <i32>most);
  return 0;
}

/** Totals of the training rows, 12 bytes an id (first row, rows, positives as u32), over idCount ids; others are left out. */
export function statisticTotals(ids: usize, idCount: i32, labels: usize, trainRows: usize, out: usize): i32 {
  memory.fill(out, 0, <usize>idCount * 12);
  for (let row: usize = 0; row < trainRows; row++) {
    const id = load<u32>(ids + (row << 2));
    if (id >= <u32>idCount) continue;
    const at = out + <usize>id * 12;
    const n = load<u32>(at, 4);
    if (n == 0) store<u32>(at, <u32>row);
    store<u32>(at, n + 1, 4);
    store<u32>(at, load<u32>(at, 8) + <u32>load<u8>(labels + row), 8);
  }
  return 0;
}

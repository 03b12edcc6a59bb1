// Target statistics by description: any four lanes of a quad, each counted and scaled in its own way. The usual four have
// a faster kernel of their own (ordered-statistics.ts).

/** Bytes a lane of the table of lanes. */
const LANE: usize = 48;

/** The number of borders k − 10^−6, k = 1 … borders, below `value`. */
function bucketOf(value: f64, borders: f64): u32 {
  if (!(value > 0)) return 0;
  let bin = <i32>min(value, borders);
  if (bin > 0 && !(value > <f64>bin - 1e-6)) bin--;
  else if (<f64>bin < borders && value > <f64>bin + (1 - 1e-6)) bin++;
  return <u32>bin;
}

/** Sets the lanes that count labels; those that count keys stay 0. */
// @ts-ignore: decorator
@inline
function labelLanes(lanes: usize, laneCount: i32, positives: u32, rows: u32): u32 {
  let quad: u32 = 0;
  for (let lane: i32 = 0; lane < laneCount; lane++) {
    const at = lanes + <usize>lane * LANE;
    if (load<f64>(at) != 0) continue;
    const counted: u32 = load<f64>(at, 8) == 0 ? positives : rows - positives;
    const ratio = (<f64>counted + load<f64>(at, 16)) / (<f64>rows + 1);
    quad |= bucketOf((ratio + load<f64>(at, 24)) * load<f64>(at, 32), load<f64>(at, 40)) << (lane << 3);
  }
  return quad;
}

// @ts-ignore: decorator
@inline
function countLanes(lanes: usize, laneCount: i32, count: u32, most: u32): u32 {
  let quad: u32 = 0;
  for (let lane: i32 = 0; lane < laneCount; lane++) {
    const at = lanes + <usize>lane * LANE;
    if (load<f64>(at) == 0) continue;
    const ratio = (<f64>count + load<f64>(at, 16)) / (<f64>most + 1);
    quad |= bucketOf((ratio + load<f64>(at, 24)) * load<f64>(at, 32), load<f64>(at, 40)) << (lane << 3);
  }
  return quad;
}

/**
 * Quads of all rows: lane k is ((counted + prior) / (rows + 1) + shift) · scale, rounded down to a bin, over the rows of
 * the key so far in the permutation (training rows), or over all training rows (validation rows); or, for a lane of keys,
 * over the key's rows and those of the most frequent key. `lanes`: 6 doubles a lane: 1 for keys, 0 for labels; counted 0
 * label 1, 1 label 0; prior; shift; scale; borders. countAll 1 counts validation rows of the keys that training rows
 * have, too. `table` has 12 bytes an id: rows and positives so far in one u64, and behind them the key's count (u32).
 */
export function laneStatistics(
  ids: usize, idCount: i32, permutation: usize, labels: usize, trainRows: usize, rows: usize, table: usize, lanes: usize,
  laneCount: i32, countAll: i32, quads: usize,
): i32 {
  memory.fill(table, 0, <usize>idCount << 3);
  for (let i: usize = 0; i < trainRows; i++) {
    const row = <usize>load<u32>(permutation + (i << 2));
    const at = table + (<usize>load<u32>(ids + (row << 2)) << 3);
    const sofar = load<u64>(at);
    store<u64>(at, sofar + 1 + (<u64>load<u8>(labels + row) << 32));
    store<u32>(quads + (row << 2), labelLanes(lanes, laneCount, <u32>(sofar >> 32), <u32>sofar));
  }
  const counts = table + (<usize>idCount << 3);
  for (let id: usize = 0; id < <usize>idCount; id++) store<u32>(counts + (id << 2), load<u32>(table + (id << 3)));
  for (let row = trainRows; row < rows && countAll != 0; row++) {
    const at = counts + (<usize>load<u32>(ids + (row << 2)) << 2);
    if (load<u32>(at) > 0) store<u32>(at, load<u32>(at) + 1);
  }
  let most: u32 = 0;
  for (let id: usize = 0; id < <usize>idCount; id++) most = max(most, load<u32>(counts + (id << 2)));
  for (let row: usize = 0; row < rows; row++) {
    const id = <usize>load<u32>(ids + (row << 2));
    const total = load<u64>(table + (id << 3));
    const own: u32 = row < trainRows
      ? load<u32>(quads + (row << 2))
      : labelLanes(lanes, laneCount, <u32>(total >> 32), <u32>total);
    store<u32>(quads + (row << 2), own | countLanes(lanes, laneCount, load<u32>(counts + (id << 2)), most));
  }
  return 0;
}

// Sorts a node's values by rank. An item is rank << 32 | payload; items of one rank keep or take the payload's order,
// which sums over them do not depend on: counts add exactly, and payloads of weighted rows ascend with the rows.

/** Below this many items insertion sort beats counting digits. */
const SMALL = 40;
const MAX_DIGIT_BITS = 11;

/** Sorts n items whose ranks lie in low … low + range; returns where the sorted ones are, `items` or `spare`. `digits` holds 6,144 u32. */
export function sortByRank(items: usize, spare: usize, digits: usize, n: i32, low: u32, range: u32): usize {
  if (range == 0) return items;
  if (n <= SMALL) {
    insertionSort(items, n);
    return items;
  }
  const bits = 32 - <i32>clz<u32>(range);
  // Each pass costs about two steps an item and one a digit value.
  let passes = 0;
  let cheapest = i32.MAX_VALUE;
  for (let p = 1; p <= 4; p++) {
    const width = (bits + p - 1) / p;
    if (width > MAX_DIGIT_BITS) continue;
    const cost = p * (2 * n + (1 << width));
    if (cost < cheapest) {
      cheapest = cost;
      passes = p;
    }
  }
  const width = (bits + passes - 1) / passes;
  const bins = 1 << width;
  const mask = <u32>(bins - 1);
  let from = items;
  let to = spare;
  for (let pass = 0; pass < passes; pass++) {
    const shift = <u32>(pass * width);
    memory.fill(digits, 0, (<usize>bins) << 2);
    for (let i = 0; i < n; i++) {
      const rank = load<u32>(from + ((<usize>i) << 3), 4) - low;
      const at = digits + ((<usize>((rank >>> shift) & mask)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    let sum: u32 = 0;
    for (let b = 0; b < bins; b++) {
      const at = digits + ((<usize>b) << 2);
      const count = load<u32>(at);
      store<u32>(at, sum);
      sum += count;
    }
    for (let i = 0; i < n; i++) {
      const item = load<u64>(from + ((<usize>i) << 3));
      const rank = <u32>(item >>> 32) - low;
      const at = digits + ((<usize>((rank >>> shift) & mask)) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<u64>(to + ((<usize>place) << 3), item);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

function insertionSort(items: usize, n: i32): void {
  for (let i = 1; i < n; i++) {
    const item = load<u64>(items + ((<usize>i) << 3));
    let at = items + ((<usize>i) << 3);
    while (at > items) {
      const before = load<u64>(at - 8);
      if (before <= item) break;
      store<u64>(at, before);
      at -= 8;
    }
    store<u64>(at, item);
  }
}

// XGBoost's weighted quantile summary (Chen & Guestrin 2016, appendix; src/common/quantile.h, WQSummary), in single precision
// like the original: a list of entries of 16 bytes in ascending order of value: f32 least rank, greatest rank, weight of the
// value itself, value.

// @ts-ignore: decorator
@inline
export function put(to: usize, size: i32, rmin: f32, rmax: f32, wmin: f32, value: f32): void {
  const at = to + (<usize>size << 4);
  store<f32>(at, rmin);
  store<f32>(at, rmax, 4);
  store<f32>(at, wmin, 8);
  store<f32>(at, value, 12);
}

// @ts-ignore: decorator
@inline
function rminOf(at: usize): f32 {
  return load<f32>(at);
}

// @ts-ignore: decorator
@inline
function rmaxOf(at: usize): f32 {
  return load<f32>(at, 4);
}

/** Least rank of a value just above the entry. */
// @ts-ignore: decorator
@inline
function rminNext(at: usize): f32 {
  return load<f32>(at) + load<f32>(at, 8);
}

/** Greatest rank of a value just below the entry. */
// @ts-ignore: decorator
@inline
function rmaxPrev(at: usize): f32 {
  return load<f32>(at, 4) - load<f32>(at, 8);
}

// @ts-ignore: decorator
@inline
function valueOf(at: usize): f32 {
  return load<f32>(at, 12);
}

/** At most `size` entries of `from`, spread evenly over its ranks, the ends kept, to `to`; how many they are. */
export function prune(from: usize, count: i32, size: i32, to: usize): i32 {
  if (count <= size) {
    memory.copy(to, from, <usize>count << 4);
    return count;
  }
  const end = count - 1;
  const endAt = from + (<usize>end << 4);
  const begin = rmaxOf(from);
  const range = rminOf(endAt) - begin;
  const parts = size - 1;
  v128.store(to, v128.load(from));
  let kept: i32 = 1;
  let i: i32 = 1;
  let last: i32 = 0;
  for (let k: i32 = 1; k < parts; k++) {
    const twice: f32 = <f32>2 * (<f32>k * range / <f32>parts + begin);
    let at = from + (<usize>i << 4);
    while (i < end && twice >= rmaxOf(at + 16) + rminOf(at + 16)) {
      i++;
      at += 16;
    }
    if (i == end) break;
    const chosen = twice < rminNext(at) + rmaxPrev(at + 16) ? i : i + 1;
    if (chosen == last) continue;
    v128.store(to + (<usize>kept << 4), v128.load(from + (<usize>chosen << 4)));
    kept++;
    last = chosen;
  }
  if (last != end) {
    v128.store(to + (<usize>kept << 4), v128.load(endAt));
    kept++;
  }
  return kept;
}

/** The summary of the data of `a` and `b`, none of them empty, to `to`; its size. */
export function combine(a: usize, aSize: i32, b: usize, bSize: i32, to: usize): i32 {
  const aEnd = a + (<usize>aSize << 4);
  const bEnd = b + (<usize>bSize << 4);
  let size: i32 = 0;
  let i = a;
  let j = b;
  let rminA: f32 = 0;
  let rminB: f32 = 0;
  while (i < aEnd || j < bEnd) {
    if (i < aEnd && j < bEnd && valueOf(i) == valueOf(j)) {
      put(to, size++, rminOf(i) + rminOf(j), rmaxOf(i) + rmaxOf(j), load<f32>(i, 8) + load<f32>(j, 8), valueOf(i));
      rminA = rminNext(i);
      rminB = rminNext(j);
      i += 16;
      j += 16;
    } else if (j == bEnd || (i < aEnd && valueOf(i) < valueOf(j))) {
      const rmax = j == bEnd ? rmaxOf(bEnd - 16) : rmaxPrev(j);
      put(to, size++, rminOf(i) + rminB, rmaxOf(i) + rmax, load<f32>(i, 8), valueOf(i));
      rminA = rminNext(i);
      i += 16;
    } else {
      const rmax = i == aEnd ? rmaxOf(aEnd - 16) : rmaxPrev(i);
      put(to, size++, rminOf(j) + rminA, rmaxOf(j) + rmax, load<f32>(j, 8), valueOf(j));
      rminB = rminNext(j);
      j += 16;
    }
  }
  // Ranks must not fall: mends what rounding broke.
  let rmin: f32 = 0;
  let rmax: f32 = 0;
  for (let at = to, end = to + (<usize>size << 4); at < end; at += 16) {
    if (rminOf(at) < rmin) store<f32>(at, rmin);
    else rmin = rminOf(at);
    if (rmaxOf(at) < rmax) store<f32>(at, rmax, 4);
    if (rmaxOf(at) < rminNext(at)) store<f32>(at, rminNext(at), 4);
    rmax = rmaxOf(at);
  }
  return size;
}

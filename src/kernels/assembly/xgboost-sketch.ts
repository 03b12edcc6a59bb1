// From a column's values to the few that XGBoost's cuts are made of (src/common/quantile.h, WQuantileSketch). Values that
// come in are queued; a full queue is sorted, made a summary, pruned and carried into levels like a binary number.
//
// Scratch of one call, Q = 2 · limit: the queue and as much to sort it, 2 · Q × u64; digits, 3 · 2,048 × u32; sizes of 40
// levels, i32; entries, Q drained, Q combined, limit + 1 pruned, and limit + 1 for each level.
import { introsort } from './introsort';
import { sortKeys } from './radix-sort';
import { combine, prune, put } from './xgboost-summary';

const DIGITS: i32 = 2048;
const LEVELS: i32 = 40;

/** Bits of floats flipped so that they sort as the floats do. */
// @ts-ignore: decorator
@inline
export function keyOf(value: f32): u32 {
  const bits = reinterpret<u32>(value);
  return bits & 0x80000000 ? ~bits : bits | 0x80000000;
}

// @ts-ignore: decorator
@inline
function valueOfKey(key: u32): f32 {
  return reinterpret<f32>(key & 0x80000000 ? key & 0x7fffffff : ~key);
}

/** Whether single precision holds every sum of weights: they are whole, and few. */
function isExact(queue: usize, count: i32): bool {
  let sum: f64 = 0;
  for (let at = queue, end = queue + (<usize>count << 3); at < end; at += 8) {
    const weight = load<f32>(at);
    if (floor(weight) != weight) return false;
    sum += <f64>weight;
  }
  return sum <= 16777216;
}

/** The queue as a summary at `to`; its size. */
function drain(queue: usize, spare: usize, count: i32, digits: usize, to: usize): i32 {
  if (count == 0) return 0;
  // Weights of equal values are added in the original's order, where that may change the sum.
  let sorted = queue;
  if (isExact(queue, count)) sorted = sortKeys(queue, spare, count, digits);
  else introsort(queue, count);
  const end = sorted + (<usize>count << 3);
  let size: i32 = 0;
  let rank: f32 = 0;
  for (let at = sorted; at < end;) {
    const key = load<u32>(at, 4);
    let weight = load<f32>(at);
    for (at += 8; at < end && load<u32>(at, 4) == key; at += 8) weight += load<f32>(at);
    const next = rank + weight;
    put(to, size++, rank, next, weight, valueOfKey(key));
    rank = next;
  }
  return size;
}

// Where the call's scratch has what, and how far it is: an instance serves one thread.
let limit: i32 = 0;
let queue: usize = 0;
let queued: i32 = 0;
let spare: usize = 0;
let digits: usize = 0;
let drained: usize = 0;
let combined: usize = 0;
let pruned: usize = 0;
let sizes: usize = 0;
let levels: usize = 0;
let levelBytes: usize = 0;

function layOut(scratch: usize, entries: i32): void {
  const room = <usize>entries * 2;
  limit = entries;
  levelBytes = <usize>(entries + 1) << 4;
  queue = scratch;
  queued = 0;
  spare = queue + (room << 3);
  digits = spare + (room << 3);
  sizes = digits + (<usize>(3 * DIGITS) << 2);
  drained = sizes + <usize>(LEVELS << 2);
  combined = drained + (room << 4);
  pruned = combined + (room << 4);
  levels = pruned + levelBytes;
  memory.fill(sizes, 0, <usize>(LEVELS << 2));
}

/** Empties the queue into the levels. */
function lift(): void {
  let size = prune(drained, drain(queue, spare, queued, digits, drained), limit, pruned);
  queued = 0;
  for (let level = 0; ; level++) {
    const there = levels + <usize>level * levelBytes;
    const sizeAt = sizes + (<usize>level << 2);
    const had = load<i32>(sizeAt);
    if (had == 0) {
      memory.copy(there, pruned, <usize>size << 4);
      store<i32>(sizeAt, size);
      return;
    }
    size = combine(pruned, size, there, had, combined);
    if (size <= limit) {
      memory.copy(there, combined, <usize>size << 4);
      store<i32>(sizeAt, size);
      return;
    }
    store<i32>(sizeAt, 0);
    size = prune(combined, size, limit, pruned);
  }
}

/** The summary of all that came in, at `pruned`; its size. */
function summarize(): i32 {
  let size = prune(drained, drain(queue, spare, queued, digits, drained), limit, pruned);
  for (let level = 0; level < LEVELS; level++) {
    const had = load<i32>(sizes + (<usize>level << 2));
    if (had == 0) continue;
    const there = levels + <usize>level * levelBytes;
    if (size == 0) {
      memory.copy(pruned, there, <usize>had << 4);
      size = had;
    } else {
      size = prune(combined, combine(pruned, size, there, had, combined), limit, pruned);
    }
  }
  return size;
}

/**
 * The summary of a column: the values (doubles, NaN left out) at `values` with `weights` (doubles; 0: all 1), in levels of
 * `entries` entries, pruned to `first` and then `last` in the end. out: i32 size, then f32 values (room for last + 1).
 */
export function sketchColumn(
  values: usize, count: i32, weights: usize, entries: i32, first: i32, last: i32, scratch: usize, out: usize,
): i32 {
  layOut(scratch, entries);
  const room = entries * 2;
  let before: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3));
    if (x != x) continue;
    const weight: f32 = weights == 0 ? 1 : <f32>load<f64>(weights + (i << 3));
    if (weight == 0) continue;
    const key = keyOf(<f32>x + <f32>0);
    if (queued > 0 && key == before) {
      const at = queue + (<usize>(queued - 1) << 3);
      store<f32>(at, load<f32>(at) + weight);
      continue;
    }
    if (queued == room) lift();
    const at = queue + (<usize>queued << 3);
    store<f32>(at, weight);
    store<u32>(at, key, 4);
    queued++;
    before = key;
  }
  const whole = prune(pruned, summarize(), first, combined);
  const size = prune(combined, whole, last, drained);
  store<i32>(out, size);
  for (let i: usize = 0; i < <usize>size; i++) {
    store<f32>(out + (i << 2), load<f32>(drained + (i << 4), 12), 4);
  }
  return 0;
}

/** How many of the values are numbers, as i32 to `out`. */
export function countNumbers(values: usize, count: i32, out: usize): i32 {
  let numbers: i32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const x = load<f64>(values + (i << 3));
    numbers += x == x ? 1 : 0;
  }
  store<i32>(out, numbers);
  return 0;
}

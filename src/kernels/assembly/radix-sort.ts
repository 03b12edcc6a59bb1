// Stable sorts by keys, 11 bits at a time. `digits` is scratch: 24,576 bytes for keys of 32 bits, 49,152 for those of doubles.
// All answer where the sorted list is: in the list itself or in the `spare` one.
const DIGITS: i32 = 2048;

// @ts-ignore: decorator
@inline
function count(digits: usize, key: u32): void {
  const low = digits + ((<usize>key & 2047) << 2);
  const middle = digits + (((<usize>key >> 11) & 2047) << 2);
  const high = digits + ((<usize>key >> 22) << 2);
  store<u32>(low, load<u32>(low) + 1);
  store<u32>(middle, load<u32>(middle, 8192) + 1, 8192);
  store<u32>(high, load<u32>(high, 16384) + 1, 16384);
}

/** Counts of a pass into places. */
function accumulate(table: usize): void {
  let total: u32 = 0;
  for (let at = table, end = table + 8192; at < end; at += 4) {
    const here = load<u32>(at);
    store<u32>(at, total);
    total += here;
  }
}

/** Where the next key of a digit goes. */
// @ts-ignore: decorator
@inline
function place(table: usize, key: u32, shift: u32): usize {
  const at = table + ((<usize>(key >> shift) & 2047) << 2);
  const rank = load<u32>(at);
  store<u32>(at, rank + 1);
  return <usize>rank;
}

/** Words {u32 anything, u32 key} by key. */
export function sortKeys(list: usize, spare: usize, length: i32, digits: usize): usize {
  memory.fill(digits, 0, <usize>(3 * DIGITS) << 2);
  for (let at = list, end = list + (<usize>length << 3); at < end; at += 8) count(digits, load<u32>(at, 4));
  let from = list;
  let to = spare;
  for (let pass: u32 = 0; pass < 3; pass++) {
    const table = digits + (<usize>pass << 13);
    const shift = pass * 11;
    // All keys have the same digit: nothing moves.
    if (load<u32>(table + (<usize>((load<u32>(from, 4) >> shift) & 2047) << 2)) == <u32>length) continue;
    accumulate(table);
    for (let at = from, end = from + (<usize>length << 3); at < end; at += 8) {
      const word = load<u64>(at);
      store<u64>(to + (place(table, <u32>(word >> 32), shift) << 3), word);
    }
    const kept = from;
    from = to;
    to = kept;
  }
  return from;
}

/** Words that are keys themselves. */
export function sortWords(list: usize, spare: usize, length: i32, digits: usize): usize {
  memory.fill(digits, 0, <usize>(3 * DIGITS) << 2);
  for (let at = list, end = list + (<usize>length << 2); at < end; at += 4) count(digits, load<u32>(at));
  let from = list;
  let to = spare;
  for (let pass: u32 = 0; pass < 3; pass++) {
    const table = digits + (<usize>pass << 13);
    const shift = pass * 11;
    if (load<u32>(table + (<usize>((load<u32>(from) >> shift) & 2047) << 2)) == <u32>length) continue;
    accumulate(table);
    for (let at = from, end = from + (<usize>length << 2); at < end; at += 4) {
      const word = load<u32>(at);
      store<u32>(to + (place(table, word, shift) << 2), word);
    }
    const kept = from;
    from = to;
    to = kept;
  }
  return from;
}

const NUMBER_PASSES: usize = 6;

/** A double's bits, turned so that their order as whole numbers is that of the doubles. */
// @ts-ignore: decorator
@inline
export function keyOfNumber(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

/** The bits again. */
// @ts-ignore: decorator
@inline
export function numberOfKey(key: u64): u64 {
  // The sign bit is 1 for what was positive.
  return key ^ (<u64>(<i64>(~key) >> 63) | 0x8000000000000000);
}

export function clearNumberDigits(digits: usize): void {
  memory.fill(digits, 0, NUMBER_PASSES << 13);
}

/** Counts a key's digits, as `sortNumberKeys` needs them of every key. */
// @ts-ignore: decorator
@inline
export function countNumberKey(digits: usize, key: u64): void {
  for (let pass: usize = 0; pass < NUMBER_PASSES; pass++) {
    const at = digits + (pass << 13) + ((<usize>(key >> (pass * 11)) & 2047) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Keys of doubles. A digit that all share costs no pass, as the last three of numbers in single precision. */
export function sortNumberKeys(list: usize, spare: usize, length: usize, digits: usize): usize {
  let from = list;
  let to = spare;
  for (let pass: usize = 0; pass < NUMBER_PASSES && length > 0; pass++) {
    const table = digits + (pass << 13);
    const shift = <u64>pass * 11;
    if (<usize>load<u32>(table + ((<usize>(load<u64>(from) >> shift) & 2047) << 2)) == length) continue;
    accumulate(table);
    for (let at = from, end = from + (length << 3); at < end; at += 8) {
      const key = load<u64>(at);
      store<u64>(to + (place(table, <u32>(key >> shift), 0) << 3), key);
    }
    const kept = from;
    from = to;
    to = kept;
  }
  return from;
}

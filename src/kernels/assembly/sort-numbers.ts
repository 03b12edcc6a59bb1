// Doubles sorted by their digits, least first: bits in the order of the numbers, 11 at a time.

const DIGIT: u64 = 2047;
const PASSES: usize = 6;
const COUNTS: usize = 2048 * 4;

/** Bits whose order as whole numbers is that of the doubles. */
// @ts-ignore: decorator
@inline
function ordered(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

/**
 * Sorts `count` doubles, none of them NaN, in place. `spare` has as many bytes; `digits` 49,152: how often each digit
 * comes. A digit that all numbers share costs no pass, as the last three of numbers in single precision.
 */
export function sortNumbers(values: usize, count: usize, spare: usize, digits: usize): i32 {
  memory.fill(digits, 0, PASSES * COUNTS);
  for (let i: usize = 0; i < count; i++) {
    const key = ordered(load<u64>(values + (i << 3)));
    store<u64>(values + (i << 3), key);
    for (let pass: usize = 0; pass < PASSES; pass++) {
      const at = digits + pass * COUNTS + (<usize>((key >> (pass * 11)) & DIGIT) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let from = values;
  let to = spare;
  for (let pass: usize = 0; pass < PASSES && count > 0; pass++) {
    const counts = digits + pass * COUNTS;
    const shift = <u64>pass * 11;
    const shared = counts + (<usize>((load<u64>(from) >> shift) & DIGIT) << 2);
    if (<usize>load<u32>(shared) == count) continue;
    let sum: u32 = 0;
    for (let digit: usize = 0; digit <= <usize>DIGIT; digit++) {
      const own = load<u32>(counts + (digit << 2));
      store<u32>(counts + (digit << 2), sum);
      sum += own;
    }
    for (let i: usize = 0; i < count; i++) {
      const key = load<u64>(from + (i << 3));
      const at = counts + (<usize>((key >> shift) & DIGIT) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<u64>(to + (<usize>place << 3), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  for (let i: usize = 0; i < count; i++) {
    const key = load<u64>(from + (i << 3));
    // The sign bit is 1 for what was positive.
    store<u64>(values + (i << 3), key ^ (<u64>(<i64>(~key) >> 63) | 0x8000000000000000));
  }
  return 0;
}

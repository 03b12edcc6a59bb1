// The distinct numbers of a column, ascending, and how often each is there.
//
// Scratch: 16 bytes, digits 6 × 2,048 × u32, then 2 · count × u64 to sort in. Doubles are sorted as their bits, turned so that
// the order is that of unsigned integers: 11 bits a pass, least significant first.
const DIGIT_BITS: i32 = 11;
const DIGITS: i32 = 2048;
const PASSES: i32 = 6;
const SIGN: u64 = 0x8000000000000000;

/**
 * Writes the distinct numbers further than `zero` from 0, and their counts (f64), and to scratch how many cells are no NaN
 * (i32). Neighbouring doubles count as one number, the larger of them. How many distinct numbers there are goes to
 * `sizeOut` (i32) and is returned.
 */
export function distinctNumbers(
  cells: usize, count: i32, zero: f64, scratch: usize, values: usize, counts: usize, sizeOut: usize,
): i32 {
  const digits = scratch + 16;
  let keys = digits + PASSES * DIGITS * 4;
  let other = keys + (<usize>count << 3);
  memory.fill(digits, 0, PASSES * DIGITS * 4);
  let known = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const x = load<f64>(cells + (<usize>i << 3));
    if (x != x) continue;
    known++;
    if (!(x > zero || x < -zero)) continue;
    const bits = reinterpret<u64>(x);
    const key = bits & SIGN ? ~bits : bits | SIGN;
    store<u64>(keys + (<usize>size << 3), key);
    size++;
    for (let pass = 0; pass < PASSES; pass++) {
      const at = digits + (<usize>(pass * DIGITS + <i32>((key >> (pass * DIGIT_BITS)) & (DIGITS - 1))) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  store<i32>(scratch, known);

  for (let pass = 0; pass < PASSES; pass++) {
    const table = digits + <usize>(pass * DIGITS * 4);
    const shift = pass * DIGIT_BITS;
    // A digit that all share moves nothing.
    const first = size > 0 ? <i32>((load<u64>(keys) >> shift) & (DIGITS - 1)) : 0;
    if (load<u32>(table + (<usize>first << 2)) == <u32>size) continue;
    let sum: u32 = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const at = table + (<usize>digit << 2);
      const here = load<u32>(at);
      store<u32>(at, sum);
      sum += here;
    }
    for (let i = 0; i < size; i++) {
      const key = load<u64>(keys + (<usize>i << 3));
      const at = table + (<usize>((key >> shift) & (DIGITS - 1)) << 2);
      const to = load<u32>(at);
      store<u32>(at, to + 1);
      store<u64>(other + (<usize>to << 3), key);
    }
    const sorted = other;
    other = keys;
    keys = sorted;
  }

  let distinct = 0;
  let before: u64 = 0;
  let times: f64 = 0;
  for (let i = 0; i < size; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    // The next double has the next key.
    if (i > 0 && key - before > 1) {
      store<f64>(counts + (<usize>distinct << 3), times);
      distinct++;
      times = 0;
    }
    times += 1;
    before = key;
    const bits = key & SIGN ? key ^ SIGN : ~key;
    store<f64>(values + (<usize>distinct << 3), reinterpret<f64>(bits));
  }
  if (size > 0) {
    store<f64>(counts + (<usize>distinct << 3), times);
    distinct++;
  }
  store<i32>(sizeOut, distinct);
  return distinct;
}

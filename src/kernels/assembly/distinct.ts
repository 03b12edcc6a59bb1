// The distinct numbers of a column, ascending, and how often each is there.
//
// Scratch: 16 bytes, 49,152 of digits, then 2 · count × u64 to sort in.
import { clearNumberDigits, countNumberKey, keyOfNumber, numberOfKey, sortNumberKeys } from './radix-sort';

const DIGIT_BYTES: usize = 49152;

/**
 * Writes the distinct numbers further than `zero` from 0, and their counts (f64), and to scratch how many cells are no NaN
 * (i32). Neighbouring doubles count as one number, the larger of them. How many distinct numbers there are goes to
 * `sizeOut` (i32) and is returned.
 */
export function distinctNumbers(
  cells: usize, count: i32, zero: f64, scratch: usize, values: usize, counts: usize, sizeOut: usize,
): i32 {
  const digits = scratch + 16;
  const list = digits + DIGIT_BYTES;
  clearNumberDigits(digits);
  let known = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    const x = load<f64>(cells + (<usize>i << 3));
    if (x != x) continue;
    known++;
    if (!(x > zero || x < -zero)) continue;
    const key = keyOfNumber(reinterpret<u64>(x));
    store<u64>(list + (<usize>size << 3), key);
    size++;
    countNumberKey(digits, key);
  }
  store<i32>(scratch, known);

  const keys = sortNumberKeys(list, list + (<usize>count << 3), size, digits);
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
    store<u64>(values + (<usize>distinct << 3), numberOfKey(key));
  }
  if (size > 0) {
    store<f64>(counts + (<usize>distinct << 3), times);
    distinct++;
  }
  store<i32>(sizeOut, distinct);
  return distinct;
}

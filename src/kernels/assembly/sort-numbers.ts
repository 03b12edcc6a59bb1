// Doubles sorted by their digits, least first: bits in the order of the numbers, 11 at a time.
import { clearNumberDigits, countNumberKey, keyOfNumber, numberOfKey, sortNumberKeys } from './radix-sort';

/**
 * Sorts `count` doubles, none of them NaN, in place. `spare` has as many bytes; `digits` 49,152: how often each digit
 * comes. A digit that all numbers share costs no pass, as the last three of numbers in single precision.
 */
export function sortNumbers(values: usize, count: usize, spare: usize, digits: usize): i32 {
  clearNumberDigits(digits);
  for (let i: usize = 0; i < count; i++) {
    const key = keyOfNumber(load<u64>(values + (i << 3)));
    store<u64>(values + (i << 3), key);
    countNumberKey(digits, key);
  }
  const sorted = sortNumberKeys(values, spare, count, digits);
  for (let i: usize = 0; i < count; i++) {
    store<u64>(values + (i << 3), numberOfKey(load<u64>(sorted + (i << 3))));
  }
  return 0;
}

// Prints doubles as JavaScript does: the shortest digits that read back, of these the nearest to the double, and an exponent from
// 1e21 on and below 1e-6 (ECMA-262, Number::toString). The digits are found in shortest-digits.ts.
import { DIGITS, digits, overHundredMillion, power, shortest } from './shortest-digits';

const ASCII_ZEROS: u64 = 0x3030303030303030;
const MINUS: u8 = 45;
const PLUS: u8 = 43;
const POINT: u8 = 46;
const E: u8 = 101;
/** 2^53: the integers below are those that a double holds each. */
const EXACT: f64 = 9007199254740992;

/** The eight digits of n < 10^8, a byte each, the first in the lowest (P. Khuong, "How to print integers really fast", 2017). */
// @ts-ignore: decorator
@inline function eightDigits(n: u32): u64 {
  const fours = <u64>(n / 10000) | (<u64>(n % 10000) << 32);
  const hundreds = ((fours * 10486) >> 20) & 0x7f0000007f;
  const pairs = hundreds | ((fours - 100 * hundreds) << 16);
  const tens = ((pairs * 103) >> 10) & 0xf000f000f000f;
  return tens | ((pairs - 10 * tens) << 8);
}

/** 0 < n < 10^16; the address behind it. */
function putInteger(at: usize, n: u64): usize {
  if (n >= 100000000) {
    const upper = overHundredMillion(n);
    const behind = putInteger(at, upper);
    store<u64>(behind, eightDigits(<u32>(n - upper * 100000000)) | ASCII_ZEROS);
    return behind + 8;
  }
  const eight = eightDigits(<u32>n);
  const zeros = ctz(eight) >> 3;
  store<u64>(at, (eight | ASCII_ZEROS) >> (zeros << 3));
  return at + 8 - <usize>zeros;
}

/** A positive double; the address behind it. */
function putDecimal(at: usize, bits: u64, powers: usize): usize {
  shortest(bits, powers);
  const upper = overHundredMillion(digits);
  const first = <u32>upper / 100000000;
  const second = eightDigits(<u32>upper - first * 100000000);
  const third = eightDigits(<u32>(digits - upper * 100000000));
  const zeros = third != 0 ? clz(third) : second != 0 ? 64 + clz(second) : 128;
  const count = DIGITS - <i32>(zeros >> 3);
  /** Digits before the point. */
  const point = DIGITS + power;

  if (point > 0 && point <= 21) {
    if (count <= point) {
      putDigits(at, first, second, third);
      for (let i = DIGITS; i < point; i++) store<u8>(at + i, 48);
      return at + point;
    }
    putDigits(at + 1, first, second, third);
    // The digits before the point back to where they were.
    for (let i = 0; i < point; i++) store<u8>(at + i, load<u8>(at + i + 1));
    store<u8>(at + point, POINT);
    return at + count + 1;
  }
  if (point > -6 && point <= 0) {
    store<u64>(at, 0x3030303030302e30);
    putDigits(at + 2 - point, first, second, third);
    return at + 2 - point + count;
  }
  putDigits(at + 1, first, second, third);
  store<u8>(at, load<u8>(at + 1));
  let behind = at + 1;
  if (count > 1) {
    store<u8>(behind, POINT);
    behind += count;
  }
  store<u8>(behind, E);
  store<u8>(behind, point > 0 ? PLUS : MINUS, 1);
  return putInteger(behind + 2, abs(point - 1));
}

// @ts-ignore: decorator
@inline function putDigits(at: usize, first: u32, second: u64, third: u64): void {
  store<u8>(at, <u8>(first + 48));
  store<u64>(at, second | ASCII_ZEROS, 1);
  store<u64>(at, third | ASCII_ZEROS, 9);
}

/**
 * Writes the characters of String(value), at most 25, to `out`, and returns how many. Up to 40 bytes from `out` are
 * overwritten. `powers`: the tables of number-powers.ts.
 */
export function printNumber(value: f64, out: usize, powers: usize): i32 {
  const size = abs(value);
  if (size == 0) {
    store<u8>(out, 48);
    return 1;
  }
  if (size != size) {
    store<u32>(out, 0x4e614e);
    return 3;
  }
  let at = out;
  if (value < 0) {
    store<u8>(at, MINUS);
    at++;
  }
  if (size < EXACT && floor(size) == size) at = putInteger(at, <u64>size);
  else if (size == Infinity) {
    // "Infinity"
    store<u64>(at, 0x7974696e69666e49);
    at += 8;
  } else at = putDecimal(at, reinterpret<u64>(size), powers);
  return <i32>(at - out);
}

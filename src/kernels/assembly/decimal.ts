// Decimal digits to the nearest double: exact for short numbers (Clinger 1990), else the 128-bit product of Eisel and
// Lemire (D. Lemire, "Number parsing at a gigabyte per second", 2021, section 5 and the table of its appendix).

/** 10^0 … 10^22, each an exact double, then the 128-bit truncated 5^q for q from −342 to 308, high word first. */
const FIVES: usize = 23 * 8;
const LEAST: i32 = -342;
const MOST: i32 = 308;

/** What `nearestDouble` found. */
export let nearest: f64 = 0;

let high: u64 = 0;
let low: u64 = 0;

// @ts-ignore: decorator
@inline function multiply(a: u64, b: u64): void {
  const aLow = a & 0xffffffff, aHigh = a >> 32, bLow = b & 0xffffffff, bHigh = b >> 32;
  const ll = aLow * bLow, lh = aLow * bHigh, hl = aHigh * bLow;
  const middle = (ll >> 32) + (lh & 0xffffffff) + (hl & 0xffffffff);
  low = (middle << 32) | (ll & 0xffffffff);
  high = aHigh * bHigh + (lh >> 32) + (hl >> 32) + (middle >> 32);
}

/** `digits` · 10^q, rounded to even, into `nearest`; false where the product cannot decide (and at the ends of the range). */
export function nearestDouble(digits: u64, q: i32, negative: bool, tables: usize): bool {
  if (digits == 0) {
    nearest = negative ? -0.0 : 0.0;
    return true;
  }
  if (q >= -22 && q <= 22 && digits <= 9007199254740992) {
    const whole = <f64>digits;
    const value = q < 0 ? whole / load<f64>(tables + (<usize>-q << 3)) : whole * load<f64>(tables + (<usize>q << 3));
    nearest = negative ? -value : value;
    return true;
  }
  if (q < LEAST || q > MOST) return false;
  const leading = <i32>clz(digits);
  const shifted = digits << leading;
  const five = tables + FIVES + (<usize>(q - LEAST) << 4);
  multiply(shifted, load<u64>(five));
  let upper = high, lower = low;
  // The bits below the mantissa are all ones: the low half of the power may carry into it.
  if ((upper & 0x1ff) == 0x1ff) {
    multiply(shifted, load<u64>(five, 8));
    lower += high;
    if (lower < high) upper++;
  }
  if (lower == 0xffffffffffffffff && (q < -27 || q > 55)) return false;
  const top = <i32>(upper >> 63);
  let mantissa = upper >> (top + 9);
  let exponent = ((217706 * q) >> 16) + 63 + top - leading + 1023;
  if (exponent <= 0) return false;
  // Exactly half way: to even.
  if (lower <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (top + 9) == upper) mantissa &= ~1;
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >= 0x20000000000000) {
    mantissa = 0x10000000000000;
    exponent++;
  }
  if (exponent >= 0x7ff) return false;
  const bits = (mantissa & 0xfffffffffffff) | (<u64>exponent << 52) | (<u64>negative << 63);
  nearest = reinterpret<f64>(bits);
  return true;
}

// Doubles as JavaScript prints them: the shortest digits that read back, of these the nearest to the double (ECMA-262,
// Number::toString). The digits are R. Giulietti's, "The Schubfach way to render doubles", 2020, sections 8 and 9.

const ASCII_ZEROS: u64 = 0x3030303030303030;
const MINUS: u8 = 45;
const PLUS: u8 = 43;
const POINT: u8 = 46;
const E: u8 = 101;

const FRACTION: u64 = 0xfffffffffffff;
const HIDDEN: u64 = 0x10000000000000;
const EXACT: f64 = 9007199254740992;
/** The number of digits that `shortest` gives, zeros at their end included. */
const DIGITS: i32 = 17;
/** The power of ten in the first of the tables (number-powers.ts). */
const LEAST: i32 = -292;

/** What `shortest` found: DIGITS digits, times ten to the power. */
let digits: u64 = 0;
let power: i32 = 0;

/** The high word of a product. */
// @ts-ignore: decorator
@inline function highOf(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff, aHigh = a >> 32, bLow = b & 0xffffffff, bHigh = b >> 32;
  const lh = aLow * bHigh, hl = aHigh * bLow;
  const middle = ((aLow * bLow) >> 32) + (lh & 0xffffffff) + hl;
  return aHigh * bHigh + (lh >> 32) + (middle >> 32);
}

// Divisions by multiplication: the reciprocals times 2^67 and 2^90, rounded up, are exact for n < 2^57.

// @ts-ignore: decorator
@inline function tenth(n: u64): u64 {
  return highOf(n, 0xcccccccccccccccd) >> 3;
}

// @ts-ignore: decorator
@inline function overHundredMillion(n: u64): u64 {
  return highOf(n, 0xabcc77118461cefd) >> 26;
}

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

/**
 * The shortest digits of a positive double. 10^k is chosen so that the interval of what reads back as the double holds a
 * multiple of it, and of 10^(k+1) at most one. The interval's ends and its middle, in quarters of 10^k, are rounded to odd: their
 * order against whole quarters is then exact (section 9.6).
 */
// @ts-ignore: decorator
@inline function shortest(bits: u64, powers: usize): void {
  const biased = <i32>(bits >> 52);
  const fraction = bits & FRACTION;
  const c = biased == 0 ? fraction : fraction | HIDDEN;
  const q = max(biased, 1) - 1075;
  // The double below a power of two is only half as far as the one above.
  const uneven = <i32>(fraction == 0 && biased > 1);
  // floor(log10(2^q)), or of 3/4 of it; floor(log2(10^-k)).
  const k = (q * 1262611 - (uneven ? 524031 : 0)) >> 22;
  const log2 = (-k * 1741647) >> 19;
  const shift = <u64>(q + log2 + 1);
  const g = powers + (<usize>(-k - LEAST) << 4);
  const gHigh = load<u64>(g), gLow = load<u64>(g, 8);

  // The middle, then the ends: halves of the distance to the neighbours away.
  const quarters = (c << 2) << shift;
  const m0 = gLow * quarters;
  const product = gHigh * quarters;
  const m1 = product + highOf(gLow, quarters);
  const m2 = highOf(gHigh, quarters) + <u64>(m1 < product);

  const up = shift + 1;
  const a0 = m0 + (gLow << up);
  const a1 = m1 + ((gHigh << up) | (gLow >> (64 - up)));
  const above1 = a1 + <u64>(a0 < m0);
  const above2 = m2 + (gHigh >> (64 - up)) + <u64>(a1 < m1) + <u64>(above1 < a1);

  const down = up - <u64>uneven;
  const b0 = gLow << down;
  const b1 = (gHigh << down) | (gLow >> (64 - down));
  const b = m1 - b1;
  const below1 = b - <u64>(m0 < b0);
  const below2 = m2 - (gHigh >> (64 - down)) - <u64>(m1 < b1) - <u64>(below1 > b);

  // The ends themselves read back as the double when it is even.
  const odd = c & 1;
  const middle = m2 | <u64>(m1 > 1);
  const least = (below2 | <u64>(below1 > 1)) + odd;
  const most = (above2 | <u64>(above1 > 1)) - odd;

  const whole = middle >> 2;
  let found = tenth(whole) * 10;
  const tenFits = least <= found << 2;
  const nextTenFits = (found + 10) << 2 <= most;
  if (tenFits == nextTenFits) {
    const fits = least <= whole << 2;
    const half = (whole << 2) + 2;
    const nextFits = (whole + 1) << 2 <= most;
    const next = fits != nextFits ? nextFits : middle > half || (middle == half && (whole & 1) == 1);
    found = whole + <u64>next;
  } else if (nextTenFits) found += 10;
  power = k;
  // Once, but for subnormals.
  for (; found < 10000000000000000; found *= 10) power--;
  digits = found;
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

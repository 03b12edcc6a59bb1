// The shortest digits that read back as a double, of these the nearest to it: R. Giulietti, "The Schubfach way to render
// doubles", 2020, sections 8 and 9.

const FRACTION: u64 = 0xfffffffffffff;
const HIDDEN: u64 = 0x10000000000000;
/** The power of ten in the first of the tables (number-powers.ts). */
const LEAST: i32 = -292;
/** The number of digits that `shortest` gives, zeros at their end included. */
export const DIGITS: i32 = 17;

/** What `shortest` found: DIGITS digits, times ten to the power. */
export let digits: u64 = 0;
export let power: i32 = 0;

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
@inline export function overHundredMillion(n: u64): u64 {
  return highOf(n, 0xabcc77118461cefd) >> 26;
}

/**
 * The shortest digits of a positive double. 10^k is chosen so that the interval of what reads back as the double holds a
 * multiple of it, and of 10^(k+1) at most one. The interval's ends and its middle, in quarters of 10^k, are rounded to odd
 * (rop of section 9): their order against whole quarters is then exact.
 */
// @ts-ignore: decorator
@inline export function shortest(bits: u64, powers: usize): void {
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

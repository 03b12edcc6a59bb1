/**
 * 5^q, and so 10^q but for its power of two, cut off to 128 bits of which the highest is set: what turns digits into doubles
 * (table/decimal-tables.ts) and doubles into digits (number-powers.ts). A third of a millisecond for the whole range.
 */
const BITS = 128n;
/** log2(5), by which bits are counted: no power of the range comes so near to one of two that a double cannot tell. */
const BITS_OF_FIVE = Math.log2(5);

/** The powers from `least` (< 0) to `most` (> 0), within ±342, in this order. */
export function powersOfFive(least: number, most: number): bigint[] {
  const powers: bigint[] = [];
  let power = 1n;
  for (let q = 0; q <= most; q++, power *= 5n) {
    const over = BigInt(Math.floor(q * BITS_OF_FIVE) + 1) - BITS;
    powers[q - least] = over > 0n ? power >> over : power << -over;
  }
  power = 5n;
  for (let q = -1; q >= least; q--, power *= 5n) {
    const bits = BigInt(Math.floor(-q * BITS_OF_FIVE) + 1);
    powers[q - least] = (1n << (bits + BITS - 1n)) / power;
  }
  return powers;
}

import type { KernelMemory } from '../memory.js';

const WORD = 64n;
const ONES = (1n << WORD) - 1n;

/** digits · 10^q as assembly/decimal.ts finds it; undefined where it does not decide. */
export function plainNearestDouble(
  digits: bigint,
  q: number,
  negative: boolean,
  memory: KernelMemory,
  tables: number,
): number | undefined {
  const sign = negative ? -1 : 1;
  if (digits === 0n) return sign * 0;
  if (Math.abs(q) <= 22 && digits <= 2n ** 53n) {
    const power = memory.f64(tables, 23)[Math.abs(q)];
    return sign * (q < 0 ? Number(digits) / power : Number(digits) * power);
  }
  if (q < -342 || q > 308) return undefined;
  const [fiveHigh, fiveLow] = Array.from(memory.i64(tables + 23 * 8 + (q + 342) * 16, 2), (word) =>
    BigInt.asUintN(64, word),
  );
  const leading = 64 - digits.toString(2).length;
  const shifted = digits << BigInt(leading);
  let product = shifted * fiveHigh;
  if (((product >> WORD) & 0x1ffn) === 0x1ffn) product += (shifted * fiveLow) >> WORD;
  const upper = product >> WORD;
  const lower = product & ONES;
  if (lower === ONES && (q < -27 || q > 55)) return undefined;
  const top = upper >> 63n;
  let mantissa = upper >> (top + 9n);
  let exponent = ((217706 * q) >> 16) + 63 + Number(top) - leading + 1023;
  if (exponent <= 0) return undefined;
  const exact = mantissa << (top + 9n) === upper;
  if (lower <= 1n && q >= -4 && q <= 23 && (mantissa & 3n) === 1n && exact) mantissa -= 1n;
  mantissa = (mantissa + (mantissa & 1n)) >> 1n;
  if (mantissa >= 2n ** 53n) {
    mantissa = 2n ** 52n;
    exponent++;
  }
  return exponent >= 0x7ff
    ? undefined
    : sign * Number(mantissa) * 2 ** Math.max(-1022, exponent - 1075) * 2 ** Math.min(0, exponent - 1075 + 1022);
}

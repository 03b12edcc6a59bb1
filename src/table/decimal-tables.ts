/**
 * The constants by which kernels/assembly/decimal.ts turns digits into doubles: powers of ten that doubles hold exactly,
 * and 5^q for q from −342 to 308 as 128 bits with the highest one set: cut off for q ≥ 0; for q < 0 those of the
 * reciprocal of 5^−q, rounded up where q ≥ −27 (D. Lemire, "Number parsing at a gigabyte per second", 2021, section 5).
 */
import type { KernelMemory } from '../kernels/memory.js';

const LEAST = -342;
const MOST = 308;
const BITS = 128n;

/** Places the tables for good; their address. */
export function placeDecimalTables(memory: KernelMemory): number {
  const address = memory.alloc(23 * 8 + (MOST - LEAST + 1) * 16);
  const powers = memory.f64(address, 23);
  for (let q = 0; q <= 22; q++) powers[q] = 10 ** q;
  const words = memory.i64(address + 23 * 8, 2 * (MOST - LEAST + 1));
  let power = 1n;
  for (let q = 0; q <= MOST; q++, power *= 5n) put(words, q, cut(power));
  power = 5n;
  for (let q = -1; q >= LEAST; q--, power *= 5n) {
    const bits = bitsOf(power);
    put(words, q, q >= -27 ? (1n << (bits + BITS - 1n)) / power + 1n : cut((1n << (2n * bits + BITS)) / power + 1n));
  }
  return address;
}

function bitsOf(value: bigint): bigint {
  const digits = value.toString(16);
  return BigInt(4 * (digits.length - 1) + 32 - Math.clz32(Number.parseInt(digits[0], 16)));
}

/** The highest 128 bits. */
function cut(value: bigint): bigint {
  const over = bitsOf(value) - BITS;
  return over > 0n ? value >> over : value << -over;
}

function put(words: BigInt64Array, q: number, value: bigint): void {
  const at = 2 * (q - LEAST);
  words[at] = BigInt.asIntN(64, value >> 64n);
  words[at + 1] = BigInt.asIntN(64, value);
}

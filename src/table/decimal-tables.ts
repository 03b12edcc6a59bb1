/**
 * The constants by which kernels/assembly/decimal.ts turns digits into doubles: powers of ten that doubles hold exactly,
 * and 5^q for q from −342 to 308 as 128 bits with the highest one set: cut off, but rounded up for −27 ≤ q < 0
 * (D. Lemire, "Number parsing at a gigabyte per second", 2021, section 5).
 */
import type { KernelMemory } from '../kernels/memory.js';
import { powersOfFive } from '../kernels/powers-of-five.js';

const LEAST = -342;
const MOST = 308;

/** Places the tables for good; their address. */
export function placeDecimalTables(memory: KernelMemory): number {
  const address = memory.alloc(23 * 8 + (MOST - LEAST + 1) * 16);
  const powers = memory.f64(address, 23);
  for (let q = 0; q <= 22; q++) powers[q] = 10 ** q;
  const words = memory.i64(address + 23 * 8, 2 * (MOST - LEAST + 1));
  powersOfFive(LEAST, MOST).forEach((cut, p) => {
    const q = p + LEAST;
    const power = q < 0 && q >= -27 ? cut + 1n : cut;
    // A BigInt's low 64 bits are what an element takes.
    words[2 * p] = power >> 64n;
    words[2 * p + 1] = power;
  });
  return address;
}

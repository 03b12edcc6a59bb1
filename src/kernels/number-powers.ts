/** The powers of ten by which kernels/assembly/shortest-digits.ts finds a double's digits. */
import type { KernelMemory } from './memory.js';
import { powersOfFive } from './powers-of-five.js';

/** −k for the least and greatest k of a double: 10^k is the last place of its digits. */
const LEAST = -292;
const MOST = 324;

/** Places g(k) of Giulietti's section 9 for good, with 128 bits for his 126, high word first; their address. */
export function placeNumberPowers(memory: KernelMemory): number {
  const powers = powersOfFive(LEAST, MOST);
  const address = memory.alloc(16 * powers.length);
  const words = memory.i64(address, 2 * powers.length);
  // A BigInt's low 64 bits are what an element takes.
  powers.forEach((power, p) => {
    words[2 * p] = (power + 1n) >> 64n;
    words[2 * p + 1] = power + 1n;
  });
  return address;
}

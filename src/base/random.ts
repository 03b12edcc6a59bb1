/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018, https://prng.di.unimi.it) seeded by splitmix32.
 * The only source of randomness in ecomml; the AssemblyScript kernels carry the same generator.
 */
export class Random {
  /** Four words of state, never all zero. */
  readonly state: Uint32Array;

  /** `stream` separates independent uses of one seed (a tree's index, a permutation's number). */
  constructor(seed: number, stream = 0) {
    this.state = randomState(seed, stream);
  }

  /** Uniform over the integers 0 … 2^32 − 1. */
  nextUint32(): number {
    const s = this.state;
    const s1 = s[1];
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s[2] ^= s[0];
    s[3] ^= s1;
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  next(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform over 0 … bound − 1 (1 ≤ bound ≤ 2^32), without modulo bias (Lemire 2019 by rejection). */
  below(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    let draw = this.nextUint32();
    while (draw >= limit) draw = this.nextUint32();
    return draw % bound;
  }

  /** Standard normal, by the polar method of Marsaglia (1964); the second variate is thrown away. */
  normal(): number {
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  /** Fisher–Yates shuffle, in place. */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
    return values;
  }
}

/** The four words of xoshiro128** for a seed (a non-negative integer below 2^53) and a stream number. */
export function randomState(seed: number, stream = 0): Uint32Array {
  let x = (seed >>> 0) ^ Math.imul(Math.floor(seed / 4294967296) >>> 0, 0x9e3779b1);
  x = (x + Math.imul(stream >>> 0, 0x85ebca6b)) >>> 0;
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    x = (x + 0x9e3779b9) >>> 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1;
  return state;
}

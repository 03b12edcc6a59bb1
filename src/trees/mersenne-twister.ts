/**
 * MT19937 (Matsumoto and Nishimura, ACM TOMACS 1998) with the two distributions of the C++ standard library in their GNU
 * form: the numbers that LightGBM rounds quantized gradients with. Nothing else uses it.
 */
const SIZE = 624;
const MIDDLE = 397;

export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #at = SIZE;

  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed >>> 0;
    for (let i = 1; i < SIZE; i++) {
      const before = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(before, 1812433253) + i;
    }
  }

  nextUint32(): number {
    if (this.#at === SIZE) this.#refill();
    let y = this.#state[this.#at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** Uniform in [0, 1): std::uniform_real_distribution<double>(0, 1), the low word first. */
  next(): number {
    const low = this.nextUint32();
    const ratio = (low + this.nextUint32() * 4294967296) / 2 ** 64;
    return ratio < 1 ? ratio : 1 - 2 ** -53;
  }

  /** Uniform over 0 … bound − 1: std::uniform_int_distribution (Lemire 2019). */
  below(bound: number): number {
    const range = BigInt(bound);
    const threshold = (4294967296n - range) % range;
    for (;;) {
      const product = BigInt(this.nextUint32()) * range;
      if ((product & 0xffffffffn) >= threshold) return Number(product >> 32n);
    }
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + MIDDLE) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }
}

/**
 * MT19937 (Matsumoto and Nishimura, 1998) and the draws that C++'s standard library (libstdc++ as of GCC 10) makes from it,
 * number for number: XGBoost samples rows, columns and trees with these, LightGBM rounds quantized gradients, and so the same
 * seed gives the same model here. Nothing else in ecomml draws from it.
 */
const SIZE = 624;
const SHIFT = 397;
const f32 = Math.fround;

export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  /** Only the seed's low 32 bits count, as in the original. */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed % 2 ** 32;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  }

  /** Uniform over the integers 0 … 2^32 − 1. */
  nextUint32(): number {
    if (this.#next === SIZE) this.#twist();
    let y = this.#state[this.#next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** Uniform in [0, 1), of two words (std::uniform_real_distribution<double>). */
  nextDouble(): number {
    const low = this.nextUint32();
    return Math.min((low + this.nextUint32() * 2 ** 32) / 2 ** 64, 1 - 2 ** -53);
  }

  /** Uniform in [0, 1) in single precision, of one word (std::uniform_real_distribution<float>). */
  nextSingle(): number {
    return Math.min(f32(this.nextUint32()) / 2 ** 32, 1 - 2 ** -24);
  }

  /** Uniform over 0 … bound − 1, bound below 2^32 (std::uniform_int_distribution). */
  below(bound: number): number {
    const scaling = Math.floor((2 ** 32 - 1) / bound);
    const past = bound * scaling;
    for (;;) {
      const draw = this.nextUint32();
      if (draw < past) return Math.floor(draw / scaling);
    }
  }

  /** The same as of GCC 11: by a product (Lemire 2019). */
  belowByProduct(bound: number): number {
    const range = BigInt(bound);
    const threshold = (2n ** 32n - range) % range;
    for (;;) {
      const product = BigInt(this.nextUint32()) * range;
      if ((product & 0xffffffffn) >= threshold) return Number(product >> 32n);
    }
  }

  /** In place (std::shuffle): two places from one draw while the pairs of places fit a word. */
  shuffle(values: Uint32Array): void {
    const count = values.length;
    if (count === 0) return;
    const swap = (i: number, j: number): void => {
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    };
    if (Math.floor((2 ** 32 - 1) / count) < count) {
      for (let i = 1; i < count; i++) swap(i, this.below(i + 1));
      return;
    }
    let i = 1;
    if (count % 2 === 0) swap(i++, this.below(2));
    for (; i < count; i += 2) {
      const pair = this.below((i + 1) * (i + 2));
      swap(i, Math.floor(pair / (i + 2)));
      swap(i + 1, pair % (i + 2));
    }
  }

  #twist(): void {
    const state = this.#state;
    // Without a remainder, which costs more than all else here.
    for (let i = 0, next = 1, far = SHIFT; i < SIZE; i++) {
      const y = (state[i] & 0x80000000) | (state[next] & 0x7fffffff);
      state[i] = state[far] ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
      if (++next === SIZE) next = 0;
      if (++far === SIZE) far = 0;
    }
    this.#next = 0;
  }
}

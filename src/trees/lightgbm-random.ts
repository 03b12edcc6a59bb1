/**
 * LightGBM's own random numbers (utils/random.h): a linear congruential generator modulo 2^32, so that rows, features,
 * thresholds and trees are drawn as the original draws them for the same seeds. Nothing else uses it: 15 bits a draw.
 */
import type { ParameterValues } from './parameters.js';

export class LightgbmRandom {
  /** A word. */
  state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Uniform over 0 … 32767. */
  next15(): number {
    this.state = (Math.imul(this.state, 214013) + 2531011) >>> 0;
    return (this.state >>> 16) & 0x7fff;
  }

  /** Uniform over k / 32768 in [0, 1): NextFloat. */
  next(): number {
    return this.next15() / 32768;
  }

  /** 0 … bound − 1, from 31 bits by the remainder: NextInt. */
  below(bound: number): number {
    this.state = (Math.imul(this.state, 214013) + 2531011) >>> 0;
    return (this.state & 0x7fffffff) % bound;
  }

  /** `count` of 0 … total − 1, ascending: Sample. All of them when `count` is not smaller. */
  sample(total: number, count: number): Uint32Array {
    if (count >= total) return Uint32Array.from({ length: total }, (_, i) => i);
    if (count > 1 && count > total / Math.log2(count)) {
      const drawn = new Uint32Array(count);
      let size = 0;
      for (let i = 0; i < total; i++) if (this.next() < (count - size) / (total - i)) drawn[size++] = i;
      return drawn.subarray(0, size);
    }
    const drawn = new Set<number>();
    for (let most = total - count; most < total; most++) {
      const one = this.below(most + 1);
      drawn.add(drawn.has(one) ? most : one);
    }
    return Uint32Array.from(drawn).sort();
  }
}

export interface LightgbmSeeds {
  /** LightGBM's `seed` itself. */
  readonly seed: number;
  readonly data: number;
  readonly bagging: number;
  readonly drop: number;
  readonly featureFraction: number;
  readonly extra: number;
}

/** The seeds that LightGBM draws from its parameter `seed` (config.cpp); a seed given by its own parameter stays. */
export function seedsOf(seed: number, parameters: ParameterValues): LightgbmSeeds {
  const random = new LightgbmRandom(seed);
  const draw = () => random.next15() % 32767;
  const [data, bagging, drop, featureFraction, , extra] = Array.from({ length: 6 }, draw);
  const given = (name: string, drawn: number) => (Number(parameters[name]) < 0 ? drawn : Number(parameters[name]));
  return {
    seed,
    data: given('data_random_seed', data),
    bagging: given('bagging_seed', bagging),
    drop: given('drop_seed', drop),
    featureFraction: given('feature_fraction_seed', featureFraction),
    extra: given('extra_seed', extra),
  };
}

/** Rows that share one generator of bagging and GOSS. */
export const ROWS_OF_GENERATOR = 1024;

/** A generator for each 1,024 rows, which go on from tree to tree. */
export function rowGenerators(seed: number, rows: number): LightgbmRandom[] {
  return Array.from({ length: Math.ceil(rows / ROWS_OF_GENERATOR) }, (_, block) => new LightgbmRandom(seed + block));
}

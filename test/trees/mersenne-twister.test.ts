import { describe, expect, it } from 'vitest';
import { MersenneTwister } from '#ecomml/trees/mersenne-twister.js';

describe('MersenneTwister', () => {
  it('has the 10,000th number that the C++ standard states for its default seed (26.6.6, mt19937)', () => {
    const random = new MersenneTwister(5489);
    for (let i = 1; i < 10_000; i++) random.nextUint32();
    expect(random.nextUint32()).toBe(4123659995);
  });

  it('begins as the reference implementation does', () => {
    // init_genrand(1), as numpy.random.RandomState(1) shows.
    const random = new MersenneTwister(1);
    expect(Array.from({ length: 3 }, () => random.nextUint32())).toEqual([1791095845, 4282876139, 3093770124]);
  });

  it('takes the low 32 bits of a seed', () => {
    expect(new MersenneTwister(2 ** 32 + 7).nextUint32()).toBe(new MersenneTwister(7).nextUint32());
  });

  it('draws inside its ranges', () => {
    const random = new MersenneTwister(3);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7000; i++) {
      counts[random.below(7)]++;
      for (const draw of [random.nextDouble(), random.nextSingle()]) expect(draw >= 0 && draw < 1).toBe(true);
    }
    // A binomial's standard deviation is 29.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it.each([1, 2, 3, 8, 9, 70_001])('shuffles %i numbers', (count) => {
    const values = Uint32Array.from({ length: count }, (_, i) => i);
    new MersenneTwister(5).shuffle(values);
    expect(values.slice().sort()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
    if (count > 3) expect(values.some((value, i) => value !== i)).toBe(true);
  });
});

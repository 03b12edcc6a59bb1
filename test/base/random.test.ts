import { describe, expect, it } from 'vitest';
import { Random, randomState } from '#ecomml/base/random.js';

describe('Random', () => {
  it('is xoshiro128**: the sequence from the state 1, 2, 3, 4 (computed by the reference recurrence)', () => {
    const random = new Random(1);
    random.state.set([1, 2, 3, 4]);
    // rotl(s1 · 5, 7) · 9 with s1 = 2: 10 · 128 · 9.
    expect(random.nextUint32()).toBe(11520);
    // Then s1 = s1 ^ s2 ^ s0 = 2 ^ (3 ^ 1) = 0, so the second output is 0.
    expect(random.nextUint32()).toBe(0);
  });

  it('repeats for a seed and differs between streams', () => {
    const draw = (seed: number, stream: number) =>
      Array.from(
        { length: 5 },
        (
          (r) => () =>
            r.nextUint32()
        )(new Random(seed, stream)),
      );
    expect(draw(1, 0)).toEqual(draw(1, 0));
    expect(draw(1, 0)).not.toEqual(draw(1, 1));
    expect(draw(1, 0)).not.toEqual(draw(2, 0));
    expect(randomState(0, 0).some((word) => word !== 0)).toBe(true);
  });

  it('draws uniformly below a bound, and normally', () => {
    const random = new Random(7);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60000; i++) counts[random.below(6)]++;
    // 10,000 expected, standard deviation 91: five of them.
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(456);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 40000; i++) {
      const z = random.normal();
      sum += z;
      squares += z * z;
    }
    expect(Math.abs(sum / 40000)).toBeLessThan(0.025);
    expect(Math.abs(squares / 40000 - 1)).toBeLessThan(0.04);
  });

  it('shuffles without losing a value', () => {
    const values = new Random(3).shuffle(Uint32Array.from({ length: 100 }, (_, i) => i));
    expect([...values]).not.toEqual([...values].sort((a, b) => a - b));
    expect(new Set(values).size).toBe(100);
  });
});

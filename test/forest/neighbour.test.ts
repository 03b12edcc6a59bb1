import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doubleAbove, doubleBelow, floatAbove, floatBelow } from '#ecomml/forest/neighbour.js';

const anyDouble = fc.double({ noNaN: true });

describe('neighbours', () => {
  it('leave no double between', () => {
    fc.assert(
      fc.property(anyDouble, (x) => {
        fc.pre(x !== Number.NEGATIVE_INFINITY);
        const below = doubleBelow(x);
        expect(below < x).toBe(true);
        expect(doubleAbove(below) + 0).toBe(x + 0);
      }),
    );
    expect(doubleBelow(1)).toBe(1 - 2 ** -53);
    expect(doubleAbove(1)).toBe(1 + 2 ** -52);
    expect(doubleBelow(0)).toBe(-5e-324);
    expect(doubleBelow(-0)).toBe(-5e-324);
    expect(doubleAbove(Number.MAX_VALUE)).toBe(Number.POSITIVE_INFINITY);
    expect(doubleBelow(Number.NEGATIVE_INFINITY)).toBeNaN();
  });

  it('are float32 numbers on the right side, and none lies between', () => {
    fc.assert(
      fc.property(anyDouble, (x) => {
        const below = floatBelow(x);
        fc.pre(!Number.isNaN(below));
        expect(Math.fround(below)).toBe(below);
        expect(below < x).toBe(true);
        const next = floatAbove(below);
        expect(next >= x).toBe(true);
      }),
    );
    expect(floatBelow(0.1)).toBeLessThan(0.1);
    expect(floatAbove(0.1)).toBe(Math.fround(0.1));
    expect(floatBelow(0)).toBe(-(2 ** -149));
  });
});

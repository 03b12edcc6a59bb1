/**
 * The kernel that prints numbers against String(value), character by character: random bits, and where a printer of
 * shortest digits goes wrong if it does (uneven intervals, halves, subnormals, borders of notations). Long: 5,000,000 bits.
 */
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { loadKernels } from '#ecomml/kernels/loader.js';
import { placeNumberPowers } from '#ecomml/kernels/number-powers.js';
import { powersOfFive } from '#ecomml/kernels/powers-of-five.js';
import { expectTwins, memory } from './twins.js';

const RANDOM = process.env.ECOMML_LONG_TESTS === '1' ? 5_000_000 : 250_000;
/** What the kernel may overwrite. */
const REACH = 40;
const BEFORE = 8;

const { printNumber } = loadKernels(memory.memory);
const powers = placeNumberPowers(memory);
const place = memory.alloc(128);
const around = Buffer.from(memory.memory.buffer, place, 128);
const out = place + BEFORE;
const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);
const words = new Uint32Array(double.buffer);

/** The values that are printed otherwise than JavaScript prints them; the first few. */
function wrong(values: Iterable<number>): string[] {
  const found: string[] = [];
  for (const value of values) {
    const expected = String(value);
    const length = printNumber(value, out, powers);
    const printed = around.toString('latin1', BEFORE, BEFORE + length);
    if (printed !== expected && found.push(`${printed} for ${expected}`) > 10) break;
  }
  return found;
}

function* times(count: number, next: (random: Random) => number): Iterable<number> {
  const random = new Random(20);
  for (let i = 0; i < count; i++) yield next(random);
}

/** The doubles up to `steps` away, and all of them negative. */
function* neighbours(values: Iterable<number>, steps = 3): Iterable<number> {
  for (const value of values) {
    for (let step = -steps; step <= steps; step++) {
      double[0] = value;
      bits[0] += BigInt(step);
      yield double[0];
      yield -double[0];
    }
  }
}

function* span(least: number, most: number, value: (i: number) => number): Iterable<number> {
  for (let i = least; i <= most; i++) yield value(i);
}

function randomBits(random: Random): number {
  words[0] = random.next() * 2 ** 32;
  words[1] = random.next() * 2 ** 32;
  return double[0];
}

describe('printNumber prints as JavaScript does', () => {
  it.each<[string, () => Iterable<number>]>([
    ['random bits', () => times(RANDOM, randomBits)],
    ['probabilities', () => times(RANDOM / 5, (random) => random.next())],
    ['small probabilities', () => times(RANDOM / 5, (random) => random.next() ** 8)],
    ['float32 values', () => times(RANDOM / 5, (random) => Math.fround(random.next()))],
    ['prices', () => times(RANDOM / 5, (random) => Math.floor(random.next() * 1e6) / 100)],
    ['sums of prices', () => times(RANDOM / 5, (random) => Math.floor(random.next() * 1e4) / 100 + 0.1 + 0.2)],
    ['integers', () => times(RANDOM / 5, (random) => Math.floor(random.next() * 10 ** (random.next() * 22)))],
    ['halves', () => times(RANDOM / 5, (random) => Math.floor(random.next() * 2 ** (random.next() * 53)) + 0.5)],
    [
      'few digits',
      () => times(RANDOM / 5, (r) => Number(`${r.next().toFixed(3)}e${Math.floor(r.next() * 640) - 325}`)),
    ],
    ['subnormals', () => times(RANDOM / 5, (r) => Math.floor(r.next() * 2 ** (r.next() * 52)) * Number.MIN_VALUE)],
    ['powers of two', () => neighbours(span(-1074, 1023, (e) => 2 ** e))],
    ['powers of ten', () => neighbours(span(-323, 308, (e) => Number(`1e${e}`)))],
    ['small integers', () => span(-20_000, 20_000, (i) => i)],
    ['integers near 2^53', () => span(-2000, 2000, (i) => 2 ** 53 + i)],
    [
      'borders of notations',
      () => neighbours([1e21, 1e-6, 1e-7, 1e20, 1e22, 123456789012345680000, 1.5e-7, 9.5e-7], 200),
    ],
    ['ends of the range', () => neighbours([Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022], 2)],
  ])('%s', (_, values) => {
    let count = 0;
    const counted = function* () {
      for (const value of values()) {
        count++;
        yield value;
      }
    };
    expect(wrong(counted())).toEqual([]);
    expect(count).toBeGreaterThan(15);
  });

  const ODD = [
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    0.1 + 0.2,
    5e-324,
    1.7976931348623157e308,
    9007199254740994,
    -1e-7,
  ];

  it.each(ODD)('%d, by its twin too', (value) => {
    expect(wrong([value])).toEqual([]);
    expectTwins('printNumber', [value, out, powers], { at: out, bytes: String(value).length });
  });

  it('is its twin', () => {
    for (const value of times(500, randomBits))
      expectTwins('printNumber', [value, out, powers], { at: out, bytes: String(value).length });
  });

  it('writes no further than it says', () => {
    const longest = [-1.2345678901234567e-105, -0.0000012345678901234567, -123456789012345680000, 1e20, -Infinity];
    for (const value of [...longest, ...times(20_000, randomBits)]) {
      around.fill(0xee);
      expect(printNumber(value, out, powers)).toBeLessThanOrEqual(25);
      if (!around.every((byte, i) => byte === 0xee || (i >= BEFORE && i < BEFORE + REACH)))
        expect.fail(`${value}: ${around.toString('latin1')}`);
    }
  });
});

describe('powersOfFive', () => {
  it('are the highest 128 bits, cut off', () => {
    const exact = (q: number) => {
      const whole = q < 0 ? (1n << 1200n) / 5n ** BigInt(-q) : (5n ** BigInt(q)) << 128n;
      return BigInt(`0b${whole.toString(2).slice(0, 128)}`);
    };
    expect(powersOfFive(-342, 342)).toEqual(Array.from({ length: 685 }, (_, i) => exact(i - 342)));
  });
});

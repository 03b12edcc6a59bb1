// LIME against the original package (make.py): the fit number by number, the discretizer's statistics, whole explanations in distribution.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { lime, localFit } from '#ecomml/explain/lime.js';
import { limeColumns } from '#ecomml/explain/lime-neighbourhood.js';
import { truncatedNormal } from '#ecomml/explain/truncated-normal.js';
import type { Matrix } from '#ecomml/table/matrix.js';

interface Goldens {
  readonly fit: readonly {
    readonly features: number;
    readonly same: readonly string[];
    readonly answers: readonly number[];
    readonly terms: readonly (readonly [number, number])[];
    readonly intercept: number;
    readonly r_squared: number;
    readonly local: number;
  }[];
  readonly table: readonly (readonly number[])[];
  readonly discretizer: Readonly<
    Record<string, Readonly<Record<'means' | 'stds' | 'mins' | 'maxs', readonly number[]>>>
  >;
  readonly frequencies: Readonly<Record<string, readonly number[]>>;
  readonly row: readonly number[];
  readonly seeds: number;
  readonly weights: { readonly mean: readonly number[]; readonly spread: readonly number[] };
  readonly fits: { readonly mean: readonly number[]; readonly spread: readonly number[] };
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/lime.json', import.meta.url), 'utf8')) as Goldens;

function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const columns = Array.from({ length: 6 }, (_, c) => {
    const values = Float64Array.from(rows, (row) => row[c]);
    const name = `x${c}`;
    return c === 4
      ? { name, kind: 'categorical' as const, categories: ['a', 'b', 'c', 'd'], values }
      : { name, kind: 'numeric' as const, values };
  });
  return { rows: rows.length, columns };
}

/** The script's `answer`. */
function predict({ rows, columns }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const x = columns.map(({ values }) => values[row]);
    const score = 1.2 * x[0] - 0.4 * x[1] + 0.9 * x[2] * x[0] + (x[4] === 1 ? 1.5 : 0) + 0.1 * x[3] - 0.3;
    return 1 / (1 + Math.exp(-score));
  });
}

describe('LIME as its package has it', () => {
  // The same normal equations solved another way: they are well conditioned, so 1e-9 leaves room for rounding alone.
  it.each(goldens.fit.map((one, i) => [i, one] as const))('fits the same line on the same rows, case %i', (_, one) => {
    const same = Uint8Array.from(one.same.join(''), Number);
    const fit = localFit(same, Float64Array.from(one.answers), one.features);
    expect(fit.terms.map(({ column }) => column)).toEqual(one.terms.map(([column]) => column));
    fit.terms.forEach(({ weight }, i) => {
      expect(Math.abs(weight - one.terms[i][1])).toBeLessThan(1e-9);
    });
    expect(Math.abs(fit.intercept - one.intercept)).toBeLessThan(1e-9);
    expect(Math.abs(fit.rSquared - one.r_squared)).toBeLessThan(1e-9);
    expect(Math.abs(fit.localAnswer - one.local)).toBeLessThan(1e-9);
  });

  it('learns the same quartile bins, means, spreads and frequencies', () => {
    const columns = limeColumns(matrixOf(goldens.table));
    columns.forEach((column, c) => {
      // The last number bin is "missing", which the original does not have.
      const shares = Array.from(column.cumulated, (value, i) => value - (i === 0 ? 0 : column.cumulated[i - 1]));
      goldens.frequencies[c].forEach((share, bin) => {
        expect(shares[bin]).toBeCloseTo(share, 12);
      });
      const learned = goldens.discretizer[c];
      if (learned === undefined) return;
      expect(shares.at(-1)).toBeCloseTo(0, 12);
      const ours = { means: column.mean, stds: column.spread, mins: column.low, maxs: column.high };
      for (const key of ['means', 'stds', 'mins', 'maxs'] as const) {
        expect(ours[key]).toHaveLength(learned[key].length);
        learned[key].forEach((value, bin) => {
          expect(ours[key][bin]).toBeCloseTo(value, 10);
        });
      }
    });
  });

  it('gives the same weights, fit and answer over many seeds', () => {
    const columns = limeColumns(matrixOf(goldens.table));
    const matrix = matrixOf([goldens.row]);
    const seeds = 40;
    const weights: number[][] = [];
    const fits: number[][] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const found = lime({ columns, matrix, row: 0, predict, seed, features: 6 });
      weights.push([0, 1, 2, 3, 4, 5].map((c) => found.terms.find(({ input }) => input === c)?.weight ?? 0));
      fits.push([found.rSquared, found.localProbability, found.intercept]);
    }
    const compare = (rows: number[][], { mean, spread }: Goldens['weights']) => {
      mean.forEach((expected, i) => {
        const own = rows.map((row) => row[i]);
        const average = own.reduce((sum, value) => sum + value, 0) / seeds;
        const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - average) ** 2, 0) / (seeds - 1));
        // 9 numbers are compared: 4.5 standard errors are passed by chance once in ten thousand runs.
        const error = Math.sqrt(spread[i] ** 2 / goldens.seeds + deviation ** 2 / seeds);
        expect(Math.abs(average - expected), `${average} for ${expected}`).toBeLessThan(4.5 * error);
        // A standard deviation of 40 values is known to 11%.
        expect(deviation / spread[i]).toBeGreaterThan(0.6);
        expect(deviation / spread[i]).toBeLessThan(1.6);
      });
    };
    compare(weights, goldens.weights);
    compare(fits, goldens.fits);
  });

  it('gives the same answer for the same seed, another for another, and finds the feature that matters', () => {
    const columns = limeColumns(matrixOf(goldens.table));
    const matrix = matrixOf([goldens.row]);
    const run = (seed: number) => lime({ columns, matrix, row: 0, predict, seed, samples: 1000 });
    expect(run(7)).toEqual(run(7));
    expect(run(7).terms[0].weight).not.toBe(run(8).terms[0].weight);
    const sizes = goldens.weights.mean.map(Math.abs);
    expect(run(7).terms[0].input).toBe(sizes.indexOf(Math.max(...sizes)));
  });
});

describe('truncatedNormal', () => {
  // Means from scipy.stats.truncnorm.mean.
  it.each([
    [-1, 0.5, -0.20663122],
    [2, Number.POSITIVE_INFINITY, 2.37321553],
    [3, 3.2, 3.08974579],
    [-8, -6, -6.15848137],
    [-1e11, 1e11, 0],
    [0.1, 0.3, 0.19933424],
  ])('on [%d, %d] has the right mean and stays inside', (low, high, mean) => {
    const random = new Random(5);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = truncatedNormal(random, low, high);
      expect(x >= low && x <= high).toBe(true);
      sum += x;
    }
    // The spread of each is below 1: five standard errors of a mean of 20,000.
    expect(Math.abs(sum / 20_000 - mean)).toBeLessThan(5 / Math.sqrt(20_000));
  });
});

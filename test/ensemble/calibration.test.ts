import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanLogLoss } from '#ecomml/base/log-loss.js';
import { CALIBRATION_METHODS, calibrate } from '#ecomml/ensemble/calibration.js';
import { fitCalibration } from '#ecomml/ensemble/fit-calibration.js';
import { blocksByScore, mergeBlocks, poolAdjacentViolators } from '#ecomml/ensemble/isotonic.js';
import { sampleMembers } from './members.js';

const logit = (p: number) => Math.log(p / (1 - p));

describe('fitCalibration', () => {
  it('Platt undoes a stretch and a shift of the log-odds', () => {
    const { members, label } = sampleMembers(60_000, 0.2, { a: 0 }, 1, (z) => 2 * z + 1);
    const platt = fitCalibration('platt', members['a'], label);
    if (platt?.method !== 'platt') throw new Error('no fit');
    // True values ½ and −½; the standard errors at 60,000 rows are near 0.006 and 0.011, three of them are allowed.
    expect(Math.abs(platt.slope - 0.5)).toBeLessThan(0.018);
    expect(Math.abs(platt.intercept + 0.5)).toBeLessThan(0.033);
  });

  it('Platt’s targets keep separable rows finite', () => {
    const probability = Float64Array.from({ length: 40 }, (_, i) => (i + 1) / 42);
    const label = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1));
    const platt = fitCalibration('platt', probability, label);
    if (platt?.method !== 'platt') throw new Error('no fit');
    expect(Number.isFinite(platt.slope) && platt.slope > 0).toBe(true);
  });

  it.each(CALIBRATION_METHODS)('%s recovers true probabilities from bent ones on fresh rows', (method) => {
    // Rare purchases called far too often.
    const bend = (z: number) => 0.6 * z + 1.5;
    const fit = sampleMembers(20_000, 0.1, { a: 0 }, 2, bend);
    const fresh = sampleMembers(20_000, 0.1, { a: 0 }, 3, bend);
    const calibration = fitCalibration(method, fit.members['a'], fit.label);
    if (calibration === undefined) throw new Error('no fit');
    const fixed = fresh.members['a'].map((p) => calibrate(calibration, p));
    const best = meanLogLoss(fresh.truth, fresh.label);
    // Two or three parameters, or some thirty blocks, from 20,000 rows cost a few 1e-4 nats at most; the bend costs 0.1.
    expect(meanLogLoss(fixed, fresh.label) - best).toBeLessThan(2e-3);
    expect(meanLogLoss(fresh.members['a'], fresh.label) - best).toBeGreaterThan(0.05);
  });

  it.each(CALIBRATION_METHODS)('%s never falls and stays within [0, 1]', (method) => {
    const probability = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, 1e-300));
    const rows = fc.array(fc.record({ p: probability, y: fc.integer({ min: 0, max: 1 }) }), {
      minLength: 5,
      maxLength: 60,
    });
    fc.assert(
      fc.property(rows, fc.array(probability, { minLength: 2, maxLength: 40 }), (list, at) => {
        const calibration = fitCalibration(
          method,
          Float64Array.from(list, (r) => r.p),
          Float64Array.from(list, (r) => r.y),
        );
        if (calibration === undefined) return;
        let before = 0;
        for (const p of at.sort((a, b) => a - b)) {
          const q = calibrate(calibration, p);
          expect(q >= 0 && q <= 1).toBe(true);
          // Two units in the last place: the logarithm is rounded, not exactly monotone.
          expect(q).toBeGreaterThanOrEqual(before - 4e-16);
          before = q;
        }
      }),
    );
  });

  it('gives up rather than turn the order around', () => {
    const probability = Float64Array.from({ length: 200 }, (_, i) => (i + 1) / 202);
    const label = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 : 0));
    for (const method of CALIBRATION_METHODS) expect(fitCalibration(method, probability, label)).toBeUndefined();
  });

  it('isotonic never claims certainty', () => {
    const { members, label } = sampleMembers(300, 0.3, { a: 0.2 }, 5);
    const isotonic = fitCalibration('isotonic', members['a'], label);
    if (isotonic === undefined) throw new Error('no fit');
    expect(calibrate(isotonic, 0)).toBeGreaterThan(0);
    expect(calibrate(isotonic, 1)).toBeLessThan(1);
  });

  it('beta with a = b is Platt', () => {
    const beta = { method: 'beta', a: 0.7, b: 0.7, c: -0.2 } as const;
    const platt = { method: 'platt', slope: 0.7, intercept: -0.2 } as const;
    for (const p of [1e-9, 0.01, 0.4, 0.99])
      expect(logit(calibrate(beta, p))).toBeCloseTo(logit(calibrate(platt, p)), 9);
  });
});

describe('pooling adjacent violators', () => {
  const rows = fc.array(fc.record({ s: fc.integer({ min: 0, max: 9 }), y: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 1,
    maxLength: 25,
  });

  it('is the max-min of the means of runs (Robertson, Wright and Dykstra 1988, theorem 1.4.4)', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const groups = blocksByScore(
          Float64Array.from(list, (r) => r.s),
          Float64Array.from(list, (r) => r.y),
        );
        const fitted = poolAdjacentViolators(groups);
        const values = fitted.flatMap((block) => Array<number>(block.rows).fill(block.positives / block.rows));
        let at = 0;
        groups.forEach((group, i) => {
          let best = 0;
          for (let from = 0; from <= i; from++) {
            let least = 1;
            for (let to = i; to < groups.length; to++) {
              const run = groups.slice(from, to + 1);
              const mean = run.reduce((sum, g) => sum + g.positives, 0) / run.reduce((sum, g) => sum + g.rows, 0);
              least = Math.min(least, mean);
            }
            best = Math.max(best, least);
          }
          expect(values[at]).toBeCloseTo(best, 12);
          at += group.rows;
        });
        expect(at).toBe(list.length);
      }),
    );
  });

  it('merged blocks keep all rows and positives', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), (list, limit) => {
        const groups = blocksByScore(
          Float64Array.from(list, (r) => r.s),
          Float64Array.from(list, (r) => r.y),
        );
        const merged = mergeBlocks(groups, limit);
        const sum = (key: 'rows' | 'positives', of: typeof merged) => of.reduce((total, g) => total + g[key], 0);
        expect(merged.length).toBeLessThanOrEqual(Math.max(limit, 1));
        expect(sum('rows', merged)).toBe(list.length);
        expect(sum('positives', merged)).toBe(sum('positives', groups));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestProfitThreshold, breakEvenProbability } from '#ecomml/ensemble/profit-threshold.js';
import { correctReweighted } from '#ecomml/ensemble/reweighting.js';
import { sampleMembers } from './members.js';

describe('correctReweighted', () => {
  it('divides the odds by the factor', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (p, factor) => {
          const odds = (p / (1 - p)) * factor;
          const back = correctReweighted(Float64Array.of(odds / (1 + odds)), factor)[0];
          expect(Math.abs(back - p)).toBeLessThan(1e-9);
        },
      ),
    );
  });

  it('keeps 0 and 1, changes nothing for 1, refuses 0 and NaN', () => {
    expect([...correctReweighted(Float64Array.of(0, 1), 7)]).toEqual([0, 1]);
    expect([...correctReweighted(Float64Array.of(0.3), 1)]).toEqual([0.3]);
    for (const factor of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => correctReweighted(Float64Array.of(0.3), factor)).toThrow(/weight of positives/);
  });

  it('brings the mean back to the base rate', () => {
    const { truth, label } = sampleMembers(50_000, 0.05, { a: 0 }, 1);
    const inflated = truth.map((p) => (10 * p) / (10 * p + 1 - p));
    const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
    // The labels' mean has a standard error of 0.0015.
    expect(Math.abs(mean(correctReweighted(inflated, 10)) - mean(label))).toBeLessThan(0.005);
  });
});

describe('profit thresholds', () => {
  it('break even where probability · margin is the cost', () => {
    expect(breakEvenProbability({ margin: 20, cost: 1 })).toBe(0.05);
    expect(breakEvenProbability({ margin: 1, cost: 3 })).toBe(3);
  });

  it('the best on labelled rows is what trying every threshold finds', () => {
    const rows = fc.array(fc.record({ p: fc.integer({ min: 0, max: 8 }), y: fc.integer({ min: 0, max: 1 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }), (list, margin, cost) => {
        const probability = Float64Array.from(list, (r) => r.p / 8);
        const label = Float64Array.from(list, (r) => r.y);
        const profitAt = (t: number) => list.reduce((sum, r) => (r.p / 8 >= t ? sum + r.y * margin - cost : sum), 0);
        const best = bestProfitThreshold(probability, label, { margin, cost });
        const tried = Math.max(0, ...probability.map(profitAt));
        expect(best.profit).toBe(tried);
        expect(best.threshold === null ? 0 : profitAt(best.threshold)).toBe(tried);
        expect(best.threshold === null).toBe(tried === 0);
      }),
    );
  });

  it('on true probabilities it lies near the break-even point', () => {
    const { truth, label } = sampleMembers(200_000, 0.1, { a: 0 }, 2);
    const { threshold } = bestProfitThreshold(truth, label, { margin: 10, cost: 2 });
    // Profit is flat near its top: its standard error over the rows with p in 0.2 ± 0.03 is as large as what they bring.
    expect(Math.abs((threshold ?? 9) - 0.2)).toBeLessThan(0.03);
  });

  it('refuses a margin of 0 and a negative cost', () => {
    expect(() => breakEvenProbability({ margin: 0, cost: 1 })).toThrow(/margin/);
    expect(() => breakEvenProbability({ margin: 1, cost: -1 })).toThrow(/cost/);
  });
});

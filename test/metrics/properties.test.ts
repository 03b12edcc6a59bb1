import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc } from '#ecomml/metrics/auc.js';
import { averagePrecision } from '#ecomml/metrics/average-precision.js';
import { expectedCalibrationError } from '#ecomml/metrics/calibration.js';
import { confusionAt } from '#ecomml/metrics/confusion.js';
import { gainCurve, precisionRecallCurve } from '#ecomml/metrics/curves.js';
import { rowsByFallingScore } from '#ecomml/metrics/labelled-scores.js';

// Few distinct values, so that ties are common.
const rows = fc
  .array(fc.record({ p: fc.integer({ min: 0, max: 12 }).map((k) => k / 12), y: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 2,
    maxLength: 60,
  })
  .map((list) => ({
    probability: Float64Array.from(list, (row) => row.p),
    label: Float64Array.from(list, (row) => row.y),
  }));
const bothClasses = rows.filter(({ label }) => label.includes(0) && label.includes(1));

describe('AUC', () => {
  it('counts the pairs in right order, ties half', () => {
    fc.assert(
      fc.property(bothClasses, ({ probability, label }) => {
        let right = 0;
        let pairs = 0;
        for (let i = 0; i < label.length; i++)
          for (let j = 0; j < label.length; j++) {
            if (label[i] !== 1 || label[j] !== 0) continue;
            pairs++;
            right += probability[i] > probability[j] ? 1 : probability[i] === probability[j] ? 0.5 : 0;
          }
        expect(auc({ probability, label })).toBeCloseTo(right / pairs, 13);
      }),
    );
  });

  it('does not change under a rising map, and turns over under a falling one or swapped labels', () => {
    fc.assert(
      fc.property(bothClasses, ({ probability, label }) => {
        const area = auc({ probability, label }) ?? Number.NaN;
        expect(auc({ probability: probability.map((p) => Math.exp(3 * p) - 7), label })).toBe(area);
        expect(auc({ probability: probability.map((p) => -p), label })).toBeCloseTo(1 - area, 13);
        expect(auc({ probability, label: label.map((y) => 1 - y) })).toBeCloseTo(1 - area, 13);
      }),
    );
  });

  it('whole weights are copies of rows', () => {
    fc.assert(
      fc.property(
        bothClasses,
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 60, maxLength: 60 }),
        (s, counts) => {
          const copies = [...s.label.keys()].flatMap((row) => Array<number>(counts[row]).fill(row));
          const weight = s.label.map((_, row) => counts[row]);
          const copied = {
            probability: Float64Array.from(copies, (row) => s.probability[row]),
            label: Float64Array.from(copies, (row) => s.label[row]),
          };
          expect(auc({ ...s, weight })).toBeCloseTo(auc(copied) ?? Number.NaN, 12);
          expect(averagePrecision({ ...s, weight })).toBeCloseTo(averagePrecision(copied) ?? Number.NaN, 12);
          expect(expectedCalibrationError({ ...s, weight })).toBeCloseTo(expectedCalibrationError(copied), 12);
        },
      ),
    );
  });
});

describe('curves', () => {
  it('Σ Δrecall · precision of the drawn curve is the average precision, however few its points', () => {
    fc.assert(
      fc.property(bothClasses, fc.integer({ min: 2, max: 30 }), (scores, points) => {
        const curve = precisionRecallCurve(scores, points);
        let area = 0;
        let before = 0;
        for (const { recall, precision } of curve) {
          area += (recall - before) * precision;
          before = recall;
        }
        expect(curve.length).toBeLessThanOrEqual(points);
        expect(area).toBeCloseTo(averagePrecision(scores) ?? Number.NaN, 12);
      }),
    );
  });

  it('gain rises to 1 and is what sorting gives', () => {
    fc.assert(
      fc.property(bothClasses, (scores) => {
        const curve = gainCurve(scores, 20);
        expect(curve.at(-1)).toEqual({ share: 1, gain: 1, lift: 1 });
        for (let i = 1; i < curve.length; i++) expect(curve[i].gain).toBeGreaterThanOrEqual(curve[i - 1].gain - 1e-12);
      }),
    );
  });

  it('confusion adds up', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 1, noNaN: true }), (scores, threshold) => {
        const c = confusionAt(scores, threshold);
        const called = scores.probability.filter((p) => p >= threshold).length;
        expect(c.true_positive + c.false_positive).toBe(called);
        expect(c.true_positive + c.false_negative).toBe(scores.label.filter((y) => y === 1).length);
        expect(c.true_positive + c.false_positive + c.true_negative + c.false_negative).toBe(scores.label.length);
        expect(c.precision === null).toBe(called === 0);
      }),
    );
  });
});

describe('the radix sort', () => {
  it('orders any doubles as a comparison sort does, ties by row', () => {
    const some = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(some, { minLength: 3, maxLength: 20 }), (values) => {
        const edge = [0, -0, 1, -1, Number.MIN_VALUE, -Number.MIN_VALUE, 0.1, 0.1 + 2 ** -55];
        const score = Float64Array.from(
          { length: 5000 },
          (_, i) => [...values, ...edge][(i * 7919) % (values.length + 8)],
        );
        const expected = [...score.keys()].sort((a, b) => score[b] - score[a] || a - b);
        expect([...rowsByFallingScore(score)]).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

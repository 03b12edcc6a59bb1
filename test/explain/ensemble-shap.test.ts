// The blend taken apart: exact sums under every link and calibration, and what the parts may not do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calibration, calibrate } from '#ecomml/ensemble/calibration.js';
import { ensembleShap, linkChord } from '#ecomml/explain/ensemble-shap.js';
import { treeShap } from '#ecomml/explain/tree-shap.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import { SAMPLE_FORESTS, sampleMatrix, sampleRows } from '../forest/sample-forests.js';

const CALIBRATIONS: readonly Calibration[] = [
  { method: 'none' },
  { method: 'platt', slope: 1.4, intercept: -0.3 },
  { method: 'beta', a: 0.7, b: 1.9, c: 0.2 },
  { method: 'isotonic', score: [0.1, 0.3, 0.31, 0.8], value: [0.02, 0.2, 0.5, 0.9] },
];
const WEIGHTS = [0.2, 0.3, 0.1, 0.4];

describe('ensembleShap', () => {
  it.each(CALIBRATIONS)('sums to the blended probability of real members: $method', (calibration) => {
    const matrix = sampleMatrix(sampleRows());
    const models = SAMPLE_FORESTS.map(([name, make], m) => ({ name, forest: make(), weight: WEIGHTS[m] }));
    const members = models.map(({ name, forest, weight }) => ({
      name,
      weight,
      link: forest.link,
      shap: treeShap(forest, matrix),
    }));
    const found = ensembleShap(members, 4, (p) => calibrate(calibration, p));
    const probabilities = models.map(({ forest }) => predictProbability(forest, matrix));
    for (let row = 0; row < matrix.rows; row++) {
      const mean = probabilities.reduce((sum, p, m) => sum + WEIGHTS[m] * p[row], 0);
      const expected = calibrate(calibration, Math.min(1, Math.max(0, mean)));
      // SHAP values add up to 1e-12 of the score; a calibration's steepest line here has the slope 30.
      expect(Math.abs(found.probability[row] - expected)).toBeLessThan(1e-9);
      const sum = found.values.subarray(row * 4, row * 4 + 4).reduce((a, b) => a + b, found.base);
      expect(Math.abs(sum - expected)).toBeLessThan(1e-9);
    }
  });

  it('sums exactly, gives 0 for 0 and keeps a single member’s signs, whatever the scores', () => {
    const phi = fc.array(fc.oneof(fc.double({ min: -40, max: 40, noNaN: true }), fc.constantFrom(0, 1e-9, -1e-9)), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(phi, fc.double({ min: -30, max: 30, noNaN: true }), fc.nat(3), (values, base, which) => {
        const member = { name: 'one', weight: 1, link: 'logistic' as const };
        const shap = { base, values: Float64Array.from(values) };
        const found = ensembleShap([{ ...member, shap }], 4, (p) => calibrate(CALIBRATIONS[which], p));
        const sum = found.values.reduce((a, b) => a + b, found.base);
        expect(Math.abs(sum - found.probability[0])).toBeLessThan(1e-12);
        values.forEach((value, i) => {
          if (value === 0) expect(Math.abs(found.values[i])).toBe(0);
          else expect(found.values[i] * Math.sign(value)).toBeGreaterThanOrEqual(-1e-13);
        });
      }),
    );
  });

  it('weighs identical members as one and leaves the values of a forest of probabilities as they are', () => {
    const shap = { base: -1, values: Float64Array.from([0.5, -0.2, 0, 1]) };
    const one = { name: 'one', link: 'logistic' as const, shap };
    const alone = ensembleShap([{ ...one, weight: 1 }], 4);
    const split = ensembleShap(
      [
        { ...one, weight: 0.25 },
        { ...one, name: 'two', weight: 0.75 },
      ],
      4,
    );
    alone.values.forEach((value, i) => {
      expect(split.values[i]).toBeCloseTo(value, 14);
    });
    const values = Float64Array.from([0.2, -0.05, 0, 0.3]);
    const forest = ensembleShap([{ name: 'forest', link: 'identity', weight: 1, shap: { base: 0.1, values } }], 4);
    forest.values.forEach((value, i) => {
      expect(value).toBeCloseTo(values[i], 14);
    });
  });

  it('has a chord without cancellation', () => {
    expect(linkChord('logistic', 0, 0)).toBe(0.25);
    expect(linkChord('logistic', 0, 1e-12)).toBeCloseTo(0.25, 12);
    expect(linkChord('logistic', -800, 800)).toBeCloseTo(1 / 1600, 12);
    expect(linkChord('logistic', 3, -2)).toBe(linkChord('logistic', -2, 3));
    expect(linkChord('identity', 3, -2)).toBe(1);
  });

  it('refuses no members, and members of different rows', () => {
    expect(() => ensembleShap([], 4)).toThrow(/no member/);
    const member = { name: 'one', link: 'logistic' as const, weight: 0.5 };
    const shap = (rows: number) => ({ base: 0, values: new Float64Array(rows * 4) });
    expect(() =>
      ensembleShap(
        [
          { ...member, shap: shap(1) },
          { ...member, shap: shap(2) },
        ],
        4,
      ),
    ).toThrow(/differ/);
  });
});

import { describe, expect, it } from 'vitest';
import { curveSet } from '#ecomml/metrics/curve-set.js';
import { calibratedScores } from './scores.js';

describe('curveSet', () => {
  it('is small for any number of rows, and its thresholds hold the shares asked for', () => {
    const curves = curveSet(calibratedScores(100_000, 0.05, 1));
    expect(JSON.stringify(curves).length).toBeLessThan(100_000);
    expect(curves.thresholds.map((t) => Number(t.share.toFixed(3)))).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5]);
    for (const t of curves.thresholds) expect(t.true_positive + t.false_positive).toBe(Math.round(t.share * 100_000));
  });

  it('equal scores: one threshold, and curves without a choice', () => {
    const curves = curveSet({
      probability: new Float64Array(10).fill(0.4),
      label: Float64Array.from({ length: 10 }, (_, i) => i % 2),
    });
    expect(curves.thresholds).toHaveLength(1);
    expect(curves.thresholds[0]).toMatchObject({ share: 1, recall: 1, precision: 0.5 });
    expect(curves.roc).toHaveLength(2);
  });

  it('one class: empty where nothing can be drawn', () => {
    const curves = curveSet({ probability: Float64Array.of(0.1, 0.2), label: new Float64Array(2) });
    expect(curves.roc).toEqual([]);
    expect(curves.precision_recall).toEqual([]);
    expect(curves.gain).toEqual([]);
    expect(curves.calibration.length).toBe(2);
  });
});

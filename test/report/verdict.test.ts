import { beforeAll, describe, expect, it } from 'vitest';
import type { MetricSet } from '#ecomml/metrics/evaluate.js';
import type { ReportData } from '#ecomml/report/report-data.js';
import { bestMember, verdictOf } from '#ecomml/report/verdict.js';
import { sampleExplanation } from './sample-explanation-data.js';
import { sampleReportData } from './sample-report-data.js';

let data: ReportData;
beforeAll(() => {
  data = sampleReportData({ rows: 1500 });
});

const withMetrics = (change: Partial<MetricSet>): ReportData => ({
  ...data,
  ensemble: { ...data.ensemble, metrics: { ...data.ensemble.metrics, ...change } },
});
const warningsOf = (of: ReportData) => verdictOf({ data: of, explanation: null }).warnings.join('\n');

describe('the verdict', () => {
  it('compares with the base rate and names the best member', () => {
    const { sentences } = verdictOf({ data, explanation: null });
    const text = sentences.join(' ');
    expect(text).toMatch(/puts a buyer before a non-buyer in \d\d of 100 pairs/);
    expect(text).toMatch(/likeliest tenth of the rows holds .*% of all purchases/);
    expect(text).toMatch(/% lower than always answering the base rate/);
    expect(bestMember(data.models).name).toBe('catboost');
    expect(text).toContain('CatBoost');
    expect(text).toMatch(/alibration|Platt|Isotonic/);
  });

  it('grades by the lower end of the interval', () => {
    const grade = (low: number) =>
      verdictOf({ data: withMetrics({ auc: 0.9, auc_ci: [low, 0.95] }), explanation: null }).headline;
    expect(grade(0.48)).toContain('cannot be told from guessing');
    expect(grade(0.55)).toContain('weakly');
    expect(grade(0.65)).toContain('fairly');
    expect(grade(0.8)).toMatch(/ well\.$/);
    expect(grade(0.9)).toContain('very well');
  });

  it('says when probabilities are worse than the base rate', () => {
    expect(verdictOf({ data: withMetrics({ log_loss: 0.9 }), explanation: null }).sentences.join(' ')).toContain(
      'worse than none',
    );
  });

  it('warns of what is too good, too thin, shifted or badly exported, and not without cause', () => {
    expect(warningsOf({ ...data, warnings: [] })).toBe('');
    expect(warningsOf(withMetrics({ auc: 0.996 }))).toContain('suspiciously good');
    expect(warningsOf(withMetrics({ positives: 12 }))).toContain('Only 12 of the test rows are buyers');
    expect(warningsOf(withMetrics({ rows: 700 }))).toContain('only 700 test rows');
    const evidence = { ...data.blend.evidence, positives: 9 };
    expect(warningsOf({ ...data, blend: { ...data.blend, evidence } })).toContain('Only 9 of the blending rows');
    const shifted = data.splits.map((split) =>
      split.name === 'test' ? { ...split, positives: split.rows / 2 } : split,
    );
    expect(warningsOf({ ...data, splits: shifted })).toContain('times have changed');
    const onnx = [{ name: 'lightgbm', rows: 10, largest_difference: 2e-5 }];
    expect(warningsOf({ ...data, onnx })).toContain('The ONNX export of LightGBM differs');
    expect(warningsOf({ ...data, warnings: ['A sentence of the run.'] })).toBe('A sentence of the run.');
  });

  it('warns of a feature that may know the outcome', () => {
    const suspects = [{ feature: 'paid_at', kind: 'leak' as const, reason: 'alone tells the outcome with AUC 0.999' }];
    expect(warningsOf({ ...data, suspects })).toContain('paid_at alone tells the outcome almost without error');
  });

  it('names the threshold that pays best where enough rows of either outcome tell it', () => {
    const explanation = sampleExplanation({});
    const profit = explanation.insights.profit!;
    const saidOf = (positives: number, rows: number) => {
      const points = [...profit.points.slice(0, -1), { ...profit.points.at(-1)!, rows, positives }];
      const insights = { ...explanation.insights, profit: { ...profit, points } };
      return verdictOf({ data, explanation: { ...explanation, insights } }).sentences.join('\n');
    };
    expect(saidOf(10, 20)).toContain('pays best');
    for (const [positives, rows] of [
      [1, 1],
      [9, 1000],
      [991, 1000],
      [0, 5000],
    ])
      expect(saidOf(positives, rows), `${positives} of ${rows}`).not.toContain('pays best');
  });

  it('without a ranking, says why', () => {
    const none = withMetrics({
      auc: null,
      auc_ci: null,
      pr_auc: null,
      undefined_because: 'The rows hold no positives.',
    });
    expect(verdictOf({ data: none, explanation: null }).headline).toContain('The rows hold no positives.');
  });
});

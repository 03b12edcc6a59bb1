/** The tables of results: metrics, thresholds, weights, calibration. */
import type { MetricSet } from '../metrics/evaluate.js';
import type { ReportData } from './report-data.js';
import { type Cell, column, type ReportTable } from './report-table.js';
import { calibrationLabel, modelLabel } from './series.js';
import { wordsOf } from './words.js';

export function metricsTable({ models, ensemble }: ReportData): ReportTable {
  const row = (label: string, m: MetricSet, trees: number | null): Cell[] => [
    label,
    m.auc,
    m.auc_ci,
    m.pr_auc,
    m.pr_auc_ci,
    m.log_loss,
    m.log_loss_ci,
    m.brier,
    m.brier_ci,
    m.ece,
    m.ece_ci,
    trees,
  ];
  const measured = ['AUC', 'PR AUC', 'Log loss', 'Brier', 'ECE'];
  return {
    id: 'metrics',
    title: 'Metrics on the test rows',
    columns: [
      column('Model', 'text', 16),
      ...measured.flatMap((name) => [column(name, 'metric'), column(`${name} 95% interval`, 'interval')]),
      column('Trees', 'integer'),
    ],
    rows: [
      row('Ensemble', ensemble.metrics, null),
      ...models.map((model) => row(modelLabel(model.name), model.metrics, model.trees)),
    ],
  };
}

export function thresholdsTable(data: ReportData): ReportTable {
  return {
    id: 'thresholds',
    title: 'If you act on the likeliest rows',
    columns: [
      column('Likeliest rows', 'percent'),
      column('Probability from', 'metric'),
      column(`${wordsOf(data).Positives} among them`, 'integer'),
      column('Others among them', 'integer'),
      column('Precision', 'percent'),
      column('Recall', 'percent'),
      column('F1', 'metric'),
    ],
    rows: data.ensemble.curves.thresholds.map((t) => [
      t.share,
      t.threshold,
      t.true_positive,
      t.false_positive,
      t.precision,
      t.recall,
      t.f1,
    ]),
  };
}

export function weightsTable({ blend, models }: ReportData): ReportTable {
  const { unfitted, optimized } = blend.evidence.weights;
  const first = blend.weights_from === 'given' ? 'Given' : 'Default';
  return {
    id: 'weights',
    title: 'Weights of the vote',
    columns: [
      column('Model', 'text', 16),
      column('Weight used', 'percent'),
      column(`${first} weight`, 'percent'),
      column('Optimised weight', 'percent'),
      column('Log loss alone, blending rows', 'metric'),
    ],
    rows: models.map(({ name }) => [
      modelLabel(name),
      blend.weights[name] ?? 0,
      unfitted[name] ?? 0,
      optimized?.[name] ?? null,
      blend.evidence.members[name] ?? null,
    ]),
  };
}

/** Cross-fitted log losses: what each choice was judged by. */
export function evidenceTable({ blend }: ReportData): ReportTable {
  const { weights, calibration } = blend.evidence;
  const kept = (is: boolean) => (is ? 'used' : '');
  const optimized = blend.weights_from === 'optimized';
  const methods = (['none', 'platt', 'beta', 'isotonic'] as const).map((method): Cell[] => [
    calibrationLabel(method),
    calibration[method],
    kept(blend.calibration.method === method),
  ]);
  const first = blend.weights_from === 'given' ? 'Given' : 'Default';
  return {
    id: 'evidence',
    title: 'What the choices were judged by',
    columns: [column('Choice', 'text', 26), column('Cross-fitted log loss', 'metric'), column('Used')],
    rows: [
      [`${first} weights`, weights.unfitted_log_loss, kept(!optimized)],
      ['Optimised weights', weights.optimized_log_loss, kept(optimized)],
      ...methods,
    ],
  };
}

export function calibrationTable({ ensemble }: ReportData): ReportTable {
  return {
    id: 'calibration-groups',
    title: 'Calibration of the ensemble by groups of equal size',
    columns: [
      column('Probability from', 'metric'),
      column('to', 'metric'),
      column('Rows', 'integer'),
      column('Mean probability', 'metric'),
      column('Observed rate', 'metric'),
      column('95% interval', 'interval'),
    ],
    rows: ensemble.curves.calibration.map((b) => [
      b.lower,
      b.upper,
      b.rows,
      b.mean_probability,
      b.observed_rate,
      b.observed_ci,
    ]),
  };
}

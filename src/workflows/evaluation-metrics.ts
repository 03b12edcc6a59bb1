/**
 * The metrics that training can follow tree by tree, by their canonical names and by each library's own: what they are
 * computed with, and which way is better.
 */
import { inputRejected } from '../base/errors.js';
import { meanLogLoss } from '../base/log-loss.js';
import type { Family } from '../forest/forest.js';
import { auc } from '../metrics/auc.js';
import { averagePrecision } from '../metrics/average-precision.js';
import type { LabelledScores } from '../metrics/labelled-scores.js';
import { brierScore } from '../metrics/proper-scores.js';
import type { EvaluationMetric, LabelledMatrix } from '../trees/family.js';
import type { ParameterValues } from '../trees/parameters.js';
import type { EvaluationMetricName } from './evaluation-metric-names.js';

const LARGER: readonly EvaluationMetricName[] = ['auc', 'pr_auc', 'accuracy'];

export function evaluationMetric(name: EvaluationMetricName): EvaluationMetric {
  return {
    name,
    larger: LARGER.includes(name),
    of: (probability, label, weight) =>
      measure(name, weight === undefined ? { probability, label } : { probability, label, weight }),
  };
}

function measure(name: EvaluationMetricName, scores: LabelledScores): number {
  switch (name) {
    case 'log_loss':
      return meanLogLoss(scores.probability, scores.label, scores.weight);
    case 'auc':
      return auc(scores) ?? Number.NaN;
    case 'pr_auc':
      return averagePrecision(scores) ?? Number.NaN;
    case 'brier':
      return brierScore(scores);
    case 'accuracy':
      return 1 - errorRate(scores);
    case 'error':
      return errorRate(scores);
  }
}

/** Weighted share of rows on the wrong side of one half; one half itself counts as class 0. */
function errorRate({ probability, label, weight }: LabelledScores): number {
  let wrong = 0;
  let total = 0;
  for (let row = 0; row < label.length; row++) {
    const w = weight === undefined ? 1 : weight[row];
    if (probability[row] > 0.5 !== (label[row] === 1)) wrong += w;
    total += w;
  }
  return wrong / total;
}

/** Each library's parameter and its words, by canonical name. */
const OWN: Readonly<Partial<Record<Family, readonly [string, Readonly<Record<string, EvaluationMetricName>>]>>> = {
  lightgbm: ['metric', { binary_logloss: 'log_loss', auc: 'auc', average_precision: 'pr_auc', binary_error: 'error' }],
  xgboost: ['eval_metric', { logloss: 'log_loss', auc: 'auc', aucpr: 'pr_auc', error: 'error' }],
  catboost: [
    'eval_metric',
    { Logloss: 'log_loss', AUC: 'auc', PRAUC: 'pr_auc', BrierScore: 'brier', Accuracy: 'accuracy' },
  ],
};

/** The metric a family's early stopping watches: its own parameter's, else the one asked for all. */
export function stoppingMetric(
  family: Family,
  parameters: ParameterValues,
  wanted: EvaluationMetricName,
): EvaluationMetricName {
  const [parameter, words] = OWN[family] ?? ['', {}];
  return words[String(parameters[parameter])] ?? wanted;
}

/** Throws where a metric means nothing on rows it will be asked of. */
export function checkMetricRows(name: EvaluationMetricName, part: string, { label, weight }: LabelledMatrix): void {
  if (name !== 'auc' && name !== 'pr_auc') return;
  const has = [0, 1].map((one) => label.some((value, row) => value === one && (weight?.[row] ?? 1) > 0));
  if (has[1] && (has[0] || name === 'pr_auc')) return;
  throw inputRejected(
    'METRIC_UNDEFINED',
    `Early stopping cannot watch ${name}: the ${part} rows hold no ${has[1] ? 'negatives' : 'positives'} that count.`,
    'Choose --early-stopping-metric log_loss, or give validation more rows (--valid).',
  );
}

/** The metrics that training can follow tree by tree; what they are is in evaluation-metrics.ts. */
export const EVALUATION_METRICS = ['log_loss', 'auc', 'pr_auc', 'brier', 'accuracy', 'error'] as const;
export type EvaluationMetricName = (typeof EVALUATION_METRICS)[number];

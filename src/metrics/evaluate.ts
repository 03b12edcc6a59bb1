/**
 * All metrics of one model on one set of rows, in the field names that `train --json` and `evaluate --json` print.
 * Curves are in curves.ts and calibration.ts.
 */
import { EcommlError } from '../base/errors.js';
import type { Interval } from '../base/interval.js';
import { aucInterval, aucOfRanking } from './auc.js';
import { averagePrecisionOfRanking } from './average-precision.js';
import { bootstrapIntervals, type Units } from './bootstrap.js';
import { CALIBRATION_BINS, calibrationErrorOf, calibrationOfRanking } from './calibration.js';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';
import { brierScore, logLoss } from './proper-scores.js';
import { rank } from './ranking.js';

/** Intervals are at 95% confidence, and null where too few rows or units of a class leave nothing to estimate them from. */
export interface MetricSet {
  readonly rows: number;
  readonly positives: number;
  /** Weighted share of positives. */
  readonly base_rate: number;
  /** Null when only one class is present. */
  readonly auc: number | null;
  /** DeLong. */
  readonly auc_ci: Interval | null;
  /** Average precision; null without positives. */
  readonly pr_auc: number | null;
  readonly pr_auc_ci: Interval | null;
  /** Nats. */
  readonly log_loss: number;
  readonly log_loss_ci: Interval | null;
  readonly brier: number;
  readonly brier_ci: Interval | null;
  /** Expected calibration error over 15 equal-mass bins. */
  readonly ece: number;
  readonly ece_ci: Interval | null;
  /** Why `auc` or `pr_auc` is null. */
  readonly undefined_because?: string;
}

export interface EvaluateSettings {
  readonly weight?: Float64Array;
  /** A number a row that names rows which depend on each other (a session's): intervals then count units, not rows. */
  readonly unit?: ArrayLike<number>;
  /** Seed of the bootstrap; 1 by default. */
  readonly seed?: number;
}

/** Throws on NaN, a probability outside [0, 1], a label other than 0 and 1, or no rows. O(n) but for a bounded bootstrap. */
export function evaluate(probability: Float64Array, label: Float64Array, settings: EvaluateSettings = {}): MetricSet {
  const { weight, unit, seed = 1 } = settings;
  const scores: LabelledScores = weight === undefined ? { probability, label } : { probability, label, weight };
  checkLabelledScores(scores, 'probability');
  const ranking = rank(scores);
  const units = unit === undefined ? undefined : numberUnits(unit, probability.length);
  const estimates = {
    pr_auc: averagePrecisionOfRanking(ranking),
    log_loss: logLoss(scores),
    brier: brierScore(scores),
    ece: calibrationErrorOf(calibrationOfRanking(ranking, 'equal-mass', CALIBRATION_BINS)),
  };
  const intervals = bootstrapIntervals(scores, ranking, estimates, seed, units);
  const metrics: MetricSet = {
    rows: probability.length,
    positives: label.reduce((sum, y) => sum + y, 0),
    base_rate: ranking.totalPositive / (ranking.totalPositive + ranking.totalNegative),
    auc: aucOfRanking(ranking),
    auc_ci: aucInterval(scores, ranking, units),
    pr_auc: estimates.pr_auc,
    pr_auc_ci: intervals.pr_auc,
    log_loss: estimates.log_loss,
    log_loss_ci: intervals.log_loss,
    brier: estimates.brier,
    brier_ci: intervals.brier,
    ece: estimates.ece,
    ece_ci: intervals.ece,
  };
  const missing = !(ranking.totalPositive > 0) ? 'positives' : !(ranking.totalNegative > 0) ? 'negatives' : undefined;
  if (missing === undefined) return metrics;
  const named = missing === 'positives' ? 'AUC and PR AUC are' : 'AUC is';
  return { ...metrics, undefined_because: `The rows hold no ${missing}, so ${named} not defined.` };
}

/** Renumbers units 0 … count − 1 in order of appearance. */
function numberUnits(unit: ArrayLike<number>, rows: number): Units {
  if (unit.length !== rows)
    throw new EcommlError('LENGTH_MISMATCH', `${unit.length} units were given for ${rows} probabilities.`);
  const numbers = new Map<number, number>();
  const of = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    let number = numbers.get(unit[row]);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(unit[row], number);
    }
    of[row] = number;
  }
  return { of, count: numbers.size };
}

/** All curves of one model on one set of rows, thinned: what a report draws. Computes no single-number metric. */
import { CALIBRATION_BINS, type CalibrationBin, calibrationOfRanking } from './calibration.js';
import { type Confusion, confusionAt } from './confusion.js';
import {
  CURVE_POINTS,
  type GainPoint,
  gainOfRanking,
  type PrecisionRecallPoint,
  precisionRecallOfRanking,
  type RocPoint,
  rocOfRanking,
} from './curves.js';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';
import { type Ranking, rank } from './ranking.js';

export interface CurveSet {
  readonly roc: readonly RocPoint[];
  readonly precision_recall: readonly PrecisionRecallPoint[];
  /** Equal-mass bins. */
  readonly calibration: readonly CalibrationBin[];
  readonly gain: readonly GainPoint[];
  /** What happens when the likeliest 1, 2, 5, 10, 20 and 50% of rows are called positive. */
  readonly thresholds: readonly ShareThreshold[];
}

export interface ShareThreshold extends Confusion {
  /** Share of the rows that are called positive: the one asked for, or a little more when rows are tied. */
  readonly share: number;
}

const SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** At most some 550 points in all, whatever the number of rows. */
export function curveSet(scores: LabelledScores): CurveSet {
  checkLabelledScores(scores, 'probability');
  const ranking = rank(scores);
  return {
    roc: rocOfRanking(ranking, CURVE_POINTS),
    precision_recall: precisionRecallOfRanking(ranking, CURVE_POINTS),
    calibration: calibrationOfRanking(ranking, 'equal-mass', CALIBRATION_BINS),
    gain: gainOfRanking(ranking, 100),
    thresholds: thresholdsAtShares(scores, ranking),
  };
}

/** One entry a distinct threshold; shares that ties put at the same threshold are listed once. */
function thresholdsAtShares(scores: LabelledScores, ranking: Ranking): ShareThreshold[] {
  const { order } = ranking;
  const list: ShareThreshold[] = [];
  for (const share of SHARES) {
    const threshold = scores.probability[order[Math.max(0, Math.ceil(share * order.length) - 1)]];
    if (list.at(-1)?.threshold === threshold) continue;
    const confusion = confusionAt(scores, threshold);
    const called = confusion.true_positive + confusion.false_positive;
    list.push({ ...confusion, share: called / (called + confusion.true_negative + confusion.false_negative) });
  }
  return list;
}

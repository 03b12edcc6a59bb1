/**
 * Curves thinned to a bounded number of points for drawing and for tables. Areas are never computed from them: `auc`
 * and `averagePrecision` count every row.
 */
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';
import { type Ranking, rank } from './ranking.js';

export const CURVE_POINTS = 200;

export interface RocPoint {
  readonly false_positive_rate: number;
  readonly true_positive_rate: number;
  /** Rows at or above it are called positive; null at the start, where none is. */
  readonly threshold: number | null;
}

export interface PrecisionRecallPoint {
  readonly recall: number;
  /** Mean precision of the recalls since the previous point, so Σ Δrecall · precision stays the average precision. */
  readonly precision: number;
  readonly threshold: number;
}

export interface GainPoint {
  /** Share of all rows taken, the highest probabilities first. */
  readonly share: number;
  /** Share of all positives among them. */
  readonly gain: number;
  /** gain / share: how many times more positives than a random choice of as many rows. */
  readonly lift: number;
}

/** From (0, 0) to (1, 1): every corner when there are fewer than `points`, else points spread evenly along the curve's length. Empty with one class only. */
export function rocCurve(scores: LabelledScores, points = CURVE_POINTS): RocPoint[] {
  checkLabelledScores(scores, 'score');
  return rocOfRanking(rank(scores), points);
}

export function rocOfRanking(ranking: Ranking, points: number): RocPoint[] {
  const { score, totalPositive, totalNegative } = ranking;
  if (!(totalPositive > 0 && totalNegative > 0)) return [];
  const corners = rocCorners(ranking);
  const curve: RocPoint[] = [{ false_positive_rate: 0, true_positive_rate: 0, threshold: null }];
  const step = corners.length < points ? 0 : 2 / (points - 1);
  let due = step;
  for (const { group, truePositive, falsePositive } of corners) {
    const last = group === corners[corners.length - 1].group;
    const true_positive_rate = last ? 1 : truePositive / totalPositive;
    const false_positive_rate = last ? 1 : falsePositive / totalNegative;
    const length = true_positive_rate + false_positive_rate;
    if (!last && length < due) continue;
    curve.push({ false_positive_rate, true_positive_rate, threshold: score[group] });
    while (step > 0 && due <= length) due += step;
  }
  return curve;
}

/** Where the curve changes its direction, and its end: the points between lie on the straight lines between corners. */
function rocCorners({ score, positive, negative }: Ranking) {
  const corners: { group: number; truePositive: number; falsePositive: number }[] = [];
  let truePositive = 0;
  let falsePositive = 0;
  let before = -1;
  for (let group = 0; group < score.length; group++) {
    if (positive[group] === 0 && negative[group] === 0) continue;
    const turns = before >= 0 && positive[before] * negative[group] !== negative[before] * positive[group];
    if (turns) corners.push({ group: before, truePositive, falsePositive });
    truePositive += positive[group];
    falsePositive += negative[group];
    before = group;
  }
  corners.push({ group: before, truePositive, falsePositive });
  return corners;
}

/** By rising recall up to 1, at most `points` points; empty without positives. */
export function precisionRecallCurve(scores: LabelledScores, points = CURVE_POINTS): PrecisionRecallPoint[] {
  checkLabelledScores(scores, 'score');
  return precisionRecallOfRanking(rank(scores), points);
}

export function precisionRecallOfRanking(ranking: Ranking, points: number): PrecisionRecallPoint[] {
  const { score, positive, negative, totalPositive } = ranking;
  if (!(totalPositive > 0)) return [];
  const curve: PrecisionRecallPoint[] = [];
  let truePositive = 0;
  let chosen = 0;
  let area = 0;
  let sincePositive = 0;
  let due = 1 / points;
  for (let g = 0; g < score.length; g++) {
    chosen += positive[g] + negative[g];
    if (positive[g] === 0) continue;
    truePositive += positive[g];
    area += positive[g] * (truePositive / chosen);
    const complete = truePositive >= totalPositive * (1 - 1e-12);
    const recall = complete ? 1 : truePositive / totalPositive;
    if (!complete && recall < due - 1e-12) continue;
    curve.push({ recall, precision: area / (truePositive - sincePositive), threshold: score[g] });
    area = 0;
    sincePositive = truePositive;
    while (due <= recall + 1e-12) due += 1 / points;
    if (complete) break;
  }
  return curve;
}

/** Cumulative gain and lift at the shares 1/steps, 2/steps, … 1. Tied rows are taken in proportion. Empty without positives. */
export function gainCurve(scores: LabelledScores, steps = 100): GainPoint[] {
  checkLabelledScores(scores, 'score');
  return gainOfRanking(rank(scores), steps);
}

export function gainOfRanking(ranking: Ranking, steps: number): GainPoint[] {
  const { positive, negative, totalPositive, totalNegative } = ranking;
  if (!(totalPositive > 0)) return [];
  const total = totalPositive + totalNegative;
  const curve: GainPoint[] = [];
  let group = 0;
  let taken = 0;
  let found = 0;
  for (let step = 1; step <= steps; step++) {
    const goal = (step / steps) * total;
    while (group < positive.length && taken + positive[group] + negative[group] <= goal) {
      taken += positive[group] + negative[group];
      found += positive[group];
      group++;
    }
    const size = group < positive.length ? positive[group] + negative[group] : 0;
    const part = size > 0 ? ((goal - taken) / size) * positive[group] : 0;
    const gain = step === steps ? 1 : Math.min(1, (found + part) / totalPositive);
    curve.push({ share: step / steps, gain, lift: (gain * steps) / step });
  }
  return curve;
}

/**
 * Area under the ROC curve: the share of (positive, negative) pairs that the score orders rightly, a tie counting half;
 * and its interval by DeLong.
 */

import { normalInterval } from '../base/interval.js';
import type { LabelledScores } from './labelled-scores.js';
import { checkLabelledScores } from './labelled-scores.js';
import { type Ranking, rank } from './ranking.js';

/** In [0, 1], or null when there is no positive or no negative weight. O(n). */
export function auc(scores: LabelledScores): number | null {
  checkLabelledScores(scores, 'score');
  return aucOfRanking(rank(scores));
}

export function aucOfRanking(ranking: Ranking): number | null {
  const { positive, negative, totalPositive, totalNegative } = ranking;
  if (!(totalPositive > 0 && totalNegative > 0)) return null;
  let below = totalNegative;
  let pairs = 0;
  for (let g = 0; g < positive.length; g++) {
    below -= negative[g];
    pairs += positive[g] * (below + negative[g] / 2);
  }
  return Math.min(1, Math.max(0, pairs / (totalPositive * totalNegative)));
}

/**
 * The interval of an AUC at 95% confidence: normal, cut to [0, 1], with the variance of DeLong, DeLong and
 * Clarke-Pearson (1988), computed from midranks as Sun and Xu (2014, eq. 6–9). Weighted rows enter as in the sandwich
 * estimator. Null when either class has fewer than two rows.
 *
 * `unit` (one number a row, 0 … units − 1) names rows that are not independent of each other, such as the moments of
 * one session: their contributions are summed before they are squared (Obuchowski 1997), which widens the interval to
 * what the sessions, not the rows, can tell. At AUC 1 the variance, and so the width, is 0: a known limit of the method.
 */
export function aucInterval(
  scores: LabelledScores,
  ranking: Ranking,
  unit?: { readonly of: Uint32Array; readonly count: number },
): readonly [number, number] | null {
  const area = aucOfRanking(ranking);
  if (area === null) return null;
  const influence = aucInfluence(scores, ranking, area);
  let positives = 0;
  for (let row = 0; row < influence.length; row++) if (scores.label[row] === 1) positives++;
  const negatives = influence.length - positives;
  if (positives < 2 || negatives < 2) return null;
  let variance = 0;
  if (unit === undefined) {
    let ofPositives = 0;
    let ofNegatives = 0;
    for (let row = 0; row < influence.length; row++) {
      if (scores.label[row] === 1) ofPositives += influence[row] ** 2;
      else ofNegatives += influence[row] ** 2;
    }
    variance = (ofPositives * positives) / (positives - 1) + (ofNegatives * negatives) / (negatives - 1);
  } else {
    if (unit.count < 2) return null;
    const sums = new Float64Array(unit.count);
    for (let row = 0; row < influence.length; row++) sums[unit.of[row]] += influence[row];
    for (const sum of sums) variance += sum * sum;
    variance *= unit.count / (unit.count - 1);
  }
  return normalInterval(area, Math.sqrt(variance), 0, 1);
}

/** What each row adds to AUC − its expectation, to first order: weight · (placement − AUC) / weight of its class. */
function aucInfluence({ label, weight }: LabelledScores, ranking: Ranking, area: number): Float64Array {
  const { order, start, positive, negative, totalPositive, totalNegative } = ranking;
  const influence = new Float64Array(order.length);
  let above = 0;
  let below = totalNegative;
  for (let g = 0; g < positive.length; g++) {
    below -= negative[g];
    const ofPositive = ((below + negative[g] / 2) / totalNegative - area) / totalPositive;
    const ofNegative = ((above + positive[g] / 2) / totalPositive - area) / totalNegative;
    above += positive[g];
    for (let i = start[g]; i < start[g + 1]; i++) {
      const row = order[i];
      influence[row] = (weight === undefined ? 1 : weight[row]) * (label[row] === 1 ? ofPositive : ofNegative);
    }
  }
  return influence;
}

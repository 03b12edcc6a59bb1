/**
 * PR AUC as average precision: Σ (recallₖ − recallₖ₋₁) · precisionₖ over distinct scores, falling; no interpolation, as
 * scikit-learn's `average_precision_score`.
 */
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';
import { type Ranking, rank } from './ranking.js';

/** In [0, 1], or null when there are no positives, where recall has no meaning. O(n). */
export function averagePrecision(scores: LabelledScores): number | null {
  checkLabelledScores(scores, 'score');
  return averagePrecisionOfRanking(rank(scores));
}

export function averagePrecisionOfRanking({ positive, negative, totalPositive }: Ranking): number | null {
  if (!(totalPositive > 0)) return null;
  let truePositive = 0;
  let chosen = 0;
  let area = 0;
  for (let g = 0; g < positive.length; g++) {
    truePositive += positive[g];
    chosen += positive[g] + negative[g];
    if (positive[g] > 0) area += positive[g] * (truePositive / chosen);
  }
  return Math.min(1, area / totalPositive);
}

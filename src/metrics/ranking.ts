/**
 * Rows grouped by equal score, from the highest score down: what AUC, the curves and lift are counted from. Equal
 * scores form one group, so no metric depends on the order of tied rows.
 */
import { type LabelledScores, rowsByFallingScore } from './labelled-scores.js';

export interface Ranking {
  /** Row indices by falling score. */
  readonly order: Uint32Array;
  /** Group g holds order[start[g]] … order[start[g + 1] − 1]; length groups + 1. */
  readonly start: Uint32Array;
  /** Distinct scores, falling. */
  readonly score: Float64Array;
  /** Weight of the positives and of the negatives of each group. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  readonly totalPositive: number;
  readonly totalNegative: number;
}

/** O(n). The input must have been checked. */
export function rank({ probability, label, weight }: LabelledScores): Ranking {
  const order = rowsByFallingScore(probability);
  const n = order.length;
  let groups = 0;
  for (let i = 0; i < n; i++) if (i === 0 || probability[order[i]] !== probability[order[i - 1]]) groups++;
  const start = new Uint32Array(groups + 1);
  const score = new Float64Array(groups);
  const positive = new Float64Array(groups);
  const negative = new Float64Array(groups);
  let group = -1;
  for (let i = 0; i < n; i++) {
    const row = order[i];
    if (i === 0 || probability[row] !== probability[order[i - 1]]) {
      group++;
      start[group] = i;
      score[group] = probability[row];
    }
    const w = weight === undefined ? 1 : weight[row];
    if (label[row] === 1) positive[group] += w;
    else negative[group] += w;
  }
  start[groups] = n;
  const totalPositive = positive.reduce((sum, w) => sum + w, 0);
  const totalNegative = negative.reduce((sum, w) => sum + w, 0);
  return { order, start, score, positive, negative, totalPositive, totalNegative };
}

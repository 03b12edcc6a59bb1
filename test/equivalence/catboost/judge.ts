import type { LabelledMatrix } from '#ecomml/trees/family.js';

export interface Score {
  readonly auc: number;
  readonly log_loss: number;
}

/** AUC by ranks (ties share theirs) and mean log loss of raw scores. */
export function judge(raw: Float64Array, { label }: LabelledMatrix): Score {
  const order = Array.from(raw, (_, i) => i).sort((a, b) => raw[a] - raw[b]);
  let positives = 0;
  let ranks = 0;
  let loss = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && raw[order[to]] === raw[order[from]]) to++;
    for (let i = from; i < to; i++) {
      if (label[order[i]] !== 1) continue;
      positives++;
      ranks += (from + 1 + to) / 2;
    }
    from = to;
  }
  raw.forEach((score, row) => {
    loss += Math.log1p(Math.exp(label[row] === 1 ? -score : score));
  });
  const auc = (ranks - (positives * (positives + 1)) / 2) / (positives * (raw.length - positives));
  return { auc, log_loss: loss / raw.length };
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

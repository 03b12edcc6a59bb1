/** When to act on a purchase probability, given what a purchase earns and what acting costs. */
import { usageError } from '../base/errors.js';

export interface Economics {
  /** Earned when somebody acted on buys; above 0. */
  readonly margin: number;
  /** Spent on everybody acted on; 0 or more, in the same money. */
  readonly cost: number;
}

export interface ProfitThreshold {
  /** Act where probability >= threshold; null: act on nobody. */
  readonly threshold: number | null;
  /** Rows acted on, and the money they bring in all. */
  readonly rows: number;
  readonly profit: number;
}

/** The threshold that is best when probabilities are true: act where probability · margin ≥ cost. */
export function breakEvenProbability({ margin, cost }: Economics): number {
  checkEconomics({ margin, cost });
  return cost / margin;
}

/**
 * The threshold of largest profit on these labelled rows: the highest one when several are equal, null when none brings
 * a profit. O(n log n).
 */
export function bestProfitThreshold(
  probability: Float64Array,
  label: Float64Array,
  economics: Economics,
): ProfitThreshold {
  checkEconomics(economics);
  const order = Uint32Array.from(probability.keys()).sort((a, b) => probability[b] - probability[a] || a - b);
  let best: ProfitThreshold = { threshold: null, rows: 0, profit: 0 };
  let profit = 0;
  for (let i = 0; i < order.length; i++) {
    profit += label[order[i]] * economics.margin - economics.cost;
    const endsTie = i + 1 === order.length || probability[order[i + 1]] !== probability[order[i]];
    if (endsTie && profit > best.profit) best = { threshold: probability[order[i]], rows: i + 1, profit };
  }
  return best;
}

function checkEconomics({ margin, cost }: Economics): void {
  if (!(margin > 0 && margin < Number.POSITIVE_INFINITY))
    throw usageError('BAD_MARGIN', `The margin is ${margin}, but must be a finite number above 0.`);
  if (!(cost >= 0 && cost < Number.POSITIVE_INFINITY))
    throw usageError('BAD_COST', `The cost is ${cost}, but must be a finite number from 0 up.`);
}

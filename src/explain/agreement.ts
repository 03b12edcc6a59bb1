/** Whether LIME and SHAP tell the same story of a row, and when to beware of LIME's. */
import type { LimeExplanation } from './explanation-data.js';
import type { LimeResult } from './lime.js';
import { rankCorrelation } from './quantiles.js';

/** Below this share of the neighbours' variance explained, a line is no picture of the model there. */
export const POOR_FIT = 0.3;
const SIGNS_SHARED = 0.75;

/** `points`: the row's SHAP values, one an input. */
export function limeExplanation(result: LimeResult, points: Float64Array): LimeExplanation {
  const { terms, rSquared, probability, localProbability } = result;
  const weights = terms.map(({ weight }) => weight);
  const ours = terms.map(({ input }) => points[input]);
  const rank = terms.length < 3 ? null : rankCorrelation(weights, ours);
  const size = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const shared = weights.reduce((sum, weight, i) => sum + (weight * ours[i] >= 0 ? Math.abs(weight) : 0), 0);
  const sign = size > 0 ? shared / size : 1;
  const faults: string[] = [];
  if (rSquared < POOR_FIT)
    faults.push(
      `the straight line explains only ${Math.max(0, Math.round(rSquared * 100))}% of how the model's answers vary around this row`,
    );
  if (sign < SIGNS_SHARED) faults.push(`SHAP shares the direction of only ${Math.round(sign * 100)}% of LIME's weight`);
  else if (rank !== null && rank < 0) faults.push('SHAP ranks these features the other way round');
  const warning =
    faults.length === 0 ? null : `Do not rely on LIME here: ${faults.join(', and ')}. SHAP's values are exact.`;
  return {
    samples: result.samples,
    r_squared: rSquared,
    intercept: result.intercept,
    local_probability: localProbability,
    probability,
    terms: terms.map(({ feature, condition, weight }) => ({ feature, condition, weight })),
    agreement: { rank, sign },
    warning,
  };
}

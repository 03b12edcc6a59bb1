/** Takes back what giving positives a weight in training did to the probabilities. */
import { usageError } from '../base/errors.js';

/**
 * A model trained with positives weighted by `factor` (> 0) sees odds that are `factor` times the true ones; this divides
 * them back: p / (p + factor · (1 − p)) (Elkan 2001, theorem 2). Maps [0, 1] onto [0, 1], never falling; factor 1 changes
 * nothing. For negatives sampled at rate r, the factor is 1 / r.
 */
export function correctReweighted(probability: Float64Array, factor: number): Float64Array {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY))
    throw usageError('BAD_FACTOR', `The weight of positives is ${factor}, but must be a finite number above 0.`);
  if (factor === 1) return probability.slice();
  return probability.map((p) => p / (p + factor * (1 - p)));
}

/** The log loss of one prediction: the one definition that fitting, choosing and reporting share. */

/** Double-precision machine epsilon: probabilities are kept this far from 0 and 1 in log loss, as scikit-learn does. */
export const LOG_LOSS_EPSILON = 2 ** -52;

/** −log of the probability given to what happened, in nats; `label` is 0 or 1. Never infinite: see LOG_LOSS_EPSILON. */
export function rowLogLoss(probability: number, label: number): number {
  const p = Math.min(1 - LOG_LOSS_EPSILON, Math.max(LOG_LOSS_EPSILON, probability));
  return label === 1 ? -Math.log(p) : -Math.log(1 - p);
}

/** Mean of `rowLogLoss` over rows, weighted when there are weights, in nats. */
export function meanLogLoss(probability: Float64Array, label: Float64Array, weight?: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < probability.length; row++) {
    const w = weight === undefined ? 1 : weight[row];
    sum += w * rowLogLoss(probability[row], label[row]);
    total += w;
  }
  return sum / total;
}

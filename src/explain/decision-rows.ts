/** Rows' ways from the base to their probability, feature by feature, for a plot of decisions. */
import type { BlendShap } from './blend-shap.js';
import { evenlyChosen } from './dependence.js';
import type { Decision } from './explanation-data.js';

const ROWS = 60;

/** Rows evenly spread over the ranking by probability, so that high and low answers are both there. */
export function decisionRows(shap: BlendShap, features: readonly string[], label?: ArrayLike<number>): Decision {
  const width = shap.inputs.length;
  const at = features.map((name) => shap.inputs.indexOf(name));
  const order = Array.from(shap.probability.keys()).sort((a, b) => shap.probability[a] - shap.probability[b] || a - b);
  const chosen = evenlyChosen(order.length, ROWS).map((i) => order[i]);
  // The likeliest row is the most asked for.
  if (order.length > 0 && !chosen.includes(order[order.length - 1])) chosen.push(order[order.length - 1]);
  return {
    features,
    rows: chosen.map((row) => {
      const points = at.map((input) => shap.values[row * width + input]);
      const shown = points.reduce((sum, value) => sum + value, 0);
      const probability = shap.probability[row];
      return { probability, label: label?.[row] ?? null, points, rest: probability - shap.base - shown };
    }),
  };
}

/** A beeswarm counted before it is drawn: rows by SHAP value and by the fifth of the feature's own values. */
import type { Matrix } from '../table/matrix.js';
import { type BlendShap, valuesOf } from './blend-shap.js';
import type { Beeswarm, BeeswarmCell } from './explanation-data.js';
import { fifths, quantiles } from './quantiles.js';

export const BEESWARM_BINS = 80;

/** The named inputs in their order. The axis spans all but the outermost hundredth of each one's values, 0 included: a few extreme rows would press all others into a line. O(rows · features). */
export function beeswarm(shap: BlendShap, matrix: Matrix, features: readonly string[]): Beeswarm {
  const at = features.map((name) => shap.inputs.indexOf(name));
  const columns = at.map((input) => valuesOf(shap.values, shap.inputs.length, input));
  let [from, to] = [0, 0];
  for (const values of columns) {
    const [low, high] = quantiles(values.slice().sort(), [0.01, 0.99]);
    from = Math.min(from, low || 0);
    to = Math.max(to, high || 0);
  }
  if (from === to) [from, to] = [-0.01, 0.01];
  const binOf = (value: number) =>
    Math.max(0, Math.min(BEESWARM_BINS - 1, Math.floor(((value - from) / (to - from)) * BEESWARM_BINS)));
  return {
    from,
    to,
    bins: BEESWARM_BINS,
    features: features.map((feature, f) => {
      const { kind, values } = matrix.columns[at[f]];
      const level = kind === 'numeric' ? fifths(values) : undefined;
      const counts = new Map<number, number>();
      columns[f].forEach((value, row) => {
        // Levels −1 … 4 take six places a bin.
        const key = binOf(value) * 6 + (level === undefined ? 0 : level[row] + 1);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      });
      const cells: BeeswarmCell[] = [...counts]
        .sort((a, b) => a[0] - b[0])
        .map(([key, count]) => ({
          bin: Math.floor(key / 6),
          level: level === undefined ? null : (key % 6) - 1,
          count,
        }));
      return { feature, cells };
    }),
  };
}

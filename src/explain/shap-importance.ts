/** How much each feature moves the answers: mean |SHAP| of the blend with an interval, of each member, and which way. */
import type { Matrix } from '../table/matrix.js';
import { type BlendShap, valuesOf } from './blend-shap.js';
import { clusteredMean } from './clustered-mean.js';
import type { FeatureImportance } from './explanation-data.js';
import { rankCorrelation } from './quantiles.js';

export type ShapImportance = Pick<
  FeatureImportance,
  'feature' | 'shap' | 'shap_interval' | 'shap_mean' | 'direction' | 'members'
>;

/** One entry an input, largest first (ties in the inputs' order). `unit`: sessions whose rows belong together. O(rows log rows · inputs). */
export function shapImportances(shap: BlendShap, matrix: Matrix, unit?: ArrayLike<number>): ShapImportance[] {
  const width = shap.inputs.length;
  const rows = shap.probability.length;
  const importances = shap.inputs.map((feature, input): ShapImportance => {
    const values = valuesOf(shap.values, width, input);
    const size = clusteredMean(values.map(Math.abs), unit);
    const [low, high] = rows < 2 || Number.isNaN(size.standardError) ? [0, size.mean * 2] : size.interval;
    const { kind, values: cells } = matrix.columns[input];
    return {
      feature,
      shap: size.mean,
      shap_interval: [Math.max(0, low), high],
      shap_mean: values.reduce((sum, value) => sum + value, 0) / rows,
      direction: kind === 'numeric' ? rankCorrelation(cells, values) : null,
      members: Object.fromEntries(
        shap.members.map(({ family, shap: own }) => [
          family,
          valuesOf(own.values, width, input).reduce((sum, value) => sum + Math.abs(value), 0) / rows,
        ]),
      ),
    };
  });
  const place = new Map(shap.inputs.map((name, i) => [name, i]));
  return importances.sort((a, b) => b.shap - a.shap || place.get(a.feature)! - place.get(b.feature)!);
}

/** Largest |base + Σ values − answer| over rows, of the blend against `probability` and of members against their raw scores. */
export function largestResidual(shap: BlendShap, probability: Float64Array, raw: readonly Float64Array[]): number {
  const width = shap.inputs.length;
  let worst = 0;
  const check = (base: number, values: Float64Array, answer: Float64Array) => {
    for (let row = 0; row < answer.length; row++) {
      let sum = base;
      for (let i = row * width; i < (row + 1) * width; i++) sum += values[i];
      worst = Math.max(worst, Math.abs(sum - answer[row]));
    }
  };
  check(shap.base, shap.values, probability);
  shap.members.forEach((member, m) => {
    check(member.shap.base, member.shap.values, raw[m]);
  });
  return worst;
}

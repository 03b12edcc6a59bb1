/** The raw score before XGBoost's first tree. */
import { exp, log } from '../kernels/plain/exponential.js';
import type { TrainingJob } from './family.js';

const f32 = Math.fround;

/**
 * The logit of base_score, which "auto" takes as the weighted mean of the labels, or, when positives are re-weighted, as one
 * Newton step from 0 (regression_obj.cu, InitEstimation; fit_stump.cc).
 */
export function baseMargin({ train, parameters }: TrainingJob): number {
  const scale = f32(Number(parameters['scale_pos_weight']));
  const given = parameters['base_score'];
  const { label, weight } = train;
  let [positives, total] = [0, 0];
  for (let row = 0; row < label.length; row++) {
    const w = weight === undefined ? 1 : f32(weight[row]);
    positives += label[row] * w;
    total += w;
  }
  let mean = given === 'auto' ? f32(positives / total) : f32(Number(given));
  if (given === 'auto' && Math.abs(scale - 1) > 1e-6) {
    // At score 0 every row has g = (½ − y) w and h = ¼ w.
    const [g, h] = [
      0.5 * (total - positives) - 0.5 * scale * positives,
      0.25 * (total - positives + scale * positives),
    ];
    const step = h <= 0 ? 0 : f32(-g / h);
    mean = f32(1 / f32(f32(exp(Math.min(-step, f32(88.7)))) + 1));
  }
  const clipped = Math.min(Math.max(mean, f32(1e-6)), f32(1 - f32(1e-6)));
  return f32(-f32(log(f32(f32(1 / clipped) - 1))));
}

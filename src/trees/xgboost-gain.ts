/**
 * Weight and gain of an XGBoost leaf (param.h, split_evaluator.h), in the original's mix of precisions. Gains of splits are
 * the kernel's.
 */
import type { OutputBounds } from './grown-tree.js';

const f32 = Math.fround;

export interface XgboostRegularization {
  /** float32 values. */
  readonly lambda: number;
  readonly alpha: number;
  readonly maxDeltaStep: number;
  readonly minChildWeight: number;
}

function thresholdL1(g: number, alpha: number): number {
  return g > alpha ? g - alpha : g < -alpha ? g + alpha : 0;
}

/** −T(g) / (h + λ), limited; 0 below min_child_weight. A float32. */
function leafWeight(g: number, h: number, to: XgboostRegularization): number {
  if (h < to.minChildWeight || h <= 0) return 0;
  const weight = -thresholdL1(g, to.alpha) / (h + to.lambda);
  if (to.maxDeltaStep !== 0 && Math.abs(weight) > to.maxDeltaStep) return Math.sign(weight) * to.maxDeltaStep;
  return f32(weight);
}

/** A leaf's weight within bounds; absent, there are none. */
export function boundedWeight(g: number, h: number, to: XgboostRegularization, bounds?: OutputBounds): number {
  const weight = leafWeight(g, h, to);
  return bounds === undefined ? weight : Math.min(Math.max(weight, bounds.min), bounds.max);
}

/** Loss saved by a leaf, times two. A float32. Under monotone constraints, with the bounds. */
export function leafGain(g: number, h: number, to: XgboostRegularization, bounds?: OutputBounds): number {
  if (h <= 0) return 0;
  if (to.maxDeltaStep === 0 && bounds === undefined)
    return f32(f32(thresholdL1(g, to.alpha) ** 2) / f32(h + to.lambda));
  const w = boundedWeight(g, h, to, bounds);
  return -f32(f32(f32(2 * f32(g)) * w) + f32(f32(f32(h) + to.lambda) * f32(w * w)));
}

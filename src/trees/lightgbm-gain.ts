/** Output and gain of a LightGBM leaf (feature_histogram.hpp: CalculateSplittedLeafOutput, GetLeafGain). */

import type { OutputBounds } from './grown-tree.js';

/** LightGBM's kEpsilon, 1e-15 in single precision. */
export const EPSILON = 1.0000000036274937e-15;

export interface LeafRegularization {
  readonly l1: number;
  readonly l2: number;
  /** At most this far from 0; 0 is unlimited. */
  readonly maxDelta: number;
  /** path_smooth; 0 is off. */
  readonly smooth: number;
  /** Range of the output; absent without monotone constraints. */
  readonly bounds?: OutputBounds;
}

/** Soft threshold of a gradient sum. */
export function thresholdL1(g: number, l1: number): number {
  return l1 > 0 ? Math.sign(g) * Math.max(0, Math.abs(g) - l1) : g;
}

/** −g / (h + λ2), limited, and smoothed towards the parent's output by the number of rows. */
export function leafOutput(g: number, h: number, count: number, to: LeafRegularization, parentOutput: number): number {
  let output = -thresholdL1(g, to.l1) / (h + to.l2);
  if (to.maxDelta > 0 && Math.abs(output) > to.maxDelta) output = Math.sign(output) * to.maxDelta;
  if (to.smooth > EPSILON) {
    const share = count / to.smooth;
    output = (output * share) / (share + 1) + parentOutput / (share + 1);
  }
  return to.bounds === undefined ? output : Math.max(to.bounds.min, Math.min(to.bounds.max, output));
}

/** Loss saved by a leaf of the given output, times two. */
export function gainOfOutput(g: number, h: number, to: LeafRegularization, output: number): number {
  const s = thresholdL1(g, to.l1);
  return -(2 * s * output + (h + to.l2) * output * output);
}

export function leafGain(g: number, h: number, count: number, to: LeafRegularization, parentOutput: number): number {
  if (to.maxDelta <= 0 && to.smooth <= EPSILON && to.bounds === undefined) {
    const s = thresholdL1(g, to.l1);
    return (s * s) / (h + to.l2);
  }
  return gainOfOutput(g, h, to, leafOutput(g, h, count, to, parentOutput));
}

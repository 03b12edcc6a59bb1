/**
 * The blend's probability taken apart: contributions in points of probability that sum exactly to p(row) − p(base).
 *
 * Members: a member's contributions φ (raw score) become points by the chord of its link, φ · (σ(raw) − σ(base)) /
 * (raw − base): the rescale rule by which Shapley values pass through a one-dimensional function of a sum (Shrikumar et
 * al. 2017; Chen, Lundberg and Lee 2022). The blend's mean is linear in its members, where Shapley values simply
 * add: Σ weight · points. Calibration is again one-dimensional and rising, so its chord from the base's mean to the row's
 * is one factor ≥ 0 for all. Every step sums exactly and keeps the signs and ranks within a member; the points are not the Shapley values
 * of the probability itself, which would need 2^inputs models' worth of work, and depend on the link's slope only by its
 * mean between base and row. Where base and row coincide the chord is the tangent.
 */
import { usageError } from '../base/errors.js';
import type { Forest } from '../forest/forest.js';
import type { ShapValues } from './tree-shap.js';

/** A member's SHAP values and what it takes to read them; all members share the inputs' number and order. */
export interface ExplainedMember {
  readonly name: string;
  readonly weight: number;
  readonly link: Forest['link'];
  readonly shap: ShapValues;
}

export interface EnsembleShap {
  /** The calibrated probability that nothing is known for. */
  readonly base: number;
  /** Row-major, one double an input, in points of probability. */
  readonly values: Float64Array;
  /** base + the row's values. */
  readonly probability: Float64Array;
}

/** `calibrate` is the blend's rising map of [0, 1] (the identity by default). Throws `MISSING_MEMBER` without members. */
export function ensembleShap(
  members: readonly ExplainedMember[],
  inputs: number,
  calibrate: (p: number) => number = (p) => p,
): EnsembleShap {
  if (members.length === 0) throw usageError('MISSING_MEMBER', 'There is no member to explain.', 'Give at least one.');
  const rows = members[0].shap.values.length / inputs;
  if (!Number.isInteger(rows) || members.some(({ shap }) => shap.values.length !== rows * inputs))
    throw usageError(
      'LENGTH_MISMATCH',
      'The members differ in their number of rows or inputs.',
      'Explain the same rows.',
    );
  const meanBase = members.reduce((sum, { weight, link, shap }) => sum + weight * linked(link, shap.base), 0);
  const base = calibrate(clamp(meanBase));
  const values = new Float64Array(rows * inputs);
  const probability = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * inputs, (row + 1) * inputs);
    let mean = 0;
    for (const { weight, link, shap } of members) {
      const phi = shap.values.subarray(row * inputs, (row + 1) * inputs);
      const raw = phi.reduce((sum, value) => sum + value, shap.base);
      const slope = weight * linkChord(link, shap.base, raw);
      mean += weight * linked(link, raw);
      for (let i = 0; i < inputs; i++) own[i] += slope * phi[i];
    }
    probability[row] = calibrate(clamp(mean));
    const slope = calibrationChord(calibrate, meanBase, mean);
    for (let i = 0; i < inputs; i++) own[i] *= slope;
    spread(own, probability[row] - base);
  }
  return { base, values, probability };
}

const clamp = (p: number) => Math.min(1, Math.max(0, p));

function linked(link: Forest['link'], raw: number): number {
  return link === 'logistic' ? 1 / (1 + Math.exp(-raw)) : raw;
}

/** (σ(b) − σ(a)) / (b − a) = σ(b) σ(−a) (1 − e^(a − b)) / (b − a), which loses no digits when a and b are close. */
export function linkChord(link: Forest['link'], from: number, to: number): number {
  if (link === 'identity') return 1;
  const [a, b] = from <= to ? [from, to] : [to, from];
  const product = linked(link, b) * linked(link, -a);
  return b === a ? product : (product * -Math.expm1(a - b)) / (b - a);
}

/** Below this distance a difference of two calibrated values is mostly rounding: the slope is taken over this distance. */
const NEAR = 1e-7;

function calibrationChord(calibrate: (p: number) => number, from: number, to: number): number {
  if (Math.abs(to - from) >= NEAR) return (calibrate(clamp(to)) - calibrate(clamp(from))) / (clamp(to) - clamp(from));
  const low = Math.max(0, Math.min(from, to) - NEAR);
  const high = Math.min(1, Math.max(from, to) + NEAR);
  return (calibrate(high) - calibrate(low)) / (high - low);
}

/** What rounding, or the tangent in place of a chord, leaves open goes to the inputs by their size: the sum is exact. */
function spread(values: Float64Array, wanted: number): void {
  const open = wanted - values.reduce((sum, value) => sum + value, 0);
  const size = values.reduce((sum, value) => sum + Math.abs(value), 0);
  if (open === 0 || size === 0) return;
  for (let i = 0; i < values.length; i++) values[i] += (open * Math.abs(values[i])) / size;
}

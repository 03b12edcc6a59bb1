/** Logistic regression on a few features by Newton's method; targets may be any numbers in [0, 1]. */
import { Matrix, solve } from 'ml-matrix';
import { sigmoid } from './sigmoid.js';

const MAX_STEPS = 100;

/**
 * Coefficients of the features, then the intercept, that minimise the cross-entropy of σ(Σ coefficient · feature +
 * intercept) against the targets, weighted when there are weights. With targets strictly inside (0, 1) the minimum exists. Undefined when the
 * features are (nearly) constant or the steps do not settle. O(rows · features²) a step.
 */
export function fitLogistic(
  features: readonly Float64Array[],
  target: Float64Array,
  weight?: Float64Array,
): number[] | undefined {
  const size = features.length + 1;
  // Each row's part of the mean.
  const share = weight === undefined ? new Float64Array(target.length).fill(1 / target.length) : sharesOf(weight);
  let mean = 0;
  for (let row = 0; row < target.length; row++) mean += target[row] * share[row];
  if (!(mean > 0 && mean < 1)) return undefined;
  let coefficients = new Array<number>(size).fill(0);
  coefficients[size - 1] = Math.log(mean / (1 - mean));
  let loss = crossEntropy(features, target, share, coefficients);
  for (let step = 0; step < MAX_STEPS; step++) {
    const direction = newtonDirection(features, target, share, coefficients);
    if (direction === undefined) return undefined;
    let length = 1;
    let next = coefficients;
    let nextLoss = loss;
    for (; length > 1e-10; length /= 2) {
      next = coefficients.map((c, k) => c - length * direction[k]);
      nextLoss = crossEntropy(features, target, share, next);
      if (nextLoss <= loss) break;
    }
    if (!(nextLoss <= loss)) return coefficients;
    const moved = Math.max(...next.map((c, k) => Math.abs(c - coefficients[k]) / (1 + Math.abs(c))));
    coefficients = next;
    loss = nextLoss;
    if (moved < 1e-12) return coefficients;
  }
  return coefficients.every(Number.isFinite) ? coefficients : undefined;
}

function sharesOf(weight: Float64Array): Float64Array {
  const total = weight.reduce((sum, w) => sum + w, 0);
  return weight.map((w) => w / total);
}

function linearScore(features: readonly Float64Array[], coefficients: readonly number[], row: number): number {
  let z = coefficients[features.length];
  for (let k = 0; k < features.length; k++) z += coefficients[k] * features[k][row];
  return z;
}

function crossEntropy(
  features: readonly Float64Array[],
  target: Float64Array,
  share: Float64Array,
  coefficients: readonly number[],
): number {
  let sum = 0;
  for (let row = 0; row < target.length; row++) {
    const z = linearScore(features, coefficients, row);
    // log(1 + eᶻ) − t·z, without overflow.
    sum += share[row] * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target[row] * z);
  }
  return sum;
}

function newtonDirection(
  features: readonly Float64Array[],
  target: Float64Array,
  share: Float64Array,
  coefficients: readonly number[],
): number[] | undefined {
  const size = coefficients.length;
  const gradient = Matrix.zeros(size, 1);
  const hessian = Matrix.zeros(size, size);
  const x = new Float64Array(size).fill(1);
  for (let row = 0; row < target.length; row++) {
    const p = sigmoid(linearScore(features, coefficients, row));
    const slope = (p - target[row]) * share[row];
    const curvature = p * (1 - p) * share[row];
    for (let k = 0; k + 1 < size; k++) x[k] = features[k][row];
    for (let k = 0; k < size; k++) {
      gradient.set(k, 0, gradient.get(k, 0) + slope * x[k]);
      for (let j = 0; j < size; j++) hessian.set(k, j, hessian.get(k, j) + curvature * x[k] * x[j]);
    }
  }
  // A trace of ridge only for the direction: it does not move the minimum.
  for (let k = 0; k < size; k++) hessian.set(k, k, hessian.get(k, k) * (1 + 1e-12) + 1e-14);
  try {
    const direction = solve(hessian, gradient).to1DArray();
    return direction.every(Number.isFinite) ? direction : undefined;
  } catch {
    return undefined;
  }
}

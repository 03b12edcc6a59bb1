/**
 * Weights on the simplex that minimise the log loss of the weighted mean. It fits; whether the fit is worth keeping is
 * judged by cross-fitting in fit-blend.ts.
 *
 * With qᵢₖ the probability model k gave to what happened in row i, the loss is −mean log Σₖ wₖ qᵢₖ: convex and
 * self-concordant in w. Each step is Newton's, its quadratic model minimised exactly over the simplex by trying every
 * set of non-zero weights (2^models − 1 small linear systems), then halved until the loss falls.
 */
import { Matrix, solve } from 'ml-matrix';
import { EcommlError, usageError } from '../base/errors.js';
import { LOG_LOSS_EPSILON } from '../base/log-loss.js';
import { checkLabels, checkMembers, type MemberProbabilities } from './members.js';
import type { Weights } from './weights.js';

export interface OptimizedWeights {
  readonly weights: Weights;
  /** Mean log loss of the weighted mean on these rows, in nats; each probability kept 2^−52 away from 0. */
  readonly logLoss: number;
  /** No weights on the simplex have a log loss lower than `logLoss − gap` (Frank–Wolfe's bound for a convex loss). */
  readonly gap: number;
}

const GAP = 1e-10;
const MAX_STEPS = 200;
const MAX_MEMBERS = 10;

/** Deterministic; O(rows · models²) a step, some ten steps. At most ten models. */
export function optimizeWeights(
  members: MemberProbabilities,
  label: Float64Array,
  rowWeight?: Float64Array,
): OptimizedWeights {
  const models = Object.keys(members);
  checkLabels(label, checkMembers(members));
  if (models.length > MAX_MEMBERS)
    throw usageError(
      'TOO_MANY_MEMBERS',
      `Weights are optimised for at most ${MAX_MEMBERS} models, not ${models.length}.`,
    );
  const likelihood = models.map((model) =>
    members[model].map((p, row) => Math.max(LOG_LOSS_EPSILON, label[row] === 1 ? p : 1 - p)),
  );
  const total = rowWeight?.reduce((sum, one) => sum + one, 0) ?? label.length;
  // Each row's part of the mean.
  const share = rowWeight?.map((one) => one / total) ?? new Float64Array(label.length).fill(1 / total);
  let w = models.map(() => 1 / models.length);
  let current = derivatives(likelihood, share, w);
  for (let step = 0; step < MAX_STEPS && current.gap > GAP; step++) {
    const target = minimiseOnSimplex(w, current.ratio, current.hessian);
    let length = 1;
    let next = w;
    let loss = current.loss;
    for (; length > 1e-9; length /= 2) {
      next = w.map((weight, k) => weight + length * (target[k] - weight));
      loss = mixtureLoss(likelihood, share, next);
      if (loss < current.loss) break;
    }
    // No step lowers the loss any more: the rest of the gap is rounding.
    if (!(loss < current.loss)) break;
    w = next;
    current = derivatives(likelihood, share, w);
  }
  if (!(current.gap <= 1e-8))
    throw new EcommlError('WEIGHTS_NOT_FOUND', `The best weights were not found: a gap of ${current.gap} is left.`);
  const sum = w.reduce((total, weight) => total + weight, 0);
  const weights = Object.fromEntries(models.map((model, k) => [model, w[k] / sum]));
  return { weights, logLoss: current.loss, gap: Math.max(0, current.gap) };
}

function mixtureLoss(likelihood: readonly Float64Array[], share: Float64Array, w: readonly number[]): number {
  const rows = likelihood[0].length;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let mixture = 0;
    for (let k = 0; k < w.length; k++) mixture += w[k] * likelihood[k][row];
    sum -= share[row] * Math.log(mixture);
  }
  return sum;
}

/** ratio = −gradient, the mean of qₖ / mixture; w · ratio = 1, so the gap is max ratio − 1. */
function derivatives(likelihood: readonly Float64Array[], share: Float64Array, w: readonly number[]) {
  const rows = likelihood[0].length;
  const models = w.length;
  const ratio = w.map(() => 0);
  const hessian = w.map(() => w.map(() => 0));
  const scaled = w.map(() => 0);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    let mixture = 0;
    for (let k = 0; k < models; k++) mixture += w[k] * likelihood[k][row];
    loss -= share[row] * Math.log(mixture);
    for (let k = 0; k < models; k++) {
      scaled[k] = likelihood[k][row] / mixture;
      ratio[k] += share[row] * scaled[k];
      for (let j = 0; j <= k; j++) hessian[k][j] += share[row] * scaled[k] * scaled[j];
    }
  }
  for (let k = 0; k < models; k++) {
    for (let j = 0; j <= k; j++) hessian[j][k] = hessian[k][j];
  }
  return { loss, ratio, hessian, gap: Math.max(...ratio) - 1 };
}

/** The u on the simplex that minimises ½(u − w)ᵀH(u − w) − ratioᵀ(u − w), by trying every support. */
function minimiseOnSimplex(w: readonly number[], ratio: readonly number[], hessian: readonly number[][]): number[] {
  const models = w.length;
  // ½uᵀHu − linearᵀu is the same up to a constant. The ridge keeps equal models solvable.
  const linear = ratio.map((r, k) => r + hessian[k].reduce((sum, h, j) => sum + h * w[j], 0));
  const ridge = 1e-13 * hessian.reduce((sum, row, k) => sum + row[k], 0);
  let best: number[] | undefined;
  let bestValue = Number.POSITIVE_INFINITY;
  for (let mask = 1; mask < 1 << models; mask++) {
    const support = ratio.map((_, k) => k).filter((k) => (mask >> k) & 1);
    const u = solveOnSupport(support, hessian, linear, ridge, models);
    if (u === undefined) continue;
    let value = 0;
    for (let k = 0; k < models; k++) {
      value -= linear[k] * u[k];
      for (let j = 0; j < models; j++) value += 0.5 * hessian[k][j] * u[k] * u[j];
    }
    if (value < bestValue) {
      bestValue = value;
      best = u;
    }
  }
  return best ?? [...w];
}

/** Stationary point with Σu = 1 and u = 0 off the support; undefined when a weight would be negative. */
function solveOnSupport(
  support: readonly number[],
  hessian: readonly number[][],
  linear: readonly number[],
  ridge: number,
  models: number,
): number[] | undefined {
  const size = support.length;
  const system = Matrix.zeros(size + 1, size + 1);
  const right = Matrix.zeros(size + 1, 1);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) system.set(a, b, hessian[support[a]][support[b]] + (a === b ? ridge : 0));
    system.set(a, size, 1);
    system.set(size, a, 1);
    right.set(a, 0, linear[support[a]]);
  }
  right.set(size, 0, 1);
  let solution: Matrix;
  try {
    solution = solve(system, right);
  } catch {
    // ml-matrix refuses a system that is singular in spite of the ridge; a smaller support describes the same point.
    return undefined;
  }
  const u = new Array<number>(models).fill(0);
  for (let a = 0; a < size; a++) {
    const weight = solution.get(a, 0);
    if (!(weight >= 0)) return undefined;
    u[support[a]] = weight;
  }
  return u;
}

/**
 * TreeSHAP with coefficients of a path (Lundberg et al., arXiv 1802.03888, algorithm 2) one row and one tree at a time, in double
 * or in single precision: with every intermediate number rounded to a float it gives what a library that keeps floats gives.
 * Shares are those of hessians, as XGBoost's are. A second opinion for tests, slow; it knows no target statistics.
 */
import type { Forest } from '#ecomml/forest/forest.js';
import { goesLeft } from '#ecomml/forest/walk.js';

interface Step {
  readonly feature: number;
  /** Share of rows that follows the path when the feature is unknown, and whether the row does (1 or 0). */
  readonly zero: number;
  readonly one: number;
}

type Round = (value: number) => number;

/** Contributions of each input, then the base. Trees are added in their order, each summed by itself first, as XGBoost does. */
export function pathTreeShap(forest: Forest, row: readonly number[], round: Round): number[] {
  const sums = new Array<number>(forest.inputs.length + 1).fill(0);
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    const own = new Array<number>(sums.length).fill(0);
    descend(forest, row, round, forest.treeStart[tree], [], [], { feature: -1, zero: 1, one: 1 }, own);
    own[sums.length - 1] = meanBelow(forest, round, forest.treeStart[tree]);
    own.forEach((value, i) => {
      sums[i] = round(sums[i] + value);
    });
  }
  return sums;
}

function meanBelow(forest: Forest, round: Round, node: number): number {
  if (forest.feature[node] < 0) return round(forest.value[node]);
  const weighted = (child: number) => round(meanBelow(forest, round, child) * round(forest.hessian[child]));
  return round(round(weighted(forest.left[node]) + weighted(forest.right[node])) / round(forest.hessian[node]));
}

function descend(
  forest: Forest,
  row: readonly number[],
  round: Round,
  node: number,
  above: readonly Step[],
  weightsAbove: readonly number[],
  step: Step,
  sums: number[],
): void {
  let path = [...above, step];
  let weights = extended(weightsAbove, step, round);
  const feature = forest.feature[node];
  if (feature < 0) {
    const value = round(forest.value[node]);
    for (let k = 1; k < path.length; k++) {
      const taken = round(without(path, weights, k, round) * round(path[k].one - path[k].zero));
      sums[path[k].feature] = round(sums[path[k].feature] + round(taken * value));
    }
    return;
  }
  const [hot, cold] = goesLeft(forest, node, row[feature])
    ? [forest.left[node], forest.right[node]]
    : [forest.right[node], forest.left[node]];
  const again = path.findIndex((one) => one.feature === feature);
  let [zero, one] = [1, 1];
  if (again >= 0) {
    ({ zero, one } = path[again]);
    weights = unwound(path, weights, again, round);
    path = path.filter((_, k) => k !== again);
  }
  const share = (child: number) => round(round(forest.hessian[child]) / round(forest.hessian[node]));
  const next = (child: number, follows: number) =>
    descend(
      forest,
      row,
      round,
      child,
      path,
      weights,
      { feature, zero: round(share(child) * zero), one: follows },
      sums,
    );
  next(hot, one);
  next(cold, 0);
}

/** The weights of subsets by size, with one step more: EXTEND. */
function extended(weights: readonly number[], { zero, one }: Step, round: Round): number[] {
  const depth = weights.length;
  const out = [...weights, depth === 0 ? 1 : 0];
  for (let i = depth - 1; i >= 0; i--) {
    out[i + 1] = round(out[i + 1] + round(round(round(one * out[i]) * (i + 1)) / (depth + 1)));
    out[i] = round(round(round(zero * out[i]) * (depth - i)) / (depth + 1));
  }
  return out;
}

/** The weights with step k taken out again: UNWIND. */
function unwound(path: readonly Step[], weights: readonly number[], k: number, round: Round): number[] {
  const depth = path.length - 1;
  const { zero, one } = path[k];
  const out = [...weights];
  let next = out[depth];
  for (let i = depth - 1; i >= 0; i--) {
    const held = out[i];
    if (one === 0) {
      out[i] = round(round(held * (depth + 1)) / round(zero * (depth - i)));
      continue;
    }
    out[i] = round(round(next * (depth + 1)) / round((i + 1) * one));
    next = round(held - round(round(round(out[i] * zero) * (depth - i)) / (depth + 1)));
  }
  return out.slice(0, depth);
}

/** The sum of the weights with step k taken out. */
function without(path: readonly Step[], weights: readonly number[], k: number, round: Round): number {
  const depth = path.length - 1;
  const { zero, one } = path[k];
  let next = weights[depth];
  let total = 0;
  for (let i = depth - 1; i >= 0; i--) {
    const size = round((depth - i) / (depth + 1));
    if (one === 0) {
      if (zero !== 0) total = round(total + round(round(weights[i] / zero) / size));
      continue;
    }
    const part = round(round(next * (depth + 1)) / round((i + 1) * one));
    total = round(total + part);
    next = round(weights[i] - round(round(part * zero) * size));
  }
  return total;
}

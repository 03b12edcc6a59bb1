/** Holds a grown tree against one of scikit-learn's, node by node from the root, as far as the best split is unique. */
import type { Forest } from '#ecomml/forest/forest.js';

export interface GoldenTree {
  readonly parameters: Record<string, number | string>;
  readonly feature: number[];
  readonly threshold: (number | 'inf')[];
  readonly left: number[];
  readonly right: number[];
  readonly missing_left: number[];
  /** Share of class 1. */
  readonly value: number[];
  readonly count: number[];
  readonly impurity: number[];
  readonly weight: number[];
}

export interface Comparison {
  /** Nodes of the golden tree that were compared and are the same. */
  readonly same: number;
  /** Nodes where another split has the same gain; what is below them is not compared. */
  readonly ties: number;
  /** What differs otherwise, in words. */
  readonly differences: readonly string[];
}

/**
 * Gains are computed from differently ordered sums of up to some ten thousand terms of size 1: two that differ by less
 * than this, relative to the node's weight, cannot be told apart in doubles.
 */
const TIE = 1e-11;

/** Drawn thresholds may differ by a rounding of theirs: `tolerance` is relative to them. */
export function compareTree(forest: Forest, golden: GoldenTree, tolerance = 0): Comparison {
  let same = 0;
  let ties = 0;
  const differences: string[] = [];
  const differ = (node: number, what: string, found: unknown, expected: unknown) =>
    differences.push(`node ${node}: ${what} is ${found}, scikit-learn has ${expected}`);
  const pending: [number, number][] = [[0, 0]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [ours, theirs] = next;
    if (forest.count[ours] !== golden.count[theirs]) differ(theirs, 'count', forest.count[ours], golden.count[theirs]);
    if (Math.abs(forest.value[ours] - golden.value[theirs]) > 1e-12)
      differ(theirs, 'value', forest.value[ours], golden.value[theirs]);
    if (Math.abs(forest.cover[ours] / golden.weight[theirs] - 1) > 1e-12)
      differ(theirs, 'weight', forest.cover[ours], golden.weight[theirs]);
    const [ourFeature, theirFeature] = [forest.feature[ours], golden.left[theirs] < 0 ? -1 : golden.feature[theirs]];
    if (ourFeature < 0 || theirFeature < 0) {
      // Of weights like 0.9171 a pure node's Gini impurity comes out in scikit-learn as some 1e-15, which it goes on
      // to split; here it is 0 exactly.
      const pure = golden.value[theirs] === 0 || golden.value[theirs] === 1;
      if (ourFeature === theirFeature || (ourFeature < 0 && pure)) same++;
      else differ(theirs, 'feature', ourFeature, theirFeature);
      continue;
    }
    const gain = (forest.gain[ours] * forest.cover[0]) / forest.cover[ours];
    const theirGain = gainOf(golden, theirs);
    if (Math.abs(gain - theirGain) > TIE) differ(theirs, 'gain', gain, theirGain);
    const threshold = golden.threshold[theirs] === 'inf' ? Number.POSITIVE_INFINITY : golden.threshold[theirs];
    if (ourFeature !== theirFeature || !near(forest.threshold[ours], threshold, tolerance)) {
      ties++;
      continue;
    }
    if (forest.defaultLeft[ours] !== golden.missing_left[theirs])
      differ(theirs, 'side of missing values', forest.defaultLeft[ours], golden.missing_left[theirs]);
    same++;
    pending.push([forest.left[ours], golden.left[theirs]], [forest.right[ours], golden.right[theirs]]);
  }
  return { same, ties, differences };
}

function near(a: number, b: number, tolerance: number): boolean {
  return a === b || Math.abs(a - b) <= tolerance * Math.abs(b);
}

function gainOf({ left, right, impurity, weight }: GoldenTree, node: number): number {
  const [l, r] = [left[node], right[node]];
  return impurity[node] - (weight[l] * impurity[l] + weight[r] * impurity[r]) / weight[node];
}

/**
 * XGBoost's best category set of one node (hist/evaluate_splits.h: EnumerateOneHot, EnumeratePart). The set goes right,
 * categories that are not in it left; missing values go with either side.
 */
import { leafWeight, type MonotoneLimits, splitGain, type XgboostRegularization } from './xgboost-gain.js';

export interface XgboostCategoricalSplit {
  readonly gain: number;
  /** Codes that go right. */
  readonly set: readonly number[];
  readonly missingLeft: boolean;
  readonly left: readonly [g: number, h: number];
  readonly right: readonly [g: number, h: number];
}

/**
 * `histogram` holds Σg, Σh of code c at 2c, 2c + 1 for the codes below `codes`; `total` the sums of the whole node,
 * missing values included; `own` is the node's gain.
 */
export function findXgboostCategorical(
  histogram: Float64Array,
  codes: number,
  total: readonly [g: number, h: number],
  own: number,
  to: XgboostRegularization,
  limits: { readonly maxCatToOneHot: number; readonly maxCatThreshold: number },
  monotone?: MonotoneLimits,
): XgboostCategoricalSplit | undefined {
  const node: Node = { histogram, codes, total, own, to, monotone };
  if (codes < limits.maxCatToOneHot) return bestOneHot(node);
  const order = orderByWeight(histogram, codes, to);
  const steps = Math.min(limits.maxCatThreshold, codes) - 1;
  return bestPart(node, order, steps, false, bestPart(node, order, steps, true, undefined));
}

interface Node {
  readonly histogram: Float64Array;
  readonly codes: number;
  readonly total: readonly [number, number];
  readonly own: number;
  readonly to: XgboostRegularization;
  readonly monotone: MonotoneLimits | undefined;
}

/**
 * Codes by rising leaf weight, equal ones by code. Most of many categories are too rare for a weight: theirs is 0, and
 * only the others are sorted.
 */
function orderByWeight(histogram: Float64Array, codes: number, to: XgboostRegularization): number[] {
  const weights = new Float64Array(codes);
  const sides: [below: number[], zero: number[], above: number[]] = [[], [], []];
  for (let code = 0; code < codes; code++) {
    weights[code] = leafWeight(histogram[code * 2], histogram[code * 2 + 1], to);
    sides[1 + Math.sign(weights[code])].push(code);
  }
  const byWeight = (a: number, b: number) => weights[a] - weights[b] || a - b;
  return sides[0].sort(byWeight).concat(sides[1], sides[2].sort(byWeight));
}

function bestOneHot({ histogram, codes, total, own, to, monotone }: Node): XgboostCategoricalSplit | undefined {
  let present: readonly [number, number] = [0, 0];
  for (let code = 0; code < codes; code++)
    present = [present[0] + histogram[code * 2], present[1] + histogram[code * 2 + 1]];
  const missing = [total[0] - present[0], total[1] - present[1]];
  let best: XgboostCategoricalSplit | undefined;
  for (let code = 0; code < codes; code++) {
    for (const missingLeft of [true, false]) {
      const withMissing = missingLeft ? 0 : 1;
      const right = [
        histogram[code * 2] + withMissing * missing[0],
        histogram[code * 2 + 1] + withMissing * missing[1],
      ] as const;
      best = better({ set: () => [code], missingLeft, right, left: rest(total, right) }, own, to, best, monotone);
    }
  }
  return best;
}

/**
 * Splits of the codes in the order of their weights. Missing left: the set is a growing prefix; missing right: the left
 * side grows from the end and the set is what remains.
 */
function bestPart(
  { histogram, codes, total, own, to, monotone }: Node,
  order: readonly number[],
  steps: number,
  missingLeft: boolean,
  before: XgboostCategoricalSplit | undefined,
): XgboostCategoricalSplit | undefined {
  let best = before;
  let sums: readonly [number, number] = [0, 0];
  for (let step = 0; step < steps; step++) {
    const at = missingLeft ? step : codes - 1 - step;
    const code = order[at];
    sums = [sums[0] + histogram[code * 2], sums[1] + histogram[code * 2 + 1]];
    const [left, right] = missingLeft ? [rest(total, sums), sums] : [sums, rest(total, sums)];
    const set = () => order.slice(0, missingLeft ? at + 1 : at);
    best = better({ set, missingLeft, left, right }, own, to, best, monotone);
  }
  return best;
}

function rest(total: readonly [number, number], part: readonly [number, number]): readonly [number, number] {
  return [total[0] - part[0], total[1] - part[1]];
}

/** `split` when its gain beats `best`; its set is made only then. */
function better(
  split: Omit<XgboostCategoricalSplit, 'gain' | 'set'> & { readonly set: () => readonly number[] },
  own: number,
  to: XgboostRegularization,
  best: XgboostCategoricalSplit | undefined,
  monotone: MonotoneLimits | undefined,
): XgboostCategoricalSplit | undefined {
  if (split.left[1] < to.minChildWeight || split.right[1] < to.minChildWeight) return best;
  const gain = splitGain(split.left, split.right, own, to, monotone);
  return gain > (best?.gain ?? 0) && Number.isFinite(gain) ? { ...split, set: split.set(), gain } : best;
}

/**
 * LightGBM's best category set of one node (feature_histogram.cpp, FindBestThresholdCategoricalInner): one category
 * against the rest when there are few, else prefixes of the categories sorted by Σg / (Σh + cat_smooth), from both ends
 * (Fisher 1958: the best two-way partition of an ordered statistic is contiguous). Bin 0, "any other", stays right.
 */
import type { NodeSums, OutputBounds } from './grown-tree.js';
import { EPSILON, gainOfOutput, type LeafRegularization, leafGain, leafOutput } from './lightgbm-gain.js';

export interface CategoricalRules {
  readonly regularization: LeafRegularization;
  readonly minDataInLeaf: number;
  readonly minHessianInLeaf: number;
  readonly minGain: number;
  readonly maxCatToOneHot: number;
  readonly maxCatThreshold: number;
  readonly catL2: number;
  readonly catSmooth: number;
  readonly minDataPerGroup: number;
}

export interface CategoricalSplit {
  readonly gain: number;
  /** Bins that go left. */
  readonly set: readonly number[];
  readonly left: NodeSums;
  readonly right: NodeSums;
}

/** A set, and the sums and rows of its side. */
export interface BestSet {
  readonly gain: number;
  readonly g: number;
  /** kEpsilon included. */
  readonly h: number;
  readonly count: number;
  readonly set: readonly number[];
}

/**
 * `histogram` holds Σg, Σh of bin b at 2b, 2b + 1; `node` the sums of the node, `rows` its rows. `pick(n)` draws the one
 * candidate below n that extra_trees looks at; undefined looks at all. `bounds` limits the children's outputs.
 */
export function findCategoricalSplit(
  histogram: Float64Array,
  bins: number,
  node: NodeSums,
  rows: number,
  rules: CategoricalRules,
  pick?: (candidates: number) => number,
  bounds?: OutputBounds,
): CategoricalSplit | undefined {
  const totalH = node.h + 2 * EPSILON;
  const toBeat = categoricalGainToBeat(node, rows, rules);
  const regularization = regularizationOf(bins, rules, bounds);
  const scan: Scan = { histogram, bins, node, totalH, rows, rules, regularization, toBeat };
  const best = bins <= rules.maxCatToOneHot ? bestSingle(scan, pick) : bestPrefix(scan, pick);
  if (best === undefined) return undefined;
  return categoricalSplitOf({ ...best, gain: best.gain - toBeat }, bins, node, rows, rules, bounds);
}

/** What the gains of both sides must exceed. */
export function categoricalGainToBeat(node: NodeSums, rows: number, rules: CategoricalRules): number {
  const totalH = node.h + 2 * EPSILON;
  const { regularization: plain } = rules;
  const own =
    plain.smooth > EPSILON ? gainOfOutput(node.g, totalH, plain, node.value) : leafGain(node.g, totalH, rows, plain, 0);
  return own + rules.minGain;
}

/** The split of a node by a set of a feature's `bins` bins. */
export function categoricalSplitOf(
  found: BestSet,
  bins: number,
  node: NodeSums,
  rows: number,
  rules: CategoricalRules,
  bounds?: OutputBounds,
): CategoricalSplit {
  const regularization = regularizationOf(bins, rules, bounds);
  const output = (g: number, h: number, count: number) => leafOutput(g, h, count, regularization, node.value);
  const { gain, set, g, h, count } = found;
  const [rightG, rightH] = [node.g - g, node.h + 2 * EPSILON - h];
  return {
    gain,
    set,
    left: { g, h: h - EPSILON, value: output(g, h, count) },
    right: { g: rightG, h: rightH - EPSILON, value: output(rightG, rightH, rows - count) },
  };
}

function regularizationOf(bins: number, rules: CategoricalRules, bounds: OutputBounds | undefined): LeafRegularization {
  const { regularization: plain, catL2, maxCatToOneHot } = rules;
  const bounded = bounds === undefined ? plain : { ...plain, bounds };
  return bins <= maxCatToOneHot ? bounded : { ...bounded, l2: plain.l2 + catL2 };
}

interface Scan {
  readonly histogram: Float64Array;
  readonly bins: number;
  readonly node: NodeSums;
  readonly totalH: number;
  readonly rows: number;
  readonly rules: CategoricalRules;
  readonly regularization: LeafRegularization;
  readonly toBeat: number;
}

/** Rows of a share of the hessian: LightGBM keeps no counts in histograms. */
function rowsOf({ rows, totalH }: Scan, h: number): number {
  return Math.trunc(h * (rows / totalH) + 0.5);
}

function bestSingle(scan: Scan, pick?: (candidates: number) => number): BestSet | undefined {
  const { histogram, bins, node, totalH, rows, rules, regularization: to, toBeat } = scan;
  const only = pick === undefined ? undefined : 1 + pick(bins - 1);
  let best: BestSet | undefined;
  for (let bin = 1; bin < bins; bin++) {
    const [g, h] = [histogram[bin * 2], histogram[bin * 2 + 1]];
    const count = rowsOf(scan, h);
    if (count < rules.minDataInLeaf || h < rules.minHessianInLeaf || rows - count < rules.minDataInLeaf) continue;
    const otherH = totalH - h - EPSILON;
    if (otherH < rules.minHessianInLeaf || (only !== undefined && bin !== only)) continue;
    const gain =
      leafGain(node.g - g, otherH, rows - count, to, node.value) + leafGain(g, h + EPSILON, count, to, node.value);
    if (gain > toBeat && (best === undefined || gain > best.gain))
      best = { gain, g, h: h + EPSILON, count, set: [bin] };
  }
  return best;
}

function bestPrefix(scan: Scan, pick?: (candidates: number) => number): BestSet | undefined {
  const { histogram, bins, rules } = scan;
  const kept = new Uint32Array(bins);
  const keys = new Float64Array(bins);
  let size = 0;
  for (let bin = 1; bin < bins; bin++) {
    if (rowsOf(scan, histogram[bin * 2 + 1]) < rules.catSmooth) continue;
    kept[size++] = bin;
    keys[bin] = histogram[bin * 2] / (histogram[bin * 2 + 1] + rules.catSmooth);
  }
  const candidates = kept.subarray(0, size);
  const most = Math.min(rules.maxCatThreshold, Math.trunc((size + 1) / 2));
  const last = Math.max(Math.min(most, size) - 1, 0);
  const only = pick === undefined ? -1 : last > 0 ? pick(last) : 0;
  const best = scanPrefixes(scan, smallest(candidates, keys, most), most, only, undefined);
  return scanPrefixes(scan, smallest(candidates.reverse(), keys.map(negative), most), most, only, best);
}

const negative = (key: number): number => -key;

/** The `most` numbers of the smallest keys, in their order; equal ones as they come. */
function smallest(numbers: Uint32Array, keys: Float64Array, most: number): Uint32Array {
  const kept = new Uint32Array(Math.min(most, numbers.length));
  let size = 0;
  for (const number of numbers) {
    const key = keys[number];
    if (size === kept.length) {
      if (size === 0 || !(key < keys[kept[size - 1]])) continue;
      size--;
    }
    let at = size++;
    for (; at > 0 && key < keys[kept[at - 1]]; at--) kept[at] = kept[at - 1];
    kept[at] = number;
  }
  return kept;
}

/** The best prefix of at most `most` bins of `order` that beats `best`; `only`: the one place looked at, −1 for all. */
function scanPrefixes(
  { histogram, node, totalH, rows, rules, regularization: to, toBeat }: Scan,
  order: Uint32Array,
  most: number,
  only: number,
  best: BestSet | undefined,
): BestSet | undefined {
  const { minDataInLeaf, minHessianInLeaf, minDataPerGroup } = rules;
  const countFactor = rows / totalH;
  const leastRight = Math.max(minDataInLeaf, minDataPerGroup);
  let found: Omit<BestSet, 'set'> | undefined;
  let length = 0;
  let bar = best === undefined ? toBeat : Math.max(toBeat, best.gain);
  let [g, h, count, inGroup] = [0, EPSILON, 0, 0];
  for (let i = 0; i < order.length && i < most; i++) {
    const at = order[i] * 2;
    const cellRows = Math.trunc(histogram[at + 1] * countFactor + 0.5);
    g += histogram[at];
    h += histogram[at + 1];
    count += cellRows;
    inGroup += cellRows;
    if (count < minDataInLeaf || h < minHessianInLeaf) continue;
    if (rows - count < leastRight) break;
    if (totalH - h < minHessianInLeaf) break;
    if (inGroup < minDataPerGroup) continue;
    inGroup = 0;
    if (only >= 0 && i !== only) continue;
    const gain = leafGain(g, h, count, to, node.value) + leafGain(node.g - g, totalH - h, rows - count, to, node.value);
    if (!(gain > bar)) continue;
    bar = gain;
    found = { gain, g, h, count };
    length = i + 1;
  }
  return found === undefined ? best : { ...found, set: [...order.subarray(0, length)] };
}

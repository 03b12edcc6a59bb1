/**
 * The ranges of outputs that monotone constraints leave to the open leaves of a growing tree, by LightGBM's methods
 * "intermediate" and "advanced" (monotone_constraints.hpp; Auguste, Malory and Smirnov 2020): a leaf is limited by the
 * outputs of the leaves it touches across a monotone split, and of "advanced" bin by bin of each feature. It names the
 * leaves whose range changed; their splits are searched for again by the grower.
 */
import type { OutputBounds, TreeNode } from './grown-tree.js';

/** One number for all bins, or one a bin; never changed in place. */
type Limit = number | Float64Array;

interface FeatureRange {
  readonly min: Limit;
  readonly max: Limit;
  /** To be found anew from the tree's leaves before it is used. */
  readonly isOldMin: boolean;
  readonly isOldMax: boolean;
}

interface LeafState {
  /** A monotone split is above. */
  readonly isUnderMonotone: boolean;
  /** One a feature for "advanced", else one. */
  readonly ranges: FeatureRange[];
}

/** Splits passed on the way up from a leaf, as far as they tell which other leaves touch it. */
interface WayUp {
  readonly feature: number;
  readonly threshold: number;
  readonly fromRight: boolean;
}

/** What is told about features: bins, 0 for a categorical one's direction. */
export interface MonotoneFeatures {
  readonly count: number;
  binsOf(feature: number): number;
  /** −1, 0 or 1. */
  directionOf(feature: number): number;
}

const FREE: FeatureRange = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, isOldMin: false, isOldMax: false };

export class MonotoneLeaves {
  readonly #features: MonotoneFeatures;
  readonly #isAdvanced: boolean;
  readonly #states = new Map<TreeNode, LeafState>();

  constructor(method: 'intermediate' | 'advanced', features: MonotoneFeatures) {
    this.#features = features;
    this.#isAdvanced = method === 'advanced';
  }

  /** Starts a tree. */
  begin(): void {
    this.#states.clear();
  }

  /** The ranges of a split's two sides where it cuts: limits left and right. `scanIsFromLeft`: those of that scan. */
  sides(node: TreeNode, feature: number, threshold: number, scanIsFromLeft: boolean): [OutputBounds, OutputBounds] {
    const table = new Float64Array(this.#features.binsOf(feature) * 4);
    this.fill(node, feature, table);
    const at = scanIsFromLeft ? 0 : (threshold + 1) * 4;
    const [leftMin, leftMax, rightMin, rightMax] = table.subarray(at, at + 4);
    return [
      { min: leftMin, max: leftMax },
      { min: rightMin, max: rightMax },
    ];
  }

  /** The one range of a leaf for both sides of any split: of "intermediate", and of categorical features. */
  range(node: TreeNode, feature: number): OutputBounds {
    const { min, max } = this.#stateOf(node).ranges[this.#isAdvanced ? feature : 0];
    return { min: extreme(min, Math.max), max: extreme(max, Math.min) };
  }

  /**
   * Least and largest output left and right of a cut below each bin, as `scanLightgbm` reads them. A cut below bin 0 stands
   * for all cuts of a scan from the left: the original limits its left side by the first bin alone.
   */
  fill(node: TreeNode, feature: number, table: Float64Array): void {
    const { min, max } = this.#current(node, feature);
    const bins = table.length / 4;
    let [least, most] = [at(min, 0), at(max, 0)];
    for (let bin = 1; bin < bins; bin++) {
      table[bin * 4] = least;
      table[bin * 4 + 1] = most;
      least = Math.max(least, at(min, bin));
      most = Math.min(most, at(max, bin));
    }
    [least, most] = [at(min, bins - 1), at(max, bins - 1)];
    for (let bin = bins - 1; bin >= 0; bin--) {
      least = Math.max(least, at(min, bin));
      most = Math.min(most, at(max, bin));
      table[bin * 4 + 2] = least;
      table[bin * 4 + 3] = most;
    }
    table[0] = at(min, 0);
    table[1] = at(max, 0);
  }

  /** Takes in that `node` has been split; gives the open leaves (nodes with a split to come) whose range changed. */
  afterSplit(node: TreeNode): TreeNode[] {
    const { left, right, split } = node;
    const above = this.#stateOf(node);
    const direction = this.#features.directionOf(split!.feature);
    const isUnderMonotone = above.isUnderMonotone || direction !== 0;
    this.#states.delete(node);
    const limited = (change: (range: FeatureRange) => FeatureRange): LeafState => ({
      isUnderMonotone,
      ranges: direction === 0 ? [...above.ranges] : above.ranges.map(change),
    });
    const isRising = direction > 0;
    this.#states.set(
      left!,
      limited((range) => (isRising ? below(range, right!.value) : aboveOf(range, right!.value))),
    );
    this.#states.set(
      right!,
      limited((range) => (isRising ? aboveOf(range, left!.value) : below(range, left!.value))),
    );
    const changed: TreeNode[] = [];
    if (isUnderMonotone) this.#climb(node, changed);
    return changed;
  }

  #stateOf(node: TreeNode): LeafState {
    const known = this.#states.get(node);
    if (known !== undefined) return known;
    const count = this.#isAdvanced ? this.#features.count : 1;
    const fresh: LeafState = { isUnderMonotone: false, ranges: new Array<FeatureRange>(count).fill(FREE) };
    this.#states.set(node, fresh);
    return fresh;
  }

  /** Goes up from a split and down the other side of each monotone split above, to the leaves that touch its children. */
  #climb(split: TreeNode, changed: TreeNode[]): void {
    const way: WayUp[] = [];
    for (let node = split; node.parent !== undefined; node = node.parent) {
      const { parent } = node;
      const { feature, threshold } = parent.split!;
      const fromRight = parent.right === node;
      if (threshold === undefined || isPassed(way, feature, fromRight)) continue;
      const direction = this.#features.directionOf(feature);
      if (direction !== 0) {
        const isUpper = direction < 0 ? fromRight : !fromRight;
        this.#limitOthers(fromRight ? parent.left! : parent.right!, way, !isUpper, split, true, true, changed);
      }
      way.push({ feature, threshold, fromRight });
    }
  }

  #limitOthers(
    node: TreeNode,
    way: readonly WayUp[],
    limitsMax: boolean,
    origin: TreeNode,
    touchesLeft: boolean,
    touchesRight: boolean,
    changed: TreeNode[],
  ): void {
    if (node.left === undefined || node.right === undefined) {
      if (node.split === undefined) return;
      const { left, right } = origin;
      const outputs =
        touchesLeft && touchesRight ? [left!.value, right!.value] : [(touchesRight ? right! : left!).value];
      if (this.#limit(node, limitsMax, limitsMax ? Math.min(...outputs) : Math.max(...outputs))) changed.push(node);
      return;
    }
    const [goesLeft, goesRight] = touchingSides(node, way);
    const { feature, threshold } = node.split!;
    const cut = origin.split!;
    const isSame = threshold !== undefined && feature === cut.feature;
    const leftTouchesRight = !(isSame && threshold <= cut.threshold!);
    const rightTouchesLeft = !(isSame && threshold >= cut.threshold!);
    if (goesLeft)
      this.#limitOthers(node.left, way, limitsMax, origin, touchesLeft, leftTouchesRight && touchesRight, changed);
    if (goesRight)
      this.#limitOthers(node.right, way, limitsMax, origin, rightTouchesLeft && touchesLeft, touchesRight, changed);
  }

  /** True when the leaf's split must be searched for again. */
  #limit(node: TreeNode, limitsMax: boolean, output: number): boolean {
    const { ranges } = this.#stateOf(node);
    if (!this.#isAdvanced) {
      const [range] = ranges;
      if (limitsMax ? !(output < (range.max as number)) : !(output > (range.min as number))) return false;
    }
    ranges.forEach((range, f) => {
      const limited = limitsMax ? below(range, output) : aboveOf(range, output);
      ranges[f] = this.#isAdvanced ? { ...limited, ...(limitsMax ? { isOldMax: true } : { isOldMin: true }) } : limited;
    });
    return true;
  }

  /** A feature's range; one that is old is found anew (of two old limits the original renews the lower alone). */
  #current(node: TreeNode, feature: number): FeatureRange {
    const { ranges } = this.#stateOf(node);
    const f = this.#isAdvanced ? feature : 0;
    const range = ranges[f];
    if (!range.isOldMin && !range.isOldMax) return range;
    const isMin = range.isOldMin;
    const bins = this.#features.binsOf(feature);
    const limits = new Float64Array(bins).fill(isMin ? -Number.MAX_VALUE : Number.MAX_VALUE);
    this.#climbForLimits(node, feature, isMin, limits);
    const same = limits.every((limit) => limit === limits[0]);
    const limit: Limit = same ? limits[0] : limits;
    ranges[f] = {
      min: isMin ? limit : range.min,
      max: isMin ? range.max : limit,
      isOldMin: false,
      isOldMax: false,
    };
    return ranges[f];
  }

  /** Goes up from a leaf and down again to the leaves that limit it, narrowing the bins of `feature` they limit it in. */
  #climbForLimits(leaf: TreeNode, feature: number, isMin: boolean, limits: Float64Array): void {
    const way: WayUp[] = [];
    let [start, end] = [0, limits.length];
    for (let node = leaf; node.parent !== undefined; node = node.parent) {
      const { parent } = node;
      const { feature: splitFeature, threshold } = parent.split!;
      const fromRight = parent.right === node;
      if (threshold === undefined) continue;
      if (splitFeature === feature) {
        if (fromRight) start = Math.max(threshold, start);
        else end = Math.min(threshold + 1, end);
      }
      if (isPassed(way, splitFeature, fromRight)) continue;
      const direction = this.#features.directionOf(splitFeature);
      if (direction !== 0 && (direction < 0 ? !fromRight : fromRight) === isMin) {
        const other = fromRight ? parent.left! : parent.right!;
        this.#collectLimits(other, way, feature, splitFeature, isMin, limits, start, end);
      }
      way.push({ feature: splitFeature, threshold, fromRight });
    }
  }

  #collectLimits(
    node: TreeNode,
    way: readonly WayUp[],
    feature: number,
    monotoneFeature: number,
    isMin: boolean,
    limits: Float64Array,
    start: number,
    end: number,
  ): void {
    if (node.left === undefined || node.right === undefined) {
      for (let bin = start; bin < end; bin++)
        limits[bin] = isMin ? Math.max(limits[bin], node.value) : Math.min(limits[bin], node.value);
      return;
    }
    const { feature: splitFeature, threshold } = node.split!;
    const [goesLeft, goesRight] = touchingSides(node, way);
    const isOwn = splitFeature === feature;
    const cut = (isOwn ? threshold! : 0) + 1;
    // Of a monotone split one side limits more than the other, unless it is on the feature itself.
    const direction = isOwn && monotoneFeature !== feature ? 0 : this.#features.directionOf(splitFeature);
    const leftTells = direction === 0 || direction < 0 === isMin;
    const rightTells = direction === 0 || direction > 0 === isMin;
    if (goesLeft && (leftTells || !goesRight)) {
      const until = isOwn ? Math.min(cut, end) : end;
      this.#collectLimits(node.left, way, feature, monotoneFeature, isMin, limits, start, until);
    }
    if (goesRight && (rightTells || !goesLeft)) {
      const from = isOwn ? Math.max(cut, start) : start;
      this.#collectLimits(node.right, way, feature, monotoneFeature, isMin, limits, from, end);
    }
  }
}

/** The way has passed a split on this feature from this side: what lies beyond does not touch the leaf. */
function isPassed(way: readonly WayUp[], feature: number, fromRight: boolean): boolean {
  return way.some((one) => one.feature === feature && one.fromRight === fromRight);
}

/** Which children of a node touch the leaf that the way comes from. */
function touchingSides({ split }: TreeNode, way: readonly WayUp[]): [boolean, boolean] {
  const { feature, threshold } = split!;
  if (threshold === undefined) return [true, true];
  const on = way.filter((one) => one.feature === feature);
  return [
    !on.some((one) => one.fromRight && threshold <= one.threshold),
    !on.some((one) => !one.fromRight && threshold >= one.threshold),
  ];
}

function at(limit: Limit, bin: number): number {
  return typeof limit === 'number' ? limit : limit[bin];
}

function extreme(limit: Limit, pick: (...values: number[]) => number): number {
  return typeof limit === 'number' ? limit : limit.reduce((a, b) => pick(a, b));
}

function below(range: FeatureRange, output: number): FeatureRange {
  return { ...range, max: changed(range.max, (limit) => Math.min(limit, output)) };
}

function aboveOf(range: FeatureRange, output: number): FeatureRange {
  return { ...range, min: changed(range.min, (limit) => Math.max(limit, output)) };
}

function changed(limit: Limit, change: (limit: number) => number): Limit {
  return typeof limit === 'number' ? change(limit) : limit.map(change);
}

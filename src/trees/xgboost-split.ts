/**
 * XGBoost's way of growing a tree: level by level, or by the largest change of loss. Features are scanned by
 * `xgboost-scan.ts`, columns drawn by `xgboost-columns.ts`.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState } from './boost.js';
import { outputBounds } from './column-constraints.js';
import type { GrowthPolicy } from './grow.js';
import type { NodeSplit, NodeSums, OutputBounds, TreeNode } from './grown-tree.js';
import type { XgboostColumns } from './xgboost-columns.js';
import type { XgboostFeature } from './xgboost-cuts.js';
import { boundedWeight, leafGain } from './xgboost-gain.js';
import type { XgboostGrowth } from './xgboost-growth.js';
import { XgboostLevels } from './xgboost-levels.js';
import { XgboostScan } from './xgboost-scan.js';

/** XGBoost's kRtEps: a smaller change of loss is no split. */
const LEAST_GAIN = Math.fround(1e-6);

export class XgboostPolicy implements GrowthPolicy {
  readonly maxLeaves: number;
  readonly #state: BoostingState;
  readonly #features: readonly XgboostFeature[];
  readonly #growth: XgboostGrowth;
  readonly #columns: XgboostColumns;
  readonly #scan: XgboostScan;
  /** Index of the feature of each column of the matrix; −1 for a column without splits. */
  readonly #featureOf: Int32Array;
  #levels: XgboostLevels | undefined;

  /** `features` in the order of the binned matrix's. Takes memory from the pool's stack. */
  constructor(
    pool: KernelPool,
    state: BoostingState,
    features: readonly XgboostFeature[],
    growth: XgboostGrowth,
    columns: XgboostColumns,
    columnCount: number,
  ) {
    this.maxLeaves = growth.maxLeaves === 0 ? Number.POSITIVE_INFINITY : growth.maxLeaves;
    this.#state = state;
    this.#features = features;
    this.#growth = growth;
    this.#columns = columns;
    const columnOf = (f: number) => state.binned.features[f].column;
    this.#scan = new XgboostScan(pool, state, features, growth);
    this.#featureOf = new Int32Array(columnCount).fill(-1);
    features.forEach((_, f) => {
      this.#featureOf[columnOf(f)] = f;
    });
  }

  /** Draws the next tree's columns; which tiles of the binned matrix hold one, undefined for all. */
  beginTree(): readonly boolean[] | undefined {
    const { columnShares, lossGuide } = this.#growth;
    this.#levels = lossGuide || !Number.isFinite(this.maxLeaves) ? undefined : new XgboostLevels(this.maxLeaves);
    const drawn = this.#columns.beginTree();
    if (columnShares.byTree >= 1) return undefined;
    const wanted = this.#state.binned.tiles.map(() => false);
    for (const column of drawn) {
      const f = this.#featureOf[column];
      const tile = f < 0 ? -1 : this.#state.binned.features[f].tile;
      if (tile >= 0) wanted[tile] = true;
    }
    return wanted;
  }

  sums(g: number, h: number, bounds?: OutputBounds): NodeSums {
    return { g, h, value: boundedWeight(g, h, this.#growth.regularization, bounds) };
  }

  readonly precedes = (a: TreeNode, b: TreeNode): boolean => {
    if (this.#growth.lossGuide && a.split!.gain !== b.split!.gain) return a.split!.gain > b.split!.gain;
    return a.index < b.index;
  };

  maySplit(): boolean {
    return true;
  }

  mayHaveGrandchildren(left: TreeNode): boolean {
    return this.#growth.maxDepth === 0 || left.depth < this.#growth.maxDepth;
  }

  findSplit(node: TreeNode, histogram: number): NodeSplit | undefined {
    this.#setBounds(node);
    if (this.#levels?.isLooked(node.depth) === false) return undefined;
    const wanted = this.#prepare(0, node, histogram);
    this.#scan.run(1);
    return this.#found(0, node, wanted);
  }

  findSplits(first: TreeNode, second: TreeNode): readonly [NodeSplit | undefined, NodeSplit | undefined] {
    // With levels the first node's split decides whether the second is looked at.
    if (this.#levels !== undefined) {
      const split = this.findSplit(first, first.histogram!);
      return [split, this.findSplit(second, second.histogram!)];
    }
    const wanted = [first, second].map((node, seat) => {
      this.#setBounds(node);
      return this.#prepare(seat, node, node.histogram!);
    });
    this.#scan.run(2);
    return [this.#found(0, first, wanted[0]), this.#found(1, second, wanted[1])];
  }

  #found(seat: number, node: TreeNode, wanted: readonly number[]): NodeSplit | undefined {
    this.#scan.read(seat);
    const best = this.#bestSplit(node, wanted);
    if (best === undefined || best.gain <= LEAST_GAIN || best.gain < this.#growth.gamma) return undefined;
    if (best.left.h === 0 || best.right.h === 0) return undefined;
    this.#levels?.open(node.depth);
    return best;
  }

  /** Draws the node's columns, and makes ready to scan them. */
  #prepare(seat: number, node: TreeNode, histogram: number): number[] {
    // The original takes a node's own gain within its parent's bounds.
    const bounds = node.parent?.bounds ?? node.bounds;
    const own = leafGain(node.g, node.h, this.#growth.regularization, bounds);
    const wanted: number[] = [];
    for (const column of this.#allowed(node, this.#columns.nextNode(node.depth)))
      if (this.#featureOf[column] >= 0) wanted.push(this.#featureOf[column]);
    this.#scan.prepare(seat, node, histogram, own, wanted);
    return wanted;
  }

  #bestSplit(node: TreeNode, wanted: readonly number[]): NodeSplit | undefined {
    let best = -1;
    let bestGain = 0;
    for (const f of wanted) {
      if (!(this.#scan.gainOf(f) > bestGain)) continue;
      bestGain = this.#scan.gainOf(f);
      best = f;
    }
    return best < 0 ? undefined : this.#splitOf(node, best);
  }

  /** Under monotone constraints: the range of weights below a node, in single precision as the original has it. */
  #setBounds(node: TreeNode): void {
    const { monotone } = this.#growth;
    if (monotone === undefined) return;
    const { features } = this.#state.binned;
    const { min, max } = outputBounds(node, (f) => monotone[features[f].column]);
    node.bounds = { min: Math.fround(min), max: Math.fround(max) };
  }

  /** Those of `columns` that may meet the ones above the node (constraints.cc): the root's may be any. */
  #allowed(node: TreeNode, columns: Uint32Array): Uint32Array {
    const { interactions } = this.#growth;
    if (interactions === undefined || node.parent === undefined) return columns;
    const branch = new Set<number>();
    for (let above: TreeNode | undefined = node.parent; above !== undefined; above = above.parent)
      branch.add(this.#state.binned.features[above.split!.feature].column);
    const open = interactions.filter((group) => [...branch].every((column) => group.has(column)));
    return columns.filter((column) => branch.has(column) || open.some((group) => group.has(column)));
  }

  #splitOf({ bounds }: TreeNode, f: number): NodeSplit {
    const { gain, threshold, defaultLeft, leftG, leftH, rightG, rightH } = this.#scan.splitOf(f);
    const { bins, valueBins, hasMissing, categorical } = this.#features[f];
    const [left, right] = [this.sums(leftG, leftH, bounds), this.sums(rightG, rightH, bounds)];
    if (!categorical) {
      const goesLeft = new Uint8Array(bins.bins).fill(1, 0, threshold + 1);
      if (hasMissing) goesLeft[valueBins] = defaultLeft ? 1 : 0;
      return { feature: f, gain, goesLeft, threshold, defaultLeft, left, right };
    }
    const set = Array.from(this.#scan.setOf(f));
    // Categories that are not in the set go left, those never seen too.
    const goesLeft = new Uint8Array(bins.bins).fill(1);
    for (const code of set) goesLeft[code] = 0;
    goesLeft[valueBins] = defaultLeft ? 1 : 0;
    return { feature: f, gain, goesLeft, defaultLeft, set, left, right };
  }
}

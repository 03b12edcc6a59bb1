/**
 * XGBoost's way of growing a tree: level by level, or by the largest change of loss. Numeric features are scanned by
 * `xgboost-scan.ts`, category sets by `xgboost-categorical.ts`; columns are drawn by `xgboost-columns.ts`.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState } from './boost.js';
import { outputBounds } from './column-constraints.js';
import type { GrowthPolicy } from './grow.js';
import type { NodeSplit, NodeSums, OutputBounds, TreeNode } from './grown-tree.js';
import { findXgboostCategorical } from './xgboost-categorical.js';
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
  readonly #pool: KernelPool;
  readonly #state: BoostingState;
  readonly #features: readonly XgboostFeature[];
  readonly #growth: XgboostGrowth;
  readonly #columns: XgboostColumns;
  readonly #scan: XgboostScan;
  /** Index of the feature of each column of the matrix; −1 for a column without splits. */
  readonly #featureOf: Int32Array;
  readonly #doubles: number;
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
    this.#pool = pool;
    this.#state = state;
    this.#features = features;
    this.#growth = growth;
    this.#columns = columns;
    const columnOf = (f: number) => state.binned.features[f].column;
    this.#scan = new XgboostScan(
      pool,
      state,
      features,
      growth.regularization,
      (f) => growth.monotone?.[columnOf(f)] ?? 0,
    );
    this.#featureOf = new Int32Array(columnCount).fill(-1);
    features.forEach((_, f) => {
      this.#featureOf[columnOf(f)] = f;
    });
    const most = features.reduce((bins, one) => (one.categorical ? Math.max(bins, one.valueBins) : bins), 1);
    this.#doubles = pool.memory.alloc(most * 16);
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
    const best = this.#bestSplit(node, histogram);
    if (best === undefined || best.gain <= LEAST_GAIN || best.gain < this.#growth.gamma) return undefined;
    if (best.left.h === 0 || best.right.h === 0) return undefined;
    this.#levels?.open(node.depth);
    return best;
  }

  #bestSplit(node: TreeNode, histogram: number): NodeSplit | undefined {
    // The original takes a node's own gain within its parent's bounds.
    const bounds = node.parent?.bounds ?? node.bounds;
    const own = leafGain(node.g, node.h, this.#growth.regularization, bounds);
    const wanted: number[] = [];
    for (const column of this.#allowed(node, this.#columns.nextNode(node.depth)))
      if (this.#featureOf[column] >= 0) wanted.push(this.#featureOf[column]);
    this.#scan.run(
      node,
      histogram,
      own,
      wanted.filter((f) => !this.#features[f].categorical),
    );
    let bestGain = 0;
    let bestNumeric = -1;
    let best: NodeSplit | undefined;
    for (const f of wanted) {
      const { categorical } = this.#features[f];
      const split = categorical ? this.#categoricalSplit(node, f, histogram, own) : undefined;
      const gain = categorical ? (split?.gain ?? 0) : this.#scan.gainOf(f);
      if (!(gain > bestGain)) continue;
      bestGain = gain;
      best = split;
      bestNumeric = categorical ? -1 : f;
    }
    return bestNumeric >= 0 ? this.#numericSplit(node, bestNumeric) : best;
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

  #numericSplit({ bounds }: TreeNode, f: number): NodeSplit {
    const { gain, threshold, defaultLeft, leftG, leftH, rightG, rightH } = this.#scan.splitOf(f);
    const { bins, valueBins, hasMissing } = this.#features[f];
    const goesLeft = new Uint8Array(bins.bins).fill(1, 0, threshold + 1);
    if (hasMissing) goesLeft[valueBins] = defaultLeft ? 1 : 0;
    const [left, right] = [this.sums(leftG, leftH, bounds), this.sums(rightG, rightH, bounds)];
    return { feature: f, gain, goesLeft, threshold, defaultLeft, left, right };
  }

  #categoricalSplit(node: TreeNode, f: number, histogram: number, own: number): NodeSplit | undefined {
    const { unitG, unitH, binned } = this.#state;
    const { bins, valueBins } = this.#features[f];
    const { regularization } = this.#growth;
    const entries = histogram + binned.features[f].histogramOffset;
    this.#pool.kernels.histogramToDoubles(entries, valueBins, unitG, unitH, this.#doubles);
    const sums = this.#pool.memory.f64(this.#doubles, valueBins * 2);
    const monotone = node.bounds && { bounds: node.bounds, direction: 0 };
    const total = [node.g, node.h] as const;
    const split = findXgboostCategorical(sums, valueBins, total, own, regularization, this.#growth, monotone);
    if (split === undefined) return undefined;
    // Categories that are not in the set go left, those never seen too.
    const goesLeft = new Uint8Array(bins.bins).fill(1);
    for (const code of split.set) goesLeft[code] = 0;
    goesLeft[valueBins] = split.missingLeft ? 1 : 0;
    return {
      feature: f,
      gain: split.gain,
      goesLeft,
      defaultLeft: split.missingLeft,
      set: split.set,
      left: this.sums(...split.left, node.bounds),
      right: this.sums(...split.right, node.bounds),
    };
  }
}

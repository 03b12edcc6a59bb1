/**
 * XGBoost's way of growing a tree: level by level, or by the largest change of loss. Numeric features are scanned by the
 * kernel `scanXgboost`, category sets by `xgboost-categorical.ts`.
 */
import { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState } from './boost.js';
import { outputBounds } from './column-constraints.js';
import { sampleFeatures } from './feature-sample.js';
import type { GrowthPolicy } from './grow.js';
import type { NodeSplit, NodeSums, OutputBounds, TreeNode } from './grown-tree.js';
import { findXgboostCategorical } from './xgboost-categorical.js';
import type { XgboostFeature } from './xgboost-cuts.js';
import { boundedWeight, leafGain, type XgboostRegularization } from './xgboost-gain.js';

export interface XgboostGrowth {
  readonly regularization: XgboostRegularization;
  readonly gamma: number;
  /** 0: unlimited. */
  readonly maxDepth: number;
  readonly maxLeaves: number;
  readonly lossGuide: boolean;
  readonly columnsByTree: number;
  readonly columnsByLevel: number;
  readonly columnsByNode: number;
  readonly maxCatToOneHot: number;
  readonly maxCatThreshold: number;
  /** −1, 0 or 1 a column; absent: no monotone constraints. */
  readonly monotone?: readonly number[];
  /** Groups of columns; absent: no interaction constraints. */
  readonly interactions?: readonly ReadonlySet<number>[];
}

const DESCRIPTOR_WORDS = 8;
const RESULT_DOUBLES = 8;
/** Below this many bins in all a scan is too short to share among threads. */
const SHARED_BINS = 8192;
/** XGBoost's kRtEps: a smaller change of loss is no split. */
const LEAST_GAIN = Math.fround(1e-6);

export class XgboostPolicy implements GrowthPolicy {
  readonly maxLeaves: number;
  readonly #pool: KernelPool;
  readonly #state: BoostingState;
  readonly #features: readonly XgboostFeature[];
  readonly #growth: XgboostGrowth;
  readonly #seed: number;
  /** Index of the feature of each column of the matrix; −1 for a column without splits. */
  readonly #featureOf: Int32Array;
  readonly #columns: readonly number[];
  readonly #descriptors: Int32Array;
  readonly #parameters: Float64Array;
  readonly #results: Float64Array;
  readonly #doubles: number;
  readonly #calls: number[][] = [];
  #random: Random;
  #treeColumns: readonly number[];
  /** The columns of each level, drawn when its first node is looked at. */
  #levelColumns: (readonly number[])[] = [];

  /** `features` in the order of the binned matrix's; `columns` counts the matrix's. Takes memory from the pool's stack. */
  constructor(
    pool: KernelPool,
    state: BoostingState,
    features: readonly XgboostFeature[],
    columns: number,
    growth: XgboostGrowth,
    seed: number,
  ) {
    const { memory } = pool;
    const count = features.length;
    this.maxLeaves = growth.maxLeaves === 0 ? Number.POSITIVE_INFINITY : growth.maxLeaves;
    this.#pool = pool;
    this.#state = state;
    this.#features = features;
    this.#growth = growth;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#columns = Array.from({ length: columns }, (_, column) => column);
    this.#treeColumns = this.#columns;
    this.#featureOf = new Int32Array(columns).fill(-1);
    const [descriptors, parameters, results] = [count * 4 * DESCRIPTOR_WORDS, 128, count * 8 * RESULT_DOUBLES].map(
      (bytes) => memory.alloc(bytes),
    );
    this.#descriptors = memory.i32(descriptors, count * DESCRIPTOR_WORDS);
    this.#parameters = memory.f64(parameters, 12);
    this.#results = memory.f64(results, count * RESULT_DOUBLES);
    const most = features.reduce((bins, one) => (one.categorical ? Math.max(bins, one.valueBins) : bins), 1);
    this.#doubles = memory.alloc(most * 16);
    state.binned.features.forEach(({ column, histogramOffset }, f) => {
      const { valueBins, hasMissing } = features[f];
      this.#featureOf[column] = f;
      const direction = growth.monotone?.[column] ?? 0;
      const descriptor = [histogramOffset, valueBins, hasMissing ? 1 : 0, 0, direction, 0, 0, 0];
      this.#descriptors.set(descriptor, f * DESCRIPTOR_WORDS);
    });
    const totalBins = features.reduce((sum, feature) => sum + feature.valueBins, 0);
    const chunks = totalBins < SHARED_BINS ? 1 : Math.min(pool.threads, count);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const [from, to] = [chunk, chunk + 1].map((part) => Math.floor((count * part) / chunks));
      this.#calls.push([0, descriptors, from, to, parameters, results]);
    }
  }

  /** Draws the columns of tree `tree`; which tiles of the binned matrix hold one. */
  beginTree(tree: number): readonly boolean[] | undefined {
    const { columnsByTree } = this.#growth;
    this.#random = new Random(this.#seed, 0x78670000 + tree);
    this.#levelColumns = [];
    if (columnsByTree >= 1) return undefined;
    this.#treeColumns = this.#draw(this.#columns, columnsByTree);
    const wanted = this.#state.binned.tiles.map(() => false);
    for (const column of this.#treeColumns) {
      const f = this.#featureOf[column];
      const tile = f < 0 ? -1 : this.#state.binned.features[f].tile;
      if (tile >= 0) wanted[tile] = true;
    }
    return wanted;
  }

  rootSums(g: number, h: number): NodeSums {
    return this.#sums(g, h, undefined);
  }

  #sums(g: number, h: number, bounds: OutputBounds | undefined): NodeSums {
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
    const { regularization, gamma } = this.#growth;
    this.#setBounds(node);
    // The original takes a node's own gain within its parent's bounds.
    const own = leafGain(node.g, node.h, regularization, node.parent?.bounds ?? node.bounds);
    const columns = this.#allowed(node, this.#nodeColumns(node.depth));
    this.#scanNumeric(node, histogram, own, columns);
    let bestGain = 0;
    let bestNumeric = -1;
    let best: NodeSplit | undefined;
    for (const column of columns) {
      const f = this.#featureOf[column];
      if (f < 0) continue;
      const { categorical } = this.#features[f];
      const split = categorical ? this.#categoricalSplit(node, f, histogram, own) : undefined;
      const gain = categorical ? (split?.gain ?? 0) : this.#results[f * RESULT_DOUBLES];
      if (!(gain > bestGain)) continue;
      bestGain = gain;
      best = split;
      bestNumeric = categorical ? -1 : f;
    }
    if (bestNumeric >= 0) best = this.#numericSplit(node, bestNumeric);
    if (best === undefined || best.gain <= LEAST_GAIN || best.gain < gamma) return undefined;
    return best.left.h === 0 || best.right.h === 0 ? undefined : best;
  }

  #draw(from: readonly number[], share: number): readonly number[] {
    if (share >= 1) return from;
    return sampleFeatures(this.#random, from, Math.max(1, Math.trunc(Math.fround(Math.fround(share) * from.length))));
  }

  #nodeColumns(depth: number): readonly number[] {
    const { columnsByLevel, columnsByNode } = this.#growth;
    this.#levelColumns[depth] ??= this.#draw(this.#treeColumns, columnsByLevel);
    return this.#draw(this.#levelColumns[depth], columnsByNode);
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
  #allowed(node: TreeNode, columns: readonly number[]): readonly number[] {
    const { interactions } = this.#growth;
    if (interactions === undefined || node.parent === undefined) return columns;
    const branch = new Set<number>();
    for (let above: TreeNode | undefined = node.parent; above !== undefined; above = above.parent)
      branch.add(this.#state.binned.features[above.split!.feature].column);
    const open = interactions.filter((group) => [...branch].every((column) => group.has(column)));
    return columns.filter((column) => branch.has(column) || open.some((group) => group.has(column)));
  }

  #scanNumeric(node: TreeNode, histogram: number, own: number, columns: readonly number[]): void {
    const { lambda, alpha, maxDeltaStep, minChildWeight } = this.#growth.regularization;
    const { unitG, unitH } = this.#state;
    this.#parameters.set([unitG, unitH, node.g, node.h, own, lambda, alpha, maxDeltaStep, minChildWeight]);
    this.#parameters.set(node.bounds === undefined ? [0, 0, 0] : [1, node.bounds.min, node.bounds.max], 9);
    for (let f = 0; f < this.#features.length; f++) this.#descriptors[f * DESCRIPTOR_WORDS + 3] = 0;
    for (const column of columns) {
      const f = this.#featureOf[column];
      if (f >= 0 && !this.#features[f].categorical) this.#descriptors[f * DESCRIPTOR_WORDS + 3] = 1;
    }
    for (const call of this.#calls) call[0] = histogram;
    this.#pool.run('scanXgboost', this.#calls);
  }

  #numericSplit({ bounds }: TreeNode, f: number): NodeSplit {
    const at = f * RESULT_DOUBLES;
    const [gain, threshold, defaultLeft, leftG, leftH, rightG, rightH] = this.#results.subarray(at, at + 7);
    const { bins, valueBins, hasMissing } = this.#features[f];
    const goesLeft = new Uint8Array(bins.bins).fill(1, 0, threshold + 1);
    if (hasMissing) goesLeft[valueBins] = defaultLeft;
    return {
      feature: f,
      gain,
      goesLeft,
      threshold,
      defaultLeft: defaultLeft === 1,
      left: this.#sums(leftG, leftH, bounds),
      right: this.#sums(rightG, rightH, bounds),
    };
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
      left: this.#sums(...split.left, node.bounds),
      right: this.#sums(...split.right, node.bounds),
    };
  }
}

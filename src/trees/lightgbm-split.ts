/**
 * LightGBM's way of growing a tree: leaf by leaf, the one of the largest gain first. Features are scanned by the kernel
 * `scanLightgbm` (`scanPackedLightgbm` on quantized gradients); category sets in the modes it has not by
 * `lightgbm-categorical.ts`.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState } from './boost.js';
import { outputBounds } from './column-constraints.js';
import type { GrowthPolicy } from './grow.js';
import type { NodeSplit, NodeSums, OutputBounds, TreeNode } from './grown-tree.js';
import {
  type CategoricalRules,
  type CategoricalSplit,
  categoricalGainToBeat,
  categoricalSplitOf,
  findCategoricalSplit,
} from './lightgbm-categorical.js';
import { allowedFeatures, type LightgbmConstraints, monotonePenalty } from './lightgbm-constraints.js';
import type { LightgbmFeature } from './lightgbm-feature.js';
import { Missing } from './lightgbm-feature.js';
import { EPSILON, type LeafRegularization, leafGain, leafOutput } from './lightgbm-gain.js';
import { drawnFeatures, type LightgbmGenerators } from './lightgbm-generators.js';
import { MonotoneLeaves } from './lightgbm-leaf-bounds.js';

export interface LightgbmGrowth extends CategoricalRules, LightgbmConstraints {
  readonly numLeaves: number;
  /** 0 or less: unlimited. */
  readonly maxDepth: number;
  readonly featureFraction: number;
  readonly featureFractionByNode: number;
  readonly extraTrees: boolean;
  /** Gradients are a few whole numbers: rows are counted from the sums of a side, not bin by bin. */
  readonly quantized: boolean;
  /** Factors on gains, by column. */
  readonly contribution?: readonly number[];
}

const DESCRIPTOR_WORDS = 16;
/** Parameters, and room for the kernel's own copy of the node's bounds. */
const PARAMETER_DOUBLES = 34;
const RESULT_DOUBLES = 8;
/** Below this many bins in all a scan is too short to share among threads. */
const SHARED_BINS = 2048;

/** What the kernel reads and writes for one node. */
interface Seat {
  readonly descriptors: Int32Array;
  readonly parameters: Float64Array;
  readonly results: Float64Array;
  readonly calls: number[][];
  /** What the node's children are smoothed towards. */
  parentOutput: number;
}

export class LightgbmPolicy implements GrowthPolicy {
  readonly maxLeaves: number;
  readonly #pool: KernelPool;
  readonly #state: BoostingState;
  readonly #features: readonly LightgbmFeature[];
  readonly #growth: LightgbmGrowth;
  /** Of two nodes that are scanned at once. */
  readonly #seats: readonly Seat[];
  #seat: Seat;
  readonly #doubles: number;
  /** Category sets are found by the kernel, with the thresholds. */
  readonly #scansSets: boolean;
  readonly #all: readonly number[];
  #treeFeatures: readonly number[];
  readonly #generators: LightgbmGenerators;
  /** Of the methods past "basic". */
  readonly #leaves: MonotoneLeaves | undefined;
  /** A table of bounds a feature for the kernel, by `descriptors`' word 8; "advanced" only. */
  readonly #tables: readonly Float64Array[] = [];
  /** The original looks at the smaller child first, which is the order of its draws. */
  readonly smallerFirst = true;

  /** `features` in the order of the binned matrix's. Takes memory from the pool's stack. */
  constructor(
    pool: KernelPool,
    state: BoostingState,
    features: readonly LightgbmFeature[],
    growth: LightgbmGrowth,
    generators: LightgbmGenerators,
  ) {
    const { memory } = pool;
    const count = features.length;
    this.maxLeaves = growth.numLeaves;
    this.#pool = pool;
    this.#state = state;
    this.#features = features;
    this.#growth = growth;
    this.#generators = generators;
    const most = features.reduce((bins, one) => (one.codes === undefined ? bins : Math.max(bins, one.bins.bins)), 1);
    this.#doubles = memory.alloc(most * 16);
    const { monotone, monotoneMethod: method } = growth;
    // Where a draw limits the sets, or the bounds are those of each feature, they are searched one by one.
    this.#scansSets = !growth.extraTrees && (monotone === undefined || method === 'basic');
    this.#seats = [this.#makeSeat(), this.#makeSeat()];
    this.#seat = this.#seats[0];
    if (monotone !== undefined && method !== 'basic')
      this.#leaves = new MonotoneLeaves(method, {
        count,
        binsOf: (f) => features[f].bins.bins,
        directionOf: (f) => this.#direction(f),
      });
    if (monotone !== undefined && method === 'advanced')
      this.#tables = features.map(({ bins: { bins } }, f) => {
        const address = memory.alloc(bins * 32);
        for (const { descriptors } of this.#seats) descriptors[f * DESCRIPTOR_WORDS + 8] = address;
        return memory.f64(address, bins * 4);
      });
    this.#all = features.map((_, f) => f);
    this.#treeFeatures = this.#all;
  }

  /** Takes memory from the pool's stack. */
  #makeSeat(): Seat {
    const { memory, threads } = this.#pool;
    const features = this.#features;
    const count = features.length;
    const [at, parameters, results] = [
      count * 4 * DESCRIPTOR_WORDS,
      8 * PARAMETER_DOUBLES,
      count * 8 * RESULT_DOUBLES,
    ].map((bytes) => memory.alloc(bytes));
    const seat: Seat = {
      descriptors: memory.i32(at, count * DESCRIPTOR_WORDS).fill(0),
      parameters: memory.f64(parameters, PARAMETER_DOUBLES).fill(0),
      results: memory.f64(results, count * RESULT_DOUBLES),
      calls: [],
      parentOutput: 0,
    };
    this.#state.binned.features.forEach(({ histogramOffset, bins, place }, f) => {
      const { missing, zeroBin, mostFrequentIsZero, codes, bins: own } = features[f];
      const words = [histogramOffset, bins, missing, zeroBin, mostFrequentIsZero ? 1 : 0, 0, -1, this.#direction(f), 0];
      seat.descriptors.set(words, f * DESCRIPTOR_WORDS);
      if (place !== undefined)
        seat.descriptors.set([place.start, place.commonBin, memory.alloc(bins * 16)], f * DESCRIPTOR_WORDS + 9);
      if (codes !== undefined && this.#scansSets)
        seat.descriptors[f * DESCRIPTOR_WORDS + 13] = memory.alloc(setScratch(own.bins));
    });
    const bundled = this.#state.binned.features.find(({ place }) => place !== undefined);
    if (bundled !== undefined) seat.parameters.set([bundled.histogramOffset, bundled.place!.columnBins], 24);
    const totalBins = features.reduce((sum, feature) => sum + feature.bins.bins, 0);
    // Sets take longer than thresholds, so that even shares of the features are no even shares of the work.
    const parts = threads === 1 || !features.some(({ codes }) => codes !== undefined) ? 1 : 4;
    const chunks = totalBins < SHARED_BINS ? 1 : Math.min(threads * parts, count);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const [from, to] = [chunk, chunk + 1].map((part) => Math.floor((count * part) / chunks));
      seat.calls.push([0, at, from, to, parameters, results]);
    }
    return seat;
  }

  /** Draws the features of the next tree; which tiles of the binned matrix hold one. */
  beginTree(): readonly boolean[] | undefined {
    const { featureFraction } = this.#growth;
    this.#leaves?.begin();
    if (featureFraction >= 1) return undefined;
    const count = drawnFeatures(this.#all.length, featureFraction);
    this.#treeFeatures = Array.from(this.#generators.features.sample(this.#all.length, count));
    const wanted = this.#state.binned.tiles.map(() => false);
    for (const f of this.#treeFeatures) {
      const { tile } = this.#state.binned.features[f];
      if (tile >= 0) wanted[tile] = true;
    }
    return wanted;
  }

  /** Output of the root, were it a leaf: never smoothed. */
  rootSums(g: number, h: number, rows: number): NodeSums {
    return { g, h, value: leafOutput(g, h, rows, { ...this.#growth.regularization, smooth: 0 }, 0) };
  }

  readonly precedes = (a: TreeNode, b: TreeNode): boolean => {
    const [first, second] = [a.split!, b.split!];
    if (first.gain !== second.gain) return first.gain > second.gain;
    if (first.feature !== second.feature) return first.feature < second.feature;
    return a.leaf < b.leaf;
  };

  maySplit(node: TreeNode): boolean {
    return node.split!.gain > 0;
  }

  mayHaveGrandchildren(left: TreeNode, right: TreeNode): boolean {
    const { maxDepth, minDataInLeaf } = this.#growth;
    if (maxDepth > 0 && left.depth >= maxDepth) return false;
    return left.count >= 2 * minDataInLeaf || right.count >= 2 * minDataInLeaf;
  }

  renewed(node: TreeNode): readonly TreeNode[] {
    return this.#leaves?.afterSplit(node) ?? [];
  }

  findSplit(node: TreeNode, histogram: number): NodeSplit | undefined {
    this.#seat = this.#seats[0];
    const splittable = this.#prepare(node, histogram);
    this.#pool.run(this.#kernel, this.#seat.calls);
    return this.#found(node, histogram, splittable);
  }

  findSplits(first: TreeNode, second: TreeNode): readonly [NodeSplit | undefined, NodeSplit | undefined] {
    // Bounds of each feature lie in tables of which there is one set.
    if (this.#leaves !== undefined) {
      const split = this.findSplit(first, first.histogram!);
      return [split, this.findSplit(second, second.histogram!)];
    }
    const nodes = [first, second];
    const splittable = nodes.map((node, i) => {
      this.#seat = this.#seats[i];
      return this.#prepare(node, node.histogram!);
    });
    // Both nodes' entries of a range of features go to the thread that has just made them (`HistogramMaker`).
    const [ofFirst, ofSecond] = this.#seats.map(({ calls }) => calls);
    this.#pool.run(
      this.#kernel,
      ofFirst.flatMap((call, i) => [call, ofSecond[i]]),
    );
    const [one, other] = nodes.map((node, i) => {
      this.#seat = this.#seats[i];
      return this.#found(node, node.histogram!, splittable[i]);
    });
    return [one, other];
  }

  get #kernel(): 'scanLightgbm' | 'scanPackedLightgbm' {
    return this.#growth.quantized ? 'scanPackedLightgbm' : 'scanLightgbm';
  }

  /** Makes the present seat ready for the kernel; one flag a feature, 1 where it is looked at. */
  #prepare(node: TreeNode, histogram: number): Uint8Array {
    const splittable = new Uint8Array(this.#features.length);
    // Searched again: the original then smooths towards the node's own output, unsmoothed and unlimited.
    const again = node.split !== undefined;
    const { regularization } = this.#growth;
    this.#seat.parentOutput = again
      ? leafOutput(node.g, node.h, node.count, { ...regularization, smooth: 0 }, 0)
      : node.value;
    const above = again ? node.splittable : node.parent?.splittable;
    for (const f of this.#treeFeatures) if (above === undefined || above[f] === 1) splittable[f] = 1;
    if (this.#leaves !== undefined) node.bounds = this.#leaves.range(node, 0);
    else if (this.#growth.monotone !== undefined) node.bounds = outputBounds(node, (f) => this.#direction(f));
    this.#tables.forEach((table, f) => {
      if (splittable[f] === 1 && this.#features[f].codes === undefined) this.#leaves!.fill(node, f, table);
    });
    this.#fill(node, histogram, splittable);
    return splittable;
  }

  /** The best split by what the kernel has written to the present seat. */
  #found(node: TreeNode, histogram: number, splittable: Uint8Array): NodeSplit | undefined {
    this.#penalize(node);
    const allowed = this.#nodeFeatures(node);
    let bestGain = 0;
    let bestNumeric = -1;
    let best: NodeSplit | undefined;
    for (const f of this.#treeFeatures) {
      if (splittable[f] === 0) continue;
      const numeric = this.#features[f].codes === undefined;
      const split = numeric
        ? undefined
        : this.#scansSets
          ? this.#setSplit(node, f)
          : this.#categoricalSplit(node, f, histogram);
      const at = f * RESULT_DOUBLES;
      // LightGBM looks no more at a feature below a node where none of its splits would gain.
      splittable[f] = numeric ? this.#seat.results[at + 6] : split === undefined ? 0 : 1;
      if (splittable[f] === 0 || allowed?.[f] === 0) continue;
      const gain = this.#contribution(f) * (split?.gain ?? this.#seat.results[at]);
      if (!(gain > bestGain)) continue;
      bestGain = gain;
      best = split === undefined ? undefined : { ...split, gain };
      bestNumeric = numeric ? f : -1;
    }
    node.splittable = splittable;
    return bestNumeric >= 0 ? this.#numericSplit(node, bestNumeric) : best;
  }

  /** The monotone direction of a feature. */
  #direction(f: number): number {
    return this.#growth.monotone?.[this.#state.binned.features[f].column] ?? 0;
  }

  #contribution(f: number): number {
    return this.#growth.contribution?.[this.#state.binned.features[f].column] ?? 1;
  }

  #penalize(node: TreeNode): void {
    const { monotone, monotonePenalty: strength } = this.#growth;
    if (monotone === undefined) return;
    const factor = monotonePenalty(node.depth, strength);
    for (const f of this.#treeFeatures) if (this.#direction(f) !== 0) this.#seat.results[f * RESULT_DOUBLES] *= factor;
  }

  /** One flag a feature: the node's draw; undefined when every feature of the tree may be used. */
  #nodeFeatures(node: TreeNode): Uint8Array | undefined {
    const { featureFractionByNode, interactions } = this.#growth;
    if (featureFractionByNode >= 1 && interactions === undefined) return undefined;
    const { features } = this.#state.binned;
    const from =
      interactions === undefined
        ? this.#treeFeatures
        : allowedFeatures(node, this.#treeFeatures, features, interactions);
    const flags = new Uint8Array(this.#features.length);
    if (featureFractionByNode >= 1) {
      for (const f of from) flags[f] = 1;
      return flags;
    }
    const drawn = Math.min(drawnFeatures(this.#treeFeatures.length, featureFractionByNode), from.length);
    for (const i of this.#generators.features.sample(from.length, drawn)) flags[from[i]] = 1;
    return flags;
  }

  #fill(node: TreeNode, histogram: number, active: Uint8Array): void {
    const { regularization, minGain, minDataInLeaf, minHessianInLeaf, extraTrees, quantized } = this.#growth;
    const { unitG, unitH } = this.#state;
    const [unitsG, unitsH] = [Math.round(node.g / unitG), Math.round(node.h / unitH)];
    const g = quantized ? unitsG * unitG : node.g;
    const h = quantized ? unitsH * unitH : node.h + 2 * EPSILON;
    const { l1, l2, maxDelta, smooth } = regularization;
    const toBeat = leafGain(g, h, node.count, regularization, this.#seat.parentOutput) + minGain;
    this.#seat.parameters.set([
      unitG,
      unitH,
      g,
      h,
      node.count,
      this.#seat.parentOutput,
      l1,
      l2,
      maxDelta,
      smooth,
      toBeat,
    ]);
    this.#seat.parameters.set([minDataInLeaf, minHessianInLeaf], 11);
    if (node.bounds !== undefined) this.#seat.parameters.set([1, node.bounds.min, node.bounds.max], 13);
    if (quantized) this.#seat.parameters.set([node.count / unitsH, unitsG, unitsH], 16);
    if (this.#scansSets) this.#seat.parameters.set(this.#setParameters(node), 26);
    this.#features.forEach(({ codes, bins }, f) => {
      const at = f * DESCRIPTOR_WORDS;
      this.#seat.descriptors[at + 5] = codes === undefined ? active[f] : 0;
      this.#seat.descriptors[at + 12] = codes !== undefined && this.#scansSets ? active[f] : 0;
      if (!extraTrees || this.#seat.descriptors[at + 5] === 0) return;
      this.#seat.descriptors[at + 6] = bins.bins > 2 ? this.#generators.thresholds[f].below(bins.bins - 2) : 0;
    });
    for (const call of this.#seat.calls) call[0] = histogram;
  }

  #numericSplit(node: TreeNode, f: number): NodeSplit {
    const at = f * RESULT_DOUBLES;
    const [gain, threshold, defaultLeft, leftG, leftH, leftCount, , fromLeft] = this.#seat.results.subarray(at, at + 8);
    const { bins, missing, zeroBin } = this.#features[f];
    const { regularization } = this.#growth;
    const [toLeft, toRight] =
      this.#tables.length === 0
        ? [within(regularization, node.bounds), within(regularization, node.bounds)]
        : this.#leaves!.sides(node, f, threshold, fromLeft === 1).map((bounds) => within(regularization, bounds));
    const [rightG, rightH] = [node.g - leftG, node.h + 2 * EPSILON - leftH];
    return {
      feature: f,
      gain: gain * this.#contribution(f),
      // Made when it is asked for: most splits are found and never carried out.
      get goesLeft() {
        const sides = new Uint8Array(bins.bins).fill(1, 0, threshold + 1);
        if (missing === Missing.Zero) sides[zeroBin] = defaultLeft;
        if (missing === Missing.NaN) sides[bins.bins - 1] = defaultLeft;
        return sides;
      },
      threshold,
      defaultLeft: defaultLeft === 1,
      left: {
        g: leftG,
        h: leftH - EPSILON,
        value: leafOutput(leftG, leftH, leftCount, toLeft, this.#seat.parentOutput),
      },
      right: {
        g: rightG,
        h: rightH - EPSILON,
        value: leafOutput(rightG, rightH, node.count - leftCount, toRight, this.#seat.parentOutput),
      },
    };
  }

  /** What the kernel reads to find category sets. */
  #setParameters(node: TreeNode): number[] {
    const { regularization, catL2, catSmooth, maxCatThreshold, maxCatToOneHot, minDataPerGroup } = this.#growth;
    const { g, h } = node;
    const toBeat = categoricalGainToBeat({ g, h, value: this.#seat.parentOutput }, node.count, this.#growth);
    const l2 = regularization.l2 + catL2;
    return [g, h + 2 * EPSILON, toBeat, l2, catSmooth, maxCatThreshold, maxCatToOneHot, minDataPerGroup];
  }

  /** The set that the kernel has found. */
  #setSplit(node: TreeNode, f: number): NodeSplit | undefined {
    const at = f * RESULT_DOUBLES;
    if (this.#seat.results[at + 6] === 0) return undefined;
    const [gain, size, , g, h, count] = this.#seat.results.subarray(at, at + 6);
    const scratch = this.#seat.descriptors[f * DESCRIPTOR_WORDS + 13] >>> 0;
    const set = [...this.#pool.memory.u32(scratch, size)];
    const { bins } = this.#state.binned.features[f];
    const here = { g: node.g, h: node.h, value: this.#seat.parentOutput };
    const found = { gain, g, h, count, set };
    return this.#splitOnSet(f, categoricalSplitOf(found, bins, here, node.count, this.#growth, node.bounds));
  }

  #splitOnSet(f: number, split: CategoricalSplit): NodeSplit {
    const goesLeft = new Uint8Array(this.#state.binned.features[f].bins);
    for (const bin of split.set) goesLeft[bin] = 1;
    return { ...split, feature: f, goesLeft, defaultLeft: false };
  }

  #categoricalSplit(node: TreeNode, f: number, histogram: number): NodeSplit | undefined {
    const { bins, histogramOffset } = this.#state.binned.features[f];
    const { unitG, unitH } = this.#state;
    const read = this.#growth.quantized ? 'packedToDoubles' : 'histogramToDoubles';
    this.#pool.kernels[read](histogram + histogramOffset, bins, unitG, unitH, this.#doubles);
    const sums = this.#pool.memory.f64(this.#doubles, bins * 2);
    const pick = this.#growth.extraTrees
      ? (candidates: number) => this.#generators.thresholds[f].below(candidates)
      : undefined;
    const bounds = this.#leaves === undefined ? node.bounds : this.#leaves.range(node, f);
    const here = { g: node.g, h: node.h, value: this.#seat.parentOutput };
    const split = findCategoricalSplit(sums, bins, here, node.count, this.#growth, pick, bounds);
    return split === undefined ? undefined : this.#splitOnSet(f, split);
  }
}

/** Bytes that the kernel needs to find a set among so many bins. */
function setScratch(bins: number): number {
  return Math.ceil(bins / 2) * 8 * 4 + bins * 8;
}

function within(regularization: LeafRegularization, bounds: OutputBounds | undefined): LeafRegularization {
  return bounds === undefined ? regularization : { ...regularization, bounds };
}

/**
 * The loop of gradient boosting on log loss, for LightGBM and XGBoost alike: gradients, a tree, new scores, the losses,
 * early stopping. How a tree grows and what its leaves are worth is the family's.
 */
import { inputRejected } from '../base/errors.js';
import { appendTrees } from '../forest/append-trees.js';
import type { Forest } from '../forest/forest.js';
import { ForestBuilder } from '../forest/forest-builder.js';
import { type BinnedMatrix, binMatrix } from './binned-matrix.js';
import type { BundleMember } from './bundled-columns.js';
import { continuedScores, refuse } from './continued.js';
import type { TreeDropout } from './dropout.js';
import type { LabelledMatrix, TrainedModel, TrainingJob } from './family.js';
import type { FeatureBins } from './feature-bins.js';
import { fixedPointScale } from './fixed-point.js';
import { TreeGrower } from './grow.js';
import { type GrownTree, nodesOf, type TreeNode } from './grown-tree.js';
import { GRADIENT_BYTES, HistogramMaker } from './histogram.js';
import { EXACT, PACKED } from './histogram-format.js';
import { HistogramSlots } from './histogram-slots.js';
import { chunks } from './row-chunks.js';
import { RowPartition } from './row-partition.js';
import { RowScores, SCORE_CHUNK } from './row-scores.js';
import { type PartFigures, probabilities, TrainingWatch } from './training-watch.js';

/** What a family is given to grow trees with. */
export interface BoostingState {
  readonly binned: BinnedMatrix;
  readonly grower: TreeGrower;
  readonly maker: HistogramMaker;
  readonly partition: RowPartition;
  readonly scores: RowScores;
  /** Values of one unit of the fixed point; of this tree, where gradients are quantized. */
  readonly unitG: number;
  readonly unitH: number;
}

export interface BoostingRules {
  /** Rounds of boosting: as many trees, times `treesPerRound`. */
  readonly trees: number;
  /** Trees grown on the same gradients, numbered on; absent: 1. */
  readonly treesPerRound?: number;
  /** Raw score before the first tree. */
  readonly intercept: number;
  /** Scores and leaf values are kept in single precision. */
  readonly single: boolean;
  /** No weight of a class exceeds this. */
  readonly largestClassWeight: number;
  readonly definitions: readonly (FeatureBins | undefined)[];
  /** Groups of training columns that share one where no row forbids it. */
  readonly bundles?: readonly (readonly BundleMember[])[];
  /** Arguments of the gradient kernel for a range of rows, up to the address `out` of all gradients. */
  gradientCall(scores: RowScores, first: number, count: number, out: number): readonly number[];
  readonly gradientKernel: 'logLossGradients' | 'logisticGradients';
  /** Rows (ascending) a tree is grown on; undefined: all. It may multiply gradients, by at most `largestGradientFactor`. */
  sample(tree: number, gradients: RowGradients): Uint32Array | undefined;
  /** Absent: 1, gradients are only read. */
  readonly largestGradientFactor?: number;
  /** Absent: trees grow on the gradients as they are. */
  readonly quantizer?: GradientRounding | undefined;
  /** Absent: every tree is always there. With it nothing stops early, as earlier trees change with later ones. */
  readonly dropout?: TreeDropout;
  /** True: scores are the mean of the trees, which all fit the gradients of the intercept (a random forest). */
  readonly average?: boolean;
  /** Grows a tree on the partition's first `rows` rows; undefined ends training. */
  grow(state: BoostingState, tree: number, rows: number): GrownTree | undefined;
  /** A leaf's value in the forest, shrunken. */
  leafValue(node: TreeNode): number;
  /** `weight` is a factor on the leaves' values: 1 without dropout. */
  addTree(builder: ForestBuilder, tree: GrownTree, state: BoostingState, weight: number): void;
  finish(builder: ForestBuilder, intercept: number): Forest;
}

/** Values of one unit of g and of h. */
export interface GradientUnits {
  readonly unitG: number;
  readonly unitH: number;
}

/** Makes small whole numbers of the gradients. */
export interface GradientRounding {
  /** The largest h of a row. */
  readonly largest: number;
  /** Writes the numbers that a tree grows on from `sample` to `packed` (assembly/packed-histogram.ts), 2 bytes a row. */
  quantize(tree: number, gradients: RowGradients, sample: Uint32Array | undefined, packed: number): GradientUnits;
}

/** The gradients of all training rows: g and h of a row side by side, in single precision as the originals keep them. */
export interface RowGradients {
  readonly rows: number;
  readonly entries: Float32Array;
}

/** Gradients are kept in single precision. */
const MAX_FLOAT = 3.4e38;

/** Trains; the pool's memory is given back whatever happens. */
export function boost(job: TrainingJob, rules: BoostingRules): TrainedModel {
  const mark = job.pool.memory.mark();
  try {
    return new Boosting(job, rules).run();
  } finally {
    job.pool.memory.release(mark);
  }
}

class Boosting {
  readonly #job: TrainingJob;
  readonly #rules: BoostingRules;
  readonly #state: { -readonly [Name in keyof BoostingState]: BoostingState[Name] };
  /** Byte offset of the gradients, {f32 g, f32 h} a row. */
  readonly #gradients: number;
  /** Byte offset of the quantized ones; 0 without. */
  readonly #packed: number;
  /** Rows that trees are replayed on: validation rows, and training rows left out of a sample. */
  readonly #valid:
    | { readonly scores: RowScores; readonly partition: RowPartition; readonly binned: BinnedMatrix }
    | undefined;
  #outOfSample: RowPartition | undefined;
  readonly #maxBins: number;

  constructor(job: TrainingJob, given: BoostingRules) {
    const { pool, train, continued } = job;
    if (continued !== undefined && given.dropout !== undefined)
      throw refuse(
        'DART changes the trees it has, and those of a finished model stay as they are',
        'Train anew: by LightGBM with boosting other than dart, by XGBoost with booster=gbtree, if it is to go on later.',
      );
    const rules = continued === undefined ? given : { ...given, intercept: continued.forest.intercept };
    this.#job = job;
    this.#rules = rules;
    const { quantizer } = rules;
    const format = quantizer === undefined ? EXACT : PACKED;
    if (quantizer !== undefined) checkSums(quantizer.largest, train.matrix.rows);
    const binned = binMatrix(pool, train.matrix, rules.definitions, { groups: rules.bundles ?? [], format });
    this.#maxBins = binned.features.reduce((most, feature) => Math.max(most, feature.bins), 1);
    const scores = this.#startScores(train);
    // |g| and h of a row are at most its weight.
    const most = rules.largestClassWeight * (rules.largestGradientFactor ?? 1);
    if (!(scores.largestWeight * most <= MAX_FLOAT))
      throw inputRejected(
        'BAD_TRAINING_DATA',
        `A row's weight times its class's is ${scores.largestWeight * most}, beyond single precision (${MAX_FLOAT}).`,
        'Give smaller weights: only their ratios matter.',
      );
    const scale = fixedPointScale(scores.totalWeight * most, scores.largestWeight * most);
    this.#gradients = pool.memory.alloc(scores.rows * GRADIENT_BYTES);
    this.#packed = quantizer === undefined ? 0 : pool.memory.alloc(scores.rows * 2);
    const maker = new HistogramMaker(
      pool,
      binned,
      quantizer === undefined
        ? { address: this.#gradients, scaleG: scale, scaleH: scale }
        : { address: this.#packed, largest: quantizer.largest },
    );
    const partition = new RowPartition(pool, scores.rows, this.#maxBins);
    if (job.valid !== undefined) {
      const matrix = binMatrix(pool, job.valid.matrix, rules.definitions, { records: false });
      this.#valid = {
        scores: this.#startScores(job.valid),
        partition: new RowPartition(pool, job.valid.matrix.rows, this.#maxBins),
        binned: matrix,
      };
    }
    const slots = new HistogramSlots(pool, binned.histogramBytes);
    const grower = new TreeGrower(pool, binned, maker, slots, partition);
    this.#state = { binned, grower, maker, partition, scores, unitG: 1 / scale, unitH: 1 / scale };
  }

  #startScores(rows: LabelledMatrix): RowScores {
    const { intercept, single } = this.#rules;
    const scores = new RowScores(this.#job.pool, rows, intercept, single);
    const forest = this.#job.continued?.forest;
    if (forest === undefined) return scores;
    const values = this.#job.pool.memory.f64(scores.scores, scores.rows);
    values.set(continuedScores(forest, rows.matrix, single));
    const trees = forest.treeWeight.length;
    // Each tree of a mean stands on the intercept.
    if (this.#rules.average === true)
      for (let row = 0; row < values.length; row++) values[row] = intercept + (values[row] - intercept) / trees;
    return scores;
  }

  run(): TrainedModel {
    const { trees, treesPerRound = 1, dropout, intercept, average = false } = this.#rules;
    const leafValue = (leaf: TreeNode) => this.#rules.leafValue(leaf) + (average ? intercept : 0);
    const followsScores = dropout === undefined && !average;
    const { scores } = this.#state;
    const { continued } = this.#job;
    // Random draws go by a tree's number, which goes on where the continued model ends.
    const before = continued?.forest.treeWeight.length ?? 0;
    const watch = new TrainingWatch(this.#job, trees, dropout === undefined);
    const start = continued === undefined ? undefined : this.#valid?.scores;
    if (start !== undefined) watch.startFrom(this.#figures(start, start.logLoss()));
    // Trees that no dropout changes go into the forest as they come: as grown they take a kilobyte a node.
    const builder = new ForestBuilder();
    const grown: GrownTree[] = [];
    let made = 0;
    if (followsScores) this.#computeGradients();
    for (let done = 1; done <= trees; done++) {
      const dropped = dropout?.drop(made) ?? [];
      for (const index of dropped) this.#addAgain(grown[index], index, -dropout!.weights[index], 0);
      if (average) this.#gradientsOfIntercept(before + done - 1);
      else if (!followsScores) this.#computeGradients();
      const weight = dropout?.newWeight ?? 1;
      const addedValue = weight === 1 ? leafValue : (leaf: TreeNode) => leafValue(leaf) * weight;
      const had = made;
      const fresh: GrownTree[] = [];
      const add = () => {
        for (const tree of fresh) this.#rules.addTree(builder, tree, this.#state, 1);
      };
      for (; made < done * treesPerRound; made++) {
        const tree = this.#grow(before + made, addedValue);
        if (tree === undefined) break;
        if (dropout === undefined) fresh.push(tree);
        else grown.push(tree);
      }
      if (!followsScores) add();
      if (made === had) break;
      if (average) this.#scaleScores(1 / (before + done));
      for (const [index, earlier] of dropout?.settle() ?? []) {
        const after = dropout!.weights[index];
        this.#addAgain(grown[index], index, after, after - earlier);
      }
      // The next tree's gradients and the loss after this one come out of one pass. The tree joins the forest beside it.
      const loss = followsScores ? this.#computeGradients(add) : scores.logLoss();
      const valid = this.#valid && this.#figures(this.#valid.scores, this.#valid.scores.logLoss());
      if (watch.afterTree(this.#figures(scores, loss), valid)) break;
    }
    const { kept } = watch;
    builder.keepTrees(kept * treesPerRound);
    for (const [index, tree] of grown.slice(0, kept * treesPerRound).entries())
      this.#rules.addTree(builder, tree, this.#state, dropout?.weights[index] ?? 1);
    const base = dropout?.carriesIntercept ? intercept * (dropout.weights[0] ?? 1) : intercept;
    const own = this.#rules.finish(builder, base);
    const forest = continued === undefined ? own : appendTrees(continued.forest, own);
    return { forest, ...watch.histories, bestIteration: kept };
  }

  #figures(scores: RowScores, logLoss: number): PartFigures {
    const raw = () => this.#job.pool.memory.f64(scores.scores, scores.rows);
    return { logLoss, probability: () => probabilities(raw().slice()) };
  }

  /** Gradients where no tree has been added; then the scores, a mean of `trees` trees, become their sum. */
  #gradientsOfIntercept(trees: number): void {
    const { scores } = this.#state;
    const values = this.#job.pool.memory.f64(scores.scores, scores.rows);
    const kept = values.slice();
    values.fill(this.#rules.intercept);
    this.#computeGradients();
    values.set(kept);
    this.#scaleScores(trees);
  }

  #scaleScores(factor: number): void {
    for (const scores of [this.#state.scores, this.#valid?.scores]) {
      if (scores === undefined) continue;
      const values = this.#job.pool.memory.f64(scores.scores, scores.rows);
      for (let row = 0; row < values.length; row++) values[row] *= factor;
    }
  }

  /** Gradients of the present scores; returns their log loss. `meanwhile` is done beside the other threads' work. */
  #computeGradients(meanwhile?: () => void): number {
    const { scores } = this.#state;
    const calls = chunks(scores.rows, SCORE_CHUNK).map(([from, to], chunk) => [
      ...this.#rules.gradientCall(scores, from, to - from, this.#gradients),
      // The kernels sum the losses of unweighted rows alone.
      scores.weights === 0 ? scores.partialLoss(chunk) : 0,
    ]);
    this.#job.pool.run(this.#rules.gradientKernel, calls, meanwhile);
    return scores.weights === 0 ? scores.lossOfPartials() : scores.logLoss();
  }

  /** Grows a tree and adds it to every score. */
  #grow(index: number, leafValueOf: (leaf: TreeNode) => number): GrownTree | undefined {
    const { partition, scores, binned } = this.#state;
    const entries = this.#job.pool.memory.f32(this.#gradients, scores.rows * 2);
    const gradients = { rows: scores.rows, entries };
    const sample = this.#rules.sample(index, gradients);
    Object.assign(this.#state, this.#rules.quantizer?.quantize(index, gradients, sample, this.#packed));
    if (sample === undefined) partition.resetAll();
    else partition.reset(sample);
    const tree = this.#rules.grow(this.#state, index, sample?.length ?? scores.rows);
    if (tree === undefined) return undefined;
    setCovers(tree, partition, this.#job.train.weight);
    scores.addGrown(partition, tree, leafValueOf);
    if (sample !== undefined) {
      this.#outOfSample ??= new RowPartition(this.#job.pool, scores.rows, this.#maxBins);
      const rest = complement(sample, scores.rows);
      this.#outOfSample.reset(rest);
      this.#replay(scores, this.#outOfSample, binned, rest.length, tree, leafValueOf);
    }
    if (this.#valid !== undefined) {
      const { scores: target, partition: rows, binned: matrix } = this.#valid;
      rows.resetAll();
      this.#replay(target, rows, matrix, target.rows, tree, leafValueOf);
    }
    return tree;
  }

  /** Adds a grown tree to the scores again, times a factor for training rows and one for validation rows. */
  #addAgain(tree: GrownTree, index: number, onTrain: number, onValid: number): void {
    const { scores, binned } = this.#state;
    const { leafValue, intercept, dropout } = this.#rules;
    const base = index === 0 && dropout?.carriesIntercept ? intercept : 0;
    this.#outOfSample ??= new RowPartition(this.#job.pool, scores.rows, this.#maxBins);
    this.#outOfSample.resetAll();
    const timesTrain = (leaf: TreeNode) => (leafValue(leaf) + base) * onTrain;
    this.#replay(scores, this.#outOfSample, binned, scores.rows, tree, timesTrain);
    if (this.#valid === undefined || onValid === 0) return;
    const { scores: target, partition, binned: matrix } = this.#valid;
    partition.resetAll();
    this.#replay(target, partition, matrix, target.rows, tree, (leaf) => (leafValue(leaf) + base) * onValid);
  }

  #replay(
    scores: RowScores,
    partition: RowPartition,
    binned: BinnedMatrix,
    count: number,
    tree: GrownTree,
    leafValueOf: (leaf: TreeNode) => number,
  ): void {
    scores.addReplayed(partition, count, tree, leafValueOf, ({ split }, start, rows) =>
      split === undefined ? rows : partition.split(start, rows, binned.features[split.feature], split.goesLeft),
    );
  }
}

/** Sums of quantized gradients have 32 bits, one of them a sign. */
function checkSums(largest: number, rows: number): void {
  if (rows * largest < 2 ** 31) return;
  throw inputRejected(
    'BAD_TRAINING_DATA',
    `The sums of ${rows} quantized gradients of up to ${largest} do not fit in 32 bits.`,
    'Lower num_grad_quant_bins, or train without use_quantized_grad.',
  );
}

/** Writes every node's weighted count of rows, which `partition` still holds. */
function setCovers(tree: GrownTree, partition: RowPartition, weight: Float64Array | undefined): void {
  for (const node of nodesOf(tree).reverse()) {
    const { left, right, start, count } = node;
    if (weight === undefined) node.cover = count;
    else if (left !== undefined && right !== undefined) node.cover = left.cover + right.cover;
    else node.cover = partition.weightOf(start, count, weight);
  }
}

/** The rows below `rows` that are not in `sample` (ascending). */
function complement(sample: Uint32Array, rows: number): Uint32Array {
  const rest = new Uint32Array(rows - sample.length);
  let at = 0;
  let next = 0;
  for (let row = 0; row < rows; row++) {
    if (next < sample.length && sample[next] === row) next++;
    else rest[at++] = row;
  }
  return rest;
}

/**
 * The loop of gradient boosting on log loss, for LightGBM and XGBoost alike: gradients, a tree, new scores, the losses,
 * early stopping. How a tree grows and what its leaves are worth is the family's.
 */
import type { Forest } from '../forest/forest.js';
import { ForestBuilder } from '../forest/forest-builder.js';
import { BestIteration } from './best-iteration.js';
import { type BinnedMatrix, binMatrix, ENTRY_BYTES, type FeatureBins } from './binned-matrix.js';
import type { Dropout } from './dropout.js';
import type { TrainedModel, TrainingJob } from './family.js';
import { fixedPointScale } from './fixed-point.js';
import { TreeGrower } from './grow.js';
import { type GrownTree, nodesOf, type TreeNode } from './grown-tree.js';
import { HistogramMaker } from './histogram.js';
import { HistogramSlots } from './histogram-slots.js';
import { RowPartition } from './row-partition.js';
import { RowScores, SCORE_CHUNK } from './row-scores.js';

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
  readonly trees: number;
  /** Raw score before the first tree. */
  readonly intercept: number;
  /** Scores and leaf values are kept in single precision. */
  readonly single: boolean;
  /** No weight of a class exceeds this. */
  readonly largestClassWeight: number;
  readonly definitions: readonly (FeatureBins | undefined)[];
  /** Name and arguments of the gradient kernel for a range of rows. */
  gradientCall(
    scores: RowScores,
    first: number,
    count: number,
    scaleG: number,
    scaleH: number,
    out: number,
  ): readonly number[];
  readonly gradientKernel: 'logLossGradients' | 'logisticGradients';
  /** Rows (ascending) a tree is grown on; undefined: all. It may multiply gradients, by at most `largestGradientFactor`. */
  sample(tree: number, gradients: RowGradients): Uint32Array | undefined;
  /** Absent: 1, gradients are only read. */
  readonly largestGradientFactor?: number;
  /** Rewrites the gradients of the rows before a tree grows on `sample`; absent: they stay. */
  quantize?(tree: number, gradients: RowGradients, sample: Uint32Array | undefined): GradientUnits;
  /** Absent: every tree is always there. With it nothing stops early, as earlier trees change with later ones. */
  readonly dropout?: Dropout;
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

/** The gradients of all training rows: {i64 g, i64 h} a row in fixed point. */
export interface RowGradients {
  readonly rows: number;
  readonly entries: BigInt64Array;
  /** The value of one unit, of g and of h. */
  readonly unit: number;
}

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
  readonly #gradients: number;
  readonly #scaleG: number;
  readonly #scaleH: number;
  /** Rows that trees are replayed on: validation rows, and training rows left out of a sample. */
  readonly #valid:
    | { readonly scores: RowScores; readonly partition: RowPartition; readonly binned: BinnedMatrix }
    | undefined;
  #outOfSample: RowPartition | undefined;
  readonly #maxBins: number;

  constructor(job: TrainingJob, rules: BoostingRules) {
    const { pool, train } = job;
    this.#job = job;
    this.#rules = rules;
    const binned = binMatrix(pool, train.matrix, rules.definitions);
    this.#maxBins = binned.features.reduce((most, feature) => Math.max(most, feature.bins), 1);
    const scores = new RowScores(pool, train, rules.intercept, rules.single);
    // |g| and h of a row are at most its weight.
    const total = scores.totalWeight * rules.largestClassWeight * (rules.largestGradientFactor ?? 1);
    this.#scaleG = fixedPointScale(total);
    this.#scaleH = this.#scaleG;
    this.#gradients = pool.memory.alloc(scores.rows * ENTRY_BYTES);
    const maker = new HistogramMaker(pool, binned, this.#gradients);
    const partition = new RowPartition(pool, scores.rows, this.#maxBins);
    if (job.valid !== undefined) {
      const matrix = binMatrix(pool, job.valid.matrix, rules.definitions);
      this.#valid = {
        scores: new RowScores(pool, job.valid, rules.intercept, rules.single),
        partition: new RowPartition(pool, job.valid.matrix.rows, this.#maxBins),
        binned: matrix,
      };
    }
    const slots = new HistogramSlots(pool, binned.histogramBytes);
    const grower = new TreeGrower(pool, binned, maker, slots, partition);
    const [unitG, unitH] = [1 / this.#scaleG, 1 / this.#scaleH];
    this.#state = { binned, grower, maker, partition, scores, unitG, unitH };
  }

  run(): TrainedModel {
    const { trees, dropout, intercept, average } = this.#rules;
    const leafValue = (leaf: TreeNode) => this.#rules.leafValue(leaf) + (average === true ? intercept : 0);
    const { scores } = this.#state;
    const best = new BestIteration(dropout === undefined ? this.#job.earlyStoppingRounds : 0);
    const trainLoss: number[] = [];
    const validLoss: number[] = [];
    const grown: GrownTree[] = [];
    for (let done = 1; done <= trees; done++) {
      const dropped = dropout?.drop(done - 1) ?? [];
      for (const index of dropped) this.#addAgain(grown[index], index, -dropout!.weights[index], 0);
      if (average === true) this.#gradientsOfIntercept(done - 1);
      else this.#computeGradients();
      const weight = dropout?.newWeight ?? 1;
      const tree = this.#grow(done - 1, weight === 1 ? (leaf) => leafValue(leaf) : (leaf) => leafValue(leaf) * weight);
      if (tree === undefined) break;
      grown.push(tree);
      if (average === true) this.#scaleScores(1 / done);
      for (const [index, before] of dropout?.settle() ?? []) {
        const after = dropout!.weights[index];
        this.#addAgain(grown[index], index, after, after - before);
      }
      trainLoss.push(scores.logLoss());
      const loss = this.#valid?.scores.logLoss();
      if (loss !== undefined) validLoss.push(loss);
      this.#job.onTree?.(done, trees, loss);
      if (loss !== undefined && best.stopsAfter(done, loss)) break;
    }
    const stops = this.#valid !== undefined && this.#job.earlyStoppingRounds > 0 && dropout === undefined;
    const kept = stops ? best.trees : grown.length;
    const builder = new ForestBuilder();
    grown.slice(0, kept).forEach((tree, index) => {
      this.#rules.addTree(builder, tree, this.#state, dropout?.weights[index] ?? 1);
    });
    const forest = this.#rules.finish(builder, intercept * (dropout?.weights[0] ?? 1));
    const history = { train: Float64Array.from(trainLoss) };
    return {
      forest,
      history: this.#valid === undefined ? history : { ...history, valid: Float64Array.from(validLoss) },
      bestIteration: kept,
    };
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

  #computeGradients(): void {
    const { scores } = this.#state;
    const calls: (readonly number[])[] = [];
    for (let first = 0; first < scores.rows; first += SCORE_CHUNK) {
      const count = Math.min(SCORE_CHUNK, scores.rows - first);
      calls.push(this.#rules.gradientCall(scores, first, count, this.#scaleG, this.#scaleH, this.#gradients));
    }
    this.#job.pool.run(this.#rules.gradientKernel, calls);
  }

  /** Grows a tree and adds it to every score. */
  #grow(index: number, leafValueOf: (leaf: TreeNode) => number): GrownTree | undefined {
    const { partition, scores, binned } = this.#state;
    const entries = this.#job.pool.memory.i64(this.#gradients, scores.rows * 2);
    const gradients = { rows: scores.rows, entries, unit: 1 / this.#scaleG };
    const sample = this.#rules.sample(index, gradients);
    const units = this.#rules.quantize?.(index, gradients, sample);
    if (units !== undefined) Object.assign(this.#state, units);
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
    const { leafValue, intercept } = this.#rules;
    // LightGBM's first tree carries the score that boosting starts from.
    const base = index === 0 ? intercept : 0;
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

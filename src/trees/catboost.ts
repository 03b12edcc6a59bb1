/**
 * Trains CatBoost's model for log loss: oblivious trees on ordered target statistics, plain boosting. Each permutation
 * of the rows has a model of its own that splits are chosen on; one more gives the leaf values of the finished trees.
 * This file is the course of the boosting; the parts have files of their own.
 */
import { inputRejected } from '../base/errors.js';
import { meanLogLoss } from '../base/log-loss.js';
import { Random } from '../base/random.js';
import { appendTrees } from '../forest/append-trees.js';
import { exp, log } from '../kernels/plain/exponential.js';
import type { KernelPool } from '../kernels/pool.js';
import { type CatboostColumns, catboostColumns } from './catboost-columns.js';
import { LeafEstimator, type LeafResult, type Model } from './catboost-leaves.js';
import { type CatboostTree, catboostForest } from './catboost-model.js';
import { Sampler } from './catboost-sampling.js';
import { type CatboostSettings, catboostSettings } from './catboost-settings.js';
import type { TreeSplit } from './catboost-split.js';
import { type Combination, type StatisticTotals, TargetStatistics } from './catboost-target-statistics.js';
import { TreeGrower } from './catboost-tree.js';
import { checkJob } from './check-job.js';
import { continuedScores, eachTree, wholeParameters } from './continued.js';
import type { FamilyTrainer, LabelledMatrix, TrainedModel, TrainingJob } from './family.js';
import { type PartFigures, probabilities, TrainingWatch } from './training-watch.js';

/** Streams of the seed: a use's number times this, plus the tree. */
const STREAM = 2 ** 20;
const Use = { Permutation: 1, Tree: 2 } as const;

export const trainCatboost: FamilyTrainer = (job) => {
  const mark = job.pool.memory.mark();
  try {
    return train(job);
  } finally {
    job.pool.memory.release(mark);
  }
};

function train(job: TrainingJob): TrainedModel {
  checkJob(job, 'catboost');
  checkClasses(job.train);
  const settings = catboostSettings(job);
  const boosting = new Boosting(job, settings);
  const { iterations } = settings;
  const continued = job.continued?.forest;
  const before = continued?.treeWeight.length ?? 0;
  const watch = new TrainingWatch(job, iterations);
  if (continued !== undefined) boosting.startOf(watch);
  const trees: CatboostTree[] = [];
  for (let tree = 0; tree < iterations; tree++) {
    const { tree: grown, train, valid } = boosting.step(before + tree);
    trees.push(grown);
    if (watch.afterTree(train, valid)) break;
  }
  // use_best_model: with validation rows the model ends at its best, whether training was stopped there or not.
  const kept = trees.slice(0, Math.max(continued === undefined ? 1 : 0, watch.best));
  const parameters = { ...wholeParameters(job, 'iterations'), learning_rate: settings.learningRate };
  const { columns, totals, intercept } = boosting;
  const forest = catboostForest(kept, columns, totals, job.train.matrix, intercept, parameters);
  return {
    forest: continued === undefined ? forest : appendTrees(continued, forest),
    ...watch.histories,
    bestIteration: kept.length,
  };
}

class Boosting {
  readonly columns: CatboostColumns;
  readonly totals = new Map<string, StatisticTotals>();
  readonly intercept: number;
  readonly #job: TrainingJob;
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #statistics: TargetStatistics;
  readonly #sampler: Sampler;
  readonly #grower: TreeGrower;
  readonly #leaves: LeafEstimator;
  /** One a permutation; the last one's leaves are the finished model's. */
  readonly #models: Model[];
  readonly #validRaw: Float64Array;
  readonly #sumWeight: number;
  /** Σ weight · label · raw score of the last model. */
  #positiveScore: number;
  #meanLeaf: number | undefined;

  constructor(job: TrainingJob, settings: CatboostSettings) {
    const { memory } = job.pool;
    const { label, matrix } = job.train;
    const n = matrix.rows;
    this.#job = job;
    this.#pool = job.pool;
    this.#settings = settings;
    const labels = memory.alloc(n);
    memory.u8(labels, n).set(label);
    const weight = rowWeights(job.train, settings);
    const weights = weight === undefined ? 0 : memory.alloc(n * 8);
    if (weight !== undefined) memory.f64(weights, n).set(weight);
    let positive = 0;
    this.#sumWeight = 0;
    for (let row = 0; row < n; row++) {
      this.#sumWeight += weight?.[row] ?? 1;
      positive += (weight?.[row] ?? 1) * label[row];
    }
    const average = settings.boostFromAverage ? log(positive) - log(this.#sumWeight - positive) : 0;
    this.intercept = job.continued?.forest.intercept ?? average;
    this.#positiveScore = this.intercept * positive;
    this.columns = catboostColumns(job.pool, settings, matrix, job.valid?.matrix);
    const permutations = this.#permutations(n, job.seed);
    this.#models = permutations.map(() => {
      const odds = memory.alloc(n * 8);
      memory.f64(odds, n).fill(exp(this.intercept));
      return { odds };
    });
    this.#validRaw = new Float64Array(job.valid?.matrix.rows ?? 0).fill(this.intercept);
    this.#takeContinued(weight);
    const lambda = settings.l2 * (this.#sumWeight / n);
    this.#statistics = new TargetStatistics(job.pool, this.columns, labels, permutations);
    this.#sampler = new Sampler(job.pool, settings, n, labels, weights);
    this.#grower = new TreeGrower(job.pool, settings, this.columns, this.#statistics, this.#sampler, lambda);
    this.#leaves = new LeafEstimator(job.pool, settings, n, this.#models.length, labels, weights, lambda);
  }

  /** Tells the watch where a continued model stands. */
  startOf(watch: TrainingWatch): void {
    const { valid } = this.#job;
    if (valid === undefined) return;
    const probability = probabilities(this.#validRaw);
    watch.startFrom({ logLoss: meanLogLoss(probability, valid.label, valid.weight), probability: () => probability });
  }

  /** Every permutation's model starts where the continued one is. */
  #takeContinued(weight: Float64Array | undefined): void {
    const { continued, train, valid } = this.#job;
    if (continued === undefined) return;
    const { forest } = continued;
    if (forest.treeWeight.length === 0) return;
    const factors = forest.value.map((value) => exp(value));
    const odds = this.#models.map((model) => this.#pool.memory.f64(model.odds, train.matrix.rows));
    eachTree(forest, train.matrix, (row, leaves) => {
      let own = odds[0][row];
      for (const leaf of leaves) {
        own *= factors[leaf];
        if (train.label[row] === 1) this.#positiveScore += forest.value[leaf] * (weight?.[row] ?? 1);
      }
      for (const model of odds) model[row] = own;
    });
    if (valid !== undefined) this.#validRaw.set(continuedScores(forest, valid.matrix, false));
    const { leafStart, leafValue } = forest.oblivious!;
    const last = leafValue.subarray(leafStart[leafStart.length - 2]);
    this.#meanLeaf = last.reduce((sum, value) => sum + Math.abs(value), 0) / last.length;
  }

  /** Grows one tree and takes it into every model. */
  step(index: number): { tree: CatboostTree; train: PartFigures; valid: PartFigures | undefined } {
    const { learningRate, randomStrength } = this.#settings;
    const random = new Random(this.#job.seed, Use.Tree * STREAM + index);
    const last = this.#models.length - 1;
    const permutation = last === 0 ? 0 : random.below(last);
    const sample = this.#sampler.draw(this.#models[permutation].odds, random, this.#meanLeaf);
    // The noise fades as the model grows: rows · e^(−trees · rate) / (1 + the same) (NormalWithModelSizeDecrease).
    const left = Math.exp(Math.log(this.columns.trainRows) - index * learningRate);
    const noise = randomStrength * sample.deviation * (left === Infinity ? 1 : left / (1 + left));
    const splits = this.#grower.grow(sample, permutation, random, noise);
    this.#prepareAll(splits);
    const results = this.#leaves.estimate(
      this.#models,
      this.#models.map((_, m) => splits.map((split) => this.#test(split, m))),
    );
    const logOdds = this.#leaves.update(this.#models, results, learningRate);
    const tree = catboostTree(splits, results[last], learningRate);
    const { positive } = results[last].sums;
    tree.leafValue.forEach((value, leaf) => {
      this.#positiveScore += value * positive[leaf];
    });
    this.#meanLeaf = tree.leafValue.reduce((sum, value) => sum + Math.abs(value), 0) / tree.leafValue.length;
    const validLoss = this.#validate(splits, tree.leafValue);
    this.#statistics.endTree();
    const odds = () => this.#pool.memory.f64(this.#models[last].odds, this.#job.train.matrix.rows).slice();
    return {
      tree,
      train: {
        logLoss: (logOdds - this.#positiveScore) / this.#sumWeight,
        probability: () => odds().map((value) => value / (1 + value)),
      },
      valid:
        validLoss === undefined ? undefined : { logLoss: validLoss, probability: () => probabilities(this.#validRaw) },
    };
  }

  /** Addresses of the orders of the training rows: those for choosing splits, then the one for leaf values. */
  #permutations(rows: number, seed: number): number[] {
    const { hasTime, permutationCount, permutationBlock } = this.#settings;
    const ordered = hasTime || this.columns.categories.length === 0;
    const count = ordered ? 1 : Math.max(1, permutationCount - 1) + 1;
    return Array.from({ length: count }, (_, p) => {
      const address = this.#pool.memory.alloc(rows * 4);
      const order = this.#pool.memory.u32(address, rows);
      const blocks = Uint32Array.from({ length: Math.ceil(rows / permutationBlock) }, (_, b) => b);
      if (!ordered) new Random(seed, Use.Permutation * STREAM + p).shuffle(blocks);
      let place = 0;
      for (const block of blocks) {
        const end = Math.min(rows, (block + 1) * permutationBlock);
        for (let row = block * permutationBlock; row < end; row++) order[place++] = row;
      }
      return address;
    });
  }

  /** Statistics of the tree's combinations in all permutations, and their totals for the finished model. */
  #prepareAll(splits: readonly TreeSplit[]): void {
    const used = new Set<Combination>();
    for (const { combination } of splits) if (combination !== undefined) used.add(combination);
    this.#statistics.prepare(
      [...used].flatMap((combination) => this.#models.map((_, permutation) => ({ combination, permutation }))),
    );
    for (const combination of used) {
      if (!this.totals.has(combination.key)) this.totals.set(combination.key, this.#statistics.totals(combination));
    }
  }

  /** A split over one permutation's columns, as the kernels take it: quads, shift, bin, one-hot. */
  #test({ quad, lane, bin, combination }: TreeSplit, permutation: number): number[] {
    if (combination !== undefined) return [combination.quads.get(permutation) as number, lane * 8, bin, 0];
    const { address, lanes } = this.columns.quads[quad];
    return [address, lane * 8, bin, lanes[lane].oneHot ? 1 : 0];
  }

  /** Adds the tree to the validation rows' scores; their log loss. */
  #validate(splits: readonly TreeSplit[], leafValue: Float64Array): number | undefined {
    const { valid } = this.#job;
    if (valid === undefined) return undefined;
    const { trainRows, rows } = this.columns;
    const tests = splits.map((split) => this.#test(split, this.#models.length - 1));
    const bins = tests.map(([address, shift]) =>
      this.#pool.memory.u8(address + shift / 8 + trainRows * 4, (rows - trainRows) * 4 - 3),
    );
    let loss = 0;
    let total = 0;
    for (let row = 0; row < this.#validRaw.length; row++) {
      let leaf = 0;
      for (let s = 0; s < tests.length; s++) {
        const bin = bins[s][row * 4];
        if (tests[s][3] === 1 ? bin === tests[s][2] : bin > tests[s][2]) leaf |= 1 << s;
      }
      this.#validRaw[row] += leafValue[leaf];
      const margin = valid.label[row] === 1 ? this.#validRaw[row] : -this.#validRaw[row];
      const weight = valid.weight?.[row] ?? 1;
      loss += weight * (log(1 + exp(-Math.abs(margin))) - Math.min(margin, 0));
      total += weight;
    }
    return loss / total;
  }
}

function catboostTree(splits: readonly TreeSplit[], { value, hessian, sums }: LeafResult, rate: number): CatboostTree {
  return {
    splits,
    leafValue: value.map((one) => one * rate),
    leafWeight: sums.weight,
    leafRows: sums.rows,
    leafHessian: hessian,
  };
}

/** Row weights with the class weights in them; undefined when all are 1. */
function rowWeights({ label, weight }: LabelledMatrix, settings: CatboostSettings): Float64Array | undefined {
  const classes = [0, 0];
  for (let row = 0; row < label.length; row++) classes[label[row]] += weight?.[row] ?? 1;
  const most = Math.max(...classes);
  const factor = classes.map((sum, label_) => {
    const own = label_ === 1 ? settings.scalePosWeight : 1;
    if (settings.autoClassWeights === 'None') return own;
    const ratio = most / sum;
    return own * (settings.autoClassWeights === 'Balanced' ? ratio : Math.sqrt(ratio));
  });
  if (weight === undefined && factor[0] === 1 && factor[1] === 1) return undefined;
  return Float64Array.from(label, (value, row) => factor[value] * (weight?.[row] ?? 1));
}

/** The original refuses a target of one value too. */
function checkClasses({ label, weight }: LabelledMatrix): void {
  const weighed = [0, 0];
  for (let row = 0; row < label.length; row++) weighed[label[row]] += weight?.[row] ?? 1;
  if (weighed[0] > 0 && weighed[1] > 0) return;
  throw inputRejected(
    'ONE_CLASS',
    `CatBoost needs training rows of both labels, but all ${label.length} (of positive weight) have the label ${weighed[1] > 0 ? 1 : 0}.`,
    'Check --target, or train on more rows.',
  );
}

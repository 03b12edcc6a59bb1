/**
 * The state of CatBoost's boosting from tree to tree: the models that splits are chosen by, and the one whose leaves the
 * finished trees have. It does not decide when to stop.
 */
import { Random } from '../base/random.js';
import type { KernelMemory } from '../kernels/memory.js';
import { exp, log } from '../kernels/plain/exponential.js';
import { type CatboostColumns, catboostColumns } from './catboost-columns.js';
import type { Combination, StatisticTotals } from './catboost-combination.js';
import { startFromContinued } from './catboost-continued.js';
import { rowOrders } from './catboost-folds.js';
import { type Learning, orderedLearning, plainLearning } from './catboost-learning.js';
import { LeafEstimator, type LeafResult } from './catboost-leaves.js';
import type { CatboostTree } from './catboost-model.js';
import type { CatboostSettings } from './catboost-settings.js';
import { splitTest, type TreeSplit } from './catboost-split.js';
import { TargetStatistics } from './catboost-target-statistics.js';
import { TreeGrower } from './catboost-tree.js';
import { ValidationScores } from './catboost-validation.js';
import { rowWeights } from './catboost-weights.js';
import type { TrainingJob } from './family.js';
import type { PartFigures } from './training-watch.js';

/** Streams of the seed: a use's number times this, plus the tree. */
const STREAM = 2 ** 20;
const Use = { Permutation: 1, Tree: 2 } as const;

export interface BoostingStep {
  readonly tree: CatboostTree;
  readonly train: PartFigures;
}

export class Boosting {
  readonly columns: CatboostColumns;
  readonly totals = new Map<string, StatisticTotals>();
  readonly intercept: number;
  readonly #memory: KernelMemory;
  readonly #settings: CatboostSettings;
  readonly #seed: number;
  readonly #statistics: TargetStatistics;
  readonly #learning: Learning;
  readonly #grower: TreeGrower;
  readonly #leaves: LeafEstimator;
  readonly #validation: ValidationScores | undefined;
  /** Orders of the rows; the last one's statistics go with the finished trees. */
  readonly #orders: number;
  readonly #sumWeight: number;
  /** Σ weight · label · raw score of the finished model. */
  #positiveScore: number;
  #meanLeaf: number | undefined;

  constructor(job: TrainingJob, settings: CatboostSettings) {
    const { pool, train, valid, seed } = job;
    const { memory } = pool;
    const count = train.matrix.rows;
    this.#memory = memory;
    this.#settings = settings;
    this.#seed = seed;
    const labels = memory.alloc(count);
    memory.u8(labels, count).set(train.label);
    const weight = rowWeights(train, settings);
    const weights = weight === undefined ? 0 : memory.alloc(count * 8);
    if (weight !== undefined) memory.f64(weights, count).set(weight);
    let positive = 0;
    this.#sumWeight = 0;
    for (let row = 0; row < count; row++) {
      this.#sumWeight += weight?.[row] ?? 1;
      positive += (weight?.[row] ?? 1) * train.label[row];
    }
    const average = settings.boostFromAverage ? log(positive) - log(this.#sumWeight - positive) : 0;
    this.intercept = job.continued?.forest.intercept ?? average;
    this.#positiveScore = this.intercept * positive;
    this.columns = catboostColumns(pool, settings, train.matrix, valid?.matrix);
    const randomOf = (order: number) => new Random(seed, Use.Permutation * STREAM + order);
    const orders = rowOrders(pool, settings, count, this.columns.categories.length > 0, randomOf);
    this.#orders = orders.length;
    this.#statistics = new TargetStatistics(pool, settings, this.columns, labels, orders);
    const rows = { count, labels, weights, meanWeight: this.#sumWeight / count };
    const learn = settings.ordered ? orderedLearning : plainLearning;
    this.#learning = learn(pool, settings, rows, orders, exp(this.intercept));
    this.#grower = new TreeGrower(pool, settings, this.columns, this.#statistics, this.#learning);
    this.#leaves = new LeafEstimator(pool, settings, count, this.#learning.places, this.#learning.models);
    const continued = startFromContinued(memory, job, weight, this.intercept, this.#learning);
    this.#positiveScore += continued?.positiveScore ?? 0;
    this.#meanLeaf = continued?.meanLeaf;
    if (valid !== undefined) {
      this.#validation = new ValidationScores(memory, this.columns, valid, this.intercept, job.continued);
    }
  }

  /** The validation rows' figures as they stand; undefined without such rows. */
  get validation(): PartFigures | undefined {
    return this.#validation?.figures;
  }

  /** Grows one tree and takes it into every model. */
  step(index: number): BoostingStep {
    const { learningRate, randomStrength } = this.#settings;
    const { choices, places, models } = this.#learning;
    const random = new Random(this.#seed, Use.Tree * STREAM + index);
    const order = choices === 1 ? 0 : random.below(choices);
    const sample = this.#learning.draw(order, random, this.#meanLeaf);
    // The noise fades as the model grows: rows · e^(−trees · rate) / (1 + the same) (NormalWithModelSizeDecrease).
    const left = Math.exp(Math.log(this.columns.trainRows) - index * learningRate);
    const noise = randomStrength * sample.deviation * (left === Infinity ? 1 : left / (1 + left));
    const splits = this.#grower.grow(sample, order, random, noise);
    this.#prepareAll(splits);
    const testsOf = (permutation: number) => splits.map((split) => splitTest(this.columns, split, permutation));
    const results = this.#leaves.estimate(places.map(({ permutation }) => testsOf(permutation)));
    const logOdds = this.#leaves.update(results, learningRate);
    const last = results[results.length - 1];
    const tree = catboostTree(splits, last, learningRate);
    tree.leafValue.forEach((value, leaf) => {
      this.#positiveScore += value * last.sums.positive[leaf];
    });
    this.#meanLeaf = tree.leafValue.reduce((sum, value) => sum + Math.abs(value), 0) / tree.leafValue.length;
    this.#validation?.add(testsOf(this.#orders - 1), tree.leafValue);
    this.#statistics.endTree();
    const { odds, tail } = models[models.length - 1];
    return {
      tree,
      train: {
        logLoss: (logOdds - this.#positiveScore) / this.#sumWeight,
        probability: () => Float64Array.from(this.#memory.f64(odds, tail), (own) => own / (1 + own)),
      },
    };
  }

  /** Statistics of the tree's combinations in all orders, and their totals for the finished model. */
  #prepareAll(splits: readonly TreeSplit[]): void {
    const used = new Set<Combination>();
    for (const { combination } of splits) if (combination !== undefined) used.add(combination);
    const permutations = Array.from({ length: this.#orders }, (_, permutation) => permutation);
    this.#statistics.prepare(
      [...used].flatMap((combination) => permutations.map((permutation) => ({ combination, permutation }))),
    );
    for (const combination of used) {
      if (!this.totals.has(combination.key)) this.totals.set(combination.key, this.#statistics.totals(combination));
    }
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

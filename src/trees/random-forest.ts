/**
 * Random forest (Breiman 2001), as scikit-learn's RandomForestClassifier grows it: a bootstrap bag a tree, features
 * drawn anew at each split, exact splits, leaves that hold the share of class 1, averaged over the trees.
 *
 * With splitter=random it is scikit-learn's ExtraTreesClassifier (Geurts, Ernst, Wehenkel 2006): one threshold drawn a
 * feature drawn, and the best of those.
 *
 * Categorical columns are split as ordinal codes (an unseen category is −1, left of all codes); a missing value is tried
 * on both sides of each split, and goes with the larger side where a node saw none in training. Early stopping does not
 * trim a forest: more trees do not overfit, so `bestIteration` is n_estimators; the histories show the convergence.
 */
import { Random } from '../base/random.js';
import { appendTrees } from '../forest/append-trees.js';
import { type Forest, type ForestInput, MissingMode, Operator } from '../forest/forest.js';
import { walkTree } from '../forest/walk.js';
import { TreeSlot } from '../kernels/random-forest-layout.js';
import type { Matrix } from '../table/matrix.js';
import { checkColumns, checkPart } from './check-job.js';
import { checkContinued, wholeParameters } from './continued.js';
import type { ContinuedModel, FamilyTrainer, TrainedModel, TrainingJob } from './family.js';
import { trainMlRandomForest } from './ml-random-forest.js';
import { type PlacedForest, placeForest, seedSlot, slotAddress } from './random-forest-job.js';
import { pruneTree } from './random-forest-prune.js';
import { type ForestSettings, forestSettings } from './random-forest-settings.js';
import { type GrownTree, readTree } from './random-forest-tree.js';
import { VoteSum } from './random-forest-votes.js';
import { type PartFigures, TrainingWatch } from './training-watch.js';

/**
 * Grows the forest. `history.train` is the log loss of the out-of-bag votes (of the training rows themselves without
 * bootstrap; NaN with oob_score=false), `history.valid` that of the validation rows; both after each tree.
 */
export const trainRandomForest: FamilyTrainer = (job) => {
  if (job.parameters['engine'] === 'ml-random-forest') return trainMlRandomForest(job);
  checkContinued(job, 'random-forest');
  checkColumns('training', job.train.matrix);
  if (job.valid !== undefined) checkPart('validation', job.valid);
  const settings = forestSettings(job.parameters, job.train);
  const { memory } = job.pool;
  const mark = memory.mark();
  try {
    const slots = Math.min(job.pool.threads, settings.trees);
    return growForest(job, settings, placeForest(job.pool, job.train, job.valid, settings, slots));
  } finally {
    memory.release(mark);
  }
};

function growForest(job: TrainingJob, settings: ForestSettings, placed: PlacedForest): TrainedModel {
  const { pool, train, valid, continued } = job;
  const { memory } = pool;
  const trainVotes = new VoteSum(train);
  const validVotes = valid === undefined ? undefined : new VoteSum(valid);
  const countsTrain = settings.outOfBag || settings.bagSize === 0;
  const watch = new TrainingWatch(job, settings.trees, false);
  const before = continued?.forest.treeWeight.length ?? 0;
  if (continued !== undefined) countContinued(job, continued, settings, placed, trainVotes, validVotes);
  const trees: GrownTree[] = [];
  // A tree's bytes depend on its number alone; a batch only bounds the memory.
  for (let first = 0; first < settings.trees; first += placed.slots.length) {
    const batch = placed.slots.slice(0, settings.trees - first);
    for (const [i, slot] of batch.entries()) seedSlot(memory, slot, new Random(job.seed, before + first + i));
    const calls = batch.map((slot) => [placed.job, slot]);
    pool.run('growForestTree', calls);
    if (settings.ccpAlpha > 0) for (const slot of batch) pruneTree(memory, slot, settings.ccpAlpha, settings.entropy);
    for (const slot of batch) trees.push(readTree(memory, slot, placed.columns, settings.randomThresholds));
    if (countsTrain || valid !== undefined) pool.run('castForestVotes', calls);
    for (const slot of batch) {
      if (countsTrain) trainVotes.add(memory.f64(slotAddress(memory, slot, TreeSlot.Votes), train.matrix.rows));
      if (valid !== undefined)
        validVotes?.add(memory.f64(slotAddress(memory, slot, TreeSlot.ValidVotes), valid.matrix.rows));
      watch.afterTree(figuresOf(trainVotes), validVotes && figuresOf(validVotes));
    }
  }
  const outOfBag = settings.outOfBag
    ? { probability: trainVotes.probability(), accuracy: trainVotes.accuracy(), logLoss: trainVotes.logLoss() }
    : undefined;
  const made = assembleForest(train.matrix, trees, job);
  return {
    forest: continued === undefined ? made : withOneCover(appendTrees(continued.forest, made)),
    ...watch.histories,
    bestIteration: settings.trees,
    ...(outOfBag === undefined ? {} : { outOfBag }),
  };
}

function figuresOf(votes: VoteSum): PartFigures {
  return { logLoss: votes.logLoss(), probability: () => votes.probability() };
}

/** The weighted count is the cover: one array, as in a forest grown in one go. */
function withOneCover(forest: Forest): Forest {
  return { ...forest, hessian: forest.cover };
}

/**
 * The votes of the trees that were there before: on all validation rows; on the training rows out of each tree's bag,
 * which is drawn again, where those trees were grown on these very rows. On other rows the new trees alone are scored.
 */
function countContinued(
  { pool, train, valid, seed }: TrainingJob,
  { forest, sameRows }: ContinuedModel,
  settings: ForestSettings,
  placed: PlacedForest,
  trainVotes: VoteSum,
  validVotes: VoteSum | undefined,
): void {
  const { memory } = pool;
  if (valid !== undefined && validVotes !== undefined)
    votesOfTrees(forest, valid.matrix, (votes) => validVotes.add(votes));
  if (!sameRows || !(settings.outOfBag || settings.bagSize === 0)) return;
  const [slot] = placed.slots;
  const bag = memory.u32(slotAddress(memory, slot, TreeSlot.Bag), train.matrix.rows);
  votesOfTrees(forest, train.matrix, (votes, tree) => {
    seedSlot(memory, slot, new Random(seed, tree));
    pool.kernels.drawForestBag(placed.job, slot);
    if (settings.bagSize > 0) for (let row = 0; row < votes.length; row++) if (bag[row] > 0) votes[row] = Number.NaN;
    trainVotes.add(votes);
  });
}

/** Each tree's vote on every row, tree after tree. */
function votesOfTrees(forest: Forest, matrix: Matrix, take: (votes: Float64Array, tree: number) => void): void {
  const row = new Float64Array(matrix.columns.length);
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    const votes = new Float64Array(matrix.rows);
    for (let r = 0; r < matrix.rows; r++) {
      for (let c = 0; c < row.length; c++) row[c] = matrix.columns[c].values[r];
      votes[r] = forest.value[walkTree(forest, tree, row)];
    }
    take(votes, tree);
  }
}

function assembleForest(matrix: Matrix, trees: readonly GrownTree[], job: TrainingJob): Forest {
  const treeStart = new Int32Array(trees.length + 1);
  for (let t = 0; t < trees.length; t++) treeStart[t + 1] = treeStart[t] + trees[t].feature.length;
  const nodes = treeStart[trees.length];
  const cover = new Float64Array(nodes);
  const forest: Forest = {
    family: 'random-forest',
    inputs: matrix.columns.map(
      ({ name, kind, categories }): ForestInput => ({
        name,
        kind,
        ...(categories === undefined ? {} : { categories }),
      }),
    ),
    targetStatistics: [],
    treeStart,
    treeWeight: new Float64Array(trees.length).fill(1),
    average: true,
    intercept: 0,
    link: 'identity',
    feature: new Int32Array(nodes),
    operator: new Uint8Array(nodes).fill(Operator.LessOrEqual),
    missingMode: new Uint8Array(nodes).fill(MissingMode.NaN),
    defaultLeft: new Uint8Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    cover,
    count: new Float64Array(nodes),
    // The weighted count, which cover is too: one array.
    hessian: cover,
    gain: new Float64Array(nodes),
    setStart: new Int32Array(nodes).fill(-1),
    setLength: new Int32Array(nodes),
    setWords: new Uint32Array(0),
    parameters: wholeParameters(job, 'n_estimators'),
  };
  for (const [t, tree] of trees.entries()) {
    const start = treeStart[t];
    forest.feature.set(tree.feature, start);
    forest.threshold.set(tree.threshold, start);
    forest.defaultLeft.set(tree.missingLeft, start);
    forest.value.set(tree.value, start);
    forest.cover.set(tree.cover, start);
    forest.count.set(tree.count, start);
    forest.gain.set(tree.gain, start);
    for (let node = 0; node < tree.left.length; node++) {
      forest.left[start + node] = tree.left[node] < 0 ? -1 : tree.left[node] + start;
      forest.right[start + node] = tree.right[node] < 0 ? -1 : tree.right[node] + start;
    }
  }
  return forest;
}

/**
 * A random forest grown by the npm package ml-random-forest, as a second opinion on small tables: its classifier's trees
 * and votes, in a Forest. It differs from `random-forest.ts` in drawing features once a tree, not at each split, in
 * leaves that vote for a class, and in needing time quadratic in the rows; it cannot be cancelled while it grows.
 * Probabilities are the share of its trees' votes (its own predictProbability leaves the first tree's vote out).
 *
 * The package knows no missing value: a missing cell is read as its column's median over the training rows, in training
 * and, by the side that median takes at a node, in scoring. Categories are split as ordinal codes.
 */

import { RandomForestClassifier } from 'ml-random-forest';
import { Random } from '../base/random.js';
import { type Forest, MissingMode, Operator } from '../forest/forest.js';
import { ForestBuilder } from '../forest/forest-builder.js';
import type { Cells } from '../table/matrix.js';
import { checkJob } from './check-job.js';
import { refuse } from './continued.js';
import type { FamilyTrainer, LabelledMatrix, TrainedModel, TrainingJob } from './family.js';
import { forestInputs } from './forest-inputs.js';
import { packageOptions } from './ml-random-forest-options.js';
import { VoteSum } from './random-forest-votes.js';

/** A node of the package's trees, as far as it is read here. */
interface PackageNode {
  readonly left?: PackageNode;
  readonly right?: PackageNode;
  readonly splitColumn: number;
  /** A value below it goes left. */
  readonly splitValue: number;
  readonly gain: number;
  readonly numberSamples: number;
  /** Share of each class, at a leaf; classes above the largest seen there are absent. */
  readonly distribution?: { maxRowIndex(row: number): number[] };
}

interface PackageTree {
  readonly root: PackageNode;
  /** The matrix's column of each of the tree's. */
  readonly columns: readonly number[];
}

/** The package's classifier, whose mode of no votes (a row that was in every bag) throws: here it is no class. */
class Classifier extends RandomForestClassifier {
  override selection(votes: number[]): number {
    return votes.length === 0 ? Number.NaN : super.selection(votes);
  }
}

/**
 * Trains on at most `MOST_ROWS` rows. `history.train` is known at the last tree alone (the package keeps out-of-bag votes
 * without their tree), or at each without bootstrap. Throws usage errors for parameters and rows the package cannot take.
 */
export const trainMlRandomForest: FamilyTrainer = (job) => {
  checkJob(job, 'random-forest');
  if (job.continued !== undefined) throw refuse('the package ml-random-forest cannot add trees to a forest');
  const { train, valid } = job;
  const medians = train.matrix.columns.map(({ values }) => medianOf(values));
  const seed = new Random(job.seed).nextUint32() | 0;
  const options = packageOptions(job.parameters, train, seed);
  const classifier = new Classifier(options);
  classifier.train(cellsOf(train, medians), Array.from(train.label));
  const trees = (classifier.estimators ?? []).map(
    (tree, t): PackageTree => ({ ...(tree as unknown as { root: PackageNode }), columns: classifier.indexes![t] }),
  );
  const forest = forestOf(job, trees, medians);

  const history = {
    train: options.useSampleBagging ? new Float64Array(trees.length).fill(Number.NaN) : lossOfTrees(forest, train),
    ...(valid === undefined ? {} : { valid: lossOfTrees(forest, valid) }),
  };
  for (const done of trees.keys()) job.onTree?.(done + 1, trees.length, history.valid?.[done]);
  const outOfBag = classifier.oobResults === undefined ? undefined : outOfBagOf(classifier.oobResults, train);
  if (outOfBag !== undefined) history.train[trees.length - 1] = outOfBag.logLoss;
  return { forest, history, bestIteration: trees.length, ...(outOfBag === undefined ? {} : { outOfBag }) };
};

/** Rows of cells, missing ones replaced. */
function cellsOf({ matrix }: LabelledMatrix, medians: readonly number[]): number[][] {
  return Array.from({ length: matrix.rows }, (_, row) =>
    matrix.columns.map(({ values }, c) => (Number.isNaN(values[row]) ? medians[c] : values[row])),
  );
}

/** The lower median of the values that are not missing; 0 where all are. */
function medianOf(values: Cells): number {
  const known = values.filter((x) => !Number.isNaN(x)).sort();
  return known.length === 0 ? 0 : known[(known.length - 1) >> 1];
}

/** Covers count the training rows that reach a node: the package does not say which of them were in a tree's bag. */
function forestOf({ train, parameters }: TrainingJob, trees: readonly PackageTree[], medians: readonly number[]) {
  const { matrix } = train;
  const builder = new ForestBuilder();
  const add = (node: PackageNode, rows: Uint32Array, columns: readonly number[]): number => {
    const statistics = { cover: rows.length, count: rows.length, hessian: rows.length };
    if (node.left === undefined || node.right === undefined)
      return builder.addLeaf(node.distribution!.maxRowIndex(0)[1], statistics);
    const feature = columns[node.splitColumn];
    const threshold = node.splitValue;
    const defaultLeft = medians[feature] < threshold;
    const gain = (node.gain * node.numberSamples) / matrix.rows;
    const test = { feature, operator: Operator.Less, threshold, missingMode: MissingMode.NaN, defaultLeft, gain };
    const at = builder.addSplit(test, statistics);
    const { values } = matrix.columns[feature];
    const isLeft = (row: number) => (Number.isNaN(values[row]) ? defaultLeft : values[row] < threshold);
    const left = add(node.left, rows.filter(isLeft), columns);
    const right = add(
      node.right,
      rows.filter((row) => !isLeft(row)),
      columns,
    );
    builder.join(at, left, right);
    return at;
  };
  for (const { root, columns } of trees) {
    builder.beginTree();
    add(
      root,
      Uint32Array.from({ length: matrix.rows }, (_, row) => row),
      columns,
    );
  }
  return builder.finish({
    family: 'random-forest',
    inputs: forestInputs(matrix),
    average: true,
    link: 'identity',
    parameters,
  });
}

/** Log loss of the votes of the first tree, the first two, … */
function lossOfTrees(forest: Forest, rows: LabelledMatrix): Float64Array {
  const sum = new VoteSum(rows);
  const { columns } = rows.matrix;
  return forest.treeWeight.map((_, tree) => {
    sum.add(
      rows.label.map((_, row) => {
        let node = forest.treeStart[tree];
        while (forest.feature[node] >= 0) {
          const x = columns[forest.feature[node]].values[row];
          const left = Number.isNaN(x) ? forest.defaultLeft[node] === 1 : x < forest.threshold[node];
          node = left ? forest.left[node] : forest.right[node];
        }
        return forest.value[node];
      }),
    );
    return sum.logLoss();
  });
}

function outOfBagOf(
  results: readonly { readonly all: readonly number[] }[],
  train: LabelledMatrix,
): NonNullable<TrainedModel['outOfBag']> {
  const probability = Float64Array.from(results, ({ all }) => all.reduce((sum, vote) => sum + vote, 0) / all.length);
  const sum = new VoteSum(train);
  sum.add(probability);
  return { probability, accuracy: sum.accuracy(), logLoss: sum.logLoss() };
}

/**
 * Training that goes on from a finished model: whether the two fit, and the scores that its further trees start from.
 * Joining the trees is `forest/append-trees.ts`.
 */
import { EcommlError } from '../base/errors.js';
import type { Forest, ForestInput } from '../forest/forest.js';
import { targetStatisticColumns } from '../forest/target-statistics.js';
import { walkTree } from '../forest/walk.js';
import type { Matrix } from '../table/matrix.js';
import type { TrainingJob } from './family.js';
import type { ParameterValues } from './parameters.js';

/** Throws `CANNOT_CONTINUE` when the job's columns are not those of its continued model. */
export function checkContinued({ continued, train }: TrainingJob, family: Forest['family']): void {
  if (continued === undefined) return;
  const { forest } = continued;
  if (forest.family !== family) throw refuse(`it is a ${forest.family} model, not ${family}`);
  const { columns } = train.matrix;
  if (columns.length !== forest.inputs.length)
    throw refuse(`it reads ${forest.inputs.length} columns, the training rows have ${columns.length}`);
  columns.forEach((column, c) => {
    const input = forest.inputs[c];
    if (column.name !== input.name)
      throw refuse(`its column ${c + 1} is "${input.name}", that of the training rows "${column.name}"`);
    if (column.kind !== input.kind)
      throw refuse(`its column "${input.name}" is ${input.kind}, that of the training rows ${column.kind}`);
    if (!sameCategories(column.categories, input.categories))
      throw refuse(`the categories of "${input.name}" are not those it was trained on`);
  });
}

function sameCategories(found: readonly string[] | undefined, expected: ForestInput['categories']): boolean {
  if (found === expected) return true;
  return found?.length === expected?.length && (found ?? []).every((category, code) => category === expected?.[code]);
}

export function refuse(
  why: string,
  hint = 'Continue with the columns and parameters of the bundle, or train anew.',
): EcommlError {
  return new EcommlError('CANNOT_CONTINUE', `Training cannot go on from this model: ${why}.`, { exitCode: 3, hint });
}

/**
 * The raw score of every row as boosting left it: the intercept, then leaf after leaf, so that the doubles are those of
 * one training without a break. `single`: rounded to float32 after each. O(rows · trees · depth).
 */
export function continuedScores(forest: Forest, matrix: Matrix, single: boolean): Float64Array {
  const scores = new Float64Array(matrix.rows);
  eachTree(forest, matrix, (row, leaves) => {
    let score = forest.intercept;
    for (let tree = 0; tree < leaves.length; tree++) {
      score += forest.treeWeight[tree] * forest.value[leaves[tree]];
      if (single) score = Math.fround(score);
    }
    scores[row] = score;
  });
  return scores;
}

/** Hands over, row by row, the leaf (a node) of each tree. */
export function eachTree(forest: Forest, matrix: Matrix, take: (row: number, leaves: Int32Array) => void): void {
  const BLOCK = 8192;
  const inputs = forest.inputs.length;
  const cells = new Float64Array(inputs + forest.targetStatistics.length);
  const leaves = new Int32Array(forest.treeWeight.length);
  for (let from = 0; from < matrix.rows; from += BLOCK) {
    const to = Math.min(matrix.rows, from + BLOCK);
    const statistics = targetStatisticColumns(forest, matrix, from, to);
    for (let row = from; row < to; row++) {
      for (let c = 0; c < inputs; c++) cells[c] = matrix.columns[c].values[row];
      for (let k = 0; k < statistics.length; k++) cells[inputs + k] = statistics[k][row - from];
      for (let tree = 0; tree < leaves.length; tree++) leaves[tree] = walkTree(forest, tree, cells);
      take(row, leaves);
    }
  }
}

/** The parameters of the whole model: `count`, its number of rounds, counts those it had too. */
export function wholeParameters(
  { continued, parameters }: TrainingJob,
  count: string,
  treesPerRound = 1,
): ParameterValues {
  if (continued === undefined) return parameters;
  return { ...parameters, [count]: continued.forest.treeWeight.length / treesPerRound + Number(parameters[count]) };
}

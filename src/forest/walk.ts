/**
 * Prediction as the Forest's definition says it, one row and one node at a time: slow, obvious, and what the kernels are
 * held against.
 */
import type { Matrix } from '../table/matrix.js';
import { checkColumns } from './check-columns.js';
import { type Forest, MissingMode, Operator, ZERO_THRESHOLD } from './forest.js';
import { targetStatisticColumns } from './target-statistics.js';

/** Raw scores of rows [from, to); throws `WRONG_COLUMNS` when the matrix has other columns than the forest. */
export function walkRaw(forest: Forest, matrix: Matrix, from = 0, to = matrix.rows): Float64Array {
  checkColumns(forest, matrix);
  const statistics = targetStatisticColumns(forest, matrix, from, to);
  const row = new Float64Array(forest.inputs.length + statistics.length);
  const scores = new Float64Array(to - from);
  for (let i = 0; i < scores.length; i++) {
    for (let c = 0; c < forest.inputs.length; c++) row[c] = matrix.columns[c].values[from + i];
    for (let k = 0; k < statistics.length; k++) row[forest.inputs.length + k] = statistics[k][i];
    scores[i] = walkRow(forest, row);
  }
  return scores;
}

/** Raw score of one row of columns (inputs, then target statistics). */
export function walkRow(forest: Forest, row: Float64Array): number {
  let sum = 0;
  let weights = 0;
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    sum += forest.treeWeight[tree] * forest.value[walkTree(forest, tree, row)];
    weights += forest.treeWeight[tree];
  }
  return (forest.average ? sum / weights : sum) + forest.intercept;
}

/** The leaf, as a node index, that a row of columns reaches in a tree. */
export function walkTree(forest: Forest, tree: number, row: Float64Array): number {
  let node = forest.treeStart[tree];
  while (forest.feature[node] >= 0)
    node = goesLeft(forest, node, row[forest.feature[node]]) ? forest.left[node] : forest.right[node];
  return node;
}

/** True when a node sends the value to its left child. */
export function goesLeft(forest: Forest, node: number, value: number): boolean {
  const mode = forest.missingMode[node];
  const x = Number.isNaN(value) && mode === MissingMode.None ? 0 : value;
  const missing = Number.isNaN(x) || (mode === MissingMode.Zero && Math.abs(x) <= ZERO_THRESHOLD);
  if (missing) return forest.defaultLeft[node] === 1;
  switch (forest.operator[node]) {
    case Operator.LessOrEqual:
      return x <= forest.threshold[node];
    case Operator.Less:
      return x < forest.threshold[node];
    default:
      return inSet(forest, node, x);
  }
}

function inSet(forest: Forest, node: number, code: number): boolean {
  if (!Number.isInteger(code) || code < 0 || code >= forest.setLength[node] * 32) return false;
  return ((forest.setWords[forest.setStart[node] + (code >> 5)] >>> (code & 31)) & 1) === 1;
}

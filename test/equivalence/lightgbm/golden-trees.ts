/** Trees as the original dumped them (make.py), and the comparison that tests hold a Forest's trees to. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Forest } from '#ecomml/forest/forest.js';
import { predictProbability } from '#ecomml/forest/predict.js';
import type { KernelPool } from '#ecomml/kernels/pool.js';
import { auc } from '#ecomml/metrics/auc.js';
import { logLoss } from '#ecomml/metrics/proper-scores.js';
import type { Matrix, MatrixColumn } from '#ecomml/table/matrix.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { trainLightgbm } from '#ecomml/trees/lightgbm.js';
import { lightgbmParameters } from '#ecomml/trees/lightgbm-parameters.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import type { RealTable } from '../tables.js';

export interface Node {
  readonly value?: number;
  readonly feature: number;
  readonly threshold: number | string;
  readonly categorical: boolean;
  readonly defaultLeft: boolean;
  readonly gain: number;
  readonly count: number;
  readonly left: Node;
  readonly right: Node;
}

export interface Case {
  readonly table: string;
  readonly parameters: ParameterValues;
  /** Rows weigh 0.5, 0.75, … 2, over and over. */
  readonly weighted?: boolean;
  /** Categorical columns are replaced by one of 0 and 1 for each category. */
  readonly oneHot?: boolean;
  readonly auc: number;
  readonly logLoss: number;
  readonly probabilities: readonly number[];
  readonly trees: readonly Node[];
  readonly leaves: readonly number[];
}

export function readGoldens(name: string): [string, Case][] {
  const text = readFileSync(new URL(`./goldens/${name}.json`, import.meta.url), 'utf8');
  return Object.entries((JSON.parse(text) as { readonly cases: Readonly<Record<string, Case>> }).cases);
}

/** Without bundles, where a case does not ask for them: the original's lose what rows in conflict say. */
const ALONE = { enable_bundle: false };

/**
 * Trains as the golden was trained and holds the forest to it. `tied`: in some node several splits gain the same, and the
 * original picks by the rounding residue its float histograms leave; test rows may then fall to another side.
 */
export function expectOriginal(golden: Case, table: RealTable, pool: KernelPool, tied: boolean): void {
  const [rows, test] = golden.oneHot ? [inColumns(table.train), inColumns(table.test)] : [table.train, table.test];
  const weight = rows.label.map((_, row) => 0.5 + (row % 7) / 4);
  const train = golden.weighted ? { ...rows, weight } : rows;
  const parameters = resolveParameters('lightgbm', lightgbmParameters, { ...ALONE, ...golden.parameters });
  const { forest } = trainLightgbm({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool });
  expect(leavesOf(forest)).toEqual(golden.leaves);
  const everyRow = Uint32Array.from({ length: train.matrix.rows }, (_, row) => row);
  golden.trees.forEach((tree, t) => {
    const added = t === 0 || forest.average ? forest.intercept : 0;
    const sampled = forest.count[forest.treeStart[t]] < train.matrix.rows;
    sameTree(forest, forest.treeStart[t], tree, train.matrix, everyRow, added, `tree ${t}, `, sampled);
  });
  const score = predictProbability(forest, test.matrix);
  const judged = { label: test.label, score, probability: score };
  // Ties move a few test rows: the largest difference seen is 6e-5 of AUC and 1e-4 of log loss, both relative.
  expect(Math.abs(auc(judged)! - golden.auc)).toBeLessThan(tied ? 2e-4 : 1e-9);
  expect(Math.abs(logLoss(judged)! / golden.logLoss - 1)).toBeLessThan(tied ? 5e-4 : 1e-9);
  if (tied) return;
  const step = Math.max(1, Math.floor(score.length / 200));
  // 100 leaves are added in another order of rounding than the original's.
  golden.probabilities.forEach((p, i) => {
    expect(Math.abs(score[i * step] - p)).toBeLessThan(1e-13);
  });
}

function inColumns({ matrix, label }: LabelledMatrix): LabelledMatrix {
  const columns = matrix.columns.flatMap(({ name, kind, values, categories = [] }): MatrixColumn[] => {
    if (kind === 'numeric') return [{ name, kind, values }];
    return categories.map((category, code) => {
      return { name: `${name}=${category}`, kind: 'numeric', values: values.map((cell) => (cell === code ? 1 : 0)) };
    });
  });
  return { matrix: { rows: matrix.rows, columns }, label };
}

/** Leaves of each tree. */
function leavesOf(forest: Forest): number[] {
  return Array.from({ length: forest.treeWeight.length }, (_, t) => {
    const nodes = forest.feature.subarray(forest.treeStart[t], forest.treeStart[t + 1]);
    return nodes.filter((feature) => feature < 0).length;
  });
}

/**
 * The same feature, rows, default and gain at every node, the same leaf values. Thresholds may differ where no row of the
 * node lies between them. `sampled`: the tree saw some of `rows` only, and thresholds are the same.
 */
function sameTree(
  forest: Forest,
  node: number,
  golden: Node,
  matrix: Matrix,
  rows: Uint32Array,
  added: number,
  path: string,
  sampled = false,
): void {
  if (golden.value !== undefined) {
    expect(forest.feature[node], `${path}: a leaf`).toBe(-1);
    expect(Math.abs(forest.value[node] + added - golden.value), `${path}: value`).toBeLessThan(1e-12);
    return;
  }
  expect(forest.feature[node], `${path}: feature`).toBe(golden.feature);
  expect(forest.count[node], `${path}: rows`).toBe(golden.count);
  if (!sampled) expect(rows.length, `${path}: rows that get here`).toBe(golden.count);
  // The original prints gains in single precision, some of them rounded to six digits.
  expect(Math.abs(forest.gain[node] / golden.gain - 1), `${path}: gain`).toBeLessThan(2e-5);
  const { values } = matrix.columns[golden.feature];
  const left = rows.filter((row) => goesLeft(forest, node, values[row]));
  const right = rows.filter((row) => !goesLeft(forest, node, values[row]));
  if (golden.categorical) {
    const codes = String(golden.threshold).split('||').map(Number);
    const words = forest.setWords.subarray(forest.setStart[node], forest.setStart[node] + forest.setLength[node]);
    const found = Array.from({ length: words.length * 32 }, (_, c) => c).filter(
      (c) => (words[c >> 5] >>> (c & 31)) & 1,
    );
    expect(found, `${path}: categories`).toEqual(codes.sort((a, b) => a - b));
  } else {
    const [low, high] = [forest.threshold[node], Number(golden.threshold)].sort((a, b) => a - b);
    const between = sampled || rows.some((row) => values[row] > low && values[row] <= high);
    // Missing values are told apart by the counts of the children.
    if (low !== high) expect(between && high - low > 1e-9 * Math.abs(high), `${path}: threshold`).toBe(false);
  }
  sameTree(forest, forest.left[node], golden.left, matrix, left, added, `${path}L`, sampled);
  sameTree(forest, forest.right[node], golden.right, matrix, right, added, `${path}R`, sampled);
}

function goesLeft(forest: Forest, node: number, cell: number): boolean {
  if (forest.operator[node] === 2) {
    const word = cell >> 5;
    if (!(cell >= 0) || word >= forest.setLength[node]) return false;
    return ((forest.setWords[forest.setStart[node] + word] >>> (cell & 31)) & 1) === 1;
  }
  const mode = forest.missingMode[node];
  const x = Number.isNaN(cell) && mode !== 2 ? 0 : cell;
  if (Number.isNaN(x) || (mode === 1 && Math.abs(x) <= 1e-35)) return forest.defaultLeft[node] === 1;
  return x <= forest.threshold[node];
}

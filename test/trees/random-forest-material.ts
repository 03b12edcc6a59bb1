/** Material of the random forest's tests: small matrices, a pool of plain kernels, scoring a Forest row by row. */
import { Random } from '#ecomml/base/random.js';
import type { Forest } from '#ecomml/forest/forest.js';
import type { KernelPool } from '#ecomml/kernels/pool.js';
import { type Matrix, sharedValues } from '#ecomml/table/matrix.js';
import type { LabelledMatrix, TrainedModel, TrainingJob } from '#ecomml/trees/family.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainRandomForest } from '#ecomml/trees/random-forest.js';
import { randomForestParameters } from '#ecomml/trees/random-forest-parameters.js';

export function matrixOf(columns: readonly (readonly number[])[]): Matrix {
  const rows = columns[0]?.length ?? 0;
  return {
    rows,
    columns: columns.map((cells, f) => {
      const values = sharedValues(rows);
      values.set(cells);
      return { name: `x${f}`, kind: 'numeric', values };
    }),
  };
}

export function labelled(
  columns: readonly (readonly number[])[],
  label: readonly number[],
  weight?: readonly number[],
): LabelledMatrix {
  return {
    matrix: matrixOf(columns),
    label: Float64Array.from(label),
    ...(weight === undefined ? {} : { weight: Float64Array.from(weight) }),
  };
}

/** `rows` rows of noise, small integers, rare values and holes; the label leans on the first columns. */
export function noisyTable(seed: number, rows: number, missing = 0.1): LabelledMatrix {
  const random = new Random(seed);
  const columns: number[][] = [[], [], [], [], [], []];
  const label: number[] = [];
  for (let row = 0; row < rows; row++) {
    const x = random.normal();
    const k = random.below(7);
    columns[0].push(x);
    columns[1].push(random.next() < missing ? Number.NaN : k);
    columns[2].push(random.below(200) / 8);
    columns[3].push(random.next() < missing ? Number.NaN : random.normal());
    columns[4].push(3);
    columns[5].push(random.next() < 0.02 ? 1 : 0);
    label.push(random.next() < 1 / (1 + Math.exp(-x - (k - 3) / 2)) ? 1 : 0);
  }
  return labelled(columns, label);
}

export function train(
  pool: KernelPool,
  rows: LabelledMatrix,
  parameters: ParameterValues = {},
  more: Partial<TrainingJob> = {},
): TrainedModel {
  return trainRandomForest({
    train: rows,
    hasTime: false,
    parameters: resolveParameters('random-forest', randomForestParameters, parameters),
    earlyStoppingRounds: 0,
    seed: 1,
    pool,
    ...more,
  });
}

/** The tree's leaf for one row of values, by the rule of forest.ts. */
export function leafOf(forest: Forest, tree: number, row: readonly number[]): number {
  let node = forest.treeStart[tree];
  while (forest.feature[node] >= 0) {
    const x = row[forest.feature[node]];
    const left = Number.isNaN(x) ? forest.defaultLeft[node] === 1 : x <= forest.threshold[node];
    node = left ? forest.left[node] : forest.right[node];
  }
  return node;
}

export function rowOf(matrix: Matrix, row: number): number[] {
  return matrix.columns.map(({ values }) => values[row]);
}

/** Mean vote of the trees `chosen` (all of them by default). */
export function vote(forest: Forest, row: readonly number[], chosen: (tree: number) => boolean = () => true): number {
  let sum = 0;
  let trees = 0;
  for (let t = 0; t < forest.treeWeight.length; t++) {
    if (!chosen(t)) continue;
    sum += forest.value[leafOf(forest, t, row)];
    trees++;
  }
  return sum / trees;
}

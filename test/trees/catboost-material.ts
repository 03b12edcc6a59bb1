// Small mixed tables and the call that trains on them, for the CatBoost tests.
import { Random } from '#ecomml/base/random.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import type { KernelPool } from '#ecomml/kernels/pool.js';
import type { Matrix, MatrixColumn } from '#ecomml/table/matrix.js';
import { trainCatboost } from '#ecomml/trees/catboost.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import type { LabelledMatrix, TrainedModel, TrainingJob } from '#ecomml/trees/family.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';

/** Two numeric columns (one with holes), a yes/no column and two columns of many categories; unseen ones when asked for. */
export function mixedTable(rows: number, seed: number, unseen = false): LabelledMatrix {
  const random = new Random(seed);
  const values = (draw: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => draw(row));
  const names = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`);
  const code = (count: number) => {
    const draw = random.next();
    if (draw < 0.03) return Number.NaN;
    if (unseen && draw < 0.08) return -1;
    return Math.floor(random.next() ** 2 * count);
  };
  const columns: MatrixColumn[] = [
    { name: 'a', kind: 'numeric', values: values(() => random.normal()) },
    { name: 'b', kind: 'numeric', values: values(() => (random.next() < 0.2 ? Number.NaN : random.below(30))) },
    { name: 'yes', kind: 'categorical', values: values(() => random.below(2)), categories: names(2) },
    { name: 'brand', kind: 'categorical', values: values(() => code(40)), categories: names(40) },
    { name: 'shop', kind: 'categorical', values: values(() => code(12)), categories: names(12) },
  ];
  const [a, b, yes, brand, shop] = columns.map((column) => column.values);
  const label = values((row) => {
    const z =
      a[row] +
      (b[row] > 15 ? 1 : -0.5) +
      yes[row] +
      2 * Math.sin(7 * brand[row]) +
      2 * Math.sin(brand[row] * shop[row]);
    return random.next() < 1 / (1 + Math.exp(-(Number.isNaN(z) ? 0 : z))) ? 1 : 0;
  });
  return { matrix: { rows, columns }, label };
}

export function numericTable(columns: readonly (readonly number[])[], label: readonly number[]): LabelledMatrix {
  const made = columns.map(
    (values, c): MatrixColumn => ({ name: `x${c}`, kind: 'numeric', values: Float64Array.from(values) }),
  );
  return { matrix: { rows: label.length, columns: made }, label: Float64Array.from(label) };
}

export function learn(
  pool: KernelPool,
  train: LabelledMatrix,
  given: ParameterValues = {},
  more: Partial<TrainingJob> = {},
): TrainedModel {
  const parameters = resolveParameters('catboost', catboostParameters, {
    iterations: 20,
    learning_rate: 0.1,
    ...given,
  });
  return trainCatboost({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool, ...more });
}

/** Mean log loss of the forest's own scores. */
export function logLoss(model: TrainedModel, { matrix, label, weight }: LabelledMatrix): number {
  const raw = walkRaw(model.forest, matrix);
  let loss = 0;
  let total = 0;
  raw.forEach((score, row) => {
    const w = weight?.[row] ?? 1;
    loss += w * Math.log1p(Math.exp(label[row] === 1 ? -score : score));
    total += w;
  });
  return loss / total;
}

export function probability(model: TrainedModel, matrix: Matrix): Float64Array {
  return walkRaw(model.forest, matrix).map((raw) => 1 / (1 + Math.exp(-raw)));
}

/**
 * A model small enough to score inside a page: a few boosted trees fitted to the blend's own answers (a surrogate; Buciluă, Caruana and
 * Niculescu-Mizil 2006), with how far it is from the blend on rows it was not fitted to.
 *
 * Fitting to probabilities: every row is given twice, as a positive of weight p and as a negative of weight 1 − p, whose
 * weighted log loss is that of the soft label. Columns are those the blend uses most; rare categories are one.
 */
import type { KeptRows } from '../bundle/kept-rows.js';
import type { ExplainedFeature, WhatIf, WhatIfColumn } from '../explain/explanation-data.js';
import { quantiles, sortedNumbers } from '../explain/quantiles.js';
import { type Forest, Operator } from '../forest/forest.js';
import { predictRaw } from '../forest/predict.js';
import type { KernelPool } from '../kernels/pool.js';
import { type Matrix, type MatrixColumn, sharedValues, takeRows } from '../table/matrix.js';
import { familyParameters, loadTrainer } from '../trees/families.js';

const COLUMNS = 20;
const CATEGORIES = 30;
const PARAMETERS = {
  num_iterations: 120,
  learning_rate: 0.1,
  num_leaves: 16,
  min_data_in_leaf: 10,
  min_sum_hessian_in_leaf: 0.1,
  max_bin: 63,
};
const STARTS = 8;

export interface WhatIfJob {
  readonly kept: KeptRows;
  readonly features: readonly ExplainedFeature[];
  /** Most important first. */
  readonly names: readonly string[];
  readonly predict: (matrix: Matrix) => Float64Array;
  readonly pool: KernelPool;
  readonly seed: number;
}

/** Null when there are too few rows or features to fit anything. */
export async function whatIfOf(job: WhatIfJob): Promise<WhatIf | null> {
  const { kept, names, predict, pool, seed } = job;
  const all = joined(kept.background.matrix, kept.test.matrix);
  if (names.length === 0 || all.rows < 100) return null;
  const answers = predict(all);
  const used = names.slice(0, COLUMNS).map((name) => all.columns.findIndex((column) => column.name === name));
  const columns = used.map((at) => compact(all.columns[at]));
  const matrix: Matrix = { rows: all.rows, columns };
  // Every fifth row judges.
  const judged = Int32Array.from({ length: Math.floor(all.rows / 5) }, (_, i) => i * 5 + 4);
  const held = new Set(judged);
  const fitted = Int32Array.from(answers.keys()).filter((row) => !held.has(row));
  const twice = Int32Array.from([...fitted, ...fitted]);
  const train = await loadTrainer('lightgbm');
  const { forest } = train({
    train: {
      matrix: takeRows(matrix, twice),
      label: Float64Array.from(twice, (_, i) => (i < fitted.length ? 1 : 0)),
      weight: Float64Array.from(twice, (row, i) => (i < fitted.length ? answers[row] : 1 - answers[row])),
    },
    hasTime: false,
    parameters: familyParameters('lightgbm', PARAMETERS),
    earlyStoppingRounds: 0,
    seed,
    pool,
  });
  return {
    kind: 'surrogate',
    fidelity: fidelityOf(
      forest,
      takeRows(matrix, judged),
      Float64Array.from(judged, (row) => answers[row]),
    ),
    columns: columns.map((column, c) => describe(column, all.columns[used[c]], job)),
    ...plainTrees(forest),
    starts: startsOf(all, matrix, answers, kept.background.matrix.rows),
  };
}

/** Rows of the second after those of the first. */
function joined(first: Matrix, second: Matrix): Matrix {
  const rows = first.rows + second.rows;
  return {
    rows,
    columns: first.columns.map((column, c) => {
      const values = sharedValues(rows);
      values.set(column.values);
      values.set(second.columns[c].values, first.rows);
      return { ...column, values };
    }),
  };
}

/** Categories: the commonest get new codes 0 …, all others −1. */
function compact(column: MatrixColumn): MatrixColumn {
  const { kind, values, categories = [] } = column;
  if (kind === 'numeric') return column;
  const counts = new Map<number, number>();
  for (const code of values) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const common = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, CATEGORIES);
  const codeOf = new Map(common.map(([code], i) => [code, i]));
  const cells = sharedValues(values.length);
  for (let row = 0; row < cells.length; row++)
    cells[row] = Number.isNaN(values[row]) ? Number.NaN : (codeOf.get(values[row]) ?? -1);
  return { name: column.name, kind, values: cells, categories: common.map(([code]) => categories[code]) };
}

function fidelityOf(forest: Forest, matrix: Matrix, answers: Float64Array): WhatIf['fidelity'] {
  const raw = predictRaw(forest, matrix);
  const wanted = answers.map((p) => logit(p));
  const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
  let [apart, spread] = [0, 0];
  const differences = new Float64Array(raw.length);
  raw.forEach((value, row) => {
    apart += (value - wanted[row]) ** 2;
    spread += (wanted[row] - mean) ** 2;
    differences[row] = Math.abs(1 / (1 + Math.exp(-value)) - answers[row]);
  });
  return {
    rows: raw.length,
    r_squared: spread > 0 ? 1 - apart / spread : 0,
    mean_difference: differences.reduce((sum, value) => sum + value, 0) / Math.max(1, raw.length),
    p95_difference: quantiles(differences.sort(), [0.95])[0],
  };
}

/** Kept from infinity: a forest may answer 0 or 1. */
function logit(p: number): number {
  const kept = Math.min(1 - 1e-4, Math.max(1e-4, p));
  return Math.log(kept / (1 - kept));
}

function describe(column: MatrixColumn, original: MatrixColumn, { features }: WhatIfJob): WhatIfColumn {
  const about = features.find(({ name }) => name === column.name);
  const base = {
    name: column.name,
    kind: column.kind,
    ...(about?.description === undefined ? {} : { description: about.description }),
    ...(about?.unit === undefined ? {} : { unit: about.unit }),
    actionable: about?.actionable ?? null,
    can_be_missing: original.values.some(Number.isNaN),
  };
  if (column.kind === 'categorical') return { ...base, categories: column.categories ?? [] };
  const sorted = sortedNumbers(column.values).filter(Number.isFinite);
  const whole = sorted.every(Number.isInteger);
  let [from, to] = quantiles(sorted, [0.01, 0.99]);
  if (!(from < to)) [from, to] = [sorted[0] ?? 0, Math.max(sorted.at(-1) ?? 1, (sorted[0] ?? 0) + 1)];
  if (whole) [from, to] = [Math.floor(from), Math.ceil(to)];
  const step = whole ? Math.max(1, Math.round((to - from) / 200)) : 10 ** Math.floor(Math.log10((to - from) / 100));
  return { ...base, from, to, step, whole };
}

type PlainTrees = Pick<
  WhatIf,
  'intercept' | 'tree_start' | 'feature' | 'threshold' | 'missing_left' | 'left' | 'right' | 'value' | 'sets'
>;

/** LightGBM trees read NaN as missing where they have met it, and as 0 elsewhere: `missing_left` says where it goes either way. */
function plainTrees(forest: Forest): PlainTrees {
  const sets: number[][] = [];
  const nodes = Array.from(forest.feature.keys());
  const treeOf = new Int32Array(nodes.length);
  forest.treeWeight.forEach((_, t) => {
    treeOf.fill(t, forest.treeStart[t], forest.treeStart[t + 1]);
  });
  const threshold = nodes.map((node) => {
    if (forest.feature[node] < 0) return 0;
    if (forest.operator[node] !== Operator.InSet) return writable(forest.threshold[node]);
    sets.push(codesOf(forest, node));
    return sets.length - 1;
  });
  return {
    intercept: forest.intercept,
    tree_start: Array.from(forest.treeStart),
    feature: Array.from(forest.feature),
    threshold,
    missing_left: nodes.map((node) => (forest.feature[node] < 0 ? 0 : missingLeft(forest, node))),
    left: Array.from(forest.left),
    right: Array.from(forest.right),
    value: nodes.map((node) =>
      forest.feature[node] < 0 ? Number((forest.treeWeight[treeOf[node]] * forest.value[node]).toPrecision(7)) : 0,
    ),
    sets,
  };
}

/** A split of missing from all others has an infinite threshold, which JSON would make null: any finite cell falls to the same side of this one. */
function writable(threshold: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, threshold));
}

function missingLeft(forest: Forest, node: number): number {
  if (forest.operator[node] === Operator.InSet || forest.missingMode[node] !== 0) return forest.defaultLeft[node];
  return 0 <= forest.threshold[node] ? 1 : 0;
}

function codesOf({ setStart, setLength, setWords }: Forest, node: number): number[] {
  const codes: number[] = [];
  for (let word = 0; word < setLength[node]; word++)
    for (let bit = 0; bit < 32; bit++) if ((setWords[setStart[node] + word] >>> bit) & 1) codes.push(word * 32 + bit);
  return codes;
}

/** Test rows spread over the probabilities, so that one starts where it is interesting. */
function startsOf(all: Matrix, matrix: Matrix, answers: Float64Array, background: number): WhatIf['starts'] {
  const rows = Array.from({ length: all.rows - background }, (_, i) => background + i);
  const order = (rows.length > 0 ? rows : Array.from(answers.keys())).sort((a, b) => answers[a] - answers[b] || a - b);
  const places = Array.from({ length: Math.min(STARTS, order.length) }, (_, i) =>
    Math.round((i * (order.length - 1)) / Math.max(1, Math.min(STARTS, order.length) - 1)),
  );
  return [...new Set(places)].reverse().map((place) => {
    const row = order[place];
    const cell = (value: number) => (Number.isFinite(value) ? value : null);
    return {
      name: `kept row ${row - background + 1}`,
      cells: matrix.columns.map(({ values }) => cell(values[row])),
      probability: answers[row],
    };
  });
}

/**
 * Everything a report shows of why a bundle's model says what it says, computed from a bounded sample of rows: the cost does not
 * grow with the input. It reads no file and draws nothing; what rows say of a business is in insights.ts.
 */
import type { Bundle } from '../bundle/bundle.js';
import { drawRows, type KeptRows } from '../bundle/kept-rows.js';
import { beeswarm } from '../explain/beeswarm.js';
import { decisionRows } from '../explain/decision-rows.js';
import { dependence } from '../explain/dependence.js';
import {
  EXPLANATION_DATA_FORMAT,
  type ExplanationData,
  type FeatureImportance,
  type Interactions,
  type PartialDependence,
  type PermutationResult,
} from '../explain/explanation-data.js';
import { forestImportances } from '../explain/forest-importances.js';
import { rankInteractions } from '../explain/interaction-ranking.js';
import { friedmanH } from '../explain/interaction-strength.js';
import { partialDependence } from '../explain/partial-dependence.js';
import { permutationImportance } from '../explain/permutation-importance.js';
import { largestResidual, type ShapImportance, shapImportances } from '../explain/shap-importance.js';
import { ForestScorer } from '../forest/forest-scorer.js';
import { KernelPool } from '../kernels/pool.js';
import { type ExplainedRows, ModelExplainer } from '../scoring/model-explainer.js';
import { ModelScorer, type ScoringModel } from '../scoring/scoring-model.js';
import { type Matrix, takeRows } from '../table/matrix.js';
import type { WorkflowContext } from './context.js';
import { explainRows } from './explain-rows.js';
import { encodedCells, explainedFeatures } from './explained-columns.js';
import { EXPLANATION_METHODS } from './explanation-methods.js';
import { type Economics, insightsOf } from './insights.js';
import type { RowsToExplain } from './rows-to-explain.js';
import { tellingRows } from './telling-rows.js';
import { whatIfOf } from './what-if.js';

export interface ExplanationOptions {
  readonly shap: 'path-dependent' | 'interventional';
  readonly economics?: Economics;
}

/** Rows of each computation at most, and features drawn. */
const SHAP_ROWS = 2000;
const INTERVENTIONAL_ROWS = 500;
const INTERACTION_ROWS = 200;
/** Doubles of interaction values in all; wide tables take fewer rows. */
const INTERACTION_CELLS = 2 ** 26;
const BACKGROUND_FOR_CURVES = 200;
const BACKGROUND_FOR_H = 40;
const PERMUTED_CELLS = 300_000;
const PERMUTED_ROWS = 1500;
const REPEATS = 5;
const DRAWN = { beeswarm: 20, dependence: 12, curves: 12, decision: 15, pairs: 15, grids: 6, h: 8, partners: 12 };

/** The rows that the bundle kept of its test; undefined when it kept none. */
export function keptTestRows(kept: KeptRows | undefined): RowsToExplain | undefined {
  if (kept === undefined || kept.test.matrix.rows === 0) return undefined;
  const { matrix, of, label, unit } = kept.test;
  const base = { matrix, cells: encodedCells(matrix), of, source: 'test rows of training', label };
  return unit === undefined ? base : { ...base, unit };
}

export async function explanationOf(
  bundle: Bundle,
  rows: RowsToExplain,
  options: ExplanationOptions,
  context: WorkflowContext,
): Promise<ExplanationData> {
  const { seed, threads, progress, signal } = context;
  const model = bundle.scoringModel();
  const kept = bundle.keptRows();
  const background = kept?.background.matrix;
  const features = explainedFeatures(bundle.manifest);
  const scorer = new ModelScorer(model);
  const predict = (matrix: Matrix) => scorer.scoreMatrix(matrix).probability;
  const notes: string[] = [];
  const stage = 'explain';
  progress({ type: 'start', stage });
  const pool = new KernelPool(threads);
  try {
    if (background === undefined) notes.push(noBackground(bundle));
    const interventional = options.shap === 'interventional' && background !== undefined;
    const sample = sampled(rows, interventional ? INTERVENTIONAL_ROWS : SHAP_ROWS, seed);
    const { matrix } = sample;
    const explainer = new ModelExplainer(model, interventional ? { pool, background } : { pool });
    const shap = explainer.explainMatrix(matrix);
    signal.throwIfAborted();
    const ranked = shapImportances(shap, matrix, sample.unit);
    const names = ranked.filter((one) => one.shap > 0).map(({ feature }) => feature);
    const permutation = permutationsOf(sample, names, predict, context, notes);
    signal.throwIfAborted();
    const curves = background === undefined ? undefined : sampledBackground(background, BACKGROUND_FOR_CURVES, seed);
    const partial = (curves === undefined ? [] : names.slice(0, DRAWN.curves))
      .map((feature) => partialDependence(predict, curves as Matrix, feature))
      .filter((one): one is PartialDependence => one !== undefined);
    signal.throwIfAborted();
    const interactions = interactionsOf(explainer, matrix, names, background, predict, seed, notes);
    signal.throwIfAborted();
    const told = explainRows(
      {
        scorer,
        features,
        matrix,
        cells: sample.cells,
        shap,
        seed,
        lime: true,
        ...(background === undefined ? {} : { background }),
        ...(sample.label === undefined ? {} : { label: sample.label }),
      },
      tellingRows(sample, shap.probability),
    );
    signal.throwIfAborted();
    const insights = insightsOf({
      bundle,
      rows,
      probability: predict(rows.matrix),
      importances: ranked,
      features,
      predict,
      seed,
      ...(kept === undefined ? {} : { kept }),
      ...(curves === undefined ? {} : { curves }),
      ...(options.economics === undefined ? {} : { economics: options.economics }),
    });
    signal.throwIfAborted();
    const whatIf = kept === undefined ? null : await whatIfOf({ kept, features, names, predict, pool, seed });
    if (rows.of > matrix.rows)
      notes.push(
        `Explained are ${count(matrix.rows)} rows drawn at random from ${count(rows.of)}; insights use ${count(rows.matrix.rows)} of them.`,
      );
    return {
      format: EXPLANATION_DATA_FORMAT,
      sample: {
        source: rows.source,
        rows: matrix.rows,
        of: rows.of,
        positives: sample.label === undefined ? null : sample.label.reduce((sum, y) => sum + y, 0),
        background: background?.rows ?? 0,
        seed,
      },
      features,
      shap: {
        method: interventional ? 'interventional' : 'path-dependent',
        base: shap.base,
        members: shap.members.map(({ family, weight, unit, shap: own }) => ({
          name: family,
          weight,
          unit,
          base: own.base,
        })),
        largest_residual: largestResidual(shap, predict(matrix), rawScores(model, pool, matrix)),
        beeswarm: beeswarm(shap, matrix, names.slice(0, DRAWN.beeswarm)),
      },
      importances: importancesOf(ranked, model, permutation),
      dependence: names
        .slice(0, DRAWN.dependence)
        .map((feature) => dependence(shap, matrix, feature, names.slice(0, DRAWN.partners))),
      interactions,
      partial_dependence: partial,
      decision: decisionRows(shap, names.slice(0, DRAWN.decision), sample.label),
      rows: told,
      what_if: whatIf,
      insights,
      notes,
      methods: EXPLANATION_METHODS,
    };
  } finally {
    await pool.close();
    progress({ type: 'end', stage });
  }
}

const count = (rows: number) => rows.toLocaleString('en-US');

export function noBackground({ name }: Pick<Bundle, 'name'>): string {
  return `${name} was written by an older ecomml and keeps no background rows: SHAP is path-dependent, and LIME, partial dependence, drift and what-if are left out. Train it again to have them.`;
}

function sampled(rows: RowsToExplain, wanted: number, seed: number): RowsToExplain {
  const { matrix } = rows;
  if (matrix.rows <= wanted) return rows;
  const chosen = drawRows(matrix.rows, wanted, seed, 0x65787073);
  const taken = (values: Float64Array) => Float64Array.from(chosen, (row) => values[row]);
  return {
    ...rows,
    matrix: takeRows(matrix, chosen),
    cells: (row, input) => rows.cells(chosen[row], input),
    ...(rows.label === undefined ? {} : { label: taken(rows.label) }),
    ...(rows.sourceRow === undefined ? {} : { sourceRow: taken(rows.sourceRow) }),
    ...(rows.unit === undefined ? {} : { unit: Int32Array.from(chosen, (row) => rows.unit?.[row] ?? 0) }),
  };
}

export function sampledBackground(background: Matrix, wanted: number, seed: number): Matrix {
  return takeRows(background, drawRows(background.rows, wanted, seed, 0x63757276));
}

/** Raw scores of each member, by the kernels that score: what SHAP sums are held against. */
function rawScores(model: ScoringModel, pool: KernelPool, matrix: Matrix): Float64Array[] {
  return model.members.map(({ forest }) => {
    const mark = pool.memory.mark();
    try {
      return new ForestScorer(forest, pool.memory, pool.kernels).rawScores(matrix);
    } finally {
      pool.memory.release(mark);
    }
  });
}

/** Of the features that SHAP finds at work, as many as the budget of predictions allows; null for others. */
function permutationsOf(
  { matrix, label, unit }: RowsToExplain,
  names: readonly string[],
  predict: (matrix: Matrix) => Float64Array,
  { seed, signal }: WorkflowContext,
  notes: string[],
): ReadonlyMap<string, PermutationResult> {
  if (label === undefined) return new Map();
  const chosen = drawRows(matrix.rows, PERMUTED_ROWS, seed, 0x7065726d);
  const most = Math.max(10, Math.floor(PERMUTED_CELLS / chosen.length / REPEATS));
  const features = names.slice(0, most);
  if (features.length < names.length)
    notes.push(`Permutation importance was computed for the ${features.length} features of largest SHAP values.`);
  const results = permutationImportance({
    matrix: takeRows(matrix, chosen),
    label: Float64Array.from(chosen, (row) => label[row]),
    ...(unit === undefined ? {} : { unit: Array.from(chosen, (row) => unit[row]) }),
    predict,
    seed,
    repeats: REPEATS,
    features,
    onFeature: () => signal.throwIfAborted(),
  });
  return new Map(
    results.map(({ feature, log_loss_rise, interval }) => [feature, { log_loss_rise, interval, repeats: REPEATS }]),
  );
}

function interactionsOf(
  explainer: ModelExplainer,
  matrix: Matrix,
  names: readonly string[],
  background: Matrix | undefined,
  predict: (matrix: Matrix) => Float64Array,
  seed: number,
  notes: string[],
): Interactions | null {
  const width = matrix.columns.length;
  if (names.length < 2) return null;
  const most = Math.max(4, Math.min(INTERACTION_ROWS, Math.floor(INTERACTION_CELLS / width ** 2)));
  const rows = takeRows(matrix, drawRows(matrix.rows, most, seed, 0x70616972));
  if (rows.rows < Math.min(INTERACTION_ROWS, matrix.rows))
    notes.push(`With ${count(width)} features, interactions were computed on ${rows.rows} rows only.`);
  const indexOf = new Map(matrix.columns.map(({ name }, i) => [name, i]));
  const block = Math.max(1, Math.floor(2 ** 22 / width ** 2));
  let from = 0;
  let held: ExplainedRows | undefined;
  const pairsOf = (row: number) => {
    if (held === undefined || row >= from + block) {
      from = row;
      const to = Math.min(rows.rows, row + block);
      held = explainer.explainPairs(
        takeRows(
          rows,
          Int32Array.from({ length: to - row }, (_, i) => row + i),
        ),
      );
    }
    return held.values.subarray((row - from) * width ** 2, (row - from + 1) * width ** 2);
  };
  const pairs = rankInteractions({
    matrix: rows,
    pairsOf,
    pairs: DRAWN.pairs,
    grids: DRAWN.grids,
    candidates: names.slice(0, 30).map((name) => indexOf.get(name) as number),
  });
  if (background === undefined) return { rows: rows.rows, h_rows: 0, pairs };
  const few = sampledBackground(background, BACKGROUND_FOR_H, seed);
  const judged = pairs.slice(0, DRAWN.h);
  const h = friedmanH(
    predict,
    few,
    judged.map(({ a, b }) => [indexOf.get(a) as number, indexOf.get(b) as number]),
  );
  return {
    rows: rows.rows,
    h_rows: few.rows,
    pairs: pairs.map((pair, i) => ({ ...pair, h_squared: h[i] ?? null })),
  };
}

function importancesOf(
  ranked: readonly ShapImportance[],
  { members }: ScoringModel,
  permutation: ReadonlyMap<string, PermutationResult>,
): FeatureImportance[] {
  const byMember = members.map(({ family, forest }) => ({
    family,
    of: new Map(forestImportances(forest).map((one) => [one.feature, one])),
  }));
  const each = (feature: string, what: 'gain' | 'splits') =>
    Object.fromEntries(byMember.map(({ family, of }) => [family, of.get(feature)?.[what] ?? 0]));
  return ranked.map((one) => ({
    ...one,
    gain: each(one.feature, 'gain'),
    splits: each(one.feature, 'splits'),
    permutation: permutation.get(one.feature) ?? null,
  }));
}

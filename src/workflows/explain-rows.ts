/** Rows told one by one: exact contributions, words, LIME beside them, and what to beware of. It chooses no rows and draws nothing. */
import { signedPoints } from '../base/plain-number.js';
import { limeExplanation } from '../explain/agreement.js';
import type { Contribution, ExplainedFeature, RowExplanation } from '../explain/explanation-data.js';
import { lime } from '../explain/lime.js';
import { type LimeColumn, limeColumns } from '../explain/lime-neighbourhood.js';
import { shownValue, valueInWords } from '../features/feature-words.js';
import type { ExplainedRows } from '../scoring/model-explainer.js';
import type { ModelScorer } from '../scoring/scoring-model.js';
import { type Matrix, takeRows } from '../table/matrix.js';
import { type CellReader, NOT_SEEN } from './explained-columns.js';

export interface RowJob {
  readonly scorer: ModelScorer;
  readonly features: readonly ExplainedFeature[];
  readonly matrix: Matrix;
  readonly cells: CellReader;
  /** Of all rows of `matrix`. */
  readonly shap: ExplainedRows;
  readonly background?: Matrix;
  readonly label?: Float64Array;
  readonly seed: number;
  readonly lime: boolean;
}

export interface ToldRow {
  readonly row: number;
  readonly name: string;
  readonly chosen: string;
  readonly sourceRow: number | null;
  readonly ids: Readonly<Record<string, string | null>>;
}

/** Contributions told one by one; the rest is summed. */
const CONTRIBUTIONS = 12;
const REASONS = 6;
/** Reasons of less than this are noise to a reader, unless they are the strongest there is. */
const SMALLEST_REASON = 0.0005;
/** Wider tables let LIME's line use the columns that SHAP finds strongest, and get fewer samples. */
const LIME_COLUMNS = 300;
const WIDE_SAMPLES = 1000;

export function explainRows(job: RowJob, rows: readonly ToldRow[]): RowExplanation[] {
  const { background } = job;
  const statistics = job.lime && background !== undefined ? limeColumns(background) : undefined;
  return rows.map((told) => explainRow(job, told, statistics));
}

function explainRow(job: RowJob, told: ToldRow, statistics: readonly LimeColumn[] | undefined): RowExplanation {
  const { scorer, matrix, shap, features, cells, background } = job;
  const { row } = told;
  const width = shap.inputs.length;
  const points = shap.values.subarray(row * width, (row + 1) * width);
  const order = Array.from(points.keys()).sort((a, b) => Math.abs(points[b]) - Math.abs(points[a]) || a - b);
  const shown = order.filter((input) => points[input] !== 0).slice(0, CONTRIBUTIONS);
  const left = order.slice(shown.length).filter((input) => points[input] !== 0);
  const scores = scorer.scoreMatrix(takeRows(matrix, [row]));
  const contributions = shown.map((input) => contributionOf(job, row, input));
  const explained = shap.probability[row] - shap.base - contributions.reduce((sum, one) => sum + one.points, 0);
  return {
    name: told.name,
    chosen: told.chosen,
    source_row: told.sourceRow,
    ids: told.ids,
    probability: scores.probability[0],
    confidence: scores.confidence[0],
    label: job.label?.[row] ?? null,
    base: shap.base,
    members: Object.fromEntries(Object.entries(scores.members).map(([name, values]) => [name, values[0]])),
    contributions,
    rest: { features: left.length, points: left.length === 0 ? 0 : explained },
    reasons: reasonsOf(features, shown, points, (input) => cells(row, input)),
    lime: statistics === undefined ? null : limeOf(job, row, points, order, statistics),
    warnings: warningsOf(features, matrix, row, cells, background),
  };
}

function contributionOf({ features, cells, shap, background }: RowJob, row: number, input: number): Contribution {
  const width = shap.inputs.length;
  const value = cells(row, input);
  return {
    feature: shap.inputs[input],
    value: typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    shown: shownValue(features[input], value),
    rank: typeof value !== 'number' ? null : rankIn(background, input, value),
    points: shap.values[row * width + input],
    members: Object.fromEntries(shap.members.map((member) => [member.family, member.shap.values[row * width + input]])),
  };
}

/** Share of the background's cells that are smaller; null without any. */
function rankIn(background: Matrix | undefined, input: number, value: number): number | null {
  let [smaller, all] = [0, 0];
  for (const cell of background?.columns[input].values ?? [])
    if (!Number.isNaN(cell)) {
      all++;
      if (cell < value) smaller++;
    }
  return all === 0 ? null : smaller / all;
}

/** Strongest first: "viewed this product 4 times before in this visit: +12 points". */
export function reasonsOf(
  features: readonly ExplainedFeature[],
  order: readonly number[],
  points: ArrayLike<number>,
  cell: (input: number) => number | string | null,
): string[] {
  const strong = order.filter((input) => Math.abs(points[input]) >= SMALLEST_REASON);
  const told = strong.length > 0 ? strong : order.slice(0, 1);
  return told
    .slice(0, REASONS)
    .map((input) => `${cellInWords(features[input], cell(input))}: ${signedPoints(points[input])}`);
}

/** A category whose text was lost is told as what it is. */
function cellInWords(feature: ExplainedFeature, cell: number | string | null): string {
  return cell === NOT_SEEN ? `${feature.name} was ${NOT_SEEN}` : valueInWords(feature, cell);
}

function limeOf(
  { scorer, matrix, seed }: RowJob,
  row: number,
  points: Float64Array,
  order: readonly number[],
  columns: readonly LimeColumn[],
): RowExplanation['lime'] {
  const predict = (rows: Matrix) => scorer.scoreMatrix(rows).probability;
  const wide = columns.length > LIME_COLUMNS;
  const fewer = { candidates: order.slice(0, LIME_COLUMNS).sort((a, b) => a - b), samples: WIDE_SAMPLES };
  const result = lime({ columns, matrix, row, predict, seed, ...(wide ? fewer : {}) });
  return limeExplanation(result, points);
}

/** Cells that the training rows have not prepared the model for. */
function warningsOf(
  features: readonly ExplainedFeature[],
  matrix: Matrix,
  row: number,
  cells: CellReader,
  background: Matrix | undefined,
): string[] {
  const unseen: string[] = [];
  const outside: string[] = [];
  features.forEach((feature, input) => {
    const cell = matrix.columns[input].values[row];
    const { name } = feature;
    if (feature.kind === 'categorical' && cell === -1)
      unseen.push(cells(row, input) === NOT_SEEN ? name : `${name} "${String(cells(row, input))}"`);
    const known = background?.columns[input].values;
    if (feature.kind !== 'numeric' || known === undefined || Number.isNaN(cell)) return;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of known) if (!Number.isNaN(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const span = high - low;
    if (cell > high + span || cell < low - span) outside.push(`${name} ${shownValue(feature, cells(row, input))}`);
  });
  const warnings: string[] = [];
  if (unseen.length > 0) warnings.push(`Not seen in training, so the model knows nothing of it: ${some(unseen)}.`);
  if (outside.length > 0) warnings.push(`Far outside what training saw: ${some(outside)}.`);
  return warnings;
}

function some(texts: readonly string[]): string {
  const shown = texts.slice(0, 5).join(', ');
  return texts.length > 5 ? `${shown} and ${texts.length - 5} more` : shown;
}

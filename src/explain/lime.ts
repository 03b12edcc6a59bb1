/**
 * LIME for a row of a table as its authors define it (Ribeiro, Singh and Guestrin 2016; marcotcr/lime): 5,000 perturbed rows,
 * the kernel √exp(−d² / w²) with w = 0.75 √columns over the distance between 0/1 vectors, features chosen by "auto", a ridge of alpha 1.
 * The neighbourhood is in lime-neighbourhood.ts.
 */

import { plainNumber } from '../base/plain-number.js';
import type { Matrix, MatrixColumn } from '../table/matrix.js';
import { type LimeColumn, limeBin, limeNeighbourhood } from './lime-neighbourhood.js';
import { WeightedRidge } from './weighted-ridge.js';

export const LIME_SAMPLES = 5000;
export const LIME_FEATURES = 10;
/** Up to so many features they are chosen one by one, above by their weight in a fit of all. */
const FORWARD_UP_TO = 6;

export interface LimeJob {
  readonly columns: readonly LimeColumn[];
  readonly matrix: Matrix;
  readonly row: number;
  readonly predict: (matrix: Matrix) => Float64Array;
  readonly seed: number;
  readonly samples?: number;
  readonly features?: number;
  /** Columns the line may use; all by default. In very wide tables the most important ones by SHAP: fitting all costs columns². */
  readonly candidates?: readonly number[];
}

export interface LimeResult {
  readonly samples: number;
  readonly rSquared: number;
  readonly intercept: number;
  readonly localProbability: number;
  readonly probability: number;
  /** Largest |weight| first. */
  readonly terms: readonly {
    readonly input: number;
    readonly feature: string;
    readonly condition: string;
    readonly weight: number;
  }[];
}

/** Costs `samples` predictions and samples · columns² multiplications. */
export function lime(job: LimeJob): LimeResult {
  const { columns, matrix, row, predict, seed, samples = LIME_SAMPLES, features = LIME_FEATURES } = job;
  const near = limeNeighbourhood(columns, matrix, row, samples, seed);
  const answers = predict(near.matrix);
  const fit = localFit(near.same, answers, features, job.candidates);
  const terms = fit.terms.map(({ column, weight }) => {
    const { name, kind, values, categories } = matrix.columns[column];
    const condition = conditionOf(name, kind, columns[column], values[row], categories);
    return { input: column, feature: name, condition, weight };
  });
  const { rSquared, intercept, localAnswer } = fit;
  return { samples, rSquared, intercept, localProbability: localAnswer, probability: answers[0], terms };
}

export interface LocalFit {
  readonly terms: readonly { readonly column: number; readonly weight: number }[];
  readonly intercept: number;
  readonly rSquared: number;
  /** The fit's answer for row 0. */
  readonly localAnswer: number;
}

/** The fit alone, of given 0/1 rows (row 0 all ones) and answers: what is held against the original number by number. */
export function localFit(
  same: Uint8Array,
  answers: Float64Array,
  features: number,
  candidates?: readonly number[],
): LocalFit {
  const rows = answers.length;
  const width = same.length / rows;
  const among = candidates ?? Array.from({ length: width }, (_, column) => column);
  const kernelWidth = Math.sqrt(width) * 0.75;
  const weight = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let apart = 0;
    for (let c = row * width; c < (row + 1) * width; c++) apart += 1 - same[c];
    weight[row] = Math.sqrt(Math.exp(-apart / kernelWidth ** 2));
  }
  const ridge = new WeightedRidge(takeColumns(same, width, among), answers, weight);
  const choose = features <= FORWARD_UP_TO ? chooseForward : chooseByWeight;
  const chosen = choose(ridge, among.length, features);
  const { coefficients, intercept, rSquared } = ridge.fit(chosen, 1);
  const terms = chosen
    .map((place, i) => ({ column: among[place], weight: coefficients[i] }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.column - b.column);
  return { terms, intercept, rSquared, localAnswer: coefficients.reduce((sum, w) => sum + w, intercept) };
}

function takeColumns(same: Uint8Array, width: number, among: readonly number[]): Uint8Array {
  if (among.length === width) return same;
  const rows = same.length / width;
  const out = new Uint8Array(rows * among.length);
  for (let row = 0, at = 0; row < rows; row++) for (const column of among) out[at++] = same[row * width + column];
  return out;
}

/** Adds the column that raises the unpenalised R² most, again and again. */
function chooseForward(ridge: WeightedRidge, width: number, features: number): number[] {
  const chosen: number[] = [];
  while (chosen.length < Math.min(features, width)) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let column = 0; column < width; column++) {
      if (chosen.includes(column)) continue;
      const { rSquared } = ridge.fit([...chosen, column], 0);
      if (rSquared > most) [best, most] = [column, rSquared];
    }
    chosen.push(best);
  }
  return chosen;
}

/** The columns of largest |weight| in a ridge (alpha 0.01) of all; row 0 is all ones, so weight and weight · value are the same. */
function chooseByWeight(ridge: WeightedRidge, width: number, features: number): number[] {
  const all = Array.from({ length: width }, (_, c) => c);
  const { coefficients } = ridge.fit(all, 0.01);
  return all.sort((a, b) => Math.abs(coefficients[b]) - Math.abs(coefficients[a]) || a - b).slice(0, features);
}

function conditionOf(
  name: string,
  kind: MatrixColumn['kind'],
  column: LimeColumn,
  cell: number,
  categories: readonly string[] | undefined,
): string {
  if (Number.isNaN(cell)) return `${name} is missing`;
  if (kind === 'categorical')
    return cell < 0 ? `${name} not seen in training` : `${name} = ${categories?.[cell] ?? cell}`;
  const bin = limeBin(column, kind, cell);
  const { edges } = column;
  if (edges.length === 0) return `${name} = ${plainNumber(cell)}`;
  if (bin === 0) return `${name} ≤ ${plainNumber(edges[0])}`;
  if (bin >= edges.length) return `${name} > ${plainNumber(edges[edges.length - 1])}`;
  return `${plainNumber(edges[bin - 1])} < ${name} ≤ ${plainNumber(edges[bin])}`;
}

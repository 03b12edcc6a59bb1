/** What rows say of a business: segments, profit, actions, levers and drift, put together from the rooms that compute them. */
import { signedPoints } from '../base/plain-number.js';
import type { Bundle } from '../bundle/bundle.js';
import type { KeptRows } from '../bundle/kept-rows.js';
import { profitCurve } from '../ensemble/profit-curve.js';
import { actionInsight } from '../explain/actions.js';
import { drift, numberDrift } from '../explain/drift.js';
import type { ExplainedFeature } from '../explain/explanation-data.js';
import type { ActionEconomics, DriftInsight, InsightData, Lever, ProfitInsight } from '../explain/insight-data.js';
import { withColumn } from '../explain/partial-dependence.js';
import { findSegments } from '../explain/segments.js';
import type { ShapImportance } from '../explain/shap-importance.js';
import { type Matrix, sharedValues } from '../table/matrix.js';
import type { RowsToExplain } from './rows-to-explain.js';

/** Money; see ActionEconomics for what each field means. */
export interface Economics {
  readonly margin: number;
  readonly cost: number;
  readonly reminderLift: number;
  readonly discountLift: number;
  /** Share of the margin that a discount gives up. */
  readonly discount: number;
}

/** An example to think with, said to be one: nobody's numbers. */
export const EXAMPLE_ECONOMICS: Economics = {
  margin: 20,
  cost: 0.2,
  reminderLift: 0.15,
  discountLift: 0.4,
  discount: 0.15,
};

export interface InsightJob {
  readonly bundle: Bundle;
  readonly rows: RowsToExplain;
  /** The blend's, of `rows`. */
  readonly probability: Float64Array;
  readonly importances: readonly ShapImportance[];
  readonly features: readonly ExplainedFeature[];
  readonly predict: (matrix: Matrix) => Float64Array;
  readonly kept?: KeptRows;
  /** Background rows for what a change would do. */
  readonly curves?: Matrix;
  readonly economics?: Economics;
  readonly seed: number;
}

/** Features segments are cut by, and of those the ones whose pairs are. */
const SEGMENT_FEATURES = 60;
const SEGMENT_PAIRS = 5;
const LEVERS = 15;

export function insightsOf(job: InsightJob): InsightData {
  const { rows, probability, importances, features, bundle } = job;
  const { label, unit, matrix } = rows;
  const economics = job.economics ?? EXAMPLE_ECONOMICS;
  const assumed = job.economics === undefined;
  const names = importances.filter(({ shap }) => shap > 0).map(({ feature }) => feature);
  const both = label?.includes(1) === true && label.includes(0);
  const withUnit = unit === undefined ? {} : { unit };
  const levers = leversOf(job);
  return {
    segments: both
      ? findSegments({
          matrix,
          label,
          probability,
          ...withUnit,
          features: names.slice(0, SEGMENT_FEATURES),
          paired: names.slice(0, SEGMENT_PAIRS),
          words: (of, labels) => of.map((name, i) => segmentWords(features, name, labels[i])).join(' and '),
        })
      : null,
    profit: label === undefined ? null : profitOf(probability, label, economics, assumed, unit),
    actions: actionInsight(probability, actionEconomics(economics, assumed), label, unit),
    levers: levers.filter(({ actionable }) => actionable === true).map(({ lever }) => lever),
    not_actionable: levers
      .filter(({ actionable }) => actionable !== true)
      .map(({ lever }) => lever)
      .slice(0, LEVERS),
    levers_known: bundle.manifest.source.kind === 'events',
    drift: driftOf(job),
  };
}

function actionEconomics({ margin, cost, ...rest }: Economics, assumed: boolean): ActionEconomics {
  return {
    margin,
    reminder_cost: cost,
    reminder_lift: rest.reminderLift,
    discount_lift: rest.discountLift,
    discount_cost: margin * rest.discount,
    assumed,
  };
}

function profitOf(
  probability: Float64Array,
  label: Float64Array,
  { margin, cost }: Economics,
  assumed: boolean,
  unit?: Int32Array,
): ProfitInsight {
  const { points, best, breakEven, everybody } = profitCurve(probability, label, { margin, cost }, unit);
  return { margin, cost, assumed, points, best, break_even: breakEven, everybody };
}

function segmentWords(features: readonly ExplainedFeature[], name: string, label: string): string {
  const feature = features.find((one) => one.name === name);
  const told = feature?.description?.replace(/[.;:].*$/s, '');
  return told === undefined ? `${name}: ${label}` : `${told} (${name}): ${label}`;
}

function leversOf({ importances, features, curves, predict }: InsightJob) {
  const total = importances.reduce((sum, { shap }) => sum + shap, 0);
  const about = new Map(features.map((feature) => [feature.name, feature]));
  const base = curves === undefined ? 0 : mean(predict(curves));
  return importances
    .filter(({ shap }) => shap > 0)
    .map(({ feature, shap }) => {
      const known = about.get(feature);
      const actionable = known?.actionable ?? null;
      const lever: Lever = {
        feature,
        ...(known?.description === undefined ? {} : { description: known.description }),
        shap,
        share: total > 0 ? shap / total : 0,
        effects: actionable === true && curves !== undefined ? effectsOf(feature, features, curves, predict, base) : [],
      };
      return { actionable, lever };
    });
}

/** Prices and all that is measured in them move together: a price cut makes every ratio of prices smaller. */
function effectsOf(
  feature: string,
  features: readonly ExplainedFeature[],
  curves: Matrix,
  predict: (matrix: Matrix) => Float64Array,
  base: number,
): Lever['effects'] {
  const together =
    feature === 'price' ? features.filter((one) => one.actionable === true && one.kind === 'numeric') : [];
  const moved = together.length > 0 ? together.map(({ name }) => name) : [feature];
  const what = together.length > 1 ? ' (with all prices compared)' : '';
  return [0.9, 1.1].map((factor) => {
    let matrix = curves;
    for (const name of moved) {
      const at = matrix.columns.findIndex((column) => column.name === name);
      const values = sharedValues(matrix.rows);
      values.set(Float64Array.from(matrix.columns[at].values, (value) => value * factor));
      matrix = withColumn(matrix, at, values);
    }
    const points = mean(predict(matrix)) - base;
    return { change: `10% ${factor < 1 ? 'lower' : 'higher'}${what}: ${signedPoints(points)}`, points };
  });
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function driftOf({ kept, rows, probability, predict }: InsightJob): DriftInsight | null {
  if (kept === undefined) return null;
  const reference = kept.background.matrix;
  return {
    reference: 'training rows',
    compared: rows.source,
    reference_rows: reference.rows,
    compared_rows: rows.matrix.rows,
    features: drift(reference, rows.matrix),
    prediction: numberDrift('probability', predict(reference), probability),
  };
}

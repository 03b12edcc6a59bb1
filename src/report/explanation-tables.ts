/** The tables of why: importances, effects, pairs, one row's reasons. */
import type {
  Dependence,
  ExplanationData,
  InteractionPair,
  PartialDependence,
  RowExplanation,
} from '../explain/explanation-data.js';
import { type Cell, column, type ReportTable } from './report-table.js';
import { modelLabel } from './series.js';

/** Every feature, a method a group of columns. */
export function methodsTable({ importances, shap, features }: ExplanationData): ReportTable {
  const members = shap.members.map(({ name }) => name);
  const permuted = importances.some((one) => one.permutation !== null);
  const about = new Map(features.map((one) => [one.name, one]));
  const grown = members.filter((name) => importances.some((one) => one.gain[name] !== undefined));
  return {
    id: 'importance-by-method',
    title: 'Importance of every feature by every method',
    columns: [
      column('Feature', 'text', 34),
      column('Mean |SHAP|, points', 'points'),
      column('Mean |SHAP| 95% interval', 'interval'),
      column('Mean SHAP, points', 'points'),
      column('Direction', 'metric'),
      ...(permuted
        ? [column('Log loss when shuffled', 'metric'), column('Log loss when shuffled 95% interval', 'interval')]
        : []),
      ...grown.flatMap((name) => [
        column(`${modelLabel(name)} gain`, 'percent'),
        column(`${modelLabel(name)} splits`, 'percent'),
      ]),
      column('Can be acted on', 'text', 16),
    ],
    rows: importances.map((one): Cell[] => {
      const actionable = about.get(one.feature)?.actionable ?? null;
      return [
        one.feature,
        one.shap,
        one.shap_interval,
        one.shap_mean,
        one.direction,
        ...(permuted ? [one.permutation?.log_loss_rise ?? null, one.permutation?.interval ?? null] : []),
        ...grown.flatMap((name) => [one.gain[name] ?? null, one.splits[name] ?? null]),
        actionable === null ? '' : actionable ? 'yes' : 'no',
      ];
    }),
  };
}

export function dependenceTable({ feature, bins }: Dependence, id: string): ReportTable {
  return {
    id,
    title: `SHAP of ${feature} by value`,
    columns: [
      column('Value', 'text', 24),
      column('Rows', 'integer'),
      column('Mean points', 'points'),
      column('10th percentile', 'points'),
      column('90th percentile', 'points'),
    ],
    rows: bins.map((bin) => [bin.label, bin.rows, bin.mean, bin.low, bin.high]),
  };
}

export function partialDependenceTable({ feature, grid, mean, low, high }: PartialDependence, id: string): ReportTable {
  return {
    id,
    title: `Mean probability by ${feature}`,
    columns: [
      column('Value', 'value', 24),
      column('Mean probability', 'percent'),
      column('Mean probability 95% interval', 'interval'),
    ],
    rows: grid.map((value, i) => [value, mean[i], [low[i], high[i]]]),
  };
}

export function pairsTable(pairs: readonly InteractionPair[]): ReportTable {
  return {
    id: 'interaction-pairs',
    title: 'Pairs of features that act together',
    columns: [
      column('Feature', 'text', 30),
      column('With', 'text', 30),
      column('Mean |interaction|, points', 'points'),
      column('H²', 'metric'),
    ],
    rows: pairs.map(({ a, b, strength, h_squared }) => [a, b, strength, h_squared]),
  };
}

/** A pair's points by values: a row a cell that has rows. */
export function interactionTable(
  { a, b, grid }: InteractionPair & { readonly grid: NonNullable<InteractionPair['grid']> },
  id: string,
): ReportTable {
  return {
    id,
    title: `${a} × ${b} by values`,
    columns: [column(a, 'text', 24), column(b, 'text', 24), column('Rows', 'integer'), column('Mean points', 'points')],
    rows: grid.cells.map(([i, j, rows, points]) => [grid.a[i].label, grid.b[j].label, rows, points]),
  };
}

export function contributionsTable(row: RowExplanation, id: string): ReportTable {
  return {
    id,
    title: `Every contribution of ${row.name}`,
    columns: [
      column('Feature', 'text', 34),
      column('Value', 'text', 24),
      column('Rows with less', 'percent'),
      column('Points', 'points'),
    ],
    rows: [
      ['base', '', null, row.base],
      ...row.contributions.map((one): Cell[] => [one.feature, one.shown, one.rank, one.points]),
      ...(row.rest.features > 0 ? [[`${row.rest.features} other features`, '', null, row.rest.points]] : []),
    ],
  };
}

export function limeTable({ lime, contributions }: RowExplanation, id: string): ReportTable | null {
  if (lime === null) return null;
  const points = new Map(contributions.map((one) => [one.feature, one.points]));
  return {
    id,
    title: 'LIME beside SHAP',
    columns: [column('Condition', 'text', 40), column('LIME, points', 'points'), column('SHAP, points', 'points')],
    rows: lime.terms.map(({ condition, weight, feature }) => [condition, weight, points.get(feature) ?? null]),
  };
}

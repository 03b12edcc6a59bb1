/** The sheets of why, as tables: importances by each method, SHAP of many rows, the told rows' contributions, what to do, drift. */
import type { ExplanationData } from '../explain/explanation-data.js';
import { methodsTable, pairsTable } from './explanation-tables.js';
import { actionsTable, driftTable, leversTable, segmentsTable } from './insight-tables.js';
import { type Cell, column, type ReportTable } from './report-table.js';
import type { Words } from './words.js';

/** Names of sheets and their tables, in order. */
export function explanationSheets(explanation: ExplanationData, words: Words): (readonly [string, ReportTable])[] {
  const { insights, interactions } = explanation;
  const { segments, actions, levers, not_actionable, drift } = insights;
  return [
    ['SHAP importances', methodsTable(explanation)],
    ['SHAP of rows', shapTable(explanation)],
    ['Reasons', reasonsTable(explanation)],
    ...(interactions === null ? [] : [['Pairs', pairsTable(interactions.pairs)] as const]),
    ...(segments === null
      ? []
      : [
          [
            'Segments',
            segmentsTable('segments', 'Segments against all other rows', segments.against_average, words),
          ] as const,
          [
            'Segments and model',
            segmentsTable('segments-model', 'Segments against the model', segments.against_model, words),
          ] as const,
        ]),
    ...(actions === null ? [] : [['Actions', actionsTable(actions)] as const]),
    ['Levers', leversTable('levers', 'Features that can be acted on', levers)],
    ['Not actionable', leversTable('not-actionable', 'Features that cannot be acted on', not_actionable)],
    ...(drift === null ? [] : [['Drift', driftTable(drift)] as const]),
  ];
}

/** A row a row, the likeliest first: base + points = probability. */
function shapTable({ decision, shap }: ExplanationData): ReportTable {
  const rows = [...decision.rows].sort((a, b) => b.probability - a.probability);
  const known = rows.some(({ label }) => label !== null);
  return {
    id: 'shap',
    title: 'SHAP of the top rows',
    columns: [
      column('Probability', 'percent'),
      ...(known ? [column('Happened', 'integer')] : []),
      column('Base', 'percent'),
      ...unique(decision.features).map((name) => column(name, 'percent')),
      column('All other features', 'percent'),
    ],
    rows: rows.map((row): Cell[] => [
      row.probability,
      ...(known ? [row.label] : []),
      shap.base,
      ...row.points,
      row.rest,
    ]),
  };
}

/** Headers of a table must differ, and in more than case. */
function unique(names: readonly string[]): string[] {
  const seen = new Set(['probability', 'happened', 'base', 'all other features']);
  return names.map((name) => {
    let own = name === '' ? '(no name)' : name.slice(0, 200);
    for (let i = 2; seen.has(own.toLowerCase()); i++) own = `${name.slice(0, 200)} (${i})`;
    seen.add(own.toLowerCase());
    return own;
  });
}

function reasonsTable({ rows }: ExplanationData): ReportTable {
  return {
    id: 'reasons',
    title: 'Reasons of single rows',
    columns: [
      column('Row', 'text', 34),
      column('Why shown', 'text', 18),
      column('Probability', 'percent'),
      column('Feature', 'text', 34),
      column('Value', 'text', 24),
      column('Points', 'points'),
      column('LIME, points', 'points'),
    ],
    rows: rows.flatMap(({ name, chosen, probability, contributions, lime }) => {
      const weights = new Map(lime?.terms.map(({ feature, weight }) => [feature, weight]));
      return contributions.map((one): Cell[] => [
        name,
        chosen,
        probability,
        one.feature,
        one.shown,
        one.points,
        weights.get(one.feature) ?? null,
      ]);
    }),
  };
}

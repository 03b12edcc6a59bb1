/** The tables of what to do: segments, profit, actions, levers, drift. */
import type {
  ActionInsight,
  DriftInsight,
  Lever,
  ProfitInsight,
  Segment,
  SplitDrift,
} from '../explain/insight-data.js';
import { intervalText } from './number-text.js';
import { type Cell, column, type ReportTable } from './report-table.js';
import type { Words } from './words.js';

export function segmentsTable(id: string, title: string, segments: readonly Segment[], words: Words): ReportTable {
  return {
    id,
    title,
    columns: [
      column('Segment', 'text', 46),
      column('Rows', 'integer'),
      column(words.Positives, 'integer'),
      column('Rate', 'percent'),
      column('Rate 95% interval', 'interval'),
      column('Expected', 'percent'),
      column('Difference', 'percent'),
      column('q-value', 'metric'),
    ],
    rows: segments.map((one) => [
      one.words === '' ? one.condition : one.words,
      one.rows,
      one.positives,
      one.rate,
      one.interval,
      one.expected,
      one.difference,
      one.q_value,
    ]),
  };
}

export function profitTable({ best, break_even, everybody }: ProfitInsight): ReportTable {
  const row = (name: string, one: ProfitInsight['best']): Cell[] => [
    name,
    one.threshold,
    one.rows,
    one.positives,
    one.profit,
    one.interval === null ? '–' : intervalText(one.interval, 'amount'),
  ];
  return {
    id: 'profit-choices',
    title: 'Where to act',
    columns: [
      column('Choice', 'text', 34),
      column('Probability from', 'metric'),
      column('Rows acted on', 'integer'),
      column('Positives among them', 'integer'),
      column('Profit', 'amount'),
      column('Profit, 95% interval', 'text', 24),
    ],
    rows: [row('Best on these rows', best), row('Cost / margin', break_even), row('Everybody', everybody)],
  };
}

export function actionsTable({ actions }: ActionInsight): ReportTable {
  return {
    id: 'actions',
    title: 'What to do with whom, and what it is expected to bring',
    columns: [
      column('Action', 'text', 16),
      column('Probability from', 'metric'),
      column('below', 'metric'),
      column('Rows', 'integer'),
      column('Share of rows', 'percent'),
      column('Mean probability', 'percent'),
      column('Observed rate', 'percent'),
      column('Expected gain', 'amount'),
      column('Why', 'text', 60),
    ],
    rows: actions.map((one) => [
      one.action,
      one.from,
      one.to,
      one.rows,
      one.share,
      one.mean_probability,
      one.rate,
      one.gain,
      one.words,
    ]),
  };
}

export function leversTable(id: string, title: string, levers: readonly Lever[]): ReportTable {
  return {
    id,
    title,
    columns: [
      column('Feature', 'text', 32),
      column('Mean |SHAP|, points', 'points'),
      column('Share of all', 'percent'),
      column('What a change does', 'text', 44),
      column('Description', 'text', 60),
    ],
    rows: levers.map(({ feature, shap, share, effects, description }) => [
      feature,
      shap,
      share,
      // A change says its points itself.
      effects.map(({ change }) => change).join('; '),
      description ?? '',
    ]),
  };
}

export function driftTable({ features, prediction, reference, compared }: DriftInsight): ReportTable {
  const all = prediction === null ? features : [prediction, ...features];
  return {
    id: 'drift',
    title: `Drift from ${reference} to ${compared}`,
    columns: [
      column('Feature', 'text', 34),
      column('Drift', 'text', 10),
      column('PSI', 'metric'),
      column('PSI by chance', 'metric'),
      column('KS distance', 'metric'),
      column('KS p-value', 'metric'),
      column(`Missing, ${reference}`, 'percent'),
      column(`Missing, ${compared}`, 'percent'),
      column('Not seen before', 'percent'),
    ],
    rows: all.map((one) => [
      one.feature,
      one.level,
      one.psi,
      one.psi_chance,
      one.ks,
      one.ks_p,
      one.missing[0],
      one.missing[1],
      one.unseen,
    ]),
  };
}

/** PSI and level of each pair of parts, a row a feature. */
export function splitDriftTable({ parts, pairs, features, of }: SplitDrift): ReportTable {
  const names = pairs.map(([a, b]) => `${parts[a].name} to ${parts[b].name}`);
  return {
    id: 'split-drift',
    title: 'Drift between the splits',
    columns: [
      column('Feature', 'text', 34),
      ...names.flatMap((name) => [
        column(`PSI, ${name}`, 'metric'),
        column(`By chance, ${name}`, 'metric'),
        column(`Drift, ${name}`, 'text', 10),
      ]),
      ...parts.map(({ name }) => column(`Missing, ${name}`, 'percent')),
    ],
    rows: features.map((one) => [
      one.feature,
      ...one.pairs.flatMap(({ psi, psi_chance, level }) => [psi, psi_chance, level]),
      ...one.missing,
    ]),
    ...(of > features.length ? { left_out: of - features.length } : {}),
  };
}

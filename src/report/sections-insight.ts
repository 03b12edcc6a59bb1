/** The sections of what to do, and of the data: segments, profit, actions, levers; quality, splits, drift. */
import type { DriftInsight, Segment, SplitDrift } from '../explain/insight-data.js';
import { featuresTable, inputTable, qualityTable, splitsTable, suspectsTable } from './description-tables.js';
import { driftChart, profitChart } from './insight-charts.js';
import {
  actionsTable,
  driftTable,
  leversTable,
  profitTable,
  segmentsTable,
  splitDriftTable,
} from './insight-tables.js';
import { intervalBars } from './interval-bars.js';
import { numberText, pointsText } from './number-text.js';
import { profitPanel } from './profit-panel.js';
import type { ReportData } from './report-data.js';
import {
  type Figure,
  figures,
  folded,
  heading,
  list,
  note,
  partsOf,
  type ReportPart,
  type ReportSection,
  table,
  text,
} from './report-section.js';
import type { ReportSource } from './report-source.js';
import { firstRows } from './report-table.js';
import { MOST_ROWS } from './sections-explanation.js';
import { wordsOf } from './words.js';

const DRAWN_SEGMENTS = 14;

export function insightSection(source: ReportSource): ReportSection | null {
  const insights = source.explanation?.insights;
  if (insights === undefined) return null;
  const { segments, profit, actions, levers, not_actionable, levers_known } = insights;
  const words = wordsOf(source.data);
  const parts = partsOf(
    ...(segments === null
      ? []
      : [
          heading('Segments'),
          text(
            `${numberText(segments.tested, 'integer')} segments of ${numberText(segments.rows, 'integer')} rows were looked at; those below differ at a false discovery rate of ${numberText(segments.false_discovery_rate, 'percent')}. On average the ${words.rate} is ${numberText(segments.average, 'percent')}.`,
          ),
          segments.against_average.length === 0 && segments.against_model.length === 0
            ? note('No segment differs by more than chance allows.')
            : null,
          figures(
            segmentFigure('segments-average', 'Above and below all others', segments.against_average, 'all other rows'),
            segmentFigure(
              'segments-model',
              'Above and below what the model expects',
              segments.against_model,
              'the model’s mean probability',
            ),
          ),
          folded(
            segmentsTable('segments-average-table', 'Segments against all other rows', segments.against_average, words),
          ),
          folded(segmentsTable('segments-model-table', 'Segments against the model', segments.against_model, words)),
        ]),
    ...(profit === null
      ? []
      : [
          heading('Profit'),
          text(
            `Acting on a row costs ${numberText(profit.cost)} and earns ${numberText(profit.margin)} when the row is a positive.${profit.assumed ? ' Nobody gave these numbers: they are an example, change them.' : ''}`,
          ),
          figures({
            title: 'Profit',
            chart: profitChart(profit),
            caption: 'On the rows with labels; the dots are the best threshold here and cost / margin.',
          }),
          profitPanel(profit),
          table(profitTable(profit)),
        ]),
    ...(actions === null
      ? []
      : [
          heading('What to do'),
          text(
            `Expected gain over leaving everybody alone: ${numberText(actions.gain, 'amount')} (95% interval ${numberText(actions.gain_interval[0], 'amount')} to ${numberText(actions.gain_interval[1], 'amount')})${actions.economics.assumed ? ', under assumed economics' : ''}.`,
          ),
          table(actionsTable(actions)),
          list(actions.assumptions),
        ]),
    levers.length > 0 ? table(leversTable('levers', 'Features that can be acted on', levers.slice(0, 15))) : null,
    levers_known ? null : note('Nobody has said which columns of this table can be acted on.'),
    not_actionable.length > 0
      ? folded(
          firstRows(
            leversTable(
              'not-actionable',
              levers_known ? 'Features that explain but cannot be changed' : 'Features by mean |SHAP|',
              not_actionable,
            ),
            MOST_ROWS,
          ),
        )
      : null,
  );
  return parts.length === 0 ? null : { id: 'act', title: 'What to do with it', parts };
}

function segmentFigure(id: string, title: string, segments: readonly Segment[], against: string): Figure | null {
  const drawn = segments.slice(0, DRAWN_SEGMENTS);
  if (drawn.length === 0) return null;
  const tip = (one: Segment) =>
    `${one.words || one.condition}: ${numberText(one.rate, 'percent')} against ${numberText(one.expected, 'percent')}, ${numberText(one.rows, 'integer')} rows`;
  return {
    title,
    chart: intervalBars(
      { id, title, description: drawn.map(tip).join('; ') },
      drawn.map((one) => ({
        label: one.condition,
        mean: one.difference,
        low: one.difference_interval[0],
        high: one.difference_interval[1],
        tip: tip(one),
      })),
      { zero: true, label: 'Difference, points →', tick: (v) => pointsText(v, 'axis'), marginLeft: 230 },
    ),
    caption: `Difference of the rate from ${against}, with 95% intervals.`,
  };
}

export function dataSection({ data, explanation }: ReportSource): ReportSection {
  const quality = qualityTable(data);
  const drift = explanation?.insights.drift ?? null;
  return {
    id: 'data',
    title: 'What it was trained on',
    parts: partsOf(
      table(splitsTable(data)),
      ...(data.split_drift === undefined ? [] : splitDriftParts(data.split_drift)),
      ...(drift === null ? [] : driftParts(drift)),
      table(inputTable(data)),
      ...suspectParts(data),
      quality === null ? null : folded(quality),
      folded(firstRows(featuresTable(data), MOST_ROWS)),
    ),
  };
}

const FOLDED_FROM = 12;

/** What of the features is suspect, and that it was looked for; nothing of bundles that did not look. */
function suspectParts(data: ReportData): ReportPart[] {
  const suspects = suspectsTable(data);
  if (suspects === null) return [];
  const found = suspects.rows.length;
  const shown = firstRows(suspects, MOST_ROWS);
  return [
    heading('Features to look at twice'),
    text(
      found === 0
        ? 'No feature has one value alone, repeats another, tells the outcome too well, holds in the training rows alone, or tells early rows from late ones.'
        : `${suspectsSentence(data)} Whether a feature that tells the outcome is known beforehand, only who knows the data can say.`,
    ),
    ...(found === 0 ? [] : [found > FOLDED_FROM ? folded(shown) : table(shown)]),
  ];
}

function suspectsSentence({ suspects = [], features }: ReportData): string {
  const out = suspects.filter(({ dropped }) => dropped === true).length;
  const all = features.length + out;
  const said = out === 0 ? 'nothing was left out for it' : `${out} were left out, as the training was asked to`;
  return `${suspects.length} of ${all} features; ${said}.`;
}

function splitDriftParts(drift: SplitDrift): ReportPart[] {
  const { parts, pairs, moved, of } = drift;
  if (pairs.length === 0) return [];
  const counts = pairs.map(([a, b], p) => `${moved[p]} from ${parts[a].name} to ${parts[b].name}`).join(', ');
  const drawn = parts.some(({ rows, sampled }) => sampled < rows)
    ? ` Of large parts ${numberText(Math.max(...parts.map(({ sampled }) => sampled)), 'integer')} rows drawn at random are compared.`
    : '';
  return [
    heading('Drift between the splits'),
    text(
      `Of ${numberText(of, 'integer')} features have moved: ${counts}; by the population stability index (PSI), from 0.1 on and beyond chance.${drawn}`,
    ),
    folded(firstRows(splitDriftTable(drift), MOST_ROWS)),
  ];
}

function driftParts(drift: DriftInsight): ReportPart[] {
  const { features, prediction, reference, compared } = drift;
  const moved = features.filter(({ level }) => level !== 'none');
  const much = moved.filter(({ level }) => level === 'much');
  const drawn = (moved.length > 0 ? moved : features).slice(0, 4);
  const answers =
    prediction === null
      ? ''
      : ` The model’s own answers: ${prediction.level === 'none' ? 'no drift' : `${prediction.level} drift`} (PSI ${numberText(prediction.psi, 'metric')}).`;
  return [
    heading(`Drift from ${reference} to ${compared}`),
    text(
      `${moved.length === 0 ? `None of the ${features.length} features has moved` : `${moved.length} of ${features.length} features have moved${much.length > 0 ? `, ${much.length} of them much` : ''}`} between the ${numberText(drift.reference_rows, 'integer')} rows of ${reference} and the ${numberText(drift.compared_rows, 'integer')} of ${compared}, by the population stability index (PSI): from 0.1 some, from 0.25 much, and more than chance.${answers}`,
    ),
    figures(
      ...drawn.map(
        (one, i): Figure => ({
          title: `${one.feature}: PSI ${numberText(one.psi, 'metric')}`,
          chart: driftChart(one, [reference, compared], `drift-${i}`),
          caption: `Grey: ${reference}; blue: ${compared}.`,
        }),
      ),
    ),
    folded(firstRows(driftTable(drift), MOST_ROWS)),
  ];
}

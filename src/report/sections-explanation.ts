/** The sections of why: importance, effects, rows, what if. Without explanation data importance is by gain and shuffling alone. */
import type { Dependence, ExplanationData, InteractionPair, RowExplanation } from '../explain/explanation-data.js';
import { beeswarmChart } from './beeswarm-chart.js';
import { dependenceChart } from './dependence-chart.js';
import { importancesTable } from './description-tables.js';
import {
  contributionsTable,
  dependenceTable,
  interactionTable,
  limeTable,
  methodsTable,
  pairsTable,
  partialDependenceTable,
} from './explanation-tables.js';
import { pairsChart, sideBySideChart } from './importance-chart.js';
import { interactionChart } from './interaction-chart.js';
import { importanceChart } from './model-charts.js';
import { numberText, pointsText } from './number-text.js';
import { partialDependenceChart } from './partial-dependence-chart.js';
import {
  type ChoiceOption,
  type Figure,
  figures,
  folded,
  heading,
  list,
  note,
  partsOf,
  type ReportPart,
  type ReportSection,
  text,
  wideFigure,
} from './report-section.js';
import type { ReportSource } from './report-source.js';
import { firstRows } from './report-table.js';
import { decisionChart, limeChart, waterfallChart } from './row-charts.js';
import { LEVELS, SHAP_LIME, seriesOf } from './series.js';
import { whatIfPanel, whatIfWords } from './what-if-panel.js';

/** Rows of a table in the page and on paper; the workbook has them all. */
export const MOST_ROWS = 150;
const PRINTED_EFFECTS = 6;
const PRINTED_ROWS = 4;

export function importanceSection({ data, explanation }: ReportSource): ReportSection {
  const series = seriesOf(data.models.map((model) => model.name));
  const charts = data.models.map((model, i): Figure | null =>
    model.importances.length > 0
      ? {
          title: series[i].label,
          chart: importanceChart(model, series[i]),
          caption: 'Share of the gain of all splits.',
        }
      : null,
  );
  return {
    id: 'importance',
    title: 'What the models look at',
    parts: partsOf(
      text(
        'Importance says what the models’ answers rest on, not what causes the outcome. Features that say the same share it between them.',
      ),
      explanation === null || explanation.importances.length === 0
        ? null
        : wideFigure({
            title: 'By each method, side by side',
            chart: sideBySideChart(explanation.importances),
            caption:
              'Each method on its own scale; thin lines are 95% intervals. SHAP: how far a feature moves the probability, on average. Shuffling: how much worse the log loss gets without it. Gain and splits: how the trees were built.',
          }),
      explanation === null ? null : folded(firstRows(methodsTable(explanation), MOST_ROWS)),
      figures(...charts),
      folded(firstRows(importancesTable(data), MOST_ROWS)),
    ),
  };
}

export function effectsSection({ explanation }: ReportSource): ReportSection | null {
  if (explanation === null) return null;
  const { shap, sample, dependence, interactions } = explanation;
  const { beeswarm } = shap;
  const swarm = beeswarm.features.length === 0 ? null : beeswarmFigure(explanation);
  const way =
    sample.of > sample.rows
      ? `${numberText(sample.rows, 'integer')} of ${numberText(sample.of, 'integer')}`
      : numberText(sample.rows, 'integer');
  return {
    id: 'how',
    title: 'How features move the probability',
    parts: partsOf(
      text(
        `SHAP values of ${way} rows (${sample.source}), ${shap.method}. A row’s points and the base of ${numberText(shap.base, 'percent')} add up to its probability; the largest error of that sum here is ${numberText(shap.largest_residual)}.`,
      ),
      swarm === null ? null : { kind: 'legend', series: LEVELS },
      swarm,
      {
        kind: 'choice',
        id: 'effects',
        label: 'Show the effect of',
        printed: PRINTED_EFFECTS,
        options: dependence.map((one, i) => effectOption(one, i, explanation)),
      },
      ...(interactions === null ? [] : interactionParts(interactions.pairs, interactions.rows)),
      list(explanation.notes),
    ),
  };
}

function beeswarmFigure({ shap, importances }: ExplanationData): ReportPart {
  const about = new Map(importances.map((one) => [one.feature, one]));
  const tips = shap.beeswarm.features.map(({ feature }) => {
    const one = about.get(feature);
    if (one === undefined) return feature;
    const way =
      one.direction === null || Math.abs(one.direction) < 0.1
        ? ''
        : `; higher values ${one.direction > 0 ? 'raise' : 'lower'} it`;
    return `${feature}: ${pointsText(one.shap).replace('+', '')} on average${way}.`;
  });
  return wideFigure({
    title: 'How each feature pushes each row',
    chart: beeswarmChart(shap.beeswarm, tips),
    caption:
      'Right of the line raises the probability, left lowers it (the outermost hundredth is drawn at the ends); the height is the root of the number of rows there, on each feature’s own scale. Choose a feature to see its effect below.',
  });
}

function effectOption(one: Dependence, i: number, { partial_dependence, features }: ExplanationData): ChoiceOption {
  const about = features.find(({ name }) => name === one.feature);
  const unit = about?.unit ?? '';
  const partial = partial_dependence.find(({ feature }) => feature === one.feature);
  const dots = one.partner === null ? 'Dots are rows.' : `Dots are rows, coloured by ${one.partner} from low to high.`;
  return {
    name: one.feature,
    parts: partsOf(
      about?.description === undefined ? null : note(about.description),
      figures(
        {
          title: 'SHAP by value',
          chart: dependenceChart(one, `dependence-${i}`, unit),
          caption: one.kind === 'numeric' ? `Line: mean; band: 80% of rows. ${dots}` : 'Dot: mean; line: 80% of rows.',
          table: dependenceTable(one, `dependence-table-${i}`),
        },
        partial === undefined
          ? null
          : {
              title: 'Partial dependence',
              chart: partialDependenceChart(partial, `partial-${i}`, unit),
              caption:
                partial.kind === 'numeric'
                  ? 'Mean probability if all rows had this value, with its 95% interval; thin lines are single rows.'
                  : 'Mean probability if all rows had this value, with its 95% interval.',
              table: partialDependenceTable(partial, `partial-table-${i}`),
            },
      ),
    ),
  };
}

function interactionParts(pairs: readonly InteractionPair[], rows: number): ReportPart[] {
  const drawn = pairs.slice(0, 12).map(({ a, b, strength, h_squared }) => ({
    label: `${a} × ${b}`,
    strength,
    tip: `${a} × ${b}: ${pointsText(strength).replace('+', '')} on average${h_squared === null ? '' : `, H² ${numberText(h_squared, 'metric')}`}`,
  }));
  const grids = pairs.flatMap((pair) => (pair.grid === undefined ? [] : [{ ...pair, grid: pair.grid }]));
  return [
    heading('Features that act together'),
    text(
      `Mean size of the SHAP interaction values on ${numberText(rows, 'integer')} rows: what two features do together beyond what each does alone.`,
    ),
    ...(drawn.length === 0
      ? []
      : [wideFigure({ title: 'Strongest pairs', chart: pairsChart(drawn), caption: 'Points of probability.' })]),
    {
      kind: 'choice',
      id: 'pairs-choice',
      label: 'Show the pair',
      printed: 2,
      options: grids.map((pair, i) => ({
        name: `${pair.a} × ${pair.b}`,
        parts: [
          figures({
            title: 'Interaction by values',
            chart: interactionChart(pair, `interaction-${i}`),
            caption: 'Red raises, blue lowers; the stronger, the further. Empty cells have no rows.',
            table: interactionTable(pair, `interaction-table-${i}`),
          }),
        ],
      })),
    },
    folded(firstRows(pairsTable(pairs), MOST_ROWS)),
  ];
}

export function rowsSection({ explanation }: ReportSource): ReportSection | null {
  if (explanation === null || explanation.rows.length === 0) return null;
  const { rows, decision, shap } = explanation;
  return {
    id: 'rows',
    title: 'Why single rows got their probability',
    parts: partsOf(
      {
        kind: 'choice',
        id: 'row-choice',
        label: 'Show the row',
        printed: PRINTED_ROWS,
        options: rows.map((row, i) => ({
          name: `${row.name} (${row.chosen}, ${numberText(row.probability, 'percent')})`,
          parts: rowParts(row, i),
        })),
      },
      decision.rows.length === 0
        ? null
        : wideFigure({
            title: 'Many rows’ way to their probability',
            chart: decisionChart(decision, shap.base),
            caption: decision.rows.some(({ label }) => label !== null)
              ? 'From the base at the bottom, feature by feature, to the probability at the top. Red lines are positives, blue the others.'
              : 'From the base at the bottom, feature by feature, to the probability at the top.',
          }),
    ),
  };
}

export function rowParts(row: RowExplanation, i: number): ReportPart[] {
  const outcome = row.label === null ? '' : row.label === 1 ? ' It was a positive.' : ' It was not a positive.';
  const votes = Object.entries(row.members)
    .map(([name, probability]) => `${seriesOf([name])[0].label} ${numberText(probability, 'percent')}`)
    .join(', ');
  const { lime } = row;
  return partsOf(
    text(
      `Probability ${numberText(row.probability, 'percent')}, confidence ${numberText(row.confidence, 'metric')}.${outcome} The models say: ${votes}.`,
    ),
    list(row.reasons),
    { kind: 'warnings', items: [...row.warnings, ...(lime?.warning ? [lime.warning] : [])] },
    figures(
      {
        title: 'Waterfall',
        chart: waterfallChart(row, `waterfall-${i}`),
        caption: `From the base of ${numberText(row.base, 'percent')} (dotted) to this row’s ${numberText(row.probability, 'percent')} (dashed), in points.`,
        table: contributionsTable(row, `contributions-${i}`),
      },
      lime === null ? null : limeFigure(row, i),
    ),
  );
}

function limeFigure(row: RowExplanation, i: number): Figure | null {
  const { lime } = row;
  const table = limeTable(row, `lime-table-${i}`);
  if (lime === null || table === null) return null;
  const { rank, sign } = lime.agreement;
  return {
    title: 'LIME beside SHAP',
    chart: limeChart(lime, row, `lime-${i}`),
    caption: `${SHAP_LIME} Local fit R² ${numberText(lime.r_squared, 'metric')} on ${numberText(lime.samples, 'integer')} perturbed rows; it says ${numberText(lime.local_probability, 'percent')} where the model says ${numberText(lime.probability, 'percent')}. Agreement with SHAP: rank correlation ${rank === null ? '–' : numberText(rank, 'metric')}, same sign ${numberText(sign, 'percent')}.`,
    table,
  };
}

export function whatIfSection({ explanation }: ReportSource): ReportSection | null {
  const whatIf = explanation?.what_if ?? null;
  if (whatIf === null) return null;
  return {
    id: 'what-if',
    title: 'What if',
    pageOnly: true,
    parts: partsOf(
      text(`Change a row and see what the model would say. ${whatIfWords(whatIf)}`),
      note('It says what the model would answer, not what would happen: a change in the world moves other things too.'),
      whatIfPanel(whatIf),
    ),
  };
}

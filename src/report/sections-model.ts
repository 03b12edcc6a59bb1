/** The sections that need no explanation data: results, votes, training, reproduction. */
import { confusionPanel } from './confusion-panel.js';
import {
  aucChart,
  calibrationChart,
  type DrawnModel,
  gainChart,
  liftChart,
  precisionRecallChart,
  rocChart,
} from './curve-charts.js';
import { historyReadOff, readOffTables } from './curve-tables.js';
import { parametersTable, proofTable, versionsTable } from './description-tables.js';
import { METHODS } from './methods.js';
import { historyChart } from './model-charts.js';
import { numberText } from './number-text.js';
import { figures, folded, heading, list, partsOf, type ReportSection, table, text } from './report-section.js';
import type { ReportSource } from './report-source.js';
import { calibrationTable, evidenceTable, metricsTable, thresholdsTable, weightsTable } from './result-tables.js';
import { ENSEMBLE_SERIES, seriesOf } from './series.js';
import { wordsOf } from './words.js';

export function resultsSection(source: ReportSource): ReportSection {
  const { data } = source;
  const series = seriesOf(data.models.map((model) => model.name));
  const members = data.models.map(({ metrics, curves }, i): DrawnModel => ({ series: series[i], metrics, curves }));
  const all = [...members, { series: ENSEMBLE_SERIES, ...data.ensemble }];
  const { metrics } = data.ensemble;
  const words = wordsOf(data);
  const ranked = metrics.auc !== null;
  const bought = metrics.pr_auc !== null;
  const read = readOffTables(data, words);
  return {
    id: 'results',
    title: 'How good it is',
    parts: partsOf(
      text(
        'All numbers are on the test rows, which nothing was fitted to or chosen by. Higher is better for AUC and PR AUC, lower for the others; small print is the 95% interval.',
      ),
      table(metricsTable(data)),
      { kind: 'legend', series: [...series, ENSEMBLE_SERIES] },
      figures(
        ranked
          ? {
              title: 'AUC with 95% intervals',
              chart: aucChart([all[all.length - 1], ...members]),
              caption: `Chance of ranking ${words.aPositive} before ${words.aNegative}. Overlapping intervals: do not read much into the order.`,
            }
          : null,
        ranked
          ? {
              title: 'ROC curve',
              chart: rocChart(all, words),
              caption: 'Towards the upper left is better; the thin dotted line is guessing.',
              table: read.roc,
            }
          : null,
        bought
          ? {
              title: 'Precision and recall',
              chart: precisionRecallChart(all, metrics.base_rate, words),
              caption: `Higher is better; the dotted line is calling every row positive (${numberText(metrics.base_rate, 'percent')}).`,
              table: read.precisionRecall,
            }
          : null,
        {
          title: 'Calibration',
          chart: calibrationChart(all, words),
          caption:
            'On the dotted line, predicted and observed rates agree. Bars: 95% intervals of the ensemble’s groups.',
        },
        bought
          ? {
              title: 'Cumulative gain',
              chart: gainChart(all, words),
              caption: `${words.Hits} found when the likeliest rows are taken first; the dotted line is a random order.`,
              table: read.gain,
            }
          : null,
        bought
          ? {
              title: 'Lift',
              chart: liftChart(all, words),
              caption: `${words.Hits} among the likeliest rows, as a multiple of a random choice.`,
              table: read.lift,
            }
          : null,
      ),
      bought ? confusionPanel(source) : null,
      bought ? table(thresholdsTable(data)) : null,
      folded(calibrationTable(data)),
    ),
  };
}

export function ensembleSection({ data }: ReportSource): ReportSection {
  const { evidence, notes } = data.blend;
  const rows = `${numberText(evidence.rows, 'integer')} blending rows with ${numberText(evidence.positives, 'integer')} ${wordsOf(data).positives}`;
  return {
    id: 'ensemble',
    title: 'How the models vote',
    parts: partsOf(
      text(
        `Weights and calibration were chosen on ${rows}, which neither training nor early stopping saw. Each choice is judged by cross-fitting in ${evidence.folds} parts: every row by a fit that did not see its part.`,
      ),
      list(notes),
      table(weightsTable(data)),
      table(evidenceTable(data)),
      heading('What confidence means'),
      text(data.confidence_definition),
    ),
  };
}

export function trainingSection({ data }: ReportSource): ReportSection {
  const series = seriesOf(data.models.map((model) => model.name));
  const caption = 'Full line: early-stopping rows. Dashed: training rows. Dotted: the trees kept.';
  const charts = data.models.flatMap((model, i) =>
    [{ metric: 'log_loss', history: model.history }, ...(model.evaluations ?? [])]
      .filter(({ history }) => history.length > 1)
      .map((one) => ({
        title: series[i].label,
        chart: historyChart(model, series[i], one),
        caption,
        table: historyReadOff(model.name, one),
      })),
  );
  return {
    id: 'training',
    title: 'How training went',
    parts: partsOf(figures(...charts), folded(parametersTable(data))),
  };
}

export function reproduceSection({ data, explanation }: ReportSource): ReportSection {
  const methods = [...METHODS, ...(explanation?.methods ?? [])];
  return {
    id: 'reproduce',
    title: 'How it was computed, and how to get it again',
    parts: partsOf(
      text('The same input, options and seed give the same bundle, byte for byte, whatever the number of threads.'),
      folded({
        id: 'methods',
        title: 'How each number is computed',
        columns: [
          { title: 'Number', format: 'text', width: 30 },
          { title: 'How', format: 'text', width: 110 },
        ],
        rows: methods.map(({ name, text: how }) => [name, how]),
      }),
      table(proofTable(data)),
      table(versionsTable(data)),
    ),
  };
}

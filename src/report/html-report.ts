/**
 * The report as one HTML file that needs nothing else: no network, no script, no font; light and dark by the reader's own
 * setting. It draws what `ReportData` holds.
 */
import {
  aucChart,
  calibrationChart,
  type DrawnModel,
  gainChart,
  liftChart,
  precisionRecallChart,
  rocChart,
} from './curve-charts.js';
import {
  featuresTable,
  importancesTable,
  inputTable,
  parametersTable,
  proofTable,
  qualityTable,
  splitsTable,
  versionsTable,
} from './description-tables.js';
import { foldedTable, htmlTable } from './html-table.js';
import { html, Markup, type MarkupPart } from './markup.js';
import { historyChart, importanceChart } from './model-charts.js';
import { intervalText, numberText } from './number-text.js';
import { PAGE_STYLE } from './page-style.js';
import type { ReportData } from './report-data.js';
import { calibrationTable, evidenceTable, metricsTable, thresholdsTable, weightsTable } from './result-tables.js';
import { ENSEMBLE_SERIES, type Series, seriesOf } from './series.js';
import { verdictOf } from './verdict.js';
import { wordsOf } from './words.js';

/** The whole page; the same data give the same bytes. */
export function htmlReport(data: ReportData): string {
  const series = seriesOf(data.models.map((model) => model.name));
  const sections = [
    section('results', 'How good it is', resultsSection(data, series)),
    section('ensemble', 'How the models vote', ensembleSection(data)),
    section('importance', 'What the models look at', importanceSection(data, series)),
    section('training', 'How training went', trainingSection(data, series)),
    section('data', 'What it was trained on', dataSection(data)),
    section('reproduce', 'How to get it again', reproduceSection(data)),
  ];
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${data.title}: ecomml report</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
<header class="page">
<h1>${data.title}</h1>
<p class="muted">${wordsOf(data).probabilities} by ${data.models.length === 1 ? 'one model' : `${data.models.length} models`}, trained on ${data.input.file} (${numberText(data.input.rows, 'integer')} rows)</p>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main>
${verdictMarkup(data)}
${tiles(data)}
${sections.map((one) => one.markup)}
</main>
<footer><p>Made by ecomml ${data.versions['ecomml'] ?? ''} from the bundle ${data.title}. Intervals are at 95% confidence: AUC by DeLong, rates by Wilson, the others by a seeded bootstrap.</p></footer>
</body>
</html>
`;
  return page.text;
}

function section(id: string, title: string, content: MarkupPart): { id: string; title: string; markup: Markup } {
  return {
    id,
    title,
    markup: html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content}</section>\n`,
  };
}

function verdictMarkup(data: ReportData): Markup {
  const { headline, sentences, warnings } = verdictOf(data);
  const list = (items: readonly string[]) => items.map((item) => html`<li>${item}</li>`);
  const beware = html`<section class="warnings" aria-labelledby="beware"><h2 id="beware">Beware</h2><ul>${list(warnings)}</ul></section>`;
  return html`<section class="verdict" aria-labelledby="verdict"><h2 id="verdict">${headline}</h2><ul>${list(sentences)}</ul></section>
${warnings.length > 0 ? beware : null}`;
}

function tiles({ ensemble: { metrics: m } }: ReportData): Markup {
  const values = [
    { name: 'AUC', value: m.auc, interval: m.auc_ci },
    { name: 'PR AUC', value: m.pr_auc, interval: m.pr_auc_ci },
    { name: 'Log loss', value: m.log_loss, interval: m.log_loss_ci },
    { name: 'Brier score', value: m.brier, interval: m.brier_ci },
    { name: 'Calibration error', value: m.ece, interval: m.ece_ci },
  ];
  const tile = ({ name, value, interval }: (typeof values)[number]) =>
    html`<div><dt>${name}</dt><dd>${numberText(value, 'metric')}<small>${intervalText(interval)}</small></dd></div>`;
  return html`<dl class="tiles">${values.map(tile)}</dl>`;
}

function figure(title: string, chart: Markup, caption: string): Markup {
  return html`<figure><h3>${title}</h3>${chart}<figcaption>${caption}</figcaption></figure>\n`;
}

function legend(series: readonly Series[]): Markup {
  const item = ({ label, colour, width, dash }: Series) =>
    html`<li><svg viewBox="0 0 36 10" aria-hidden="true"><line x1="0" y1="5" x2="36" y2="5" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash ?? 'none'}"/></svg>${label}</li>`;
  return html`<ul class="legend" aria-label="Lines in the charts">${series.map(item)}</ul>`;
}

function resultsSection(data: ReportData, series: readonly Series[]): Markup {
  const members = data.models.map(({ metrics, curves }, i): DrawnModel => ({ series: series[i], metrics, curves }));
  const all = [...members, { series: ENSEMBLE_SERIES, ...data.ensemble }];
  const { metrics } = data.ensemble;
  const rate = numberText(metrics.base_rate, 'percent');
  const words = wordsOf(data);
  const ranked = metrics.auc !== null;
  const bought = metrics.pr_auc !== null;
  const charts = [
    ranked
      ? figure(
          'AUC with 95% intervals',
          aucChart([all[all.length - 1], ...members]),
          `Chance of ranking ${words.aPositive} before ${words.aNegative}. Overlapping intervals: do not read much into the order.`,
        )
      : null,
    ranked
      ? figure('ROC curve', rocChart(all, words), 'Towards the upper left is better; the thin dotted line is guessing.')
      : null,
    bought
      ? figure(
          'Precision and recall',
          precisionRecallChart(all, metrics.base_rate, words),
          `Higher is better; the dotted line is calling every row positive (${rate}).`,
        )
      : null,
    figure(
      'Calibration',
      calibrationChart(all, words),
      'On the dotted line, predicted and observed rates agree. Bars: 95% intervals of the ensemble’s groups.',
    ),
    bought
      ? figure(
          'Cumulative gain',
          gainChart(all, words),
          `${words.Hits} found when the likeliest rows are taken first; the dotted line is a random order.`,
        )
      : null,
    bought
      ? figure(
          'Lift',
          liftChart(all, words),
          `${words.Hits} among the likeliest rows, as a multiple of a random choice.`,
        )
      : null,
  ];
  return html`<p>All numbers are on the test rows, which nothing was fitted to or chosen by. Higher is better for AUC and PR AUC, lower for the others; small print is the 95% interval.</p>
${htmlTable(metricsTable(data))}
${legend([...series, ENSEMBLE_SERIES])}
<div class="charts">${charts}</div>
${bought ? htmlTable(thresholdsTable(data)) : null}
${foldedTable(calibrationTable(data))}`;
}

function ensembleSection(data: ReportData): Markup {
  const { evidence, notes } = data.blend;
  const rows = `${numberText(evidence.rows, 'integer')} blending rows with ${numberText(evidence.positives, 'integer')} ${wordsOf(data).positives}`;
  return html`<p>Weights and calibration were chosen on ${rows}, which neither training nor early stopping saw. Each choice is judged by cross-fitting in ${evidence.folds} parts: every row by a fit that did not see its part.</p>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : null}
${htmlTable(weightsTable(data))}
${htmlTable(evidenceTable(data))}
<h3>What confidence means</h3>
<p>${data.confidence_definition}</p>`;
}

function importanceSection(data: ReportData, series: readonly Series[]): Markup {
  const charts = data.models.map((model, i) =>
    model.importances.length > 0
      ? figure(series[i].label, importanceChart(model, series[i]), 'Share of the gain of all splits.')
      : null,
  );
  return html`<p>Importance says what a model’s splits rest on, not what causes the outcome. Features that say the same share it between them.</p>
<div class="charts">${charts}</div>
${foldedTable(importancesTable(data))}`;
}

function trainingSection(data: ReportData, series: readonly Series[]): Markup {
  const lines = 'Full line: early-stopping rows. Dashed: training rows. Dotted: the trees kept.';
  const charts = data.models.flatMap((model, i) =>
    [{ metric: 'log_loss', history: model.history }, ...(model.evaluations ?? [])]
      .filter(({ history }) => history.length > 1)
      .map((one) => figure(series[i].label, historyChart(model, series[i], one), lines)),
  );
  return html`<div class="charts">${charts}</div>
${foldedTable(parametersTable(data))}`;
}

function dataSection(data: ReportData): Markup {
  const quality = qualityTable(data);
  return html`${htmlTable(splitsTable(data))}
${htmlTable(inputTable(data))}
${quality === null ? null : foldedTable(quality)}
${foldedTable(featuresTable(data))}`;
}

function reproduceSection(data: ReportData): Markup {
  return html`<p>The same input, options and seed give the same bundle, byte for byte, whatever the number of threads.</p>
${data.onnx.length > 0 ? htmlTable(proofTable(data)) : null}
${htmlTable(versionsTable(data))}`;
}

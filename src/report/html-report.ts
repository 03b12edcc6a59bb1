/**
 * The report as one HTML file that needs nothing else: no network and no font; light and dark; its small script runs by its hash
 * alone, and without it everything but the panels can still be read. It draws what a `ReportSource` holds.
 */

import { htmlPage } from './html-page.js';
import { sectionMarkup } from './html-parts.js';
import { html, type Markup } from './markup.js';
import { intervalText, numberText } from './number-text.js';
import type { ReportData } from './report-data.js';
import type { ReportSource } from './report-source.js';
import { reportSections } from './sections.js';
import { verdictOf } from './verdict.js';
import { wordsOf } from './words.js';

/** The whole page; the same data give the same bytes. */
export function htmlReport(source: ReportSource): string {
  const { data } = source;
  const sections = reportSections(source);
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const body = html`<a class="skip" href="#verdict">Skip to the verdict</a>
<header class="page">
<div class="top"><h1 dir="auto">${data.title}</h1><button type="button" id="theme" data-script hidden>Dark colours</button></div>
<p class="muted">${wordsOf(data).probabilities} by ${data.models.length === 1 ? 'one model' : `${data.models.length} models`}, trained on ${data.input.file} (${numberText(data.input.rows, 'integer')} rows)</p>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main>
${verdictMarkup(source)}
${tiles(data)}
${sections.map(sectionMarkup)}
</main>
<footer><p>Made by ecomml ${data.versions['ecomml'] ?? ''} from the bundle ${data.title}. Intervals are at 95% confidence: AUC by DeLong, rates by Wilson, the others by a seeded bootstrap.</p></footer>`;
  return htmlPage(`${data.title}: ecomml report`, body);
}

function verdictMarkup(source: ReportSource): Markup {
  const { headline, sentences, warnings } = verdictOf(source);
  const list = (items: readonly string[]) => items.map((item) => html`<li dir="auto">${item}</li>`);
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

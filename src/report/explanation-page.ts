/** One or a few rows told as a page of their own: reasons in words, waterfall, LIME beside SHAP. It draws what `explain` found. */
import type { RowExplanation } from '../explain/explanation-data.js';
import { htmlPage } from './html-page.js';
import { sectionMarkup } from './html-parts.js';
import { html } from './markup.js';
import { numberText } from './number-text.js';
import { list, partsOf, type ReportSection } from './report-section.js';
import { rowParts } from './sections-explanation.js';

export interface ToldRows {
  readonly bundle: string;
  /** Where the rows are from. */
  readonly source: string;
  readonly method: string;
  readonly rows: readonly RowExplanation[];
  readonly notes: readonly string[];
}

/** The same rows give the same bytes. */
export function explanationPage({ bundle, source, method, rows, notes }: ToldRows): string {
  const sections = rows.map((row, i): ReportSection => {
    const ids = Object.entries(row.ids).map(([name, value]) => `${name}: ${value ?? 'missing'}`);
    return {
      id: `row-${i}`,
      title: `${row.name}: ${numberText(row.probability, 'percent')}`,
      parts: partsOf(
        ids.length === 0 ? null : { kind: 'text', text: ids.join(', '), muted: true },
        ...rowParts(row, i),
      ),
    };
  });
  const about: ReportSection = {
    id: 'about',
    title: 'About these numbers',
    parts: partsOf(
      list([
        `SHAP values are ${method}, in points of probability: a row’s base and its contributions add up to its probability.`,
        'They say what the model looked at, not what would happen if it were changed.',
        ...notes,
      ]),
    ),
  };
  const body = html`<a class="skip" href="#row-0">Skip to the first row</a>
<header class="page"><div class="top"><h1>Why this probability</h1><button type="button" id="theme" data-script hidden>Dark colours</button></div>
<p class="muted" dir="auto">${bundle}, ${source}</p></header>
<main>
${[...sections, about].map(sectionMarkup)}</main>
<footer><p>Made by ecomml.</p></footer>`;
  return htmlPage(`${bundle}: why this probability`, body);
}

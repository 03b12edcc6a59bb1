/** A few rows' explanations as one small HTML file without a script: light and dark as the reader's system is, nothing fetched. */
import type { RowExplanation } from '../explain/explanation-data.js';
import { sectionMarkup } from './html-parts.js';
import { html, Markup } from './markup.js';
import { PAGE_STYLE } from './page-style.js';
import { rowParts } from './sections-explanation.js';

export interface ExplainPage {
  /** The bundle's name. */
  readonly title: string;
  /** The input's name. */
  readonly source: string;
  readonly method: string;
  readonly rows: readonly RowExplanation[];
  readonly notes: readonly string[];
}

export function explainPage({ title, source, method, rows, notes }: ExplainPage): string {
  const sections = rows.map((row, i) => {
    const ids = Object.entries(row.ids).map(([name, value]) => `${name} ${value ?? 'missing'}`);
    return { id: `row-${i}`, title: [row.name, ...ids].join(', '), parts: rowParts(row, i) };
  });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}: why</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header class="page">
<h1 dir="auto">Why ${title} says so</h1>
<p class="muted">${rows.length === 1 ? 'One row' : `${rows.length} rows`} of ${source}, by ${method} SHAP</p>
</header>
<main>
${sections.map(sectionMarkup)}
${notes.map((note) => html`<p class="muted">${note}</p>`)}
</main>
</body>
</html>
`.text;
}

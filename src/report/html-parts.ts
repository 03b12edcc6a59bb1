/** The parts of a section as markup. */
import { foldedTable, htmlTable } from './html-table.js';
import { html, type Markup } from './markup.js';
import type { ChoiceOption, Figure, ReportPart, ReportSection } from './report-section.js';
import type { Series } from './series.js';

export function sectionMarkup({ id, title, parts }: ReportSection): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${parts.map(partMarkup)}</section>\n`;
}

function partMarkup(part: ReportPart): Markup {
  switch (part.kind) {
    case 'text':
      return part.muted ? html`<p class="muted">${part.text}</p>\n` : html`<p>${part.text}</p>\n`;
    case 'heading':
      return html`<h3>${part.text}</h3>\n`;
    case 'list':
      return html`<ul>${part.items.map((item) => html`<li dir="auto">${item}</li>`)}</ul>\n`;
    case 'warnings':
      return html`<div class="warnings"><ul>${part.items.map((item) => html`<li dir="auto">${item}</li>`)}</ul></div>\n`;
    case 'table':
      return part.folded ? foldedTable(part.table) : htmlTable(part.table);
    case 'legend':
      return legendMarkup(part.series);
    case 'figures':
      return html`<div class="${part.wide ? 'charts wide' : 'charts'}">${part.figures.map(figureMarkup)}</div>\n`;
    case 'choice':
      return choiceMarkup(part.id, part.label, part.options);
    case 'panel':
      return part.markup;
  }
}

function figureMarkup({ title, chart, caption, table }: Figure): Markup {
  // A broad chart scrolls sideways on a phone: so can the keyboard.
  const broad = chart.text.startsWith('<svg class="chart broad"')
    ? html` tabindex="0" role="group" aria-label="${title}"`
    : null;
  return html`<figure><h3 dir="auto">${title}</h3><div class="drawing"${broad}>${chart}</div><figcaption>${caption}</figcaption>${table === undefined ? null : foldedTable(table)}</figure>\n`;
}

function legendMarkup(series: readonly Series[]): Markup {
  const item = ({ label, colour, width, dash }: Series) =>
    html`<li><svg viewBox="0 0 36 10" aria-hidden="true"><line x1="0" y1="5" x2="36" y2="5" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash ?? 'none'}"/></svg>${label}</li>`;
  return html`<ul class="legend" aria-label="Lines in the charts">${series.map(item)}</ul>\n`;
}

/** Without a script every option is there, under its name. */
function choiceMarkup(id: string, label: string, options: readonly ChoiceOption[]): Markup {
  return html`<div class="choice" id="${id}">
<p class="control" data-script hidden><label for="${id}-select">${label}</label> <select id="${id}-select">${options.map(({ name }) => html`<option>${name}</option>`)}</select></p>
${options.map(({ name, parts }) => html`<div class="option"><h3 class="chosen" dir="auto">${name}</h3>${parts.map(partMarkup)}</div>\n`)}</div>\n`;
}

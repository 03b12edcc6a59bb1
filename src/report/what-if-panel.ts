/** The what-if panel: fields for the features, and the probability that the page itself computes from them. */
import type { WhatIf, WhatIfColumn } from '../explain/explanation-data.js';
import { html, type Markup } from './markup.js';
import { numberText } from './number-text.js';
import { dataBlock } from './page-data.js';
import type { ReportPart } from './report-section.js';

/** Fields drawn; other columns keep the value of the row that was started from. */
const FIELDS = 40;

/** What the panel answers by, in words. */
export function whatIfWords({ kind, fidelity, tree_start }: WhatIf): string {
  const trees = tree_start.length - 1;
  const fit = `R² ${numberText(fidelity.r_squared, 'metric')} of the log odds on ${numberText(fidelity.rows, 'integer')} rows; probabilities differ by ${numberText(fidelity.mean_difference, 'percent')} on average and by at most ${numberText(fidelity.p95_difference, 'percent')} for 95% of rows`;
  return kind === 'model'
    ? `The page scores by the model itself, compiled into ${trees} trees (${fit}).`
    : `The page scores by a surrogate: ${trees} small trees fitted to the ensemble’s answers, since the ensemble itself is too large for a page. Against the ensemble on rows it was not fitted to: ${fit}.`;
}

export function whatIfPanel(whatIf: WhatIf): ReportPart {
  const { columns, starts } = whatIf;
  const fields = columns.slice(0, FIELDS).map(fieldMarkup);
  const options = starts.map(({ name }) => html`<option>${name}</option>`);
  const more = columns.length - fields.length;
  const markup = html`<p data-no-script class="muted">This panel needs the page’s script, which this viewer does not run.</p>
<div class="panel" id="what-if-panel" role="group" aria-label="What if" data-script hidden>
<p class="control"><label for="what-if-start">Start from</label> <select id="what-if-start">${options}</select> <button type="button" id="what-if-reset">Back to its values</button></p>
<div class="answer" aria-live="polite"><p><span class="big" data-fact="what-if-now">–</span> <span data-fact="what-if-change"></span></p>
<p class="meter" aria-hidden="true"><span></span></p>
<p class="muted">Before the changes <span data-fact="what-if-before">–</span>; the ensemble’s own answer for the row as it is <span data-fact="what-if-model">–</span>.</p></div>
<div class="fields">${fields}</div>
${more > 0 ? html`<p class="muted">${more} less important features keep the values of the row.</p>` : null}
${dataBlock('what-if-data', {
  ...whatIf,
  columns: columns.map(({ name, categories }) => (categories === undefined ? { name } : { name, categories })),
  starts: starts.map(({ cells, probability }) => ({ cells, probability })),
})}</div>`;
  return { kind: 'panel', markup };
}

function fieldMarkup(column: WhatIfColumn, i: number): Markup {
  const { name, kind, description, unit, actionable, categories, from, to } = column;
  const label = html`<label for="what-if-${i}" dir="auto" title="${description ?? name}">${name}${unit === undefined ? null : html` <small>(${unit})</small>`}${actionable === true ? html` <small class="lever">can be acted on</small>` : null}</label>`;
  if (kind === 'categorical') {
    const options = (categories ?? []).map((category, code) => html`<option value="${code}">${category}</option>`);
    return html`<div class="field">${label}<select id="what-if-${i}" data-column="${i}"><option value="">missing</option>${options}<option value="-1">any other</option></select></div>`;
  }
  const hint =
    from === undefined || to === undefined
      ? null
      : html`<small class="muted">${numberText(from)} to ${numberText(to)}</small>`;
  return html`<div class="field">${label}<input type="number" id="what-if-${i}" data-column="${i}" step="any" placeholder="missing">${hint}</div>`;
}

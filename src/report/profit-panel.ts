/** Margin and cost that can be typed in: the page finds the threshold that pays best. */
import type { ProfitInsight } from '../explain/insight-data.js';
import { html } from './markup.js';
import { dataBlock } from './page-data.js';
import type { ReportPart } from './report-section.js';

export function profitPanel({ margin, cost, points }: ProfitInsight): ReportPart {
  const markup = html`<div class="panel" id="profit-panel" role="group" aria-labelledby="profit-heading" data-script hidden>
<h3 id="profit-heading">Your own margin and cost</h3>
<p class="control"><label for="profit-margin">Earned by a positive that was acted on</label> <input type="number" id="profit-margin" min="0" step="any" value="${margin}">
<label for="profit-cost">Cost of acting on a row</label> <input type="number" id="profit-cost" min="0" step="any" value="${cost}"></p>
<p class="problem" role="alert" data-fact="profit-problem"></p>
<div class="side"><svg id="profit-line" viewBox="0 0 640 220" role="img" aria-label="Profit by share of rows acted on"><path class="zero" fill="none" stroke="var(--muted)"/><path class="curve" fill="none" stroke="var(--accent)" stroke-width="2.4"/><circle r="5.5" fill="var(--ink)"/></svg>
<dl class="facts" aria-live="polite"><div><dt>Best</dt><dd data-fact="profit-best">–</dd></div><div><dt>Profit there</dt><dd data-fact="profit-amount">–</dd></div><div><dt>Rows acted on</dt><dd data-fact="profit-rows">–</dd></div><div><dt>Positives among them</dt><dd data-fact="profit-positives">–</dd></div><div><dt>Acting on all brings</dt><dd data-fact="profit-all">–</dd></div><div><dt>Cost / margin</dt><dd data-fact="profit-even">–</dd></div></dl></div>
${dataBlock('profit-data', { points: points.map(({ threshold, rows, positives }) => [threshold, rows, positives]) })}</div>`;
  return { kind: 'panel', markup };
}

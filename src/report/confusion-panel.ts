/** The confusion at a threshold that can be dragged. Without its script the page shows it at the threshold of the highest F1. */
import { bestF1, confusionPoints } from './confusion-points.js';
import { html } from './markup.js';
import { numberText } from './number-text.js';
import { dataBlock } from './page-data.js';
import type { ReportPart } from './report-section.js';
import type { ReportSource } from './report-source.js';
import { wordsOf } from './words.js';

export function confusionPanel({ data }: ReportSource): ReportPart | null {
  const confusion = confusionPoints(data);
  const { positives, negatives, points } = confusion;
  if (points.length === 0) return null;
  const words = wordsOf(data);
  const start = bestF1(confusion);
  const { threshold, truePositive: tp, falsePositive: fp } = points[start];
  const count = (value: number) => numberText(value, 'integer');
  const rate = (value: number) => (Number.isNaN(value) ? '–' : numberText(value, 'percent'));
  const facts: readonly (readonly [string, string, string])[] = [
    ['precision', 'Precision', rate(tp / (tp + fp))],
    ['recall', 'Recall', rate(tp / positives)],
    ['specificity', 'Specificity', rate((negatives - fp) / negatives)],
    ['f1', 'F1', numberText((2 * tp) / (tp + fp + positives), 'metric')],
    ['lift', 'Lift', numberText(tp / (tp + fp) / (positives / (positives + negatives)))],
    ['called', 'Rows called', rate((tp + fp) / (positives + negatives))],
  ];
  const markup = html`<div class="panel" id="threshold-panel" role="group" aria-labelledby="threshold-heading">
<h3 id="threshold-heading">Confusion at a threshold</h3>
<p class="control" data-script hidden><label for="threshold-range">Call a row positive from a probability of</label>
<input type="range" id="threshold-range" min="0" max="${points.length - 1}" step="1" value="${points.length - 1 - start}" aria-valuetext="${numberText(threshold, 'percent')}">
<output for="threshold-range" id="threshold-value">${numberText(threshold, 'percent')}</output></p>
<p class="muted" data-no-script>At a threshold of ${numberText(threshold, 'percent')}, where F1 is highest.</p>
<div class="side">
<table class="confusion"><caption>Test rows by what was said and what happened</caption>
<thead><tr><th scope="col" class="text">What happened</th><th scope="col" class="number">Called positive</th><th scope="col" class="number">Not called</th></tr></thead>
<tbody><tr><th scope="row" class="text">${words.Positives}</th><td class="number good" data-fact="tp">${count(tp)}</td><td class="number bad" data-fact="fn">${count(positives - tp)}</td></tr>
<tr><th scope="row" class="text">${words.Negatives}</th><td class="number bad" data-fact="fp">${count(fp)}</td><td class="number good" data-fact="tn">${count(negatives - fp)}</td></tr></tbody></table>
<dl class="facts">${facts.map(([id, name, value]) => html`<div><dt>${name}</dt><dd data-fact="${id}">${value}</dd></div>`)}</dl>
</div>
<p class="visually-hidden" aria-live="polite" id="threshold-said"></p>
${dataBlock('threshold-data', {
  positives,
  negatives,
  points: points.map((p) => [p.threshold, p.truePositive, p.falsePositive]),
})}</div>`;
  return { kind: 'panel', markup };
}

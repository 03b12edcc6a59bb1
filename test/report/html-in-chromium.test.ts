/** The page in a real browser without a network: its script runs under its own policy, its panels answer, nothing overflows. */
import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { htmlReport } from '#ecomml/report/html-report.js';
import { CHROMIUM, dumpDom } from './chromium.js';
import { sampleExplanation } from './sample-explanation-data.js';
import { sampleReportData } from './sample-report-data.js';

/** The page with a second script that works its controls and writes what it saw; the policy is told its hash. */
function probed(page: string, probe: string): string {
  const script = `addEventListener('load',()=>setTimeout(()=>{${probe}},300));`;
  const hash = createHash('sha256').update(script).digest('base64');
  return page
    .replace("script-src 'sha256-", `script-src 'sha256-${hash}' 'sha256-`)
    .replace('</body>', `<script>${script}</script></body>`);
}

const PROBE = `
const seen = { errors: [], requests: performance.getEntriesByType('resource').map((one) => one.name) };
const text = (id) => document.querySelector('[data-fact="' + id + '"]').textContent;
const frame = () => new Promise((done) => setTimeout(done, 150));
const put = (field, value) => { field.value = value; field.dispatchEvent(new Event('input', { bubbles: true })); };
(async () => {
  seen.width = [document.documentElement.scrollWidth, innerWidth];
  seen.elements = document.querySelectorAll('*').length;
  seen.before = [text('tp'), text('fp'), text('recall')];
  put(document.getElementById('threshold-range'), '0');
  await frame();
  seen.after = [text('tp'), text('fp'), text('recall')];
  seen.options = [...document.querySelectorAll('#effects > .option')].filter((one) => !one.hidden).length;
  seen.whatIf = text('what-if-now');
  put(document.querySelector('[data-column="0"]'), '20');
  await frame();
  seen.whatIfThen = text('what-if-now');
  put(document.getElementById('profit-cost'), '1000');
  await frame();
  seen.profit = text('profit-best');
  document.getElementById('theme').click();
  seen.theme = document.documentElement.dataset.theme;
  const chart = document.querySelector('svg.chart[tabindex]');
  chart.focus();
  chart.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  seen.tip = document.getElementById('tip').textContent;
  const said = document.createElement('pre');
  said.id = 'seen';
  said.textContent = JSON.stringify(seen);
  document.body.append(said);
})().catch((error) => console.error(String(error)));`;

interface Seen {
  readonly requests: readonly string[];
  readonly width: readonly [number, number];
  readonly elements: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly options: number;
  readonly whatIf: string;
  readonly whatIfThen: string;
  readonly profit: string;
  readonly theme: string;
  readonly tip: string;
}

function lookAt(page: string, width: number): { readonly seen: Seen; readonly log: string } {
  const { dom, log } = dumpDom(probed(page, PROBE), { width });
  if (!dom.includes('id="seen"'))
    throw new Error(
      log
        .split('\n')
        .filter((line) => line.includes('CONSOLE'))
        .join('\n'),
    );
  return { seen: JSON.parse(parseHTML(dom).document.getElementById('seen')?.textContent ?? '{}'), log };
}

describe.skipIf(CHROMIUM === undefined)('the page in Chromium, the network off', () => {
  const data = sampleReportData({ rows: 1500 });
  const explanation = sampleExplanation();
  const page = htmlReport({ data, explanation });

  it('asks nobody for anything, breaks no rule of its policy, and answers', () => {
    const { seen, log } = lookAt(page, 1280);
    expect(seen.requests).toEqual([]);
    expect(log).not.toMatch(/Content Security Policy|Uncaught|CONSOLE.*[Ee]rror/);
    // The lowest threshold calls every row: all positives, all others.
    const { rows, positives } = data.ensemble.metrics;
    expect(seen.after).toEqual([String(positives), String(rows - positives), '100%']);
    expect(seen.before).not.toEqual(seen.after);
    expect(seen.options).toBe(1);
    // −2.5 − 0.5 − 0.1 and −2.5 + 1 − 0.1: the two stumps of the fixture, whose first row's category is not in the set.
    expect(seen.whatIf).toBe('4.31%');
    expect(seen.whatIfThen).toBe('16.8%');
    expect(seen.profit).toBe('act on nobody');
    expect(seen.theme).toMatch(/light|dark/);
    expect(seen.tip.length).toBeGreaterThan(5);
    // The elements bound what opening costs; a clock would measure the machine's other work.
    expect(seen.elements).toBeLessThan(10_000);
  }, 60_000);

  it('does not scroll sideways on a phone', () => {
    // Chromium's window is at least 500 pixels wide: a frame in it is not.
    const framed = `<!doctype html><body style="margin:0"><iframe style="width:390px;height:800px;border:0" srcdoc="${probed(page, PROBE).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe><pre id="seen"></pre><script>addEventListener('load',()=>setTimeout(()=>{document.getElementById('seen').textContent=document.querySelector('iframe').contentDocument.getElementById('seen').textContent},1500))</script></body>`;
    const { dom } = dumpDom(framed);
    const [content, width] = JSON.parse(parseHTML(dom).document.getElementById('seen')?.textContent ?? '{}').width;
    expect(width).toBe(390);
    expect(content).toBeLessThanOrEqual(390);
  }, 60_000);
});

import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { htmlReport } from '#ecomml/report/html-report.js';
import type { ReportData } from '#ecomml/report/report-data.js';
import { sampleExplanation } from './sample-explanation-data.js';
import { sampleReportData } from './sample-report-data.js';

let data: ReportData;
let page: string;
let explained: string;

beforeAll(() => {
  data = sampleReportData({ rows: 1500, bend: (z) => 1.6 * z + 1 });
  page = htmlReport({ data, explanation: null });
  explained = htmlReport({ data, explanation: sampleExplanation() });
});

const documentOf = (text: string) => parseHTML(text).document;
/** All but the page's script, which may name NaN. */
const textOf = (one: string) => one.replace(/<script>.*?<\/script>/s, '');

describe('the HTML report', () => {
  it('needs nothing but itself', () => {
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    const marks = page.replace(/<script>.*?<\/script>/s, '');
    expect(marks).not.toMatch(/\s(?:src|srcset|action|poster|data)\s*=/i);
    expect(marks).not.toMatch(/@import|url\(/i);
    const document = documentOf(page);
    expect(document.querySelectorAll('link, iframe, object, embed, img, base, form').length).toBe(0);
    for (const anchor of document.querySelectorAll('a')) expect(anchor.getAttribute('href')).toMatch(/^#[\w-]+$/);
  });

  it('runs its own script alone: the policy names its hash, and nothing else is a script', () => {
    const scripts = [...documentOf(page).querySelectorAll('script')];
    const run = scripts.filter((script) => script.getAttribute('type') !== 'application/json');
    expect(run).toHaveLength(1);
    const text = /<script>(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(text).digest('base64');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${hash}'`);
    expect(policy?.replace("style-src 'unsafe-inline'", '')).not.toContain('unsafe');
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    for (const element of documentOf(page).querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
  });

  it('is small, and the same bytes for the same data', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(htmlReport({ data, explanation: null })).toBe(page);
    expect(htmlReport({ data: JSON.parse(JSON.stringify(data)), explanation: null })).toBe(page);
  });

  it('shows a feature named like markup as text, everywhere', () => {
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<b>bold</b>');
    expect(page).toContain('&lt;script&gt;alert(');
    const cells = [...documentOf(page).querySelectorAll('#features th')].map((cell) => cell.textContent);
    expect(cells).toContain('<script>alert("x")</script>');
  });

  it('escapes every string of the data: each of them hostile', () => {
    const hostile = '"><img src=x onerror=alert(1)>\'</style></title></svg><script>';
    const poison = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(poison);
      if (value === null || typeof value !== 'object') return typeof value === 'string' ? value + hostile : value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poison(inner)]));
    };
    // Names that the program itself compares stay: the method of calibration and where weights come from.
    const { blend, ...rest } = data;
    const poisoned = {
      ...(poison(rest) as ReportData),
      blend: { ...blend, notes: [hostile], weights: { [hostile]: 1 } },
    };
    const explained = sampleExplanation();
    const { shap, insights, ...others } = explained;
    const explanation = { ...(poison(others) as typeof explained), shap, insights };
    const bad = htmlReport({ data: poisoned, explanation });
    expect(bad).not.toMatch(/<img|<script>(?!\(\(\))/i);
    const document = documentOf(bad);
    expect(document.querySelectorAll('img, script:not([type]):not(:last-of-type)').length).toBe(0);
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
  });

  it('follows the reader’s light or dark scheme, paper and phones', () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
    expect(page).toContain('width=device-width');
    for (const one of [page, explained]) {
      const charts = [...documentOf(one).querySelectorAll('svg.chart')].map((svg) => svg.outerHTML).join('');
      // Only variables and currentColor: a literal colour would vanish in one of the schemes.
      expect(charts).not.toMatch(/(?:fill|stroke)="(?!none|transparent|currentColor|var\(--)/);
    }
  });

  it.each(['bare', 'explained'])('can be read without seeing it: %s', (which) => {
    const document = documentOf(which === 'bare' ? page : explained);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    const charts = [...document.querySelectorAll('svg.chart')];
    if (which === 'bare') expect(charts.length).toBe(6 + 4 + 3);
    else expect(charts.length).toBeGreaterThan(40);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.querySelector('title')?.textContent).not.toBe('');
      expect(chart.querySelector('desc')?.textContent?.length).toBeGreaterThan(20);
      for (const id of (chart.getAttribute('aria-labelledby') ?? '').split(' ')) expect(ids).toContain(id);
    }
    for (const table of document.querySelectorAll('table')) {
      expect(table.querySelector('caption')?.textContent).not.toBe('');
      const columns = table.querySelectorAll('thead tr > *').length;
      expect(table.querySelectorAll('thead th[scope=col]').length).toBeGreaterThan(1);
      for (const row of table.querySelectorAll('tbody tr')) expect(row.children.length).toBe(columns);
    }
    for (const label of document.querySelectorAll('label')) expect(ids).toContain(label.getAttribute('for'));
    const named = new Set([...document.querySelectorAll('label')].map((label) => label.getAttribute('for')));
    for (const field of document.querySelectorAll('input, select')) expect(named.has(field.id)).toBe(true);
    for (const anchor of document.querySelectorAll('nav a'))
      expect(ids).toContain(anchor.getAttribute('href')?.slice(1));
  });

  it('shows the numbers of the data', () => {
    const { metrics } = data.ensemble;
    const rows = [...documentOf(page).querySelectorAll('#metrics tbody tr')].map((row) => row.textContent ?? '');
    expect(rows).toHaveLength(5);
    expect(rows[0]).toContain('Ensemble');
    expect(rows[0]).toContain(metrics.auc?.toFixed(4));
    expect(rows[0]).toContain(metrics.log_loss.toFixed(4));
    expect(page).toContain(data.input.fingerprint);
    expect(page).toContain('2019-10-06 11:02:00');
    expect(page).toContain('agreement × certainty');
    // The ROC line ends where the curve ends: upper right.
    expect(documentOf(page).querySelector('svg.chart')).not.toBeNull();
  });

  it('says which features are suspect and why, the gravest first; that none is; nothing where nobody looked', () => {
    const rows = [...documentOf(page).querySelectorAll('#suspects tbody tr')].map((row) => row.textContent);
    expect(rows).toEqual([
      'hour_sintells early rows from late onestells training rows from validation rows with AUC 0.990',
      'weekdayone valuehas one value in every training row',
    ]);
    expect(htmlReport({ data: { ...data, suspects: [] }, explanation: null })).toContain(
      'No feature has one value alone',
    );
    const { suspects: _, ...older } = data;
    expect(htmlReport({ data: older, explanation: null })).not.toContain('look at twice</h3>');
  });

  it('has each curve as a table too: the ensemble’s value where the chart’s line is', () => {
    const rows = [...documentOf(page).querySelectorAll('#gain-read tbody tr')];
    expect(rows).toHaveLength(12);
    const tenth = data.ensemble.curves.gain.find(({ share }) => share === 0.1);
    const [share, ensemble] = [...(rows[2]?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent);
    expect(share).toBe('10.0%');
    expect(Number.parseFloat(ensemble ?? '')).toBeCloseTo(100 * (tenth?.gain ?? Number.NaN), 1);
    for (const id of [
      'roc-read',
      'precision-recall-read',
      'lift-read',
      'calibration-groups',
      'history-lightgbm-log_loss',
    ])
      expect(documentOf(page).querySelector(`table#${id}`), id).not.toBeNull();
  });

  it('tells the drift between each two splits in one table', () => {
    const rows = [...documentOf(page).querySelectorAll('#split-drift tbody tr')].map((row) => row.textContent);
    expect(rows).toHaveLength(2);
    expect(page).toContain('0 from train to validation, 1 from train to test, 0 from validation to test');
    const { split_drift: _, ...older } = data;
    expect(htmlReport({ data: older, explanation: null })).not.toContain('Drift between the splits');
  });

  it('draws one class, one model, no history, no importances, no quality summary', () => {
    const label = new Float64Array(20);
    const metrics = evaluate(new Float64Array(20).fill(0.1), label);
    const curves = {
      roc: [],
      precision_recall: [],
      calibration: data.ensemble.curves.calibration.slice(0, 1),
      gain: [],
      thresholds: [],
    };
    const [first] = data.models;
    const { quality: _, ...input } = data.input;
    const bare = htmlReport({
      data: {
        ...data,
        input: { ...input, kind: 'table' },
        models: [{ ...first, metrics, curves, history: [], importances: [] }],
        ensemble: { metrics, curves },
        onnx: [],
        splits: [],
        features: [],
      },
      explanation: null,
    });
    expect(bare).toContain('The rows hold no positives');
    expect(documentOf(bare).querySelectorAll('svg.chart').length).toBe(1);
    for (const one of [bare, page, explained])
      expect(textOf(one).match(/.{0,60}(?:NaN|undefined|Infinity).{0,40}/g)).toBeNull();
  });

  it('stays small and readable with 2,000 features, one row, no labels, names of 500 characters', () => {
    const features = Array.from({ length: 2000 }, (_, i) => `feature_${i}_${i % 500 === 0 ? 'x'.repeat(500) : ''}`);
    const many = {
      ...data,
      features: features.map((name) => ({ name, kind: 'numeric' as const })),
      models: data.models.map((model) => ({
        ...model,
        importances: features.map((feature) => ({ feature, gain: 1 / 2000, splits: 1 / 2000 })),
      })),
    };
    const wide = htmlReport({ data: many, explanation: sampleExplanation({ features, rows: 8 }) });
    expect(Buffer.byteLength(wide)).toBeLessThan(2_000_000);
    expect(wide).toContain('1850 more are in the workbook.');
    const one = htmlReport({ data, explanation: sampleExplanation({ features: ['only'], rows: 1, labelled: false }) });
    expect(textOf(one).match(/.{0,60}(?:NaN|undefined|Infinity).{0,40}/g)).toBeNull();
    const bare = sampleExplanation({ features: ['only'], rows: 0, labelled: false });
    const none = htmlReport({
      data,
      explanation: {
        ...bare,
        importances: [],
        dependence: [],
        partial_dependence: [],
        interactions: null,
        what_if: null,
        decision: { features: [], rows: [] },
        shap: { ...bare.shap, beeswarm: { ...bare.shap.beeswarm, features: [] } },
        insights: {
          segments: null,
          profit: null,
          actions: null,
          levers: [],
          not_actionable: [],
          levers_known: false,
          drift: null,
        },
      },
    });
    expect(textOf(none)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('explains: every section is there, and a what-if panel that says by what it scores', () => {
    const document = documentOf(explained);
    for (const id of [
      'results',
      'importance',
      'how',
      'rows',
      'what-if',
      'act',
      'data',
      'ensemble',
      'training',
      'reproduce',
    ])
      expect(document.getElementById(id), id).not.toBeNull();
    expect(explained).toContain('The page scores by a surrogate');
    expect(explained).toContain('R² 0.9300');
    expect(document.querySelectorAll('#effects .option').length).toBe(8);
    expect(document.querySelectorAll('#row-choice .option').length).toBe(6);
    expect(document.querySelectorAll('#beeswarm-title').length).toBe(1);
  });
});

import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { htmlReport } from '#ecomml/report/html-report.js';
import type { ReportData } from '#ecomml/report/report-data.js';
import { sampleReportData } from './sample-report-data.js';

let data: ReportData;
let page: string;

beforeAll(() => {
  data = sampleReportData({ rows: 1500, bend: (z) => 1.6 * z + 1 });
  page = htmlReport(data);
});

const documentOf = (text: string) => parseHTML(text).document;

describe('the HTML report', () => {
  it('needs nothing but itself', () => {
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/\b(?:src|srcset|action|poster|data)\s*=/i);
    expect(page).not.toMatch(/@import|url\(/i);
    const document = documentOf(page);
    expect(document.querySelectorAll('script, link, iframe, object, embed, img, base, form').length).toBe(0);
    for (const anchor of document.querySelectorAll('a')) expect(anchor.getAttribute('href')).toMatch(/^#[\w-]+$/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('is small, and the same bytes for the same data', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(htmlReport(data)).toBe(page);
    expect(htmlReport(JSON.parse(JSON.stringify(data)))).toBe(page);
  });

  it('shows a feature named like markup as text, everywhere', () => {
    expect(page).not.toContain('<script');
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
    const bad = htmlReport(poisoned);
    expect(bad).not.toMatch(/<img|<script|onerror=alert\(1\)>(?!&)/i);
    const document = documentOf(bad);
    expect(document.querySelectorAll('img, script').length).toBe(0);
    for (const element of document.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
  });

  it('follows the reader’s light or dark scheme, paper and phones', () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
    expect(page).toContain('width=device-width');
    const charts = [...documentOf(page).querySelectorAll('svg.chart')].map((svg) => svg.outerHTML).join('');
    // Only variables and currentColor: a literal colour would vanish in one of the schemes.
    expect(charts).not.toMatch(/(?:fill|stroke)="(?!none|currentColor|var\(--)/);
  });

  it('can be read without seeing it', () => {
    const document = documentOf(page);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    const charts = [...document.querySelectorAll('svg.chart')];
    expect(charts.length).toBe(6 + 4 + 3);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.querySelector('title')?.textContent).not.toBe('');
      expect(chart.querySelector('desc')?.textContent?.length).toBeGreaterThan(20);
      for (const id of (chart.getAttribute('aria-labelledby') ?? '').split(' ')) expect(ids).toContain(id);
    }
    for (const table of document.querySelectorAll('table')) {
      expect(table.querySelector('caption')?.textContent).not.toBe('');
      const columns = table.querySelectorAll('thead th[scope=col]').length;
      expect(columns).toBeGreaterThan(1);
      for (const row of table.querySelectorAll('tbody tr')) expect(row.children.length).toBe(columns);
    }
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
      ...data,
      input: { ...input, kind: 'table' },
      models: [{ ...first, metrics, curves, history: [], importances: [] }],
      ensemble: { metrics, curves },
      onnx: [],
      splits: [],
      features: [],
    });
    expect(bare).toContain('The rows hold no positives');
    expect(documentOf(bare).querySelectorAll('svg.chart').length).toBe(1);
    expect(bare).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

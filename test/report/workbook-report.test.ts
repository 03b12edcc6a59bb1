import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportData } from '#ecomml/report/report-data.js';
import { workbookReport } from '#ecomml/report/workbook-report.js';
import { sampleReportData } from './sample-report-data.js';

let data: ReportData;
let bytes: Uint8Array;
let parts: Record<string, string>;

const textOf = (workbook: Uint8Array) =>
  Object.fromEntries(Object.entries(unzipSync(workbook)).map(([name, part]) => [name, strFromU8(part)]));

beforeAll(() => {
  data = sampleReportData({ rows: 1500 });
  bytes = workbookReport({ data, explanation: null });
  parts = textOf(bytes);
});

const SHEETS = [
  'Summary',
  'Charts',
  'Metrics',
  'Thresholds',
  'Weights',
  'Choices',
  'Importances',
  'Features',
  'Parameters',
  'Splits',
  'Quality',
  'ONNX',
  'Versions',
  'ROC',
  'Precision and recall',
  'Gain and lift',
  'Calibration',
  'Learning curves',
];

/** Cells of a sheet, shared strings resolved. */
function cellsOf(name: string): Map<string, string | number> {
  const shared = [...parts['xl/sharedStrings.xml'].matchAll(/<si>(.*?)<\/si>/gs)].map(([, si]) =>
    [...si.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, t]) => t).join(''),
  );
  const cells = new Map<string, string | number>();
  const xml = parts[`xl/worksheets/sheet${SHEETS.indexOf(name) + 1}.xml`];
  for (const [, place, attributes, value] of xml.matchAll(/<c r="([A-Z]+\d+)"([^>]*)><v>(.*?)<\/v>/g))
    cells.set(place, attributes.includes('t="s"') ? shared[Number(value)] : Number(value));
  return cells;
}

describe('the workbook', () => {
  it('has its sheets, in order', () => {
    const names = [...parts['xl/workbook.xml'].matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);
    expect(names).toEqual(SHEETS);
  });

  it('is the same bytes for the same data, whenever it is made', async () => {
    // The library's clock counts whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(workbookReport({ data, explanation: null }), bytes)).toBe(0);
    expect(parts['docProps/core.xml']).toContain('2000-01-01T00:00:00Z');
  });

  it('holds no formula and no link out; texts that look like formulas are texts', () => {
    for (const [name, xml] of Object.entries(parts)) {
      // Charts name their ranges in <c:f>; a formula in a cell would be <f>.
      expect(xml, name).not.toMatch(/<f[ >]/);
      expect(xml, name).not.toMatch(/TargetMode="External"/);
    }
    const features = [...cellsOf('Features').values()];
    expect(features).toContain('=cmd|calc');
    expect(features).toContain('+1-800');
    expect(features).toContain('@group');
    expect(features).toContain('-2+3');
    expect(features).toContain('=HYPERLINK("x") &amp; &lt;b&gt;bold&lt;/b&gt;');
  });

  it('holds the numbers as numbers', () => {
    const cells = cellsOf('Metrics');
    expect(cells.get('A2')).toBe('Ensemble');
    expect(cells.get('B2')).toBeCloseTo(data.ensemble.metrics.auc ?? 0, 12);
    expect(cells.get('C2')).toBeCloseTo(data.ensemble.metrics.auc_ci?.[0] ?? 0, 12);
    expect(cells.get('C1')).toBe('AUC lower 95%');
    expect(cellsOf('Splits').get('B2')).toBe(70_000);
  });

  it('every table has a header that stays, filters and widths', () => {
    SHEETS.forEach((name, i) => {
      const xml = parts[`xl/worksheets/sheet${i + 1}.xml`];
      if (name !== 'Charts') expect(xml, name).toMatch(/<cols>/);
      if (name === 'Charts' || name === 'Summary') return;
      expect(xml, name).toContain('state="frozen"');
      expect(xml, name).toContain('<tablePart ');
    });
    expect(parts['xl/tables/table1.xml']).toContain('<autoFilter');
  });

  it('draws native charts from the sheets', () => {
    const charts = Object.keys(parts).filter((name) => /^xl\/charts\/chart\d+\.xml$/.test(name));
    expect(charts).toHaveLength(6);
    const roc = parts['xl/charts/chart1.xml'];
    expect(roc).toMatch(/<c:f>ROC!\$A\$2:\$A\$\d+<\/c:f>/);
    expect([...roc.matchAll(/<c:ser>/g)]).toHaveLength(5);
  });

  it('is made without history, quality or proofs, and with what a cell cannot hold', () => {
    const { quality: _, ...input } = data.input;
    const odd = textOf(
      workbookReport({
        data: {
          ...data,
          input,
          onnx: [],
          features: [{ name: `${'x'.repeat(40_000)}\u0001`, kind: 'numeric', missing: Number.NaN }],
          models: data.models.map((model) => ({ ...model, history: [], importances: [] })),
        },
        explanation: null,
      }),
    );
    expect(odd['xl/workbook.xml']).not.toContain('Learning curves');
    expect(odd['xl/workbook.xml']).not.toContain('Quality');
    expect(Object.values(odd).join('')).not.toMatch(/NaN/);
  });
});

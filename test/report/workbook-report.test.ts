import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportData } from '#ecomml/report/report-data.js';
import { streamWorkbook, workbookReport } from '#ecomml/report/workbook-report.js';
import { sampleExplanation } from './sample-explanation-data.js';
import { sampleReportData } from './sample-report-data.js';

let data: ReportData;
let bytes: Uint8Array;
let parts: Record<string, string>;

const textOf = (workbook: Uint8Array) =>
  Object.fromEntries(Object.entries(unzipSync(workbook)).map(([name, part]) => [name, strFromU8(part)]));

beforeAll(async () => {
  data = sampleReportData({ rows: 1500 });
  bytes = await workbookReport({ data, explanation: null });
  parts = textOf(bytes);
});

const SHEETS = [
  'Summary',
  'Charts',
  'Profit',
  'Metrics',
  'Thresholds',
  'Importances',
  'Weights',
  'Choices',
  'Features',
  'Suspects',
  'Parameters',
  'Splits',
  'Split drift',
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
    expect(Buffer.compare(await workbookReport({ data, explanation: null }), bytes)).toBe(0);
    expect(parts['docProps/core.xml']).toContain('2000-01-01T00:00:00Z');
  });

  it('has formulas on the profit sheet alone, none with a text of the data, and no link out', () => {
    for (const [name, xml] of Object.entries(parts)) {
      // Charts name their ranges in <c:f>; a formula in a cell is <f>, and only the profit sheet has any.
      const formulas = [...xml.matchAll(/<f>(.*?)<\/f>/g)].map(([, formula]) => formula);
      if (name !== `xl/worksheets/sheet${SHEETS.indexOf('Profit') + 1}.xml`) expect(formulas, name).toEqual([]);
      for (const formula of formulas) expect(formula).toMatch(/^(?:Margin|Cost|&gt;|[A-Z0-9$:()*\-/,])*$/);
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
    const drift = cellsOf('Split drift');
    expect([drift.get('A2'), drift.get('E1'), drift.get('E2')]).toEqual(['price', 'PSI, train to test', 0.21]);
  });

  it('every table has a header that stays, filters and widths', () => {
    SHEETS.forEach((name, i) => {
      const xml = parts[`xl/worksheets/sheet${i + 1}.xml`];
      if (name !== 'Charts') expect(xml, name).toMatch(/<cols>/);
      if (name === 'Charts' || name === 'Summary' || name === 'Profit') return;
      expect(xml, name).toContain('state="frozen"');
      expect(xml, name).toContain('<tablePart ');
    });
    expect(parts['xl/tables/table1.xml']).toContain('<autoFilter');
  });

  it('draws native charts from the sheets', () => {
    const charts = Object.keys(parts).filter((name) => /^xl\/charts\/chart\d+\.xml$/.test(name));
    expect(charts).toHaveLength(7);
    const roc = Object.values(parts).find((xml) => /<c:f>ROC!/.test(xml)) ?? '';
    expect(roc).toMatch(/<c:f>ROC!\$A\$2:\$A\$\d+<\/c:f>/);
    expect([...roc.matchAll(/<c:ser>/g)]).toHaveLength(5);
  });

  it('is made without history, quality or proofs, and with what a cell cannot hold', async () => {
    const { quality: _, ...input } = data.input;
    const odd = textOf(
      await workbookReport({
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

  it('explains: contributions add up on every row, and colours follow the values', async () => {
    const explanation = sampleExplanation({ features: ['a', 'A', '=1+1', '', '<script>'] });
    const why = textOf(await workbookReport({ data, explanation }));
    const names = [...why['xl/workbook.xml'].matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);
    for (const name of [
      'SHAP importances',
      'SHAP of rows',
      'Reasons',
      'Pairs',
      'Segments',
      'Actions',
      'Levers',
      'Drift',
    ])
      expect(names).toContain(name);
    const sheet = why[`xl/worksheets/sheet${names.indexOf('SHAP of rows') + 1}.xml`];
    const rows = [...sheet.matchAll(/<row r="(\d+)".*?<\/row>/gs)].slice(1);
    expect(rows.length).toBe(explanation.decision.rows.length);
    for (const [row] of rows) {
      const [probability, , base, ...points] = [...row.matchAll(/<v>(.*?)<\/v>/g)].map(([, value]) => Number(value));
      expect(points.reduce((sum, one) => sum + one, base)).toBeCloseTo(probability, 9);
    }
    expect(sheet).toContain('<colorScale>');
    expect(why['xl/styles.xml']).toContain('<dxfs count="1">');
    // Two headers of a table may not be equal, not even in another case.
    for (const [part, xml] of Object.entries(why).filter(([part]) => part.startsWith('xl/tables/'))) {
      const heads = [...xml.matchAll(/<tableColumn id="\d+" name="([^"]*)"/g)].map(([, name]) => name.toLowerCase());
      expect(new Set(heads).size, part).toBe(heads.length);
    }
  });

  it('streams predictions: every row, texts as texts, in as many sheets as the rows need', async () => {
    const chunks: Uint8Array[] = [];
    const blocks = (async function* () {
      for (let i = 0; i < 10; i++)
        yield Array.from({ length: 100 }, (_, j) => [j % 2 === 0 ? '=1+1' : `a&b<${j}>\u0001`, (100 * i + j) / 1000]);
    })();
    const columns = [
      { name: 'user_id', kind: 'text' as const },
      { name: 'purchase_probability', kind: 'probability' as const },
    ];
    await streamWorkbook({ data, explanation: null }, { columns, rows: 1000, blocks }, (bytes) => chunks.push(bytes));
    const made = textOf(Buffer.concat(chunks));
    const names = [...made['xl/workbook.xml'].matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);
    expect(names.at(-1)).toBe('Predictions');
    const sheet = made[`xl/worksheets/sheet${names.length}.xml`];
    expect([...sheet.matchAll(/<row r="/g)]).toHaveLength(1001);
    expect(sheet).toContain('<dimension ref="A1:B1001"/>');
    expect(sheet).toMatch(/<c r="A2" s="\d+" t="inlineStr"><is><t xml:space="preserve">=1\+1<\/t>/);
    expect(sheet).toContain('a&amp;b&lt;1&gt;\ufffd');
    expect(sheet).toMatch(/<c r="B1001" s="\d+"><v>0.999<\/v><\/c><\/row><\/sheetData>/);
    expect(sheet).toContain('<dataBar>');
    expect(
      Object.values(made).some((xml) => xml.includes('name="t_predictions"') && xml.includes('ref="A1:B1001"')),
    ).toBe(true);
    await expect(
      streamWorkbook(
        { data, explanation: null },
        {
          columns,
          rows: 5,
          blocks: (async function* () {
            yield [['a', 1]];
          })(),
        },
        () => {},
      ),
    ).rejects.toThrow('1 rows came where 5 were promised');
  });

  it('goes on in further sheets where one is full, with no row lost or twice, and gives the same bytes again', async () => {
    const columns = [
      { name: 'user_id', kind: 'text' as const },
      { name: 'purchase_probability', kind: 'probability' as const },
    ];
    const make = async () => {
      const chunks: Uint8Array[] = [];
      // Blocks of 7 rows do not end where sheets of 10 do.
      const blocks = (async function* () {
        for (let at = 0; at < 25; at += 7)
          yield Array.from({ length: Math.min(7, 25 - at) }, (_, i) => [`u${at + i}`, (at + i) / 100]);
      })();
      const predictions = { columns, rows: 25, blocks, sheetRows: 10 };
      await streamWorkbook({ data, explanation: null }, predictions, (bytes) => chunks.push(bytes));
      return Buffer.concat(chunks);
    };
    const once = await make();
    const made = textOf(once);
    const names = [...made['xl/workbook.xml'].matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name);
    expect(names.slice(-3)).toEqual(['Predictions', 'Predictions 2', 'Predictions 3']);
    const users = [0, 1, 2].map((part) =>
      [...made[`xl/worksheets/sheet${names.length - 2 + part}.xml`].matchAll(/>(u\d+)<\/t>/g)].map(([, user]) => user),
    );
    expect(users.map((of) => of.length)).toEqual([10, 10, 5]);
    expect(users.flat()).toEqual(Array.from({ length: 25 }, (_, i) => `u${i}`));
    const tables = Object.values(made).filter((xml) => /name="t_predictions(_\d)?"/.test(xml));
    expect(tables.map((xml) => xml.match(/ ref="([^"]*)"/)?.[1])).toEqual(['A1:B11', 'A1:B11', 'A1:B6']);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(await make(), once)).toBe(0);
  });

  it('holds 2,000 features, one row each', async () => {
    const features = Array.from({ length: 2000 }, (_, i) => ({ name: `f${i}`, kind: 'numeric' as const, missing: 0 }));
    const wide = textOf(await workbookReport({ data: { ...data, features }, explanation: null }));
    const sheet = wide[`xl/worksheets/sheet${SHEETS.indexOf('Features') + 1}.xml`];
    expect([...sheet.matchAll(/<row r="/g)]).toHaveLength(2001);
  });
});

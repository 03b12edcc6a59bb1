/** The workbook opened by another program: LibreOffice reads it, counts its charts, and recalculates what its cells say. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workbookReport } from '#ecomml/report/workbook-report.js';
import { sampleExplanation } from './sample-explanation-data.js';
import { sampleReportData } from './sample-report-data.js';

const CALC = spawnSync('soffice', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'ecomml-calc-'));
const PROFIT = 3;

function convert(file: string, to: string): void {
  const run = spawnSync(
    'soffice',
    [
      `-env:UserInstallation=file://${folder}/profile`,
      '--headless',
      '--convert-to',
      to,
      '--outdir',
      folder,
      join(folder, file),
    ],
    { encoding: 'utf8', timeout: 120_000 },
  );
  expect(run.status, run.stderr).toBe(0);
}

/** Cells of the profit sheet as LibreOffice works them out from other inputs: no result is stored in the file it gets. */
function recalculated(workbook: Uint8Array, margin: number, cost: number): string[][] {
  const parts = unzipSync(workbook);
  const name = `xl/worksheets/sheet${PROFIT}.xml`;
  const sheet = strFromU8(parts[name])
    .replace(/(<\/f>)<v>[^<]*<\/v>/g, '$1')
    .replace(/(<c r="B4"[^>]*><v>)[^<]*/, `$1${margin}`)
    .replace(/(<c r="B5"[^>]*><v>)[^<]*/, `$1${cost}`);
  writeFileSync(join(folder, 'profit.xlsx'), zipSync({ ...parts, [name]: strToU8(sheet) }));
  convert('profit.xlsx', `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,${PROFIT}`);
  return parse(readFileSync(join(folder, 'profit-Profit.csv')), { relax_column_count: true });
}

describe.skipIf(!CALC)('the workbook in LibreOffice', () => {
  const data = sampleReportData({ rows: 1000 });
  const explanation = sampleExplanation();
  let workbook: Uint8Array;
  beforeAll(async () => {
    workbook = await workbookReport({ data, explanation });
    writeFileSync(join(folder, 'report.xlsx'), workbook);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('opens, with every native chart, and texts that look like formulas as texts', () => {
    convert('report.xlsx', 'ods');
    const parts = unzipSync(readFileSync(join(folder, 'report.ods')));
    const charts = Object.entries(parts).filter(
      ([name, part]) => /^Object \d+\/content\.xml$/.test(name) && strFromU8(part).includes('<chart:chart '),
    );
    const written = Object.keys(unzipSync(workbook)).filter((name) => /^xl\/charts\/chart\d+\.xml$/.test(name));
    expect(charts).toHaveLength(written.length);
    expect(written).toHaveLength(8);
    const content = strFromU8(parts['content.xml']);
    expect(content).toContain('<text:p>=cmd|calc</text:p>');
    const formulas = [...content.matchAll(/table:formula="([^"]*)"/g)].map(([, formula]) => formula);
    expect(formulas.length).toBe(2 * (explanation.insights.profit?.points.length ?? 0) + 6);
    expect(formulas.join('\n')).not.toContain('cmd');
  }, 180_000);

  it('moves the best threshold when margin and cost are changed', () => {
    const points = explanation.insights.profit?.points ?? [];
    for (const [margin, cost] of [
      [30, 1],
      [5, 1],
      [1, 2],
    ]) {
      const cells = recalculated(workbook, margin, cost);
      const profits = points.map(({ positives, rows }) => positives * margin - rows * cost);
      const best = profits.indexOf(Math.max(...profits));
      const of = (name: string) =>
        Number.parseFloat((cells.find(([first]) => first === name)?.[1] ?? '').replace(/[,%]/g, ''));
      const share = (value: number) => (value > 1.5 ? value / 100 : value);
      expect(of('Profit there')).toBeCloseTo(profits[best], 1);
      expect(of('Rows acted on')).toBe(points[best].rows);
      expect(of('Profit of acting on all')).toBeCloseTo(profits[profits.length - 1], 1);
      expect(share(of('Best threshold'))).toBeCloseTo(Math.min(1, points[best].threshold), 3);
    }
  }, 180_000);
});

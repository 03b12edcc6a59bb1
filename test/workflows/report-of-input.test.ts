// What a report says of a bundle and of an input, and all three formats of inputs that are hard to report: no positive, one row, hostile cells.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bundle } from '#ecomml/bundle/bundle.js';
import { explainedBundle } from '#ecomml/workflows/explained-bundle.js';
import { explanationOf, keptTestRows } from '#ecomml/workflows/explanation.js';
import { report } from '#ecomml/workflows/report.js';
import { olderBundle, tableBundle, tableText, total } from './small-bundles.js';
import { contextOf } from './small-training.js';

let home: string;
let table: string;
const bundle = (name: string) => join(home, 'models', name);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ecomml-report-input-'));
  table = await tableBundle(home);
  await olderBundle(home);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the explanation of a bundle', () => {
  const plain = (name: string) => {
    const opened = Bundle.open(bundle(name));
    const rows = keptTestRows(opened.keptRows())!;
    return explanationOf(opened, rows, { shap: 'path-dependent' }, contextOf(2));
  };

  it('is whole, bounded and the same again', async () => {
    const data = await plain('table');
    expect(JSON.stringify(await plain('table'))).toBe(JSON.stringify(data));
    expect(data.shap.largest_residual).toBeLessThan(1e-9);
    expect(data.importances[0].feature).toMatch(/price|brand/);
    expect(data.importances.map(({ feature }) => feature).sort()).toEqual(data.features.map(({ name }) => name).sort());
    const [first] = data.importances;
    expect(first.permutation?.interval[0]).toBeGreaterThan(0);
    expect(first.shap_interval[0]).toBeLessThanOrEqual(first.shap);
    const swarm = data.shap.beeswarm.features[0].cells.reduce((sum, { count }) => sum + count, 0);
    expect(swarm).toBe(data.sample.rows);
    for (const { probability, points, rest } of data.decision.rows)
      expect(points.reduce((sum, value) => sum + value, data.shap.base) + rest).toBeCloseTo(probability, 9);
    for (const row of data.rows) expect(Math.abs(total(row) - row.probability)).toBeLessThan(1e-9);
    expect(data.interactions?.pairs[0].strength).toBeGreaterThan(0);
    expect(data.insights.profit?.points.at(-1)?.rows).toBe(data.sample.of);
    expect(data.insights.levers_known).toBe(false);
    expect(JSON.stringify(data)).not.toMatch(/NaN|Infinity/);
    expect(JSON.stringify(data).length).toBeLessThan(1_000_000);
  });
});

describe('report of an input', () => {
  const of = (input: string, changes = {}) =>
    explainedBundle(bundle('table'), { model: '', formats: [], output: '', input, ...changes }, contextOf(2));
  const written = (name: string, text: string) => {
    const path = join(home, name);
    writeFileSync(path, text);
    return path;
  };

  it('explains a sample of its rows and says how good the ensemble is there', async () => {
    const data = await of(table, { margin: 5, cost: 1 });
    expect(data?.sample).toMatchObject({ source: 'table.csv', rows: 600, of: 600 });
    expect(data?.notes[0]).toMatch(/On 600 rows of table.csv the ensemble's AUC is 0\.9\d+ \(95% interval/);
    expect(data?.insights.profit).toMatchObject({ margin: 5, cost: 1, assumed: false });
    expect(data?.insights.profit?.break_even.threshold).toBe(0.2);
    expect(data?.rows[0].source_row).toBeGreaterThan(0);
  });

  it('is readable without labels, without positives, and of a single row', async () => {
    const bare = await of(written('bare.csv', tableText(80, false)));
    expect(bare?.insights).toMatchObject({ segments: null, profit: null });
    expect(bare?.notes.join()).toMatch(/bare.csv has no labels/);
    const negatives = tableText(80).replaceAll(',yes\n', ',no\n');
    const none = await of(written('none.csv', negatives));
    expect(none?.sample.positives).toBe(0);
    expect(none?.insights.segments).toBeNull();
    expect(none?.insights.profit?.best).toMatchObject({ threshold: null, rows: 0, profit: 0 });
    expect(none?.notes.join()).toMatch(/with 0 positives, no ranking can be judged/);
    const one = await of(written('one.csv', tableText(1)));
    expect(one?.sample.rows).toBe(1);
    for (const data of [bare, none, one])
      expect(JSON.stringify(data)).not.toMatch(/NaN|Infinity|"(mean|low|high)":null/);
  });

  it('draws a page in which a column called like a tag is text', async () => {
    const output = join(home, 'reports');
    const { files } = await report(
      { model: bundle('table'), formats: ['html', 'xlsx'], output, explanation: true },
      contextOf(2),
    );
    const html = readFileSync(files[0], 'utf8');
    expect(html).not.toContain('<script>alert(1)');
    expect(html).toContain('&lt;script&gt;alert(1)');
  });

  it('draws all three formats of a bundle without background rows, saying what is left out', async () => {
    const older = await report(
      { model: bundle('older'), formats: ['html', 'xlsx', 'pdf'], output: join(home, 'older'), explanation: true },
      contextOf(2),
    );
    expect(older.notes.join()).toMatch(/older keeps no rows to explain/);
    const [html, xlsx, pdf] = older.files.map((file) => readFileSync(file));
    expect(html.toString()).toMatch(/<section id="metrics"|id="metrics"/);
    expect(html.toString().replace(/<script>.*?<\/script>/s, '')).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
    expect(strFromU8(unzipSync(xlsx)['xl/workbook.xml'])).toContain('name="Metrics"');
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  // The three formats of one input, through all the code of `report`.
  const drawn = async (name: string, text: string) => {
    const input = written(name, text);
    const output = join(home, `${name}-report`);
    const formats = ['html', 'xlsx', 'pdf'] as const;
    const { files } = await report(
      { model: bundle('table'), formats, output, input, explanation: true, maxBadRows: 0.01, map: {} },
      contextOf(2),
    );
    const [html, xlsx, pdf] = files.map((file) => readFileSync(file));
    const parts = Object.entries(unzipSync(xlsx)).map(([path, bytes]) => [path, strFromU8(bytes)] as const);
    const sheets = parts.filter(([path]) => path.startsWith('xl/worksheets/sheet')).map(([, xml]) => xml);
    const book = parts.find(([path]) => path === 'xl/workbook.xml')?.[1] ?? '';
    return { page: html.toString().replace(/<script>.*?<\/script>/s, ''), sheets, book, pdf };
  };

  it.each([
    ['without a positive', 60, /with 0 positives, no ranking can be judged/],
    ['of one row', 1, /no ranking can be judged/],
  ])(
    'draws all three formats of an input %s',
    async (name, rows, words) => {
      const { page, sheets, book, pdf } = await drawn(`${rows}.csv`, tableText(rows).replaceAll(',yes\n', ',no\n'));
      expect(page, name).toMatch(words);
      expect(page).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
      expect(book).toContain('name="Predictions"');
      expect(sheets.join('')).not.toMatch(/<v>(NaN|-?Infinity)<\/v>/);
      // The header and a row for each of the input.
      expect(
        Math.max(...sheets.filter((xml) => xml.includes('r="A1"')).map((xml) => xml.split('<row ').length - 1)),
      ).toBeGreaterThan(rows);
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(pdf.subarray(-6).toString()).toContain('%%EOF');
    },
    240_000,
  );

  it('keeps formulas and tags in ids and categories as texts, and says which categories training has not seen', async () => {
    const text = tableText(40)
      .replaceAll(/^r(\d*[05]),/gm, '=cmd|calc!B,')
      .replaceAll(',acme,', ',=1+1,');
    const { page, sheets } = await drawn('hostile.csv', text);
    expect(page).not.toContain('<script>alert(1)');
    expect(page).toMatch(/Not seen in training/i);
    const live = sheets.flatMap((xml) => [...xml.matchAll(/<f>(.*?)<\/f>/gs)].map(([, formula]) => formula));
    expect(live.filter((formula) => /cmd|1\+1/.test(formula))).toEqual([]);
    expect(sheets.some((xml) => xml.includes('=cmd|calc!B'))).toBe(true);
  }, 240_000);

  it('refuses an input that lacks a column of the model, naming it', async () => {
    const input = written('schema.csv', 'id,prize,brand\nx,1,acme\n');
    const run = report(
      { model: bundle('table'), formats: ['pdf'], output: home, input, explanation: true },
      contextOf(1),
    );
    await expect(run).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/price|script|flag/) });
  });
});

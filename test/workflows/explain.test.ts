// explain and the data of a report, on bundles trained small: sums, words, rows found by number and key, bundles of older versions.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EcommlError } from '#ecomml/base/errors.js';
import { Bundle } from '#ecomml/bundle/bundle.js';
import { writeBundleFolder } from '#ecomml/bundle/folder.js';
import type { RowExplanation } from '#ecomml/explain/explanation-data.js';
import { type ExplainResult, explain } from '#ecomml/workflows/explain.js';
import { explainedBundle } from '#ecomml/workflows/explained-bundle.js';
import { explanationOf, keptTestRows } from '#ecomml/workflows/explanation.js';
import type { ExplainOptions } from '#ecomml/workflows/options.js';
import { report } from '#ecomml/workflows/report.js';
import { train } from '#ecomml/workflows/train.js';
import { contextOf, plainEvents, smallTraining } from './small-training.js';

let home: string;
let table: string;
let events: string;
const bundle = (name: string) => join(home, 'models', name);

/** 600 rows: bought by price and by "brand <b>"; a column called like a tag. */
function tableText(rows: number, labels = true): string {
  const lines = [`id,price,brand,<script>alert(1)</script>,flag${labels ? ',bought' : ''}`];
  for (let i = 0; i < rows; i++) {
    const price = (i * 37) % 100;
    const brand = ['acme', 'b & <b>', '"q"', ''][i % 4];
    const bought = price + (i % 4 === 1 ? 30 : 0) + ((i * 13) % 29) > 95 ? 'yes' : 'no';
    const cell = brand.includes('"') ? '"""q"""' : brand;
    lines.push(`r${i},${i % 17 === 0 ? '' : price},${cell},${(i * 7) % 11},${i % 2}${labels ? `,${bought}` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ecomml-explain-'));
  table = join(home, 'table.csv');
  writeFileSync(table, tableText(600));
  events = plainEvents(home);
  await train(
    smallTraining({ input: table, output: bundle('table'), target: 'bought', id: ['id'], split: { by: 'random' } }),
    contextOf(2),
  );
  const two = ['catboost', 'lightgbm'] as const;
  await train(smallTraining({ input: events, output: bundle('shop'), idFeatures: false, models: two }), contextOf(2));
  // An older bundle: the same without the rows kept.
  const old = Bundle.open(bundle('table'));
  await writeBundleFolder(bundle('older'), async (folder) => {
    cpSync(old.folder, folder, {
      recursive: true,
      filter: (path) => !path.endsWith('kept-rows.json.gz') && !path.endsWith('bundle.json'),
    });
    return old.manifest;
  });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function run(changes: Partial<ExplainOptions>): Promise<ExplainResult> {
  const options: ExplainOptions = {
    model: bundle('table'),
    map: {},
    maxBadRows: 0.01,
    rows: [],
    key: {},
    shap: 'path-dependent',
    lime: true,
    ...changes,
  };
  return explain(options, contextOf(2));
}

const failure = async (result: Promise<unknown>): Promise<EcommlError> =>
  result.then(
    () => expect.fail('it did not fail'),
    (error) => error,
  );

const total = ({ base, contributions, rest }: RowExplanation) =>
  contributions.reduce((sum, { points }) => sum + points, base) + rest.points;

describe('explain', () => {
  it('tells a row of a table: points sum to its probability, cells and label as the file has them', async () => {
    const { rows, matched, method } = await run({ input: table, rows: [2, 7] });
    expect([matched, method, rows.length]).toEqual([2, 'path-dependent', 2]);
    const [second] = rows;
    expect(second).toMatchObject({ name: 'row 2', source_row: 2, ids: { id: 'r1' }, label: 0 });
    const brand = second.contributions.find(({ feature }) => feature === 'brand');
    expect(brand?.value).toBe('b & <b>');
    expect(second.contributions.find(({ feature }) => feature === 'price')?.value).toBe(37);
    for (const row of rows) expect(Math.abs(total(row) - row.probability)).toBeLessThan(1e-9);
    expect(second.reasons[0]).toMatch(/: [+−±][\d.]+ points?$/);
    expect(second.lime?.samples).toBe(5000);
    expect(second.lime?.r_squared).toBeGreaterThan(0.1);
    expect(second.lime?.warning).toMatch(/explains only \d\d% of how/);
    expect(second.lime?.probability).toBeCloseTo(second.probability, 12);
  });

  it('does so against the background, and the same bytes again with another number of threads', async () => {
    const chosen = { input: table, rows: [5], shap: 'interventional' as const };
    const one = await explain(
      { model: bundle('table'), map: {}, maxBadRows: 0.01, key: {}, lime: true, ...chosen },
      contextOf(1),
    );
    const two = await run(chosen);
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
    expect(Math.abs(total(two.rows[0]) - two.rows[0].probability)).toBeLessThan(1e-9);
    expect(two.rows[0].base).not.toBe((await run({ ...chosen, shap: 'path-dependent' })).rows[0].base);
  });

  it('finds rows by key, as text or number, and tells the last of many', async () => {
    expect((await run({ input: table, key: { id: 'r30' } })).rows.map(({ name }) => name)).toEqual(['row 31']);
    const many = await run({ input: table, key: { flag: '1.0', brand: 'b & <b>' }, lime: false });
    expect(many.matched).toBe(150);
    expect(many.rows.map(({ source_row }) => source_row)).toEqual([582, 586, 590, 594, 598]);
    expect(many.notes.join()).toMatch(/150 rows match; 5 are told/);
  });

  it('tells a moment of a visit from raw events, in the words of the catalogue', async () => {
    const header = readFileSync(events, 'utf8').split('\n');
    const session = header[1].trim().split(',')[8];
    const { rows } = await run({ model: bundle('shop'), input: events, key: { user_session: session } });
    const last = rows.at(-1)!;
    expect(last.ids['user_session']).toBe(session);
    expect(Math.abs(total(last) - last.probability)).toBeLessThan(1e-9);
    expect(last.reasons.join()).not.toMatch(/_/);
    const same = await run({ model: bundle('shop'), input: events, rows: [last.source_row as number] });
    expect(same.rows[0]).toEqual(last);
  });

  it('tells unseen categories and values far outside, from a file without the target', async () => {
    const path = join(home, 'odd.csv');
    writeFileSync(path, 'id,price,brand,<script>alert(1)</script>,flag\nx,1e9,Ünseen <i>,3,1\n');
    const { rows } = await run({ input: path });
    expect(rows[0].label).toBeNull();
    expect(rows[0].warnings.join(' ')).toMatch(/Not seen in training.*brand "Ünseen <i>"/);
    expect(rows[0].warnings.join(' ')).toMatch(/Far outside.*price 1,000,000,000/);
    expect(Math.abs(total(rows[0]) - rows[0].probability)).toBeLessThan(1e-9);
  });

  it('writes a page in which names and cells are text and nothing is fetched', async () => {
    const html = join(home, 'why.html');
    expect((await run({ input: table, rows: [2, 4], html })).html).toBe(html);
    const page = readFileSync(html, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script>alert|<b>|(src|href)="?https?:/);
    expect(page).toContain('brand = b &amp; &lt;b&gt;');
    expect(page.length).toBeLessThan(300_000);
  });

  it('tells rows that the bundle kept when no input is given', async () => {
    const { rows, source } = await run({ rows: [3], lime: false });
    expect([source, rows[0].name]).toEqual(['test rows of training', 'kept row 3']);
    expect(Math.abs(total(rows[0]) - rows[0].probability)).toBeLessThan(1e-9);
  });

  it('explains with an older bundle by paths alone, saying so, and refuses what needs a background', async () => {
    const { rows, notes } = await run({ model: bundle('older'), input: table, rows: [1] });
    expect(rows[0].lime).toBeNull();
    expect(notes.join()).toMatch(/older was written by an older ecomml and keeps no background rows/);
    expect(Math.abs(total(rows[0]) - rows[0].probability)).toBeLessThan(1e-9);
    const refused = await failure(run({ model: bundle('older'), input: table, rows: [1], shap: 'interventional' }));
    expect(refused).toMatchObject({ code: 'NO_BACKGROUND', exitCode: 2 });
    expect((await failure(run({ model: bundle('older'), rows: [1] }))).code).toBe('NO_INPUT');
  });

  it('refuses rows that are not there, too many, or not said', async () => {
    expect(await failure(run({ input: table, rows: [601] }))).toMatchObject({ code: 'NO_SUCH_ROW', exitCode: 3 });
    expect(await failure(run({ input: table, key: { id: 'nobody' } }))).toMatchObject({ code: 'NO_SUCH_ROW' });
    expect((await failure(run({ input: table, key: { idd: 'r1' } }))).message).toMatch(/Did you mean "id"/);
    expect(await failure(run({ input: table }))).toMatchObject({ code: 'WHICH_ROW', exitCode: 2 });
    expect((await failure(run({ input: table, rows: [1, 2, 3, 4, 5, 6] }))).code).toBe('TOO_MANY_ROWS');
    expect((await failure(run({ rows: [100_000] }))).code).toBe('NO_SUCH_ROW');
    const wrong = join(home, 'wrong.csv');
    writeFileSync(wrong, 'id,prize,brand\nx,1,acme\n');
    expect(await failure(run({ input: wrong }))).toMatchObject({ exitCode: 3 });
    const purchase = (await failure(run({ model: bundle('shop'), input: events, rows: [999_999] }))).hint;
    expect(purchase).toMatch(/views and carts are scored/);
  });
});

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

  it('knows what a shop can act on', async () => {
    const { insights, features } = await plain('shop');
    expect(insights.levers_known).toBe(true);
    expect(insights.levers.map(({ feature }) => feature)).toContain('price');
    for (const { feature } of insights.levers)
      expect(features.find(({ name }) => name === feature)?.actionable).toBe(true);
    for (const { feature } of insights.not_actionable)
      expect(features.find(({ name }) => name === feature)?.actionable).toBe(false);
    const shown = insights.actions!.actions.reduce((sum, { rows }) => sum + rows, 0);
    expect(shown).toBe(insights.drift!.compared_rows);
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
    const older = await report({ model: bundle('older'), formats: ['html'], output, explanation: true }, contextOf(2));
    expect(older.notes.join()).toMatch(/older keeps no rows to explain/);
  });

  // Training on 2,000 columns takes most of a minute: the short form has 320, wide enough for every bound to bite.
  it('of very many features stays within bounds', async () => {
    const wide = process.env['ECOMML_LONG_TESTS'] ? 2000 : 320;
    const lines = [`${Array.from({ length: wide }, (_, c) => `f${c}`).join(',')},bought`];
    for (let i = 0; i < 240; i++) {
      const cells = Array.from({ length: wide }, (_, c) => (i * (c + 7) * 31 + c * c) % 17);
      lines.push(`${cells.join(',')},${cells[3] + cells[5] > 16 ? 1 : 0}`);
    }
    const input = written('wide.csv', `${lines.join('\n')}\n`);
    const models = ['lightgbm'] as const;
    const random = { by: 'random' } as const;
    await train(
      smallTraining({ input, output: bundle('wide'), target: 'bought', models, split: random }),
      contextOf(2),
    );
    const { rows } = await run({ model: bundle('wide'), input, rows: [9] });
    expect(Math.abs(total(rows[0]) - rows[0].probability)).toBeLessThan(1e-9);
    expect(rows[0].lime?.terms).toHaveLength(10);
    const data = await explainedBundle(bundle('wide'), { model: '', formats: [], output: '' }, contextOf(2));
    expect(data?.importances).toHaveLength(wide);
    expect(JSON.stringify(data).length).toBeLessThan(2_000_000);
  }, 120_000);
});

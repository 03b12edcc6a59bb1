// explain on bundles trained small: sums, words, rows found by number and key, bundles of older versions; what a shop can act on.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EcommlError } from '#ecomml/base/errors.js';
import { Bundle } from '#ecomml/bundle/bundle.js';
import { type ExplainResult, explain } from '#ecomml/workflows/explain.js';
import { explanationOf, keptTestRows } from '#ecomml/workflows/explanation.js';
import type { ExplainOptions } from '#ecomml/workflows/options.js';
import { train } from '#ecomml/workflows/train.js';
import { olderBundle, tableBundle, total } from './small-bundles.js';
import { contextOf, plainEvents, smallTraining } from './small-training.js';

let home: string;
let table: string;
let events: string;
const bundle = (name: string) => join(home, 'models', name);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ecomml-explain-'));
  table = await tableBundle(home);
  await olderBundle(home);
  events = plainEvents(home);
  await train(
    smallTraining({ input: table, output: bundle('table'), target: 'bought', id: ['id'], split: { by: 'random' } }),
    contextOf(2),
  );
  const two = ['catboost', 'lightgbm'] as const;
  await train(smallTraining({ input: events, output: bundle('shop'), idFeatures: false, models: two }), contextOf(2));
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

describe('the explanation of a bundle of events', () => {
  it('knows what a shop can act on', async () => {
    const opened = Bundle.open(bundle('shop'));
    const { insights, features } = await explanationOf(
      opened,
      keptTestRows(opened.keptRows())!,
      { shap: 'path-dependent' },
      contextOf(2),
    );
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

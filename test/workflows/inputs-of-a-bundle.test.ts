/** What a bundle may be given to read: ids of any spelling, tables that look like events, files of features, the wrong kind. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FEATURE_FAMILIES } from '#ecomml/features/feature.js';
import { clean } from '#ecomml/workflows/clean.js';
import { evaluateBundle } from '#ecomml/workflows/evaluate.js';
import { features } from '#ecomml/workflows/features.js';
import { score } from '#ecomml/workflows/score.js';
import { type TrainResult, train } from '#ecomml/workflows/train.js';
import { contextOf, EVENTS, smallTraining } from './small-training.js';

const ONE_FAMILY = { models: ['lightgbm'] as const, parameters: { lightgbm: { num_iterations: 5 } } };
const READ = { map: {}, maxBadRows: 0.01 };

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ecomml-inputs-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function written(name: string, lines: readonly string[]): string {
  const path = join(root, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

async function scored(model: string, input: string): Promise<Record<string, string>[]> {
  const output = join(root, 'scored.csv');
  const counts = await score({ ...READ, input, model, output, moments: 'all', columns: [] }, contextOf(1));
  expect(counts.rows_in).toBe(counts.rows_scored + counts.rows_rejected + counts.rows_passed_over);
  return parse(readFileSync(output), { columns: true });
}

/** An outcome that `x` half tells, without a random number. */
const outcome = (row: number) => (((row * 37) % 100) + ((row * 61) % 50) > 75 ? 1 : 0);

describe('a table with ids', () => {
  let model: string;
  beforeAll(async () => {
    model = join(root, 'ids');
    const rows = Array.from({ length: 300 }, (_, row) => `${row},${(row * 37) % 100},${outcome(row)}`);
    const input = written('ids.csv', ['customer,x,bought', ...rows]);
    await train(
      smallTraining({ ...ONE_FAMILY, input, output: model, target: 'bought', id: ['customer'] }),
      contextOf(1),
    );
    expect((await scored(model, input)).slice(0, 3).map(({ customer }) => customer)).toEqual(['0', '1', '2']);
  });

  it('passes every id through as it is spelled, and rejects no row for one', async () => {
    const ids = ['007', '12345678901234567890', 'A-1', ' spaced ', '1.50', 'NA', 'a,"b"', ''];
    const rows = ids.map((id) => `"${id.replaceAll('"', '""')}",5`);
    const found = await scored(model, written('other-ids.csv', ['customer,x', ...rows]));
    expect(found.map(({ customer }) => customer)).toEqual(ids);
  });

  it('is judged without its ids, but not scored without them', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => `${(row * 37) % 100},${outcome(row)}`);
    const input = written('no-ids.csv', ['x,bought', ...rows]);
    const judged = await evaluateBundle({ ...READ, input, model, gates: [] }, contextOf(1));
    expect(judged.rows.evaluated).toBe(100);
    await expect(scored(model, input)).rejects.toThrow(/lacks "customer"/);
  });

  it('names the missing column, and the nearest one there is', async () => {
    const input = written('typo.csv', ['custommer,x', '1,2']);
    await expect(scored(model, input)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('lacks "customer" (nearest: "custommer")'),
    });
  });

  it('says what raw and clean events lack', async () => {
    await expect(scored(model, EVENTS)).rejects.toMatchObject({ code: 'INPUT_MISSING_COLUMN', exitCode: 3 });
    const { outputs } = await clean({ ...READ, input: EVENTS, output: join(root, 'clean') }, contextOf(1));
    await expect(scored(model, outputs.clean)).rejects.toMatchObject({ code: 'INPUT_MISSING_COLUMN', exitCode: 3 });
  });
});

it('a table whose columns are called as those of events are is scored as a table, with and without its target', async () => {
  const header = 'event_time,event_type,product_id,user_id,user_session,x';
  const row = (n: number) => `2020-01-01 00:00:00,view,${n % 7},${n % 5},${n % 11},${(n * 37) % 100}`;
  const labelled = Array.from({ length: 300 }, (_, n) => `${row(n)},${outcome(n)}`);
  const input = written('like-events.csv', [`${header},bought`, ...labelled]);
  const output = join(root, 'like-events');
  await train(smallTraining({ ...ONE_FAMILY, input, output, target: 'bought' }), contextOf(1));
  const unlabelled = Array.from({ length: 300 }, (_, n) => row(n));
  const found = await scored(output, written('like-events-later.csv', [header, ...unlabelled]));
  expect(found.length).toBe(300);
  expect(found).toEqual(await scored(output, input));
});

describe('a file of features', () => {
  let made: string;
  let bundle: string;
  let trained: TrainResult;
  beforeAll(async () => {
    const making = {
      ...READ,
      input: EVENTS,
      output: join(root, 'features'),
      moments: 'all' as const,
      idFeatures: true,
      featureFamilies: FEATURE_FAMILIES,
    };
    made = (await features(making, contextOf(1))).outputs.features;
    bundle = join(root, 'of-features');
    trained = await train(smallTraining({ ...ONE_FAMILY, input: made, output: bundle }), contextOf(1));
  });

  it('is split by whole sessions, as the events it was made of are: the models are the same bytes', async () => {
    const output = join(root, 'of-events');
    const fromEvents = await train(smallTraining({ ...ONE_FAMILY, input: EVENTS, output }), contextOf(1));
    expect(trained.rows).toEqual(fromEvents.rows);
    expect(trained.positives).toEqual(fromEvents.positives);
    expect(trained.ensemble).toEqual(fromEvents.ensemble);
    const forest = (folder: string) => readFileSync(join(folder, 'lightgbm.forest'));
    expect(forest(bundle).equals(forest(output))).toBe(true);
  });

  it('is scored and judged, its intervals by sessions', async () => {
    expect((await scored(bundle, made)).length).toBe(17215);
    const judged = await evaluateBundle({ ...READ, input: made, model: bundle, gates: [] }, contextOf(1));
    const events = join(root, 'of-events');
    const judgedEvents = await evaluateBundle({ ...READ, input: EVENTS, model: events, gates: [] }, contextOf(1));
    expect(judged.ensemble).toEqual(judgedEvents.ensemble);
  });

  it('is refused when it lacks a feature', async () => {
    const without = {
      ...READ,
      input: EVENTS,
      output: join(root, 'fewer'),
      moments: 'cart' as const,
      idFeatures: false,
      featureFamilies: FEATURE_FAMILIES,
    };
    const { outputs } = await features(without, contextOf(1));
    await expect(scored(bundle, outputs.features)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('"id_of_user"'),
    });
  });
});

describe('columns set aside', () => {
  it('an odd cell in an id or a dropped column rejects no row', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, row) => `${row === 7 ? 'seven' : row},${row === 9 ? 'n.n.' : row},${(row * 37) % 100},${outcome(row)}`,
    );
    const input = written('aside.csv', ['customer,note,x,bought', ...rows]);
    const aside = { id: ['customer'], drop: ['note'] };
    const result = await train(
      smallTraining({ ...ONE_FAMILY, ...aside, input, output: join(root, 'aside'), target: 'bought' }),
      contextOf(1),
    );
    expect(result.rows.train + result.rows.valid + result.rows.test).toBe(300);
    await expect(
      train(
        smallTraining({ ...ONE_FAMILY, drop: ['nota'], input, output: join(root, 'aside'), target: 'bought' }),
        contextOf(1),
      ),
    ).rejects.toThrow(/note/);
  });

  it('of raw events, --drop names features, and scoring still finds what it needs', async () => {
    const output = join(root, 'fewer');
    await train(smallTraining({ ...ONE_FAMILY, drop: ['price', 'brand'], input: EVENTS, output }), contextOf(1));
    const names = (
      JSON.parse(readFileSync(join(output, 'bundle.json'), 'utf8')) as {
        content: { encoder: { columns: { name: string }[] } };
      }
    ).content.encoder.columns.map(({ name }) => name);
    expect(names).not.toContain('brand');
    expect(names).toContain('event_is_cart');
    expect((await scored(output, EVENTS)).length).toBe(17215);
    await expect(
      train(smallTraining({ ...ONE_FAMILY, drop: ['prise'], input: EVENTS, output }), contextOf(1)),
    ).rejects.toThrow(/no feature "prise".*Did you mean "price"/);
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentProgress } from '#ecomml/base/progress.js';
import { FEATURE_FAMILIES } from '#ecomml/features/feature.js';
import { clean } from '#ecomml/workflows/clean.js';
import type { WorkflowContext } from '#ecomml/workflows/context.js';
import { features } from '#ecomml/workflows/features.js';
import type { FeaturesOptions } from '#ecomml/workflows/options.js';

const SLICE = fileURLToPath(new URL('../../data/rees46/2019-Oct-17k.csv.gz', import.meta.url));

// The slice is cleaned and its features made several times; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecomml-features-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const context = (threads = 2, signal = new AbortController().signal): WorkflowContext => ({
  seed: 1,
  threads,
  progress: silentProgress,
  signal,
});

const options = (output: string, rest: Partial<FeaturesOptions> = {}): FeaturesOptions => ({
  input: SLICE,
  map: {},
  maxBadRows: 0.01,
  output: join(folder, output),
  moments: 'all',
  idFeatures: true,
  featureFamilies: FEATURE_FAMILIES,
  ...rest,
});

describe('the features workflow', () => {
  it('makes the same files for one thread and two, from raw events and from clean ones', async () => {
    const one = await features(options('one'), context(1));
    const two = await features(options('two'), context(2));
    expect(readdirSync(join(folder, 'one')).sort()).toEqual([
      'catalogue.json',
      'features.parquet',
      'quality.json',
      'rejects.csv',
    ]);
    for (const name of readdirSync(join(folder, 'one')))
      expect(readFileSync(join(folder, 'one', name)).equals(readFileSync(join(folder, 'two', name)))).toBe(true);
    expect({ ...one, seconds: 0, outputs: 0 }).toEqual({ ...two, seconds: 0, outputs: 0 });
    expect(one.rowsIn).toBe(one.rowsKept + one.rowsRejected + one.duplicatesRemoved);
    // Views and carts of the slice, less its cut last line and duplicates.
    expect(one).toMatchObject({ rowsIn: 17435, rowsRejected: 1, duplicatesRemoved: 5, features: 136 });
    expect(one.moments).toBe(17215);
    expect(one.positives).toBeGreaterThan(200);

    await clean({ ...options('clean.parquet') }, context());
    const again = await features(options('again/f.parquet', { input: join(folder, 'clean.parquet') }), context());
    expect(again.outputs.features).toBe(join(folder, 'again', 'f.parquet'));
    expect(readFileSync(again.outputs.features).equals(readFileSync(one.outputs.features))).toBe(true);
  });

  it('writes the catalogue of the columns it made', async () => {
    const made = await features(
      options('carts', { moments: 'cart', horizon: 600, idFeatures: false, featureFamilies: FEATURE_FAMILIES }),
      context(),
    );
    const catalogue = JSON.parse(readFileSync(made.outputs.catalogue, 'utf8'));
    expect(catalogue).toMatchObject({ format: 1, moments: 'cart', horizon: 600 });
    expect(catalogue.features).toHaveLength(133);
    expect(made.moments).toBeLessThan(200);
  });

  it('refuses a table and its own output', async () => {
    const table = join(folder, 'table.csv');
    writeFileSync(table, 'a,b,target\n1,2,0\n3,4,1\n');
    await expect(features(options('t', { input: table }), context())).rejects.toMatchObject({ exitCode: 2 });
    const made = await features(options('x', { moments: 'cart' }), context());
    const own = features(options('y', { input: made.outputs.features }), context());
    await expect(own).rejects.toThrow(/features already/);
  });

  it('leaves nothing under a final name when it is aborted', async () => {
    const controller = new AbortController();
    const output = options('aborted');
    const running = features(output, {
      ...context(2, controller.signal),
      progress: (event) => {
        if (event.type === 'start' && event.stage === 'features') controller.abort(new Error('interrupted'));
      },
    });
    await expect(running).rejects.toThrow('interrupted');
    expect(existsSync(join(output.output, 'features.parquet'))).toBe(false);
    expect(existsSync(join(output.output, 'catalogue.json'))).toBe(false);
  });
});

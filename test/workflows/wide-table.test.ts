// Very many features, end to end: trained, reported in all formats and explained by the real code.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explain } from '#ecomml/workflows/explain.js';
import { explainedBundle } from '#ecomml/workflows/explained-bundle.js';
import { report } from '#ecomml/workflows/report.js';
import { train } from '#ecomml/workflows/train.js';
import { total } from './small-bundles.js';
import { contextOf, smallTraining } from './small-training.js';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'ecomml-wide-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

// 2,000 columns take some 50 CPU seconds: the short form has 160, more than any chart shows.
const WIDTH = process.env['ECOMML_LONG_TESTS'] ? 2000 : 160;

it(`${WIDTH} features are trained on, explained and reported within bounds`, async () => {
  const lines = [`${Array.from({ length: WIDTH }, (_, c) => `f${c}`).join(',')},bought`];
  for (let i = 0; i < 240; i++) {
    const cells = Array.from({ length: WIDTH }, (_, c) => (i * (c + 7) * 31 + c * c) % 17);
    lines.push(`${cells.join(',')},${cells[3] + cells[5] > 16 ? 1 : 0}`);
  }
  const input = join(home, 'wide.csv');
  writeFileSync(input, `${lines.join('\n')}\n`);
  const model = join(home, 'models', 'wide');
  await train(
    smallTraining({ input, output: model, target: 'bought', models: ['lightgbm'], split: { by: 'random' } }),
    contextOf(2),
  );
  const asked = {
    model,
    input,
    map: {},
    maxBadRows: 0.01,
    rows: [9],
    key: {},
    shap: 'path-dependent',
    lime: true,
  } as const;
  const { rows } = await explain(asked, contextOf(2));
  expect(Math.abs(total(rows[0]) - rows[0].probability)).toBeLessThan(1e-9);
  expect(rows[0].lime?.terms).toHaveLength(10);
  const data = await explainedBundle(model, { model: '', formats: [], output: '' }, contextOf(2));
  expect(data?.importances).toHaveLength(WIDTH);
  expect(data?.shap.largest_residual).toBeLessThan(1e-9);
  expect(JSON.stringify(data).length).toBeLessThan(2_000_000);
  const formats = ['html', 'xlsx', 'pdf'] as const;
  const { files } = await report({ model, formats, output: join(home, 'reports'), explanation: true }, contextOf(2));
  expect(statSync(files[0]).size).toBeLessThan(2_000_000);
  expect(readFileSync(files[0], 'utf8')).toContain('f3');
  expect(readFileSync(files[2]).subarray(0, 5).toString()).toBe('%PDF-');
}, 300_000);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { Bundle } from '#ecomml/bundle/bundle.js';
import type { FeatureSelection } from '#ecomml/workflows/select-features.js';
import type { SELECTION_RULES } from '#ecomml/workflows/selection-rules.js';
import { train } from '#ecomml/workflows/train.js';
import { contextOf, EVENTS, smallTraining } from './small-training.js';

let folder: string;
let input: string;

/** Two columns tell, twenty are noise, one has a level for nearly every row, one is constant, one repeats, one knows. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'select-'));
  input = join(folder, 'table.csv');
  const random = new Random(5);
  const noise = Array.from({ length: 20 }, (_, c) => `noise_${c}`);
  const lines = [['told', 'less', 'constant', 'again', 'knows', 'voucher', ...noise, 'bought'].join(',')];
  for (let row = 0; row < 1500; row++) {
    const told = random.normal();
    const less = random.normal();
    const bought = random.next() < 1 / (1 + Math.exp(1 - 1.5 * told - 0.7 * less)) ? 1 : 0;
    const others = noise.map(() => random.normal().toFixed(4));
    const cells = [told.toFixed(4), less.toFixed(4), 7, told.toFixed(4), bought + random.next() / 4];
    lines.push([...cells, `v${random.below(750)}`, ...others, bought].join(','));
  }
  writeFileSync(input, `${lines.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function selected(name: string, select: readonly (typeof SELECTION_RULES)[number][]) {
  const output = join(folder, name);
  const options = smallTraining({ input, output, target: 'bought', models: ['lightgbm'], select });
  const result = await train(options, contextOf(1));
  const text = readFileSync(join(output, 'feature-selection.json'), 'utf8');
  const { columns } = Bundle.open(output).manifest.encoder;
  return {
    result,
    selection: JSON.parse(text) as FeatureSelection,
    columns: columns.map(({ name }) => name),
  };
}

describe('train --select', () => {
  it('drops nothing unless it is asked to, and records what is suspect', async () => {
    const { selection, columns, result } = await selected('all', []);
    expect(selection.dropped).toEqual([]);
    expect(selection.suspects.map(({ feature, kind }) => [feature, kind])).toEqual([
      ['constant', 'constant'],
      ['again', 'duplicate'],
      ['knows', 'leak'],
    ]);
    expect(selection.nullImportance).toBeUndefined();
    expect(columns).toHaveLength(26);
    expect(result.suspects).toEqual(selection.suspects);
  });

  it('drops by the rules given, null importances among them, each with its reason', async () => {
    const { selection, columns } = await selected('some', ['constant', 'duplicate', 'leak', 'null-importance']);
    const of = (rule: string) => selection.dropped.filter((one) => one.rule === rule).map(({ feature }) => feature);
    expect([of('constant'), of('duplicate'), of('leak')]).toEqual([['constant'], ['again'], ['knows']]);
    const byChance = of('null-importance');
    // A level for every second row has much to learn by heart: its gain is large, and so it is by chance.
    expect(byChance).toContain('voucher');
    expect(columns).toContain('told');
    expect(columns).toContain('less');
    // Of twenty columns of noise one in twenty passes at the 5% level: fewer than five, but for 1 case in 400.
    expect(byChance.filter((name) => name.startsWith('noise'))).toSatisfy((names: string[]) => names.length > 15);
    expect(columns).toEqual(
      [
        'told',
        'less',
        'constant',
        'again',
        'knows',
        'voucher',
        ...Array.from({ length: 20 }, (_, c) => `noise_${c}`),
      ].filter((name) => !selection.dropped.some(({ feature }) => feature === name)),
    );
    expect(selection.nullImportance).toMatchObject({ runs: 39, trees: 20, level: 0.05 });
    expect(selection.dropped.find(({ feature }) => feature === 'voucher')?.reason).toMatch(
      /shuffled outcome \(p = [01]\.\d+\)/,
    );
  });

  it('of events tells what changes when the future is scrambled; of a table nobody can', async () => {
    const output = join(folder, 'events');
    const options = smallTraining({ input: EVENTS, output, models: ['lightgbm'], select: ['future'] });
    const result = await train(options, contextOf(2));
    const { future, dropped } = JSON.parse(
      readFileSync(join(output, 'feature-selection.json'), 'utf8'),
    ) as FeatureSelection;
    expect(dropped).toEqual([]);
    expect(future).toMatchObject({ changed: [], instant: expect.stringMatching(/^2019-10-01T0[12]:/) });
    expect(future?.rows).toBeGreaterThan(8500);
    expect(result.notes).toContainEqual(expect.stringMatching(/^0 of 136 features change in 8,\d{3} moments when /));
    await expect(selected('table', ['future'])).rejects.toMatchObject({ code: 'CANNOT_SELECT', exitCode: 2 });
  });

  it('refuses to leave nothing, and to select for a bundle that is continued', async () => {
    const options = smallTraining({ input, output: join(folder, 'none'), target: 'bought', models: ['lightgbm'] });
    await expect(
      train({ ...options, select: ['leak'], continueFrom: join(folder, 'all') }, contextOf(1)),
    ).rejects.toMatchObject({ code: 'CANNOT_SELECT', exitCode: 2 });
    const constant = join(folder, 'constant.csv');
    writeFileSync(
      constant,
      `a,bought\n${Array.from({ length: 200 }, (_, row) => `1,${row % 7 === 0 ? 1 : 0}`).join('\n')}\n`,
    );
    await expect(train({ ...options, input: constant, select: ['constant'] }, contextOf(1))).rejects.toMatchObject({
      code: 'NO_FEATURES_LEFT',
      exitCode: 3,
    });
  });
});

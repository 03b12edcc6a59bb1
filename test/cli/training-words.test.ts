import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { ecomml, emptyFolder } from './run-binary.js';

/** 300 rows of which `x` tells much of `bought`, spelled as given. */
function table(cwd: string, yes: string, no: string): void {
  const random = new Random(2);
  const rows = Array.from({ length: 300 }, () => {
    const x = random.next();
    return `${x.toFixed(4)},${random.below(9)},${random.next() < x ? yes : no}`;
  });
  writeFileSync(join(cwd, 'table.csv'), `x,y,bought\n${rows.join('\n')}\n`);
}

const args = ['train', '--input', 'table.csv', '--target', 'bought', '--models', 'lightgbm', '--output', 'models/it'];

it('announces a target of TRUE and FALSE in these words, and evaluates by them', async () => {
  const cwd = emptyFolder();
  table(cwd, 'TRUE', 'FALSE');
  const trained = await ecomml([...args, '--param', 'lightgbm.num_iterations=5'], { cwd });
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stderr).toContain('Target bought: "TRUE" counts as 1 (FALSE/TRUE).');
  const trainLine = trained.stderr.split('\n').find((line) => line.startsWith('✓ train lightgbm'));
  // The time stands there once.
  expect(trainLine).toMatch(/trees.*, validation log loss \d\.\d+ \(\d+\.\ds\)$/);
  const evaluated = await ecomml(['evaluate', '--model', 'models/it', '--input', 'table.csv', '--json'], { cwd });
  expect(evaluated.code, evaluated.stderr).toBe(0);
  expect(JSON.parse(evaluated.stdout).models.lightgbm.auc).toBeGreaterThan(0.7);
  // Data of the same kind that spell it otherwise are read by what was kept.
  table(cwd, 'true', 'false');
  const other = await ecomml(['evaluate', '--model', 'models/it', '--input', 'table.csv', '--json'], { cwd });
  expect(JSON.parse(other.stdout).ensemble).toEqual(JSON.parse(evaluated.stdout).ensemble);
});

it('takes the other word as positive when told so', async () => {
  const cwd = emptyFolder();
  table(cwd, 'True', 'False');
  const trained = await ecomml([...args, '--positive', 'False', '--param', 'lightgbm.num_iterations=5'], { cwd });
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stderr).toContain('Target bought: "False" counts as 1 (named as positive).');
});

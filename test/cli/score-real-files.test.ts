/** Published files as they are, their damage included, through the real binary: every row is scored, rejected or passed over. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ecomml, emptyFolder, ROOT } from './run-binary.js';

const shared = (path: string) => join(ROOT, '../shared/data', path);
const SHOP = shared('rees46/2019-Oct-17k.csv.gz');
const cwd = emptyFolder();
const quick = ['--models', 'lightgbm', '--param', 'lightgbm.num_iterations=5'];

async function score(input: string, model: string, ...more: string[]) {
  const done = await ecomml(
    ['score', '--input', input, '--model', model, '--output', `${model}.csv`, '--json', ...more],
    { cwd },
  );
  expect(done.code, done.stderr).toBe(0);
  const counts = JSON.parse(done.stdout) as Record<string, number>;
  const lines = readFileSync(join(cwd, `${model}.csv`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  expect(counts['rows_scored'] + counts['rows_rejected'] + counts['rows_passed_over']).toBe(counts['rows_in']);
  expect(lines).toHaveLength(counts['rows_scored']);
  return counts;
}

const train = async (input: string, model: string, ...more: string[]) =>
  expect(await ecomml(['train', '--input', input, '--output', model, ...quick, ...more], { cwd })).toMatchObject({
    code: 0,
  });

describe.skipIf(!existsSync(SHOP))('published files', () => {
  it('a shop cut in the middle of its last row, with rows twice: that row is rejected with its line and bytes', async () => {
    await train(SHOP, 'shop');
    expect(await score(SHOP, 'shop')).toMatchObject({ rows_in: 17_435, rows_rejected: 1, rows_passed_over: 219 });
    const rejects = readFileSync(join(cwd, 'shop.rejects.csv'), 'utf8').trimEnd().split('\n').slice(1);
    expect(rejects).toHaveLength(1);
    expect(rejects[0]).toMatch(/^17436,/);
    // The same period with other line ends.
    expect(await score(shared('rees46/2019-Oct-5k-lf.csv.gz'), 'shop')).toMatchObject({ rows_in: 5_019 });
  });

  it('blank cells of a number column are missing, not bad', async () => {
    const telco = shared('telco-churn/Telco-Customer-Churn.csv.gz');
    await train(telco, 'telco', '--target', 'Churn', '--id', 'customerID');
    expect(await score(telco, 'telco')).toMatchObject({ rows_in: 7_043, rows_scored: 7_043, rows_rejected: 0 });
  });

  it('a file of another kind is refused, and nothing is written', async () => {
    await train(shared('adult/train.csv.gz'), 'adult', '--target', 'income');
    for (const other of [
      'agaricus/agaricus.txt.test.gz',
      'telco-churn/Telco-Customer-Churn.csv.gz',
      'higgs/binary.test.gz',
    ]) {
      const done = await ecomml(['score', '--input', shared(other), '--model', 'adult', '--output', 'no.csv'], { cwd });
      expect([other, done.code]).toEqual([other, 3]);
      expect(done.stderr).not.toMatch(/\n +at /);
      expect(existsSync(join(cwd, 'no.csv'))).toBe(false);
    }
    expect(await score(shared('adult/test.csv.gz'), 'adult')).toMatchObject({ rows_in: 9_769, rows_rejected: 0 });
  });
});

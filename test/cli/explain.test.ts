// `explain` through the real binary: a row of a file, of stdin, of Parquet, by its number and by a key; in the terminal, as JSON, as a page.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RowExplanation } from '#ecomml/explain/explanation-data.js';
import { ecomml, emptyFolder, type Finished } from './run-binary.js';

const home = emptyFolder();

/** Bought by amount; the last column's name and a channel are markup and a formula. */
function tableText(rows: number, labels = true): string {
  const lines = [`id,amount,visits,channel,"<script>alert(1)</script>"${labels ? ',bought' : ''}`];
  for (let i = 0; i < rows; i++) {
    const amount = (i * 37) % 100;
    const channel = ['mail', 'web', '=2+5'][i % 3];
    const bought = amount + ((i * 13) % 29) > 80 ? 1 : 0;
    lines.push(`r${i},${amount},${i % 20},${channel},${(i * 7) % 11}${labels ? `,${bought}` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

const explain = (args: readonly string[], stdin?: string): Promise<Finished> =>
  ecomml(['explain', '--model', 'm', ...args], { cwd: home, ...(stdin === undefined ? {} : { stdin }) });

async function told(args: readonly string[], stdin?: string): Promise<RowExplanation[]> {
  const { code, stdout, stderr } = await explain([...args, '--json'], stdin);
  expect(code, stderr).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: RowExplanation[] };
  for (const { base, contributions, rest, probability } of rows)
    expect(contributions.reduce((sum, { points }) => sum + points, base) + rest.points).toBeCloseTo(probability, 9);
  return rows;
}

/** All but how the row is called, which differs by where it was read. */
const why = ({ probability, contributions, reasons }: RowExplanation) => ({ probability, contributions, reasons });

beforeAll(async () => {
  writeFileSync(join(home, 'table.csv'), tableText(300));
  const { code, stderr } = await ecomml(
    [
      'train',
      '--input',
      'table.csv',
      '--target',
      'bought',
      '--id',
      'id',
      '--split',
      'random',
      '--output',
      'm',
      '--quiet',
    ].concat([
      '--models',
      'lightgbm,xgboost',
      '--param',
      'lightgbm.num_iterations=15',
      '--param',
      'xgboost.n_estimators=15',
    ]),
    { cwd: home },
  );
  expect(code, stderr).toBe(0);
}, 60_000);

describe('explain', () => {
  it('tells one row the same from a file, by a key, from stdin and from Parquet', async () => {
    const [row] = await told(['--input', 'table.csv', '--row', '8']);
    expect(row).toMatchObject({ name: 'row 8', ids: { id: 'r7' }, label: 0 });
    const [byKey] = await told(['--input', 'table.csv', '--key', 'id=r7']);
    expect(byKey).toEqual(row);
    const header = tableText(0, false);
    const line = tableText(300, false).split('\n')[8];
    const [piped] = await told(['--input', '-'], `${header}${line}\n`);
    expect(piped).toMatchObject({ name: 'row 1', ids: { id: 'r7' }, label: null });
    expect(why(piped)).toEqual(why(row));
    const clean = await ecomml(['clean', '--input', 'table.csv', '--output', 'clean', '--quiet'], { cwd: home });
    expect(clean.code, clean.stderr).toBe(0);
    const [typed] = await told(['--input', join('clean', 'table.parquet'), '--key', 'id=r7']);
    expect(typed.ids).toEqual(row.ids);
    expect(why(typed)).toEqual(why(row));
  }, 60_000);

  it('draws bars in the terminal, warns, and keeps messages off stdout', async () => {
    const odd = `${tableText(0, false)}x,1e9,3,"<b>never</b>",1\n`;
    const { code, stdout, stderr } = await explain(['--input', '-'], odd);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/probability \d+\.\d%/);
    expect(stdout).toMatch(/^ {2}amount = 1,000,000,000 +[+−]\d+\.\d +█+/m);
    expect(stdout).toMatch(/LIME: R² \d\.\d\d/);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/Not seen in training.*channel "<b>never<\/b>"/);
    expect(stdout).not.toContain('✓');
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toMatch(/✓ explain: 1 row /);
    const plain = await explain(['--input', '-', '--no-lime'], odd);
    expect(plain.stdout).not.toContain('LIME');
  }, 60_000);

  it('writes a page in which names and cells are text', async () => {
    const { code, stdout, stderr } = await explain(['--input', 'table.csv', '--row', '3,8', '--html', 'why.html']);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('why.html');
    const page = readFileSync(join(home, 'why.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script>alert|(src|href)="?https?:/);
    expect(page).toContain('channel = =2+5');
    expect(page).toContain('&lt;script&gt;alert(1)');
  }, 60_000);

  it('tells a row that the bundle kept, and refuses what it cannot tell in a sentence', async () => {
    const [kept] = await told(['--row', '2']);
    expect(kept.name).toBe('kept row 2');
    const refused = async (args: readonly string[], code: number, words: RegExp, stdin?: string) => {
      const end = await explain(args, stdin);
      expect([end.code, end.stdout]).toEqual([code, '']);
      expect(end.stderr).toMatch(words);
    };
    await refused(['--input', 'table.csv'], 2, /300 rows: which one shall be explained\?/);
    await refused(['--input', 'table.csv', '--row', '301'], 3, /no row 301/);
    await refused(['--input', '-'], 3, /lacks|missing/i, 'id,amuont,visits\nx,1,2\n');
  }, 60_000);
});

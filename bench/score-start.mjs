/**
 * From the start of `ecomml score` to the first row on stdout, of a table of ten rows and 40 columns, with one LightGBM model
 * and with four families, 100 trees each.
 *
 *     node bench/score-start.mjs [--repetitions 15]
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './medians.mjs';
import { writeTable } from './score-rows.mjs';

const { values } = parseArgs({ options: { repetitions: { type: 'string', default: '15' } } });
const BINARY = fileURLToPath(new URL('../bin/ecomml.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ecomml-bench-'));
const at = (name) => join(folder, name);
const SIZES = ['catboost.iterations', 'xgboost.n_estimators', 'lightgbm.num_iterations', 'random-forest.n_estimators'];

function train(name, families) {
  const sizes = SIZES.filter((size) => families.includes(size.split('.')[0]));
  execFileSync(process.execPath, [
    ...[BINARY, 'train', '--quiet', '--input', at('train.csv'), '--target', 'y', '--output', at(name)],
    ...['--models', families, '--early-stopping-rounds', '0'],
    ...sizes.flatMap((size) => ['--param', `${size}=100`]),
  ]);
}

/** Milliseconds until the second line begins. */
function firstRow(model) {
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [BINARY, 'score', '--quiet', '--model', at(model), '--input', at('ten.csv'), '--output', '-'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    let text = '';
    let found;
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (found === undefined && /\n./.test(text)) found = performance.now() - begun;
    });
    child.on('close', (code) => {
      if (code !== 0 || text.trimEnd().split('\n').length !== 11) reject(new Error(`exit ${code}: ${text}`));
      else resolve(found);
    });
  });
}

try {
  writeTable(at('train.csv'), 30_000, true);
  writeTable(at('ten.csv'), 10, false);
  const models = { 'LightGBM alone': 'lightgbm', 'four families': 'catboost,xgboost,lightgbm,random-forest' };
  for (const [name, families] of Object.entries(models)) train(name, families);
  const runs = Object.fromEntries(Object.keys(models).map((name) => [name, []]));
  for (let repetition = 0; repetition < Number(values.repetitions); repetition++)
    for (const name of Object.keys(models)) runs[name].push(await firstRow(name));
  for (const [name, found] of Object.entries(runs)) {
    const [least, most] = [Math.min(...found), Math.max(...found)].map(Math.round);
    console.log(`${name}: first row after ${Math.round(median(found))} ms (${least} to ${most}, ${found.length} runs)`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Trains the four models with their defaults on a seeded table; checks that each learned before printing its time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../dist/base/random.js';
import { runEcomml } from './run-ecomml.mjs';

const rows = Number(process.argv[2] ?? 100_000);
const threads = process.argv[3] ?? '2';
const NUMERIC = 32;
const LEVELS = [3, 7, 12, 24, 60, 300, 1500, 5000];

const random = new Random(20);
const effects = LEVELS.map((levels) => Float64Array.from({ length: levels }, () => random.normal()));
const lines = [
  [...Array(NUMERIC).keys()]
    .map((i) => `x${i}`)
    .concat(
      LEVELS.map((levels) => `c${levels}`),
      'bought',
    )
    .join(','),
];
for (let row = 0; row < rows; row++) {
  const x = Array.from({ length: NUMERIC }, (_, i) => (i % 4 === 3 ? Math.floor(random.next() * 20) : random.normal()));
  const codes = LEVELS.map((levels) => Math.floor(levels * random.next() ** 2));
  let score = -2.5 + x[0] + 0.7 * x[1] * x[2] + Math.sin(2 * x[4]) + (x[3] > 10 ? 0.8 : -0.3) - 0.4 * Math.abs(x[5]);
  codes.forEach((code, c) => {
    score += 0.4 * effects[c][code];
  });
  const bought = random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  const cells = x.map((value, i) => (i % 8 === 6 && random.next() < 0.1 ? '' : String(Number(value.toFixed(4)))));
  lines.push([...cells, ...codes.map((code) => `level-${code}`), bought].join(','));
}

const folder = mkdtempSync(join(tmpdir(), 'ecomml-bench-'));
const input = join(folder, 'table.csv');
writeFileSync(input, `${lines.join('\n')}\n`);
const { result, seconds, megabytes } = runEcomml([
  'train',
  '--input',
  input,
  '--target',
  'bought',
  '--output',
  join(folder, 'models', 'bench'),
  '--threads',
  threads,
]);
rmSync(folder, { recursive: true, force: true });

for (const [name, model] of Object.entries(result.models)) {
  if (!(model.auc > 0.7)) throw new Error(`${name} did not learn: AUC ${model.auc}`);
  console.log(
    `${name.padEnd(14)} ${model.seconds.toFixed(1).padStart(6)} s  ${String(model.trees).padStart(5)} trees  AUC ${model.auc.toFixed(4)}  log loss ${model.log_loss.toFixed(4)}`,
  );
}
console.log(
  `${'ensemble'.padEnd(14)} ${''.padStart(6)}    ${''.padStart(5)}        AUC ${result.ensemble.auc.toFixed(4)}  log loss ${result.ensemble.log_loss.toFixed(4)}`,
);
const training = result.rows.train;
console.log(
  `${rows} rows (${training} to train on) × ${NUMERIC + LEVELS.length} features, ${threads} threads: four models ${result.seconds.train.toFixed(1)} s, whole process ${seconds.toFixed(1)} s, peak ${megabytes.toFixed(0)} MB`,
);

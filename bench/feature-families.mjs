/**
 * What each family of features adds: LightGBM on all features less one family, and on the first families plus one, each
 * cross-fitted over whole sessions; PR AUC of the pooled predictions, and the difference with its 95% interval from
 * drawing sessions anew (paired: the same sessions for both).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../dist/base/random.js';
import { assignFolds } from '../dist/ensemble/folds.js';
import { encodeFrame, fitEncoder } from '../dist/features/encoder.js';
import { readFeatureTable } from '../dist/features/feature-table.js';
import { predictProbability } from '../dist/forest/predict.js';
import { KernelPool } from '../dist/kernels/pool.js';
import { averagePrecision } from '../dist/metrics/average-precision.js';
import { logLoss } from '../dist/metrics/proper-scores.js';
import { withDatabase } from '../dist/table/duckdb.js';
import { takeRows } from '../dist/table/matrix.js';
import { familyParameters, loadTrainer } from '../dist/trees/families.js';
import { runEcomml } from './run-ecomml.mjs';

const { values: options } = parseArgs({
  options: {
    input: { type: 'string', default: 'data/rees46/2019-Oct-17k.csv.gz' },
    folds: { type: 'string', default: '5' },
    draws: { type: 'string', default: '500' },
    trees: { type: 'string', default: '60' },
    threads: { type: 'string', default: '2' },
  },
});
const FIRST = ['user', 'product', 'category', 'brand', 'temporal', 'behavioural'];

const folder = mkdtempSync(join(tmpdir(), 'ecomml-families-'));
const { result } = runEcomml(['features', '--input', options.input, '--output', folder, '--no-id-features']);
const { features } = JSON.parse(readFileSync(result.outputs.catalogue, 'utf8'));
const table = await withDatabase({ threads: 2 }, async (db) => {
  await db.run(`CREATE TABLE made AS FROM read_parquet('${result.outputs.features}')`);
  return readFeatureTable(db, 'made', features);
});
rmSync(folder, { recursive: true, force: true });

const { label, frame } = table;
const session = table.timed.sessions.code;
const folds = Number(options.folds);
const foldOf = assignFolds(label, session, folds, 1);
const rowsWhere = (test) => Int32Array.from(label.keys()).filter(test);
const pool = new KernelPool(Number(options.threads));
const trainer = await loadTrainer('lightgbm');
// Small trees: a few hundred positives are soon learned by heart.
const parameters = familyParameters('lightgbm', {
  num_iterations: Number(options.trees),
  learning_rate: 0.05,
  num_leaves: 8,
  min_data_in_leaf: 100,
  cat_smooth: 100,
});

function crossFitted(families) {
  const names = new Set(features.filter(({ family }) => families.includes(family)).map(({ name }) => name));
  const chosen = { rows: frame.rows, columns: frame.columns.filter(({ name }) => names.has(name)) };
  const probability = new Float64Array(label.length);
  for (let fold = 0; fold < folds; fold++) {
    const train = rowsWhere((row) => foldOf[row] !== fold);
    const held = rowsWhere((row) => foldOf[row] === fold);
    const matrix = encodeFrame(chosen, fitEncoder(chosen, train));
    const { forest } = trainer({
      train: { matrix: takeRows(matrix, train), label: Float64Array.from(train, (row) => label[row]) },
      hasTime: false,
      parameters,
      earlyStoppingRounds: 0,
      seed: 1,
      pool,
    });
    const found = predictProbability(forest, takeRows(matrix, held));
    held.forEach((row, i) => {
      probability[row] = found[i];
    });
  }
  return probability;
}

const numberOf = new Map();
const unit = Int32Array.from(session, (code) => {
  if (!numberOf.has(code)) numberOf.set(code, numberOf.size);
  return numberOf.get(code);
});

/** PR AUC of a minus that of b, with the 2.5% and 97.5% quantiles over draws of sessions. */
function difference(a, b) {
  const of = (probability, weight) => averagePrecision({ probability, label, ...(weight && { weight }) });
  const drawn = [];
  for (let draw = 0; draw < Number(options.draws); draw++) {
    const random = new Random(1, draw);
    const times = new Float64Array(numberOf.size);
    for (let i = 0; i < times.length; i++) times[Math.floor(random.next() * times.length)]++;
    const weight = Float64Array.from(unit, (u) => times[u]);
    const kept = rowsWhere((row) => weight[row] > 0);
    const take = (values) => Float64Array.from(kept, (row) => values[row]);
    const scores = (probability) => ({ probability: take(probability), label: take(label), weight: take(weight) });
    drawn.push(averagePrecision(scores(a)) - averagePrecision(scores(b)));
  }
  drawn.sort((x, y) => x - y);
  const quantile = (q) => drawn[Math.min(drawn.length - 1, Math.floor(q * drawn.length))];
  return { by: of(a) - of(b), low: quantile(0.025), high: quantile(0.975) };
}

const all = [...new Set(features.map(({ family }) => family))];
const show = (x) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(4)}`;
const line = (name, probability, compared) => {
  const { by, low, high } = compared;
  const pr = averagePrecision({ probability, label }).toFixed(4);
  const loss = logLoss({ probability, label }).toFixed(5);
  console.log(`| ${name.padEnd(22)} | ${pr} | ${loss} | ${show(by)} (${show(low)} to ${show(high)}) |`);
};
const positives = label.reduce((sum, value) => sum + value, 0);
console.log(`${label.length} moments, ${positives} positive, ${numberOf.size} sessions, ${folds} folds\n`);
console.log('| features | PR AUC | log loss | PR AUC the family adds, 95% interval |');
console.log('| --- | ---: | ---: | --- |');
const whole = crossFitted(all);
console.log(
  `| all | ${averagePrecision({ probability: whole, label }).toFixed(4)} | ${logLoss({ probability: whole, label }).toFixed(5)} | |`,
);
for (const family of all) {
  const without = crossFitted(all.filter((one) => one !== family));
  line(`all but ${family}`, without, difference(whole, without));
}
const first = crossFitted(FIRST);
line('the first six', first, difference(whole, first));
for (const family of all.filter((one) => !FIRST.includes(one))) {
  const more = crossFitted([...FIRST, family]);
  line(`the first six, ${family}`, more, difference(more, first));
}
await pool.close();

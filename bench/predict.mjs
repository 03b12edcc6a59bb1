/**
 * Prediction, ours, the originals' and onnxruntime's, on the same trees and one thread: microseconds a row, outputs
 * compared before a time is printed. See bench/README.md for the options.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tableFolder } from './generated-table.mjs';
import { median } from './medians.mjs';
import { libraryVersion, runSide } from './run-side.mjs';
import { FAMILY_OF_PEER, SETTINGS } from './train-cases.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    python: { type: 'string', default: 'python3' },
    repetitions: { type: 'string', default: '5' },
    batch: { type: 'string', multiple: true, default: ['1000', '200000'] },
    share: { type: 'string', default: '0.25' },
    'no-onnx': { type: 'boolean', default: false },
    cache: { type: 'string', default: join(tmpdir(), 'ecomml-bench') },
    json: { type: 'string' },
  },
});

const CASES = [
  ['lightgbm', '31', 'numeric'],
  ['lightgbm', '255', 'numeric'],
  ['lightgbm', '31', 'mixed'],
  ['xgboost', '6', 'numeric'],
  ['xgboost', '8', 'numeric'],
  ['xgboost', '6', 'mixed'],
  ['catboost', '6', 'numeric'],
  ['catboost', '8', 'numeric'],
];

/** Raw scores may differ by so much: XGBoost and onnxruntime's inputs are single precision, sums of 100 leaves. */
const EQUAL = 2e-5;

const log = (line) => console.error(line);
const results = [];
for (const [family, setting, table] of CASES) {
  const name = `${family}/${setting}/${table}`;
  if (options.only.length > 0 && !options.only.some((pattern) => name.startsWith(pattern))) continue;
  const version = libraryVersion(FAMILY_OF_PEER[family], options.python);
  if (version === undefined) {
    log(`${name}: left out, ${FAMILY_OF_PEER[family]} is not installed for ${options.python}.`);
    continue;
  }
  const share = Number(options.share);
  const folder = tableFolder(options.cache, table, share, log);
  const models = join(options.cache, `${family}-${version}-${setting}-${table}-${share}`);
  const { parameters } = { parameters: SETTINGS[family].settings[setting] };
  const job = {
    folder,
    models,
    family,
    parameters,
    repetitions: Number(options.repetitions),
    batches: options.batch.map(Number),
  };
  // The original before and after ours: the machine's speed may drift.
  const before = runSide('./peers/predict.py', job, options.python);
  const ours = runSide('./predict-ecomml.mjs', { ...job, onnx: !options['no-onnx'] }, options.python);
  const after = runSide('./peers/predict.py', job, options.python);
  const wrong = Object.entries(ours.differences).find(([, difference]) => !(difference < EQUAL));
  if (wrong !== undefined) throw new Error(`${name}: ${wrong[0]} differs from the original by ${wrong[1]}, no time`);
  for (const batch of job.batches) {
    const micros = (runs) => (median(runs.map(({ cpu }) => cpu)) / ours.rows) * 1e6;
    const sides = {
      ours: micros(ours.seconds.ours[batch]),
      original: micros([...before.seconds[batch], ...after.seconds[batch]]),
      ...(options['no-onnx'] ? {} : { onnxruntime: micros(ours.seconds.onnxruntime[batch]) }),
    };
    results.push({ name, batch, nodes: ours.nodes, sides });
    log(`${name}, batches of ${batch}: ${JSON.stringify(sides)}`);
  }
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
console.log(markdown());

/** CPU microseconds a row: the median of the repetitions. */
function markdown() {
  const head = ['model', 'rows a batch', 'ours µs', 'original µs', 'ratio', 'onnxruntime µs', 'ratio'];
  const body = results.map(({ name, batch, sides: { ours, original, onnxruntime } }) => [
    ...[name, String(batch), ours.toFixed(3), original.toFixed(3), (ours / original).toFixed(2)],
    ...(onnxruntime === undefined ? ['', ''] : [onnxruntime.toFixed(3), (ours / onnxruntime).toFixed(2)]),
  ]);
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...body]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

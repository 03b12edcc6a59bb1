/** The whole way from raw events to a bundle, on the shipped slice repeated with shifted times and renamed ids. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runEcomml } from './run-ecomml.mjs';

const copies = Number(process.argv[2] ?? 6);
const threads = process.argv[3] ?? '2';
const HOURS = 3;

const slice = gunzipSync(readFileSync(new URL('../data/rees46/2019-Oct-17k.csv.gz', import.meta.url))).toString('utf8');
const [header, ...rows] = slice.split('\r\n').filter((line) => line !== '');
const complete = rows.filter((line) => line.split(',').length === 9);
const lines = [header];
for (let copy = 0; copy < copies; copy++) {
  for (const line of complete) {
    const cells = line.split(',');
    const time = new Date(`${cells[0].slice(0, 19).replace(' ', 'T')}Z`).getTime() + copy * HOURS * 3600_000;
    cells[0] = `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
    // A third of the users come back in every copy; sessions never do.
    if (Number(cells[7]) % 3 !== 0) cells[7] = `${cells[7]}${copy}`;
    cells[8] = `${cells[8]}-${copy}`;
    lines.push(cells.join(','));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'ecomml-bench-'));
const input = join(folder, 'events.csv');
writeFileSync(input, `${lines.join('\n')}\n`);
const output = join(folder, 'models', 'bench');
const { result, seconds, megabytes } = runEcomml(['train', '--input', input, '--output', output, '--threads', threads]);
const scored = runEcomml([
  'score',
  '--input',
  input,
  '--model',
  output,
  '--output',
  join(folder, 'scored.csv'),
  '--threads',
  threads,
]);
rmSync(folder, { recursive: true, force: true });
const { rows_in, rows_scored, rows_rejected, rows_passed_over } = scored.result;
if (rows_in !== lines.length - 1 || rows_in !== rows_scored + rows_rejected + rows_passed_over)
  throw new Error('score lost rows');

for (const [name, model] of Object.entries(result.models))
  console.log(`${name.padEnd(14)} ${model.seconds.toFixed(1).padStart(6)} s  ${String(model.trees).padStart(5)} trees`);
const { clean, features, train } = result.seconds;
console.log(
  `${lines.length - 1} events, ${threads} threads: clean ${clean.toFixed(1)} s, features ${features.toFixed(1)} s, four models ${train.toFixed(1)} s on ${result.rows.train} moments; whole train ${seconds.toFixed(1)} s, peak ${megabytes.toFixed(0)} MB`,
);
console.log(`score: ${rows_scored} rows in ${scored.seconds.toFixed(1)} s, peak ${scored.megabytes.toFixed(0)} MB`);

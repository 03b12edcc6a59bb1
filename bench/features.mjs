/**
 * Raw events to the 71 features that need no windows, by ecomml, polars and pandas: values are compared first, on the
 * smallest table; then each runs in a process of its own, in turn.
 *
 *     node bench/features.mjs --python python3 --events 100000 --events 1048575 --repetitions 3
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Database, identifier, literal } from '../dist/table/duckdb.js';
import { median } from './medians.mjs';
import { runEcomml } from './run-ecomml.mjs';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    events: { type: 'string', multiple: true, default: ['100000', '1048575'] },
    threads: { type: 'string', default: '2' },
    repetitions: { type: 'string', default: '3' },
    cache: { type: 'string', default: join(tmpdir(), 'ecomml-bench') },
    ours: { type: 'boolean', default: false },
  },
});
mkdirSync(values.cache, { recursive: true });

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const sides = {
  ecomml: (input, output) => [process.execPath, [here('features-ecomml.mjs'), input, output, values.threads]],
  polars: (input, output) => [values.python, [here('peers/features_polars.py'), input, output]],
  pandas: (input, output) => [values.python, [here('peers/features_pandas.py'), input, output]],
};
if (values.ours) for (const peer of ['polars', 'pandas']) delete sides[peer];

const outputOf = (side) => join(values.cache, `features-${side}.parquet`);

function run(side, input) {
  const [command, args] = sides[side](input, outputOf(side));
  const env = { ...process.env, POLARS_MAX_THREADS: values.threads };
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] }));
}

function generated(events) {
  const path = join(values.cache, `events-${events}.csv`);
  if (!existsSync(path)) runEcomml(['generate', '--events', String(events), '--output', path]);
  return path;
}

/** Texts equal, numbers within 1e-9 of each other: ours are sums of whole numbers, theirs too, but a mean may be rounded twice. */
async function compare(side) {
  const db = await Database.open({ threads: 2 });
  const [ours, theirs] = [outputOf('ecomml'), outputOf(side)].map(literal);
  const present = new Set((await db.describe(`FROM ${theirs}`)).map(({ name }) => name));
  const columns = (await db.describe(`FROM ${ours}`)).filter(({ name }) => present.has(name) && name !== 'source_row');
  const differs = columns.map(({ name, type }) => {
    const [a, b] = [`ours.${identifier(name)}`, `theirs.${identifier(name)}`];
    if (type === 'VARCHAR') return `${a} IS DISTINCT FROM CAST(${b} AS VARCHAR)`;
    return `(${a} IS NULL) <> (${b} IS NULL) OR abs(${a} - ${b}) > 1e-9 * greatest(1, abs(${a}))`;
  });
  const counts = differs.map((sql, c) => `count(*) FILTER (${sql}) AS d${c}`).join(', ');
  const found = await db.row(
    `SELECT count(*) AS n, ${counts} FROM ${ours} AS ours JOIN ${theirs} AS theirs USING (source_row)`,
  );
  const rows = await db.number(`SELECT count(*) FROM ${ours}`);
  db.close();
  const wrong = columns.filter((_, c) => Number(found[`d${c}`]) > 0).map(({ name }) => name);
  if (Number(found.n) !== rows || columns.length !== 71 || wrong.length > 0)
    throw new Error(`${side}: ${found.n} of ${rows} rows, ${columns.length} features, different: ${wrong.join(', ')}`);
  console.log(`${side}: ${rows} rows × 71 features equal ecomml's`);
}

const sizes = values.events.map(Number).sort((a, b) => a - b);
for (const side of Object.keys(sides)) {
  run(side, generated(sizes[0]));
  if (side !== 'ecomml') await compare(side);
}
console.log(
  '\n| events | by | wall, s | CPU, s | peak, MB | CPU, µs an event |\n| ---: | --- | ---: | ---: | ---: | ---: |',
);
for (const events of sizes) {
  const input = generated(events);
  const figures = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let repetition = 0; repetition < Number(values.repetitions); repetition++)
    for (const side of Object.keys(sides)) figures[side].push(run(side, input));
  for (const [side, runs] of Object.entries(figures)) {
    const of = (name) => median(runs.map((one) => one[name]));
    const cells = [
      of('wall').toFixed(1),
      of('cpu').toFixed(1),
      of('peakMegabytes').toFixed(0),
      ((of('cpu') / events) * 1e6).toFixed(1),
    ];
    console.log(`| ${events.toLocaleString('en-US')} | ${side} | ${cells.join(' | ')} |`);
  }
}
for (const side of Object.keys(sides)) rmSync(outputOf(side), { force: true });

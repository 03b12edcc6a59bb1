/**
 * Scores a generated feature table of 40 columns with one model of 100 trees: by ecomml with one thread and two, over files of
 * several sizes, and by Python (polars reads, LightGBM predicts), each a process of its own, in turn. Outputs are checked
 * first: any number of threads gives the same bytes, and onnxruntime the same probabilities from the exported model.
 *
 *     node bench/score-table.mjs [--rows 1000000] [--python python] [--repetitions 3] [--plot bench/score-table.svg]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lineChart } from './line-chart.mjs';
import { writeTable } from './score-rows.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    python: { type: 'string' },
    repetitions: { type: 'string', default: '3' },
    plot: { type: 'string' },
  },
});
const BINARY = fileURLToPath(new URL('../bin/ecomml.js', import.meta.url));
const PEER = fileURLToPath(new URL('./peers/score_table.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ecomml-bench-'));
const at = (name) => join(folder, name);

/** A process's wall seconds, CPU seconds and peak memory, as GNU time says them. */
function timed(command, args) {
  const began = process.hrtime.bigint();
  const finished = spawnSync('/usr/bin/time', ['-f', '%U %S %M', command, ...args], { encoding: 'utf8' });
  if (finished.status !== 0) throw new Error(finished.stderr);
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  const [user, system, kilobytes] = finished.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, megabytes: kilobytes / 1024 };
}

const score = (input, output, threads) => [
  BINARY,
  ...[
    'score',
    '--quiet',
    '--model',
    at('models/it'),
    '--input',
    input,
    '--output',
    output,
    '--threads',
    String(threads),
  ],
];

/** The exported model in onnxruntime gives the same probabilities, to 1e-6. */
function checkAgainstOnnx(input) {
  execFileSync(process.execPath, [...score(input, at('onnx.csv'), 1), '--runtime', 'onnx']);
  const probabilities = (name) =>
    readFileSync(at(name), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]));
  const [own, theirs] = ['one.csv', 'onnx.csv'].map(probabilities);
  const largest = Math.max(...own.map((p, row) => Math.abs(p - theirs[row])));
  if (own.length !== theirs.length || !(largest <= 1e-6)) throw new Error(`onnxruntime differs by ${largest}`);
  console.log(`checked: onnxruntime differs by at most ${largest.toExponential(1)} on ${own.length} rows`);
}

function median(runs, field) {
  const sorted = runs.map((run) => run[field]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function show(what, rows, runs) {
  const [wall, cpu, megabytes] = ['wall', 'cpu', 'megabytes'].map((field) => median(runs, field));
  const line = {
    what,
    rows,
    wall,
    cpu,
    megabytes,
    rows_a_second: Math.round(rows / wall),
    ns_of_cpu_a_row: Math.round((cpu / rows) * 1e9),
  };
  console.log(JSON.stringify(line));
  return line;
}

function plot(path, lines) {
  const points = lines.map(({ what, rows, rows_a_second }) => ({ x: rows, y: rows_a_second, series: what }));
  const title = 'Rows scored a second against the size of the file, by threads';
  writeFileSync(path, lineChart(points, { title, x: 'rows of the file', y: 'rows a second' }));
}

try {
  const most = Number(options.rows);
  const sizes = [most / 100, most / 10, most].map(Math.round).filter((rows) => rows >= 1000);
  mkdirSync(at('models'));
  writeTable(at('train.csv'), 30_000, true);
  const train = [
    'train',
    '--quiet',
    '--input',
    at('train.csv'),
    '--target',
    'y',
    '--output',
    at('models/it'),
    '--models',
    'lightgbm',
  ];
  execFileSync(process.execPath, [
    BINARY,
    ...train,
    '--param',
    'lightgbm.num_iterations=100',
    '--early-stopping-rounds',
    '0',
  ]);
  const lines = [];
  for (const rows of sizes) {
    const input = at(`${rows}.csv`);
    writeTable(input, rows, false);
    execFileSync(process.execPath, score(input, at('one.csv'), 1));
    execFileSync(process.execPath, score(input, at('two.csv'), 2));
    if (!readFileSync(at('one.csv')).equals(readFileSync(at('two.csv')))) throw new Error('one thread and two differ');
    if (rows === sizes[0]) checkAgainstOnnx(input);
    if (options.python !== undefined && rows === sizes[0])
      execFileSync(options.python, [PEER, 'train', at('train.csv'), at('peer.txt')]);
    const runs = { 'ecomml, 1 thread': [], 'ecomml, 2 threads': [], 'polars + LightGBM, 2 threads': [] };
    for (let i = 0; i < Number(options.repetitions); i++) {
      runs['ecomml, 1 thread'].push(timed(process.execPath, score(input, at('out.csv'), 1)));
      runs['ecomml, 2 threads'].push(timed(process.execPath, score(input, at('out.csv'), 2)));
      if (options.python !== undefined)
        runs['polars + LightGBM, 2 threads'].push(
          timed(options.python, [PEER, 'score', at('peer.txt'), input, at('peer.csv'), '2']),
        );
    }
    for (const [what, found] of Object.entries(runs)) if (found.length > 0) lines.push(show(what, rows, found));
    rmSync(input);
  }
  if (options.plot !== undefined) plot(options.plot, lines);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

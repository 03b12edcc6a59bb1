/**
 * Raw events to probabilities, end to end, with an ensemble of four families of 300 trees each: `ecomml score` against the
 * same job in Python (features_polars.py's features, the four originals). Both read the same history and the same file.
 *
 *     node bench/score-events.mjs --python python3 --events 1048575 --trees 300 --repetitions 3
 *
 * Features are held equal by bench/features.mjs; models are each side's own, of the same size, trained once and kept in
 * --cache; here rows, order and ids of both outputs are compared before a figure is printed.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, pairedRatio } from './medians.mjs';
import { runEcomml } from './run-ecomml.mjs';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    events: { type: 'string', default: '1048575' },
    history: { type: 'string', default: '100000' },
    trees: { type: 'string', default: '300' },
    threads: { type: 'string', default: '2' },
    repetitions: { type: 'string', default: '3' },
    cache: { type: 'string', default: join(tmpdir(), 'ecomml-bench') },
  },
});
const { python, trees, threads } = values;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const beside = (name) => join(values.cache, name);
mkdirSync(values.cache, { recursive: true });

/** One generated shop, cut in time: the history that models learn from, and the file that comes after it. */
function cut() {
  const [history, events] = [Number(values.history), Number(values.events)];
  const paths = [beside(`shop-${history}-${events}-before.csv`), beside(`shop-${history}-${events}-after.csv`)];
  if (paths.every(existsSync)) return paths;
  const whole = beside('shop.csv');
  runEcomml(['generate', '--events', String(history + events), '--output', whole]);
  const [header, ...lines] = readFileSync(whole, 'utf8').trimEnd().split('\n');
  writeFileSync(paths[0], `${[header, ...lines.slice(0, history)].join('\n')}\n`);
  writeFileSync(paths[1], `${[header, ...lines.slice(history)].join('\n')}\n`);
  return paths;
}

const [before, after] = cut();
const bundle = beside(`score-events-${values.history}-${trees}`);
const models = beside(`score-events-${values.history}-${trees}-python`);
const families = 'user,product,category,brand,temporal,behavioural,id';
if (!existsSync(join(bundle, 'bundle.json'))) {
  const size = ['catboost.iterations', 'xgboost.n_estimators', 'lightgbm.num_iterations', 'random-forest.n_estimators'];
  const parameters = [...size.map((name) => `${name}=${trees}`), 'random-forest.max_depth=16'];
  // No early stopping: every member has all of its trees.
  runEcomml([
    'train',
    ...['--input', before, '--output', bundle, '--feature-families', families, '--early-stopping-rounds', '0'],
    ...parameters.flatMap((parameter) => ['--param', parameter]),
  ]);
}
const peer = (...args) => {
  const env = { ...process.env, POLARS_MAX_THREADS: threads, OMP_NUM_THREADS: threads };
  return JSON.parse(
    execFileSync(python, [here('peers/score_events.py'), ...args], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
};
if (!existsSync(join(models, 'models.joblib'))) peer('train', before, models, trees, threads);

const outputs = { ecomml: beside('scored-ecomml.csv'), python: beside('scored-python.csv') };
const sides = {
  ecomml: () => {
    const args = ['score', '--input', after, '--model', bundle, '--output', outputs.ecomml, '--threads', threads];
    const { seconds, megabytes } = runEcomml(args);
    return { wall: seconds, peak: megabytes };
  },
  python: () => {
    const { wall, peakMegabytes } = peer('score', before, after, models, outputs.python, threads);
    return { wall, peak: peakMegabytes };
  },
};

/** Both outputs have the same moments in the same order. */
async function compare() {
  const rows = ['ecomml', 'python'].map((side) =>
    createInterface({ input: createReadStream(outputs[side]) })[Symbol.asyncIterator](),
  );
  for (let line = 0; ; line++) {
    const [ours, theirs] = await Promise.all(rows.map((lines) => lines.next()));
    if (ours.done && theirs.done) return line - 1;
    const ids = (text) => {
      const [sourceRow, , type, product, user, session] = (text ?? '').split(',');
      return [sourceRow, type, product, user, session].join(',');
    };
    if (ids(ours.value) !== ids(theirs.value))
      throw new Error(`line ${line + 1}: ${ours.value} against ${theirs.value}`);
  }
}

const runs = { ecomml: [], python: [] };
for (let repetition = 0; repetition < Number(values.repetitions); repetition++) {
  for (const side of Object.keys(sides)) runs[side].push(sides[side]());
  if (repetition === 0) console.log(`${await compare()} moments, the same in both outputs\n`);
}
console.log('| by | wall, s | peak, MB |\n| --- | ---: | ---: |');
for (const [side, figures] of Object.entries(runs))
  console.log(
    `| ${side} | ${median(figures.map(({ wall }) => wall)).toFixed(1)} | ${median(figures.map(({ peak }) => peak)).toFixed(0)} |`,
  );
const ratio = (name) =>
  pairedRatio(
    runs.ecomml.map((run) => run[name]),
    runs.python.map((run) => run[name]),
  ).median.toFixed(2);
console.log(`\necomml / python: wall × ${ratio('wall')}, peak × ${ratio('peak')}`);

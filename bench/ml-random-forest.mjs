/**
 * The two engines of the random forest on the same rows, twice as many each time: why ml-random-forest is no default.
 * A fit of log(seconds) on log(rows) says how each grows; forests are judged on rows of their own before a time is printed.
 */
import { Random } from '../dist/base/random.js';
import { predictProbability } from '../dist/forest/predict.js';
import { KernelPool } from '../dist/kernels/pool.js';
import { auc } from '../dist/metrics/auc.js';
import { familyParameters } from '../dist/trees/families.js';
import { trainRandomForest } from '../dist/trees/random-forest.js';

const most = Number(process.argv[2] ?? 2000);
const FEATURES = 30;
const TREES = 10;
const ENGINES = ['ecomml', 'ml-random-forest'];

function table(seed, rows) {
  const random = new Random(seed);
  const columns = Array.from({ length: FEATURES }, (_, c) => {
    const values = new Float64Array(new SharedArrayBuffer(rows * 8));
    for (let row = 0; row < rows; row++) values[row] = random.normal();
    return { name: `x${c}`, kind: 'numeric', values };
  });
  const label = Float64Array.from({ length: rows }, (_, row) => {
    // The package draws the features of a whole tree at once: each of them tells something.
    const score = columns.reduce((sum, { values }) => sum + 0.6 * values[row], 0);
    return random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  return { matrix: { rows, columns }, label };
}

const pool = new KernelPool(1);
const test = table(2, 4000);

function seconds(engine, train) {
  const parameters = familyParameters('random-forest', { engine, n_estimators: TREES, oob_score: false });
  const job = { train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool };
  // Seconds of this thread's processor: both engines run here alone, and other work on the machine does not count.
  const begun = process.cpuUsage();
  const { forest } = trainRandomForest(job);
  const { user, system } = process.cpuUsage(begun);
  const taken = (user + system) / 1e6;
  const area = auc({ probability: predictProbability(forest, test.matrix), label: test.label });
  if (!(area > 0.58)) throw new Error(`${engine} did not learn from ${train.matrix.rows} rows: AUC ${area}`);
  return { taken, area };
}

/** The power of the rows that the time grows with, by least squares over the logarithms. */
function growth(points) {
  const x = points.map(([rows]) => Math.log(rows));
  const y = points.map(([, taken]) => Math.log(taken));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const slope = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  return slope / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}

const sizes = [];
for (let rows = most; rows >= 250; rows /= 2) sizes.unshift(Math.floor(rows));
const points = Object.fromEntries(ENGINES.map((engine) => [engine, []]));
// The first run of each warms up.
for (const engine of ENGINES) seconds(engine, table(1, 250));
console.log(`${TREES} trees, ${FEATURES} features, one thread`);
for (const rows of sizes) {
  const train = table(1, rows);
  const found = ENGINES.map((engine) => {
    const runs = Array.from({ length: engine === 'ecomml' ? 5 : 1 }, () => seconds(engine, train));
    const best = runs.reduce((a, b) => (a.taken < b.taken ? a : b));
    points[engine].push([rows, best.taken]);
    return best;
  });
  const cells = ENGINES.map(
    (engine, e) => `${engine} ${found[e].taken.toFixed(3)} s (AUC ${found[e].area.toFixed(3)})`,
  );
  console.log(
    `${String(rows).padStart(6)} rows  ${cells.join('   ')}   ${(found[1].taken / found[0].taken).toFixed(0)} ×`,
  );
}
for (const engine of ENGINES) console.log(`${engine}: time grows with rows^${growth(points[engine]).toFixed(2)}`);
await pool.close();

/**
 * How the cost of training grows: one thread, LightGBM's and XGBoost's defaults with few trees, by rows and by columns.
 * Prints a table of nanoseconds a row, column and tree, and draws it. See bench/README.md.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeTable, numericColumns } from './generated-table.mjs';
import { lineChart } from './line-chart.mjs';
import { median } from './medians.mjs';
import { runSide } from './run-side.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000,30000,100000,300000,1000000,3000000,10000000' },
    columns: { type: 'string', default: '10,30,100,300' },
    /** Columns of the tables that grow by rows, and rows of those that grow by columns. */
    'fixed-columns': { type: 'string', default: '10' },
    'fixed-rows': { type: 'string', default: '100000' },
    trees: { type: 'string', default: '10' },
    repetitions: { type: 'string', default: '3' },
    cache: { type: 'string', default: join(tmpdir(), 'ecomml-bench') },
    svg: { type: 'string', default: join(tmpdir(), 'ecomml-train-linear.svg') },
    json: { type: 'string' },
  },
});

const numbers = (text) => text.split(',').map(Number);
const trees = Number(options.trees);
const FAMILIES = { lightgbm: { num_iterations: trees }, xgboost: { n_estimators: trees } };
const shapes = [
  ...numbers(options.rows).map((rows) => ({ by: 'rows', rows, columns: Number(options['fixed-columns']) })),
  ...numbers(options.columns).map((columns) => ({ by: 'columns', rows: Number(options['fixed-rows']), columns })),
];

const log = (line) => console.error(line);
const results = [];
for (const { by, rows, columns } of shapes) {
  const folder = makeTable(
    options.cache,
    { name: 'linear', rows, testRows: 1000, columns: numericColumns(columns) },
    log,
  );
  for (const [family, parameters] of Object.entries(FAMILIES)) {
    const runs = [];
    for (let seed = 1; seed <= Number(options.repetitions); seed++)
      runs.push(runSide('./train-ecomml.mjs', { folder, family, parameters, threads: 1, seed }));
    const cpu = median(runs.map(({ read, trained }) => trained.cpu - read.cpu));
    const peakMegabytes = median(runs.map(({ trained }) => trained.peakMegabytes));
    const nanoseconds = (cpu / (rows * columns * trees)) * 1e9;
    results.push({ by, family, rows, columns, cpu, nanoseconds, peakMegabytes });
    log(`${family} ${rows} × ${columns}: ${cpu.toFixed(2)} s CPU, ${nanoseconds.toFixed(2)} ns a row, column and tree`);
  }
}

writeFileSync(options.svg, drawing());
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
const head = ['family', 'rows', 'columns', 'CPU s', 'ns a row × column × tree', 'peak MB'];
const body = results.map(({ family, rows, columns, cpu, nanoseconds, peakMegabytes }) => [
  ...[family, rows, columns],
  ...[cpu.toFixed(2), nanoseconds.toFixed(2), peakMegabytes.toFixed(0)],
]);
console.log([head, head.map(() => '--:'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n'));

/** Seconds over cells: a line of slope 1 where the cost is linear. */
function drawing() {
  const points = results.map(({ by, family, rows, columns, cpu }) => ({
    x: rows * columns,
    y: cpu,
    series: `${family}, by ${by}`,
  }));
  return lineChart(points, {
    title: 'Seconds of training against the size of the table',
    x: 'rows × columns',
    y: `CPU seconds, ${trees} trees, one thread`,
  });
}

/**
 * SHAP values, ours beside LightGBM's pred_contrib and XGBoost's pred_contribs: the same 100 trees and rows, one thread,
 * CPU time, values compared before a time is printed. `node bench/shap.mjs --python python3`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { treeShap, treeShapInteractions } from '../dist/explain/tree-shap.js';
import { MissingMode, Operator } from '../dist/forest/forest.js';
import { ForestBuilder } from '../dist/forest/forest-builder.js';
import { KernelPool } from '../dist/kernels/pool.js';
import { median } from './medians.mjs';
import { runSide } from './run-side.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rows: { type: 'string', default: '2000' },
    repetitions: { type: 'string', default: '5' },
  },
});
const rows = Number(options.rows);
const COLUMNS = 30;
const pool = new KernelPool(1);

function forestOf(family, { trees, intercept }) {
  const builder = new ForestBuilder();
  const add = (node) => {
    const known = { cover: node.cover, count: node.cover, hessian: node.cover };
    if (node.value !== undefined) return builder.addLeaf(node.value, known);
    const operator = family === 'lightgbm' ? Operator.LessOrEqual : Operator.Less;
    const threshold = family === 'xgboost' ? Math.fround(node.threshold) : node.threshold;
    const { feature, defaultLeft } = node;
    const missingMode = MissingMode[node.missing];
    const at = builder.addSplit({ feature, operator, threshold, defaultLeft, missingMode }, known);
    const left = add(node.left);
    builder.join(at, left, add(node.right));
    return at;
  };
  for (const tree of trees) {
    builder.beginTree();
    add(tree);
  }
  const inputs = Array.from({ length: COLUMNS }, (_, c) => ({ name: `x${c}`, kind: 'numeric' }));
  return builder.finish({ family, inputs, intercept });
}

/** Median CPU microseconds a row. */
function timed(explain) {
  explain();
  const times = Array.from({ length: Number(options.repetitions) }, () => {
    const start = process.cpuUsage();
    explain();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / rows;
  });
  return median(times);
}

for (const family of ['lightgbm', 'xgboost']) {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-shap-'));
  try {
    const repetitions = Number(options.repetitions);
    const { seconds } = runSide('./peers/shap.py', { folder, family, rows, repetitions }, options.python);
    const numbers = (name) => new Float64Array(new Uint8Array(readFileSync(join(folder, name))).buffer);
    const cells = numbers('cells.f64');
    const expected = numbers('contributions.f64');
    const forest = forestOf(family, JSON.parse(readFileSync(join(folder, 'trees.json'), 'utf8')));
    const columns = forest.inputs.map((input, c) => ({
      ...input,
      values: Float64Array.from({ length: rows }, (_, row) => cells[row * COLUMNS + c]),
    }));
    const matrix = { rows, columns };
    const { base, values } = treeShap(forest, matrix, { pool });
    let worst = 0;
    for (let row = 0; row < rows; row++)
      for (let c = 0; c <= COLUMNS; c++) {
        const found = c === COLUMNS ? base : values[row * COLUMNS + c];
        worst = Math.max(worst, Math.abs(found - expected[row * (COLUMNS + 1) + c]));
      }
    // XGBoost's are sums of 100 single-precision numbers.
    if (!(worst < (family === 'xgboost' ? 2e-5 : 1e-10))) throw new Error(`${family}: values differ by ${worst}`);
    const theirs = (median(seconds) / rows) * 1e6;
    const ours = timed(() => treeShap(forest, matrix, { pool }));
    const pairs = timed(() => treeShapInteractions(forest, matrix, { pool }));
    const figures = `${ours.toFixed(1)} µs a row, ${family} ${theirs.toFixed(1)}`;
    console.log(
      `${family}: ${(ours / theirs).toFixed(3)} of the original's time (${figures}; pairs ${pairs.toFixed(1)})`,
    );
    console.log(`  largest difference ${worst.toExponential(1)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
await pool.close();

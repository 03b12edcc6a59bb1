/**
 * Prediction by ecomml's kernels and by onnxruntime-node, on one thread, with trees of an original library. Argument: a
 * job as JSON {folder, models, repetitions, batches, onnx}. Prints seconds (wall, CPU) by side and batch size, and the
 * largest differences from the original's raw scores. Our rows are columns of doubles, onnxruntime's are row after row.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ForestScorer } from '../dist/forest/forest-scorer.js';
import { loadKernels } from '../dist/kernels/loader.js';
import { KernelMemory } from '../dist/kernels/memory.js';
import { readTable } from './generated-table.mjs';
import { peerForest } from './peer-forest.mjs';

const { folder, models, repetitions, batches, onnx } = JSON.parse(process.argv[2]);
const { matrix } = readTable(folder, 'test');
const forest = peerForest(join(models, 'trees.json'), matrix.columns);
const bytes = readFileSync(join(models, 'raw.f64'));
const expected = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const sides = { ours: ours() };
if (onnx) sides.onnxruntime = await onnxruntime();
const differences = {};
const seconds = {};
for (const [side, predict] of Object.entries(sides)) {
  differences[side] = (await predict(0, matrix.rows)).reduce(
    (most, raw, row) => Math.max(most, Math.abs(raw - expected[row])),
    0,
  );
  seconds[side] = {};
  for (const batch of batches) seconds[side][batch] = await timed(predict, batch);
}
console.log(
  JSON.stringify({
    rows: matrix.rows,
    trees: forest.treeWeight.length,
    nodes: forest.feature.length,
    differences,
    seconds,
  }),
);

function ours() {
  const memory = new KernelMemory();
  const scorer = new ForestScorer(forest, memory, loadKernels(memory.memory));
  return (from, to) => scorer.rawScores(matrix, from, to);
}

async function onnxruntime() {
  const { exportForest, RAW_SCORE } = await import('../dist/onnx/export-onnx.js');
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(exportForest({ name: 'peer', forest }).bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const width = matrix.columns.length;
  const rows = new Float64Array(matrix.rows * width);
  matrix.columns.forEach(({ values }, c) => {
    for (let row = 0; row < matrix.rows; row++) rows[row * width + c] = values[row];
  });
  return async (from, to) => {
    const features = new Tensor('float64', rows.subarray(from * width, to * width), [to - from, width]);
    return (await session.run({ features }, [RAW_SCORE]))[RAW_SCORE].data;
  };
}

async function timed(predict, batch) {
  const runs = [];
  for (let i = 0; i < repetitions; i++) {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    for (let from = 0; from < matrix.rows; from += batch) await predict(from, Math.min(matrix.rows, from + batch));
    const { user, system } = process.cpuUsage(cpu);
    runs.push({ wall: (performance.now() - wall) / 1000, cpu: (user + system) / 1e6 });
  }
  return runs;
}

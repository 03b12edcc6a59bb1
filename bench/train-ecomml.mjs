/**
 * One training by ecomml, in a process of its own. Argument: a job as JSON {folder, family, parameters, threads,
 * seed, predictions}; prints what the process had used after start-up, reading and training, as JSON, and writes the test
 * rows' probabilities (float64) to `predictions` once the figures are taken.
 */
import { writeFileSync } from 'node:fs';
import { readTable } from './generated-table.mjs';
import { processFigures } from './process-figures.mjs';

const { folder, family, parameters, threads, seed, predictions } = JSON.parse(process.argv[2]);
const { KernelPool } = await import('../dist/kernels/pool.js');
const { familyParameters, loadTrainer } = await import('../dist/trees/families.js');
const trainer = await loadTrainer(family);
const started = processFigures();
const train = readTable(folder, 'train');
const read = processFigures();
const pool = new KernelPool(threads);
const { forest } = trainer({
  train,
  hasTime: false,
  parameters: familyParameters(family, parameters),
  earlyStoppingRounds: 0,
  seed,
  pool,
});
const trained = processFigures();
console.log(JSON.stringify({ started, read, trained, trees: forest.treeWeight.length }));
await pool.close();
if (predictions !== undefined) {
  const { predictProbability } = await import('../dist/forest/predict.js');
  writeFileSync(predictions, predictProbability(forest, readTable(folder, 'test').matrix));
}

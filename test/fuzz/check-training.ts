/** What must hold of any training: the model is sound, repeatable, the same by every way it is computed, or refused in words. */
import { expect } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { checkForest } from '#ecomml/forest/check-forest.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { forestFromBytes } from '#ecomml/forest/load-forest.js';
import { predictRaw } from '#ecomml/forest/predict.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { walkRaw, walkTree } from '#ecomml/forest/walk.js';
import type { KernelPool } from '#ecomml/kernels/pool.js';
import type { FamilyTrainer, LabelledMatrix, TrainedModel, TrainingJob } from '#ecomml/trees/family.js';

/** A refusal in words: never an engine's own error, never an empty sentence. */
export type Outcome = TrainedModel | EcommlError;

function outcome(trainer: FamilyTrainer, job: TrainingJob): Outcome {
  const before = job.pool.memory.used;
  try {
    return trainer(job);
  } catch (error) {
    if (error instanceof EcommlError && !/^(KERNEL_|OUT_OF_MEMORY|BAD_KERNELS)/.test(error.code)) return error;
    throw error;
  } finally {
    expect(job.pool.memory.used, 'kernel memory is given back').toBe(before);
  }
}

/** Trains on every pool and checks what comes out; true when a model did, false when the job was refused. */
export function checkTraining(
  trainer: FamilyTrainer,
  job: Omit<TrainingJob, 'pool'>,
  pools: readonly KernelPool[],
  others: LabelledMatrix,
): boolean {
  const [first, ...again] = pools.map((pool) => outcome(trainer, { ...job, pool }));
  if (first instanceof EcommlError) {
    for (const other of again) expect((other as EcommlError).message).toBe(first.message);
    expect(first.message).toMatch(/^[A-Za-z].{10,}\.$/s);
    return false;
  }
  const bytes = forestBytes(first.forest);
  for (const other of again) {
    expect(other, 'another pool refused what the first trained on').not.toBeInstanceOf(EcommlError);
    const { forest, history, bestIteration } = other as TrainedModel;
    expect(Buffer.compare(forestBytes(forest), bytes), 'the same bytes on every pool').toBe(0);
    expect(history).toEqual(first.history);
    expect(bestIteration).toBe(first.bestIteration);
  }
  checkModel(first, job);
  checkReached(first.forest, job.train);
  checkScores(first.forest, bytes, [job.train, ...(job.valid === undefined ? [] : [job.valid]), others]);
  return true;
}

function checkModel({ forest, history, bestIteration }: TrainedModel, job: Omit<TrainingJob, 'pool'>): void {
  checkForest(forest);
  for (const name of ['cover', 'count', 'hessian', 'gain'] as const)
    for (const value of forest[name]) if (!Number.isFinite(value)) expect(`${name} ${value}`).toBe('a finite number');
  expect(forest.treeWeight.length).toBeGreaterThanOrEqual(bestIteration === 0 ? 0 : 1);
  // A random forest's history is of out-of-bag votes: NaN before each row was left out once, or without them.
  if (forest.family !== 'random-forest') for (const loss of history.train) expect(loss).not.toBeNaN();
  if (job.valid !== undefined) for (const loss of history.valid ?? []) expect(loss).not.toBeNaN();
}

/**
 * Rows go where training put them: a leaf is reached by no fewer training rows than it was grown on (by more where trees
 * are grown on samples). A column of target statistics has other values in training, so such trees are left out.
 */
function checkReached(forest: Forest, { matrix }: LabelledMatrix): void {
  if (forest.targetStatistics.length > 0) return;
  const reached = new Float64Array(forest.feature.length);
  const row = new Float64Array(matrix.columns.length);
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < row.length; c++) row[c] = matrix.columns[c].values[r];
    for (let tree = 0; tree < forest.treeWeight.length; tree++) reached[walkTree(forest, tree, row)]++;
  }
  for (let node = 0; node < reached.length; node++)
    if (forest.feature[node] < 0 && forest.count[node] > reached[node])
      expect(`leaf ${node} of ${forest.count[node]} rows`).toBe(`reached by ${reached[node]}`);
}

/** The kernels score as the definition does, before and after saving, and give probabilities. */
function checkScores(forest: Forest, bytes: Uint8Array, parts: readonly LabelledMatrix[]): void {
  const loaded = forestFromBytes(bytes, 'the saved forest');
  for (const { matrix } of parts) {
    const raw = predictRaw(forest, matrix);
    for (const score of raw) if (!Number.isFinite(score)) expect(`raw score ${score}`).toBe('a finite number');
    expect(sameBits(raw, walkRaw(forest, matrix)), 'kernel scores = the walk').toBe(true);
    expect(sameBits(raw, predictRaw(loaded, matrix)), 'saved and loaded scores').toBe(true);
    if (forest.link === 'identity')
      for (const p of raw) if (!(p >= 0 && p <= 1)) expect(`probability ${p}`).toBe('within 0 and 1');
  }
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

/** Refuses training data that no family can learn from, before any memory is taken. */
import { inputRejected } from '../base/errors.js';
import { checkContinued } from './continued.js';
import type { Family, LabelledMatrix, TrainingJob } from './family.js';

/** Throws `BAD_TRAINING_DATA` naming the part, the row and the value; `CANNOT_CONTINUE` where a continued model does not fit. */
export function checkJob(job: TrainingJob, family: Family): void {
  checkPart('training', job.train);
  checkContinued(job, family);
  if (job.valid === undefined) return;
  checkPart('validation', job.valid);
  if (job.valid.matrix.columns.length !== job.train.matrix.columns.length)
    throw refuse(
      `The validation rows have ${job.valid.matrix.columns.length} columns, the training rows ${job.train.matrix.columns.length}.`,
    );
}

function checkPart(part: string, { matrix, label, weight }: LabelledMatrix): void {
  const { rows } = matrix;
  if (rows === 0) throw refuse(`There are no ${part} rows.`);
  for (const column of matrix.columns)
    if (column.values.length !== rows)
      throw refuse(`Column "${column.name}" has ${column.values.length} ${part} cells, not ${rows}.`);
  if (label.length !== rows) throw refuse(`There are ${label.length} ${part} labels for ${rows} rows.`);
  const wrong = label.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0) throw refuse(`The label of ${part} row ${wrong} is ${label[wrong]}, but must be 0 or 1.`);
  if (weight === undefined) return;
  if (weight.length !== rows) throw refuse(`There are ${weight.length} ${part} weights for ${rows} rows.`);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const value = weight[row];
    if (!(value >= 0 && value <= 3e38))
      throw refuse(`The weight of ${part} row ${row} is ${value}, but must be a number of at least 0.`);
    total += value;
  }
  if (total === 0) throw refuse(`All ${part} weights are 0.`);
}

function refuse(message: string): Error {
  return inputRejected('BAD_TRAINING_DATA', message);
}

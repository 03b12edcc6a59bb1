/** Refuses training data that no family can learn from, before any memory is taken. */
import { inputRejected } from '../base/errors.js';
import type { Matrix } from '../table/matrix.js';
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

/** Weights are kept in single precision, as the originals keep them. */
const MOST_WEIGHT = 3e38;

/** What `checkJob` asks of one part. */
export function checkPart(part: string, { matrix, label, weight }: LabelledMatrix): void {
  const { rows } = matrix;
  if (rows === 0) throw refuse(`There are no ${part} rows.`);
  checkColumns(part, matrix);
  if (label.length !== rows) throw refuse(`There are ${label.length} ${part} labels for ${rows} rows.`);
  const wrong = label.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0) throw refuse(`The label of ${part} row ${wrong} is ${label[wrong]}, but must be 0 or 1.`);
  if (weight === undefined) return;
  if (weight.length !== rows) throw refuse(`There are ${weight.length} ${part} weights for ${rows} rows.`);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const value = weight[row];
    if (!(value >= 0 && value <= MOST_WEIGHT))
      throw refuse(`The weight of ${part} row ${row} is ${value}, but must be a number from 0 to ${MOST_WEIGHT}.`);
    total += Math.fround(value);
  }
  if (total === 0) throw refuse(`All ${part} weights are 0, or less than single precision tells from 0 (1e-45).`);
}

/** Dictionaries of more categories are refused: identifiers by mistake, and tables by code would fill the memory. */
const MAX_CATEGORIES = 2 ** 24;

/**
 * Throws `BAD_TRAINING_DATA` where a column is not as long as the rows, a dictionary is too long, or a category is no code
 * of it, −1 (unseen) or NaN (missing).
 */
export function checkColumns(part: string, { rows, columns }: Matrix): void {
  for (const { name, kind, values, categories } of columns) {
    if (values.length !== rows) throw refuse(`Column "${name}" has ${values.length} ${part} cells, not ${rows}.`);
    if (kind !== 'categorical') continue;
    const count = categories?.length ?? MAX_CATEGORIES;
    if (count > MAX_CATEGORIES)
      throw refuse(`Column "${name}" has ${count} categories; at most ${MAX_CATEGORIES} can be learned from.`);
    for (let row = 0; row < values.length; row++) {
      const code = values[row];
      if (Number.isNaN(code) || (Number.isInteger(code) && code >= -1 && code < count)) continue;
      const codes = count === 0 ? 'there are no codes' : `codes are whole numbers from 0 to ${count - 1}`;
      throw refuse(
        `Column "${name}" holds the category code ${code} in ${part} row ${row}, but ${codes}; -1 is unseen.`,
      );
    }
  }
}

function refuse(message: string): Error {
  return inputRejected('BAD_TRAINING_DATA', message);
}

/** Holds a matrix's columns against those a forest was trained on. */
import { EcommlError } from '../base/errors.js';
import type { Matrix } from '../table/matrix.js';
import type { Forest } from './forest.js';

/** Throws `WRONG_COLUMNS` when the names, or their order, are others. */
export function checkColumns(forest: Forest, matrix: Matrix): void {
  const expected = forest.inputs.map((input) => input.name);
  const found = matrix.columns.map((column) => column.name);
  if (expected.length === found.length && expected.every((name, c) => name === found[c])) return;
  const wrong = expected.findIndex((name, c) => name !== found[c]);
  const what =
    wrong < 0 ? `${found.length} columns` : `"${found[wrong] ?? 'nothing'}" as column ${wrong + 1} of ${found.length}`;
  throw new EcommlError(
    'WRONG_COLUMNS',
    `The ${forest.family} model expects ${expected.length} columns${wrong < 0 ? '' : `, "${expected[wrong]}" as column ${wrong + 1}`}; the matrix has ${what}.`,
    { hint: 'Score with the features the model was trained on (the same bundle).' },
  );
}

/**
 * Friedman's H² of two features (Friedman and Popescu 2008, equation 44): the share of their joint partial dependence
 * that is not the sum of their own, over the background rows. Costs rows² predictions a pair and rows² a feature.
 */
import { type Matrix, sharedValues } from '../table/matrix.js';
import { type Predict, withColumn } from './partial-dependence.js';

/** H² of each pair of column indices, from 0; where own effects cancel in the joint one it can pass 1, and is cut there. Null where the joint effect is nothing but rounding. */
export function friedmanH(
  predict: Predict,
  background: Matrix,
  pairs: readonly (readonly [number, number])[],
): (number | null)[] {
  const single = new Map<number, Float64Array>();
  const one = (column: number): Float64Array => {
    const known = single.get(column) ?? centred(dependenceAt(predict, background, [column]));
    single.set(column, known);
    return known;
  };
  return pairs.map(([a, b]) => {
    const both = centred(dependenceAt(predict, background, [a, b]));
    const [first, second] = [one(a), one(b)];
    let [apart, whole] = [0, 0];
    both.forEach((value, row) => {
      apart += (value - first[row] - second[row]) ** 2;
      whole += value * value;
    });
    return whole / Math.max(1, both.length) < 1e-20 ? null : Math.min(1, apart / whole);
  });
}

/** For each row: the mean answer over all rows with these columns set to that row's cells. Rows are scored in one matrix of rows². */
function dependenceAt(predict: Predict, background: Matrix, columns: readonly number[]): Float64Array {
  const { rows } = background;
  const all = {
    rows: rows * rows,
    columns: background.columns.map((column) => {
      const values = sharedValues(rows * rows);
      for (let i = 0; i < rows; i++) values.set(column.values, i * rows);
      return { ...column, values };
    }),
  };
  let matrix: Matrix = all;
  for (const column of columns) {
    const values = sharedValues(rows * rows);
    for (let i = 0; i < rows; i++) values.fill(background.columns[column].values[i], i * rows, (i + 1) * rows);
    matrix = withColumn(matrix, column, values);
  }
  const answers = predict(matrix);
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let k = i * rows; k < (i + 1) * rows; k++) sum += answers[k];
    return sum / rows;
  });
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

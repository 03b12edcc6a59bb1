/**
 * Permutation importance: how much worse the log loss gets when one column's cells are shuffled among the rows
 * (Breiman 2001; Fisher, Rudin and Dominici 2019). It judges a model on rows, so give it rows that no training saw.
 */
import { meanLogLoss } from '../base/log-loss.js';
import { Random } from '../base/random.js';
import { type Matrix, sharedValues } from '../table/matrix.js';

export interface PermutationImportance {
  readonly feature: string;
  /** Mean rise of the log loss over the shuffles, in nats; about 0, of either sign, for a column the model does not need. */
  readonly log_loss_rise: number;
  /** Standard deviation over the shuffles. */
  readonly spread: number;
}

export interface PermutationJob {
  readonly matrix: Matrix;
  readonly label: Float64Array;
  readonly weight?: Float64Array;
  /** One probability a row of a matrix with the same columns. */
  readonly predict: (matrix: Matrix) => Float64Array;
  readonly seed: number;
  /** Shuffles a column; 3 by default. */
  readonly repeats?: number;
  /** Columns to judge, by name; all by default. */
  readonly features?: readonly string[];
  readonly onFeature?: (done: number, total: number) => void;
}

/** Costs columns × repeats predictions of all rows. In the order of `features`. */
export function permutationImportance(job: PermutationJob): PermutationImportance[] {
  const { matrix, label, weight, predict, seed, repeats = 3, onFeature } = job;
  const features = job.features ?? matrix.columns.map((column) => column.name);
  const base = meanLogLoss(predict(matrix), label, weight);
  return features.map((feature, done) => {
    const at = matrix.columns.findIndex((column) => column.name === feature);
    if (at < 0) throw new RangeError(`the matrix has no column "${feature}"`);
    const rises: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const values = sharedValues(matrix.rows);
      values.set(matrix.columns[at].values);
      new Random(seed, at * repeats + repeat).shuffle(values);
      const columns = matrix.columns.with(at, { ...matrix.columns[at], values });
      rises.push(meanLogLoss(predict({ rows: matrix.rows, columns }), label, weight) - base);
    }
    onFeature?.(done + 1, features.length);
    const mean = rises.reduce((sum, rise) => sum + rise, 0) / repeats;
    const square = rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0);
    return { feature, log_loss_rise: mean, spread: repeats > 1 ? Math.sqrt(square / (repeats - 1)) : 0 };
  });
}

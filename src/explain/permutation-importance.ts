/**
 * Permutation importance: how much worse the log loss gets when one column's cells are shuffled among the rows
 * (Breiman 2001; Fisher, Rudin and Dominici 2019). It judges a model on rows, so give it rows that no training saw.
 */
import { type Interval, Z_95 } from '../base/interval.js';
import { rowLogLoss } from '../base/log-loss.js';
import { Random } from '../base/random.js';
import { type Matrix, sharedValues } from '../table/matrix.js';
import { clusteredMean } from './clustered-mean.js';

export interface PermutationImportance {
  readonly feature: string;
  /** Mean rise of the log loss over the shuffles, in nats; about 0, of either sign, for a column the model does not need. */
  readonly log_loss_rise: number;
  /** Standard deviation over the shuffles. */
  readonly spread: number;
  /** 95%: what other shuffles, and other rows (sessions) like these, would give. */
  readonly interval: Interval;
}

export interface PermutationJob {
  readonly matrix: Matrix;
  readonly label: Float64Array;
  readonly weight?: Float64Array;
  /** Rows of one session share a number: they are no independent evidence. */
  readonly unit?: ArrayLike<number>;
  /** One probability a row of a matrix with the same columns. */
  readonly predict: (matrix: Matrix) => Float64Array;
  readonly seed: number;
  /** Shuffles a column; 3 by default. */
  readonly repeats?: number;
  /** Columns to judge, by name; all by default. */
  readonly features?: readonly string[];
  readonly onFeature?: (done: number, total: number) => void;
}

/**
 * Costs columns × repeats predictions of all rows. In the order of `features`. The interval is mean ± 1.96 · √(a² + b²): a, the
 * standard error over rows of each row's mean rise; b, the standard error over the shuffles' means.
 */
export function permutationImportance(job: PermutationJob): PermutationImportance[] {
  const { matrix, seed, repeats = 3, onFeature } = job;
  const features = job.features ?? matrix.columns.map((column) => column.name);
  const share = rowShares(job);
  const losses = (answers: Float64Array) => answers.map((p, row) => share[row] * rowLogLoss(p, job.label[row]));
  const base = losses(job.predict(matrix));
  return features.map((feature, done) => {
    const at = matrix.columns.findIndex((column) => column.name === feature);
    if (at < 0) throw new RangeError(`the matrix has no column "${feature}"`);
    const rises: number[] = [];
    const rowRise = new Float64Array(matrix.rows);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const values = sharedValues(matrix.rows);
      values.set(matrix.columns[at].values);
      new Random(seed, at * repeats + repeat).shuffle(values);
      const columns = matrix.columns.with(at, { ...matrix.columns[at], values });
      const shuffled = losses(job.predict({ rows: matrix.rows, columns }));
      let rise = 0;
      for (let row = 0; row < rowRise.length; row++) {
        const own = shuffled[row] - base[row];
        rise += own / rowRise.length;
        rowRise[row] += own / repeats;
      }
      rises.push(rise);
    }
    onFeature?.(done + 1, features.length);
    const mean = rises.reduce((sum, rise) => sum + rise, 0) / repeats;
    const square = rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0);
    const spread = repeats > 1 ? Math.sqrt(square / (repeats - 1)) : 0;
    const overRows = clusteredMean(rowRise, job.unit).standardError || 0;
    const half = Z_95 * Math.hypot(overRows, spread / Math.sqrt(repeats));
    return { feature, log_loss_rise: mean, spread, interval: [mean - half, mean + half] };
  });
}

/** Weights with the mean 1. */
function rowShares({ matrix, weight }: PermutationJob): Float64Array {
  if (weight === undefined) return new Float64Array(matrix.rows).fill(1);
  const total = weight.reduce((sum, w) => sum + w, 0);
  return weight.map((w) => (w * matrix.rows) / total);
}

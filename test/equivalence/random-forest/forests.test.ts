import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { predictProbability } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { auc } from '#ecomml/metrics/auc.js';
import { logLoss } from '#ecomml/metrics/proper-scores.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { train } from '../../trees/random-forest-material.js';
import { hasTable, loadTable } from '../tables.js';
import { withHoles } from './original-input.js';

interface Run {
  readonly auc: number;
  readonly log_loss: number;
  readonly unclipped_log_loss: number;
  /** Mean probability of the test rows. */
  readonly mean: number;
  readonly oob_accuracy?: number;
  readonly oob_log_loss?: number;
  /** Nodes a tree. */
  readonly nodes: number;
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/forests.json', import.meta.url), 'utf8')) as {
  clip: number;
  forests: Record<string, { parameters: Record<string, string | number | boolean>; runs: Run[] }>;
};

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}
const { forests: means } = JSON.parse(readFileSync(new URL('./goldens/means.json', import.meta.url), 'utf8')) as {
  forests: Record<string, { seeds: number; auc: Spread; log_loss: Spread }>;
};

const long = process.env['ECOMML_LONG_TESTS'] !== undefined;
/** Forests of ours a table; two of a large table say as much as three of a small one. */
const seedsFor = (rows: number) => (long ? 10 : rows > 10_000 ? 2 : 3);
const pool = new KernelPool(2);
afterAll(() => pool.close());

function clipped(probability: Float64Array, label: Float64Array, clip: number): number {
  const known = [...probability.keys()].filter((row) => !Number.isNaN(probability[row]));
  return logLoss({
    probability: Float64Array.from(known, (row) => Math.min(Math.max(probability[row], clip), 1 - clip)),
    label: Float64Array.from(known, (row) => label[row]),
  });
}

/** Share of the rows with a vote that lie on the right side of one half; a tie counts as class 0. */
function accuracy(probability: Float64Array, label: Float64Array, weight?: Float64Array): number {
  let right = 0;
  let all = 0;
  for (const [row, p] of probability.entries()) {
    if (Number.isNaN(p)) continue;
    const w = weight?.[row] ?? 1;
    all += w;
    if (p > 0.5 === (label[row] === 1)) right += w;
  }
  return right / all;
}

function run(
  rows: LabelledMatrix,
  test: LabelledMatrix,
  parameters: Record<string, string | number | boolean>,
  seed: number,
): Run {
  const { forest, outOfBag } = train(pool, rows, parameters, { seed });
  const probability = predictProbability(forest, test.matrix);
  const bagged = parameters['bootstrap'] ?? parameters['splitter'] !== 'random';
  if ((outOfBag !== undefined) !== bagged) throw new Error('out-of-bag score');
  // scikit-learn's score counts each row once, whatever the weights it was grown with; ours counts the weights.
  if (outOfBag !== undefined)
    expect(outOfBag.accuracy).toBeCloseTo(accuracy(outOfBag.probability, rows.label, rows.weight), 12);
  return {
    auc: auc({ probability, label: test.label }) ?? Number.NaN,
    log_loss: clipped(probability, test.label, goldens.clip),
    unclipped_log_loss: clipped(probability, test.label, 1e-15),
    mean: probability.reduce((sum, p) => sum + p, 0) / probability.length,
    ...(outOfBag === undefined
      ? {}
      : {
          oob_accuracy: accuracy(outOfBag.probability, rows.label),
          oob_log_loss: clipped(outOfBag.probability, rows.label, goldens.clip),
        }),
    nodes: forest.feature.length / forest.treeWeight.length,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const squares = values.map((value) => (value - mean(values)) ** 2);
  return Math.sqrt((mean(squares) * squares.length) / (squares.length - 1));
}

/** The same of a mean of `seeds` that scatter by `theirs`. */
function closeError(found: readonly number[], theirs: number, seeds: number): number {
  const squares = (found.length - 1) * deviation(found) ** 2 + (seeds - 1) * theirs ** 2;
  return Math.sqrt((squares / (found.length + seeds - 2)) * (1 / found.length + 1 / seeds));
}

/** Standard error of the difference of two means, the variance pooled from both samples. */
function standardError(found: readonly number[], expected: readonly number[]): number {
  const squares = [found, expected].flatMap((values) => values.map((value) => (value - mean(values)) ** 2));
  const pooled = (mean(squares) * squares.length) / (squares.length - 2);
  return Math.sqrt(pooled * (1 / found.length + 1 / expected.length));
}

/**
 * Both libraries draw at random, so their means over seeds differ by chance. Four standard errors of that, because some
 * eighty figures are held to it and the error itself is known to a fifth (two or three seeds here, ten or twenty of
 * scikit-learn's). Beside that, AUC must lie within 0.005 and log loss within 2%.
 */
const STANDARD_ERRORS = 4;
/**
 * Ten seeds of four larger tables, forests and extra-trees, are held closer: the mean AUC within two standard errors of the
 * original's, the log loss within 0.5%. Where ten seeds of the original had left it open (extra-trees on credit-default were
 * 2.4 standard errors off, eleven seeds against sixty are 0.6) its mean is over sixty, in means.json. That nothing but
 * chance is left between the two is shown by drawn.test.ts.
 */
const TWO = 2;
const LARGE = ['adult', 'online-shoppers', 'credit-default', 'higgs'];

describe('forests are as good as scikit-learn’s, over seeds', () => {
  for (const [name, { parameters, runs }] of Object.entries(goldens.forests)) {
    const tableName = name.split(/,? /)[0];
    it.skipIf(!hasTable(tableName))(name, { timeout: 600_000 }, () => {
      const table = loadTable(tableName);
      const [rows, test] = name.includes('holes')
        ? [withHoles(table.train), withHoles(table.test)]
        : [table.train, table.test];
      const seeds = seedsFor(rows.matrix.rows);
      const training = name.includes('weighted') ? { ...rows, weight: rows.label.map((_, row) => row % 4) } : rows;
      const ours = Array.from({ length: seeds }, (_, seed) => run(training, test, parameters, seed));
      for (const figure of Object.keys(ours[0]) as (keyof Run)[]) {
        const found = ours.map((one) => one[figure]!);
        const expected = runs.map((one) => one[figure]!);
        const difference = mean(found) - mean(expected);
        const error = standardError(found, expected);
        if (process.env['ECOMML_SHOW_EQUIVALENCE'] !== undefined)
          console.log(name, figure, mean(found), mean(expected), (difference / error).toFixed(2));
        expect(Math.abs(difference), `${figure}: ${mean(found)} for ${mean(expected)}`).toBeLessThanOrEqual(
          STANDARD_ERRORS * error,
        );
        // On the 500 test rows of higgs the error of the means is itself near that.
        if (figure === 'auc') expect(Math.abs(difference)).toBeLessThan(Math.max(0.005, 2 * error));
        if (figure === 'log_loss') expect(Math.abs(difference / mean(expected))).toBeLessThan(0.02);
        if (!long || !LARGE.includes(tableName) || (figure !== 'auc' && figure !== 'log_loss')) continue;
        const known = means[name]?.[figure] ?? { mean: mean(expected), deviation: deviation(expected) };
        const off = Math.abs(mean(found) - known.mean);
        if (figure === 'log_loss') expect(off / known.mean).toBeLessThan(0.005);
        else expect(off / closeError(found, known.deviation, means[name]?.seeds ?? expected.length)).toBeLessThan(TWO);
      }
    });
  }
});

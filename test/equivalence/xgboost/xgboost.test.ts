// XGBoost held against the original: the same cuts, trees, raw scores, AUC and log loss (goldens by make.py).
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Forest } from '#ecomml/forest/forest.js';
import { predictProbability, predictRaw } from '#ecomml/forest/predict.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { auc } from '#ecomml/metrics/auc.js';
import { logLoss } from '#ecomml/metrics/proper-scores.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { trainXgboost } from '#ecomml/trees/xgboost.js';
import { findXgboostFeatures } from '#ecomml/trees/xgboost-features.js';
import { xgboostParameters } from '#ecomml/trees/xgboost-parameters.js';
import { hasTable, loadTable } from '../tables.js';
import { missingTable } from './missing.js';

interface Node {
  readonly value?: number;
  readonly feature: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly gain: number;
  readonly hessian: number;
  /** Categories that go right. */
  readonly set?: readonly number[];
  readonly left: Node;
  readonly right: Node;
}

interface Case {
  readonly table: string;
  /** Rows have the weights that make.py gives them. */
  readonly weighted?: boolean;
  readonly parameters: ParameterValues;
  readonly auc: number;
  readonly logLoss: number;
  readonly raw: readonly number[];
  readonly cuts: readonly (readonly [count: number, sum: number])[];
  /** Factors on the trees' leaf values; absent: 1. */
  readonly treeWeights?: readonly number[];
  readonly trees: readonly Node[];
  readonly leaves: readonly number[];
}

const goldens = JSON.parse(readFileSync(new URL('./goldens/xgboost.json', import.meta.url), 'utf8')) as {
  readonly cases: Readonly<Record<string, Case>>;
};

/** 370,000 rows, minutes on a busy machine; and the second table of a mechanism that a short case shows too. */
const LONG = new Set([
  'kddcup',
  'adult-regularized',
  'adult-leaves',
  'adult-monotone-regularized',
  'adult-subsample',
  'adult-columns',
  'adult-gradient-based',
  'adult-parallel',
  'adult-dart',
  'adult-dart-weighted',
  'adult-dart-forest',
  'higgs-dart-parallel',
]);

const pool = new KernelPool(2);
afterAll(() => pool.close());

describe.each(Object.entries(goldens.cases))('%s', (name, golden) => {
  const generated = golden.table === 'missing';
  const off =
    (!generated && !hasTable(golden.table)) || (LONG.has(name) && process.env['ECOMML_LONG_TESTS'] === undefined);
  it.skipIf(off)('grows the original’s trees', { timeout: 600_000 }, () => {
    const { train: rows, test } = generated ? missingTable() : loadTable(golden.table);
    const weight = golden.weighted ? Float64Array.from(rows.label, (_, row) => (1 + ((row * 7) % 13)) / 4) : undefined;
    const train = weight === undefined ? rows : { ...rows, weight };
    const parameters = resolveParameters('xgboost', xgboostParameters, golden.parameters);
    const { columns } = train.matrix;
    findXgboostFeatures(pool, columns, weight, Number(parameters['max_bin'])).forEach((found, c) => {
      const column = columns[c];
      if (found === undefined || found.categorical) return;
      const [count, sum] = golden.cuts[c];
      // The original counts the value below every cell as a cut.
      expect(found.valueBins + 1, `${column.name}: cuts`).toBe(count);
      const cuts = found.after.reduce((total, border) => total + Math.fround(border), Math.fround(found.before));
      // Only the order of the additions differs.
      expect(Math.abs(cuts - sum), `${column.name}: sum of the cuts`).toBeLessThanOrEqual(1e-9 * Math.abs(sum));
    });
    const { forest } = trainXgboost({ train, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool });
    expect(leavesOf(forest)).toEqual(golden.leaves);
    golden.trees.forEach((tree, t) => {
      sameTree(forest, forest.treeStart[t], tree, golden.treeWeights?.[t] ?? 1, `tree ${t}, `);
    });
    const probability = predictProbability(forest, test.matrix);
    const judged = { label: test.label, score: probability, probability };
    // The original's probabilities are in single precision: they make ties, and round what is near 0 or 1.
    expect(Math.abs(auc(judged)! - golden.auc)).toBeLessThan(1e-6);
    expect(Math.abs(logLoss(judged)! / golden.logLoss - 1)).toBeLessThan(1e-5);
    const raw = predictRaw(forest, test.matrix);
    const step = Math.max(1, Math.floor(raw.length / 200));
    // The original adds its 100 leaves in single precision: up to 100 roundings of scores below 16, 1e-6 each.
    golden.raw.forEach((score, i) => {
      expect(Math.abs(raw[i * step] - score)).toBeLessThan(1e-4);
    });
  });
});

function leavesOf(forest: Forest): number[] {
  return Array.from({ length: forest.treeWeight.length }, (_, t) => {
    const nodes = forest.feature.subarray(forest.treeStart[t], forest.treeStart[t + 1]);
    return nodes.filter((feature) => feature < 0).length;
  });
}

function sameTree(forest: Forest, node: number, golden: Node, weight: number, path: string): void {
  // Nine digits of a single precision number are printed; sums of gradients are exact here and rounded there.
  const close = (found: number, expected: number, what: string) =>
    expect(Math.abs(found - expected), `${path}: ${what}`).toBeLessThan(1e-6 + 1e-5 * Math.abs(expected));
  if (golden.value !== undefined) {
    expect(forest.feature[node], `${path}: a leaf`).toBe(-1);
    expect(Math.abs(forest.value[node] - golden.value * weight), `${path}: value`).toBeLessThan(1e-6);
    close(forest.hessian[node], golden.hessian, 'hessian');
    return;
  }
  expect(forest.feature[node], `${path}: feature`).toBe(golden.feature);
  close(forest.hessian[node], golden.hessian, 'hessian');
  // A gain is what is left of two squares after their parent's: its error is that of the larger terms.
  expect(Math.abs(forest.gain[node] - golden.gain), `${path}: gain`).toBeLessThan(1e-3 + 1e-4 * golden.gain);
  const direction = forest.defaultLeft[node] === 1;
  expect(golden.set === undefined ? direction : !direction, `${path}: missing goes left`).toBe(golden.defaultLeft);
  if (golden.set === undefined) {
    expect(Math.fround(forest.threshold[node]) + 0, `${path}: threshold`).toBe(Math.fround(golden.threshold));
    sameTree(forest, forest.left[node], golden.left, weight, `${path}L`);
    sameTree(forest, forest.right[node], golden.right, weight, `${path}R`);
    return;
  }
  const words = forest.setWords.subarray(forest.setStart[node], forest.setStart[node] + forest.setLength[node]);
  const found = Array.from({ length: words.length * 32 }, (_, c) => c).filter((c) => (words[c >> 5] >>> (c & 31)) & 1);
  expect(found, `${path}: categories`).toEqual([...golden.set].sort((a, b) => a - b));
  // The original's set goes right; a Forest's goes left.
  sameTree(forest, forest.right[node], golden.left, weight, `${path}L`);
  sameTree(forest, forest.left[node], golden.right, weight, `${path}R`);
}

/** The memory said beforehand against the memory taken: the kernels' memory never shrinks, so its size is the peak. */
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { Family } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { sharedValues } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { estimateMemory } from '#ecomml/trees/memory-estimate.js';
import type { ParameterValues } from '#ecomml/trees/parameters.js';

interface Shape {
  readonly rows: number;
  readonly numeric: number;
  /** Sizes of the dictionaries. */
  readonly categories?: readonly number[];
  readonly weighted?: boolean;
  /** Every fifth cell is missing. */
  readonly missing?: boolean;
  /** Columns more, of which a row has one: they share columns of bins. */
  readonly sparse?: number;
}

/** Every fourth numeric column has twenty values, the others all different ones. */
function table(
  seed: number,
  { rows, numeric, categories = [], weighted = false, missing = false, sparse = 0 }: Shape,
): LabelledMatrix {
  const random = new Random(seed);
  const fill = (cell: () => number) => {
    const values = sharedValues(rows);
    for (let row = 0; row < rows; row++) values[row] = cell();
    return values;
  };
  const numbers = Array.from({ length: numeric }, (_, c) => ({
    name: `x${c}`,
    kind: 'numeric' as const,
    values: fill(() => (c % 4 === 3 ? random.below(20) : random.next())),
  }));
  const texts = categories.map((size, c) => ({
    name: `c${c}`,
    kind: 'categorical' as const,
    values: fill(() => Math.floor(size * random.next() ** 2)),
    categories: Array.from({ length: size }, (_, code) => String(code)),
  }));
  const exclusive = Array.from({ length: sparse }, (_, c) => ({
    name: `s${c}`,
    kind: 'numeric' as const,
    values: sharedValues(rows).map((_cell, row) => (row % sparse === c ? 1 + random.below(3) : 0)),
  }));
  const chances = numbers[0].values.map((x) => 0.25 + x / 2);
  if (missing) for (const { values } of numbers) for (let row = 0; row < rows; row += 5) values[row] = Number.NaN;
  // Never certain, so that trees grow to their limits.
  const chance = (row: number) => chances[row];
  const label = Float64Array.from({ length: rows }, (_, row) => (random.next() < chance(row) ? 1 : 0));
  const weight = Float64Array.from({ length: rows }, () => random.next());
  return { matrix: { rows, columns: [...numbers, ...texts, ...exclusive] }, label, ...(weighted ? { weight } : {}) };
}

const CASES: readonly [Family, ParameterValues, Shape][] = [
  ['lightgbm', { num_iterations: 2 }, { rows: 40_000, numeric: 20 }],
  ['lightgbm', { num_iterations: 2, num_leaves: 63 }, { rows: 40_000, numeric: 40, categories: [300, 5000] }],
  [
    'lightgbm',
    { num_iterations: 2, bagging_freq: 1, bagging_fraction: 0.5 },
    { rows: 60_000, numeric: 10, weighted: true },
  ],
  [
    'lightgbm',
    { num_iterations: 2, num_leaves: 127, use_quantized_grad: true },
    { rows: 40_000, numeric: 40, categories: [300], missing: true },
  ],
  ['lightgbm', { num_iterations: 2, num_leaves: 7 }, { rows: 40_000, numeric: 4, sparse: 80 }],
  ['lightgbm', { num_iterations: 2, enable_bundle: false, num_leaves: 7 }, { rows: 40_000, numeric: 4, sparse: 80 }],
  ['xgboost', { n_estimators: 2 }, { rows: 40_000, numeric: 20 }],
  ['xgboost', { n_estimators: 2, max_depth: 8 }, { rows: 40_000, numeric: 40, categories: [300] }],
  ['xgboost', { n_estimators: 2, subsample: 0.5 }, { rows: 60_000, numeric: 10, weighted: true }],
  ['xgboost', { n_estimators: 2 }, { rows: 60_000, numeric: 40, missing: true }],
  ['catboost', { iterations: 2 }, { rows: 40_000, numeric: 20 }],
  ['catboost', { iterations: 2, depth: 8 }, { rows: 60_000, numeric: 10, weighted: true }],
  ['catboost', { iterations: 12 }, { rows: 20_000, numeric: 8, categories: [50, 300, 900] }],
  ['catboost', { iterations: 3, boosting_type: 'Ordered' }, { rows: 15_000, numeric: 8, categories: [50, 300] }],
  ['random-forest', { n_estimators: 2 }, { rows: 40_000, numeric: 20 }],
  ['random-forest', { n_estimators: 2, min_samples_leaf: 20 }, { rows: 70_000, numeric: 6, categories: [300] }],
  [
    'random-forest',
    { n_estimators: 2, splitter: 'random', max_depth: 10 },
    { rows: 40_000, numeric: 8, weighted: true },
  ],
];

describe('the estimate of the shared memory is within a quarter of what is taken', () => {
  it.each(CASES)('%s %o %o', async (family, given, shape) => {
    const train = await loadTrainer(family);
    const parameters = familyParameters(family, given);
    for (const threads of [1, 2]) {
      const pool = new KernelPool(threads);
      const valid = table(2, { ...shape, rows: shape.rows / 5 });
      const job = { train: table(1, shape), valid, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool };
      const said = estimateMemory(family, job, threads);
      train(job);
      const taken = pool.memory.memory.buffer.byteLength;
      await pool.close();
      expect(said.bytes / taken, `${said.bytes} said, ${taken} taken`).toBeGreaterThan(0.8);
      expect(said.bytes / taken, `${said.bytes} said, ${taken} taken`).toBeLessThan(1.25);
    }
  });
});

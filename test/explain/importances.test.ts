import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { forestImportances } from '#ecomml/explain/forest-importances.js';
import { permutationImportance } from '#ecomml/explain/permutation-importance.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { type Matrix, sharedValues } from '#ecomml/table/matrix.js';

/** Only what importances read: columns tested, gains, and what statistics are made of. */
function forestOf(feature: number[], gain: number[], parts: number[][]): Forest {
  return {
    inputs: ['a', 'b', 'c'].map((name) => ({ name, kind: 'numeric' })),
    targetStatistics: parts.map((inputs) => ({ parts: inputs.map((input) => ({ input })) })),
    feature: Int32Array.from(feature),
    gain: Float64Array.from(gain),
  } as unknown as Forest;
}

describe('forestImportances', () => {
  it('are shares of gain and of splits; leaves count nothing', () => {
    const found = forestImportances(forestOf([0, 1, -1, 0, -1], [6, 3, 99, 1, 99], []));
    expect(found.map((f) => f.feature)).toEqual(['a', 'b', 'c']);
    expect(found.map((f) => f.gain)).toEqual([0.7, 0.3, 0]);
    expect(found.map((f) => f.splits)).toEqual([2 / 3, 1 / 3, 0]);
  });

  it('a target statistic counts for its inputs, each once', () => {
    const found = forestImportances(
      forestOf(
        [3, 4],
        [8, 2],
        [
          [1, 2],
          [2, 2],
        ],
      ),
    );
    expect(found.map((f) => f.gain)).toEqual([0, 0.4, 0.6]);
    expect(found.map((f) => f.split_count)).toEqual([0, 0.5, 1.5]);
  });

  it('a forest without splits gives zeros', () => {
    expect(forestImportances(forestOf([-1], [0], [])).map((f) => f.gain)).toEqual([0, 0, 0]);
  });
});

describe('permutationImportance', () => {
  const random = new Random(4);
  const rows = 4000;
  const columns = ['strong', 'weak', 'useless'].map((name) => {
    const values = sharedValues(rows);
    for (let row = 0; row < rows; row++) values[row] = random.normal();
    return { name, kind: 'numeric' as const, values };
  });
  const matrix: Matrix = { rows, columns };
  const predict = ({ columns: [strong, weak] }: Matrix) =>
    Float64Array.from(strong.values, (x, row) => 1 / (1 + Math.exp(-(2 * x + 0.5 * weak.values[row]))));
  const label = Float64Array.from(predict(matrix), (p) => (random.next() < p ? 1 : 0));

  it('ranks columns by what the model loses without them, and is 0 for one it does not read', () => {
    const [strong, weak, useless] = permutationImportance({ matrix, label, predict, seed: 1 });
    expect(strong.log_loss_rise).toBeGreaterThan(5 * weak.log_loss_rise);
    expect(weak.log_loss_rise).toBeGreaterThan(0.02);
    expect(useless).toEqual({ feature: 'useless', log_loss_rise: 0, spread: 0, interval: [0, 0] });
  });

  it('leaves the matrix as it was, repeats with the seed, and refuses an unknown column', () => {
    const before = columns.map((column) => column.values.slice());
    const once = permutationImportance({ matrix, label, predict, seed: 2, features: ['weak'] });
    expect(permutationImportance({ matrix, label, predict, seed: 2, features: ['weak'] })).toEqual(once);
    columns.forEach((column, i) => {
      expect(column.values).toEqual(before[i]);
    });
    expect(() => permutationImportance({ matrix, label, predict, seed: 2, features: ['x'] })).toThrow(/no column "x"/);
  });
});

// Ordered target statistics: they see the past of their permutation and nothing else.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { catboostColumns } from '#ecomml/trees/catboost-columns.js';
import type { SplitPart } from '#ecomml/trees/catboost-combination.js';
import type { CatboostSettings } from '#ecomml/trees/catboost-settings.js';
import { statisticLanes } from '#ecomml/trees/catboost-statistic-lanes.js';
import { TargetStatistics } from '#ecomml/trees/catboost-target-statistics.js';
import { mixedTable } from './catboost-material.js';

const pool = new KernelPool(1);
afterAll(() => pool.close());

const settings = {
  borderCount: 20,
  borderType: 'GreedyLogSum',
  nanMode: 'Min',
  oneHotMaxSize: 2,
  simpleLanes: statisticLanes('simple_ctr', 'Borders,Counter'),
  combinationLanes: statisticLanes('combinations_ctr', 'Borders,Counter'),
  countAll: false,
} as unknown as CatboostSettings;

/** Quads of the training rows of a combination, for these labels. */
function statistics(
  rows: number,
  seed: number,
  labels: Uint8Array,
  order: Uint32Array,
  categories: readonly number[],
  splits: readonly SplitPart[],
): { quads: Uint8Array; ids: Int32Array } {
  const { memory } = pool;
  const mark = memory.mark();
  try {
    const columns = catboostColumns(pool, settings, mixedTable(rows, seed).matrix, undefined);
    const label = memory.alloc(rows);
    memory.u8(label, rows).set(labels);
    const permutation = memory.alloc(rows * 4);
    memory.u32(permutation, rows).set(order);
    const made = new TargetStatistics(pool, settings, columns, label, [permutation]);
    const combination = made.combination(categories, splits);
    made.prepare([{ combination, permutation: 0 }]);
    return {
      quads: memory.u8(combination.quads.get(0)![0], rows * 4).slice(),
      ids: memory.i32(combination.ids, rows).slice(),
    };
  } finally {
    memory.release(mark);
  }
}

const shuffled = (rows: number, seed: number) =>
  new Random(seed).shuffle(Uint32Array.from({ length: rows }, (_, row) => row));

const combinations: { categories: number[]; splits: SplitPart[] }[] = [
  { categories: [0], splits: [] },
  { categories: [1], splits: [] },
  { categories: [0, 1], splits: [] },
  { categories: [1], splits: [{ quad: 0, lane: 0, bin: 9 }] },
  {
    categories: [0, 1],
    splits: [
      { quad: 0, lane: 1, bin: 5 },
      { quad: 0, lane: 2, bin: 1 },
    ],
  },
];

describe('ordered target statistics', () => {
  it('never see a row’s own label or a later one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 160 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.nat(),
        fc.constantFrom(...combinations),
        (rows, seed, place, { categories, splits }) => {
          const order = shuffled(rows, seed);
          const labels = Uint8Array.from({ length: rows }, (_, row) => (row * 31 + seed) % 2);
          const before = statistics(rows, seed, labels, order, categories, splits);
          const at = place % rows;
          labels[order[at]] = 1 - labels[order[at]];
          const after = statistics(rows, seed, labels, order, categories, splits);
          for (let i = 0; i <= at; i++) {
            const row = order[i] * 4;
            expect(after.quads.slice(row, row + 4)).toEqual(before.quads.slice(row, row + 4));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are (positives before + prior) / (rows before + 1) of the row’s key, and the key’s count', () => {
    const rows = 300;
    const order = shuffled(rows, 3);
    const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 7 < 3 ? 1 : 0));
    for (const { categories, splits } of combinations) {
      const { quads, ids } = statistics(rows, 4, labels, order, categories, splits);
      const sofar = new Map<number, { rows: number; positives: number }>();
      const totals = new Map<number, number>();
      for (const id of ids) totals.set(id, (totals.get(id) ?? 0) + 1);
      const largest = Math.max(...totals.values());
      for (const row of order) {
        const key = sofar.get(ids[row]) ?? { rows: 0, positives: 0 };
        const expected = [0, 0.5, 1].map((prior) => Math.floor((15 * (key.positives + prior)) / (key.rows + 1) + 1e-9));
        expected.push(Math.floor((15 * totals.get(ids[row])!) / (largest + 1) + 1e-9));
        expect(Array.from(quads.slice(row * 4, row * 4 + 4))).toEqual(expected);
        sofar.set(ids[row], { rows: key.rows + 1, positives: key.positives + labels[row] });
      }
    }
  });

  it('tell pairs apart exactly when their parts differ', () => {
    const rows = 400;
    const order = shuffled(rows, 1);
    const labels = new Uint8Array(rows);
    const first = statistics(rows, 9, labels, order, [0], []).ids;
    const second = statistics(rows, 9, labels, order, [1], []).ids;
    const { ids } = statistics(rows, 9, labels, order, [0, 1], []);
    const pair = new Map<number, string>();
    const seen = new Set<string>();
    for (let row = 0; row < rows; row++) {
      const parts = `${first[row]} ${second[row]}`;
      if (!pair.has(ids[row])) expect(seen.has(parts)).toBe(false);
      expect(pair.get(ids[row]) ?? parts).toBe(parts);
      pair.set(ids[row], parts);
      seen.add(parts);
    }
  });
});

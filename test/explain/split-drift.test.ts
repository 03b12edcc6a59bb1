// Drift between each two parts of a split: pairs, order, counts, and what training keeps of it.
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { drift } from '#ecomml/explain/drift.js';
import { splitDrift } from '#ecomml/explain/split-drift.js';
import type { Split } from '#ecomml/features/split.js';
import { type Matrix, takeRows } from '#ecomml/table/matrix.js';
import { driftOfSplits } from '#ecomml/workflows/drift-of-splits.js';

const ROWS = 30_000;
const PARTS = {
  train: [0, 20_000],
  stopping: [20_000, 22_000],
  blending: [22_000, 25_000],
  test: [25_000, ROWS],
} as const;
const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

/** "still" never moves, "late" moves in the test alone, "sliding" ever further; "gaps" loses cells in validation. */
function table(): Matrix {
  const random = new Random(3);
  const partOf = (row: number) => (row < 20_000 ? 0 : row < 25_000 ? 1 : 2);
  const column = (name: string, cell: (part: number) => number) => ({
    name,
    kind: 'numeric' as const,
    values: Float64Array.from({ length: ROWS }, (_, row) => cell(partOf(row))),
  });
  return {
    rows: ROWS,
    columns: [
      column('still', () => random.normal()),
      column('late', (part) => random.normal() + (part === 2 ? 0.8 : 0)),
      column('sliding', (part) => random.normal() + part),
      column('gaps', (part) => (part === 1 && random.below(2) === 0 ? Number.NaN : random.below(4))),
    ],
  };
}

const split = {
  by: 'time',
  rows: Object.fromEntries(Object.entries(PARTS).map(([name, [from, to]]) => [name, range(from, to)])),
  valid: range(20_000, 25_000),
} as unknown as Split;

describe('drift between the parts of a split', () => {
  const found = driftOfSplits(table(), split, 1);
  const levels = Object.fromEntries(
    found.features.map(({ feature, pairs }) => [feature, pairs.map(({ level }) => level)]),
  );

  it('is told of each pair, from a bounded sample', () => {
    expect(found.parts).toEqual([
      { name: 'train', rows: 20_000, sampled: 10_000 },
      { name: 'validation', rows: 5000, sampled: 5000 },
      { name: 'test', rows: 5000, sampled: 5000 },
    ]);
    expect(found.pairs).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(levels).toEqual({
      still: ['none', 'none', 'none'],
      late: ['none', 'much', 'much'],
      sliding: ['much', 'much', 'much'],
      gaps: ['much', 'none', 'much'],
    });
    expect(found.moved).toEqual([2, 2, 3]);
    expect(found.features.map(({ feature }) => feature)).toEqual(['gaps', 'sliding', 'late', 'still']);
    expect(found.features.find(({ feature }) => feature === 'gaps')?.missing[1]).toBeCloseTo(0.5, 1);
  });

  it('is the drift of two tables for each pair', () => {
    const matrix = table();
    const [a, b] = [takeRows(matrix, range(0, 500)), takeRows(matrix, range(24_000, 24_700))];
    const [one] = splitDrift(
      [
        { name: 'a', matrix: a, rows: 500 },
        { name: 'b', matrix: b, rows: 700 },
      ],
      1,
    ).features;
    const { psi, psi_chance, ks, ks_p, level } = drift(a, b)[0];
    expect(one.pairs).toEqual([{ psi, psi_chance, ks, ks_p, level }]);
  });

  it('is empty of a single part, and of a table without columns', () => {
    const only = splitDrift([{ name: 'a', matrix: table(), rows: ROWS }], 10);
    expect([only.pairs, only.moved, only.features]).toEqual([[], [], []]);
    expect(driftOfSplits({ rows: ROWS, columns: [] }, split, 1)).toMatchObject({
      of: 0,
      features: [],
      moved: [0, 0, 0],
    });
  });
});

it('of many features those keep their bins that may be drawn', () => {
  const random = new Random(5);
  const side = (shift: number): Matrix => ({
    rows: 500,
    columns: Array.from({ length: 60 }, (_, c) => ({
      name: `x${c}`,
      kind: 'numeric' as const,
      values: Float64Array.from({ length: 500 }, () => random.normal() + (c < 30 ? shift : 0)),
    })),
  });
  const features = drift(side(0), side(1));
  expect(features).toHaveLength(60);
  expect(features.map(({ bins }) => bins.length > 0)).toEqual(features.map((_, place) => place < 20));
  // Without drift the first twenty are there as well.
  expect(drift(side(0), side(0)).filter(({ bins }) => bins.length > 0).length).toBeGreaterThanOrEqual(20);
});

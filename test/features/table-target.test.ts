import { describe, expect, it } from 'vitest';
import { asCategorical, featureColumns, readTarget } from '#ecomml/features/table-target.js';
import type { Frame, FrameColumn } from '#ecomml/table/frame.js';

const numbers = (name: string, ...values: number[]): FrameColumn => ({
  kind: 'numeric',
  name,
  values: Float64Array.from(values),
});

function texts(name: string, ...values: (string | null)[]): FrameColumn {
  const categories = [...new Set(values.filter((value) => value !== null))].sort();
  return {
    kind: 'categorical',
    name,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : categories.indexOf(value))),
    categories,
  };
}

const frame = (...columns: FrameColumn[]): Frame => ({
  rows: columns[0].kind === 'numeric' ? columns[0].values.length : columns[0].codes.length,
  columns,
});
const target = (column: FrameColumn, positive?: string) =>
  readTarget(frame(column), { target: 'y', ...(positive !== undefined && { positive }) });

describe('readTarget', () => {
  it.each([
    [numbers('y', 0, 1, 1), '1', [0, 1, 1]],
    [numbers('y', 0, 1, Number.NaN), '1', [0, 1, Number.NaN]],
    [numbers('y', -1, 1, 1), '1', [0, 1, 1]],
    [texts('y', 'FALSE', 'TRUE', 'TRUE'), 'TRUE', [0, 1, 1]],
    [texts('y', 'Yes', 'No', 'Yes', 'Yes'), 'Yes', [1, 0, 1, 1]],
    [texts('y', 'Y', 'N', null), 'Y', [1, 0, Number.NaN]],
    // No known pair: the rarer, and of equally frequent ones the later.
    [texts('y', 'a', 'b', 'b'), 'a', [1, 0, 0]],
    [texts('y', '<=50K', '>50K', '<=50K'), '>50K', [0, 1, 0]],
    [texts('y', 'b', 'a'), 'b', [1, 0]],
    [numbers('y', 1, 2, 2), '1', [1, 0, 0]],
  ])('%o', (column, positive, label) => {
    const read = target(column);
    expect(read.positive).toBe(positive);
    expect([...read.label]).toEqual(label);
    expect(read.positives).toBe(label.filter((value) => value === 1).length);
    expect(read.missing).toBe(label.filter(Number.isNaN).length);
  });

  it('takes the named value as 1, however it is spelled', () => {
    expect([...target(texts('y', 'a', 'b', 'b'), 'b').label]).toEqual([0, 1, 1]);
    expect([...target(texts('y', 'Yes', 'No'), 'no').label]).toEqual([0, 1]);
    expect([...target(numbers('y', 1, 0), 'FALSE').label]).toEqual([0, 1]);
    expect([...target(numbers('y', 1, 2), '2.0').label]).toEqual([0, 1]);
  });

  it('sets the named value of many against the rest', () => {
    const read = target(texts('y', 'normal', 'smurf', 'neptune', 'normal'), 'normal');
    expect([...read.label]).toEqual([1, 0, 0, 1]);
    expect(read.negative).toBe('any of 2 others');
  });

  it.each([
    [texts('y', 'a', 'b', 'c'), undefined, /3 values \("a", "b", "c"\); expected two/],
    [texts('y', 'a', 'b', 'c'), 'd', /none of them "d"/],
    [numbers('y', 1, 1), undefined, /is "1" in every row/],
    [texts('y', null, null), undefined, /missing in every row/],
    [texts('y', 'buy', 'leave'), 'buys', /not "buys".*Did you mean "buy"/],
  ])('refuses %o, positive %s', (column, positive, message) => {
    expect(() => target(column, positive)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), exitCode: 3 }),
    );
  });

  it('names the nearest column when the target is not there', () => {
    expect(() => readTarget(frame(texts('Revenue', 'a')), { target: 'revenu' })).toThrow(/Did you mean "Revenue"/);
  });
});

describe('featureColumns', () => {
  const table = frame(
    numbers('id', 1, 2),
    numbers('x', 0.5, Number.NaN),
    texts('c', 'u', null),
    numbers('y', 0, 1),
    numbers('t', 5, 6),
  );

  it('leaves out target, ids, time and dropped columns and keeps the order', () => {
    const chosen = featureColumns(table, { target: 'y', id: ['id'], time: 't' });
    expect(chosen.columns.map((column) => column.name)).toEqual(['x', 'c']);
    expect(featureColumns(table, { target: 'y', drop: ['c', 'x'] }).columns.map((c) => c.name)).toEqual(['id', 't']);
  });

  it('takes numbers as categories where asked', () => {
    const [, x] = featureColumns(table, { target: 'y', categorical: ['x', 'c'] }).columns;
    expect(x).toEqual({ kind: 'categorical', name: 'x', codes: Int32Array.of(0, -1), categories: ['0.5'] });
  });

  it('refuses names that are not there, and to be left with nothing', () => {
    expect(() => featureColumns(table, { target: 'y', drop: ['idd'] })).toThrow(/no column "idd".*"id"/);
    expect(() => featureColumns(table, { target: 'y', drop: ['id', 'x', 'c', 't'] })).toThrow(/No column is left/);
  });

  it('orders number categories by code point', () => {
    const column = asCategorical(numbers('x', 10, 9, Number.POSITIVE_INFINITY, -1));
    expect(column.kind === 'categorical' && column.categories).toEqual(['-1', '10', '9', 'Infinity']);
  });
});

import { describe, expect, it } from 'vitest';
import { encodeFrame, fitEncoder } from '#ecomml/features/encoder.js';
import type { Frame } from '#ecomml/table/frame.js';

const frame: Frame = {
  rows: 5,
  columns: [
    { kind: 'numeric', name: 'price', values: Float64Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308) },
    // U+FF5E sorts before U+1F600 by code point and after it by UTF-16 unit.
    { kind: 'categorical', name: 'brand', codes: Int32Array.of(2, 0, -1, 1, 3), categories: ['é', '😀', '～', 'acme'] },
  ],
};

describe('the encoder', () => {
  it('knows the categories of the training rows alone, by code point', () => {
    const encoder = fitEncoder(frame, [0, 1, 2, 3]);
    expect(encoder.columns).toEqual([
      { name: 'price', kind: 'numeric' },
      { name: 'brand', kind: 'categorical', categories: ['é', '～', '😀'] },
    ]);
  });

  it('encodes values as they are, missing as NaN, unknown as -1', () => {
    const encoder = fitEncoder(frame, Int32Array.of(0, 1, 2, 3));
    const { rows, columns } = encodeFrame(frame, encoder);
    expect(rows).toBe(5);
    expect([...columns[0].values]).toEqual([1.5, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308]);
    expect([...columns[1].values]).toEqual([1, 0, Number.NaN, 2, -1]);
    expect(columns[1].categories).toEqual(['é', '～', '😀']);
    for (const column of columns) expect(column.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('gives the same after a journey through JSON, whatever the order and dictionary of the new frame', () => {
    const encoder = JSON.parse(JSON.stringify(fitEncoder(frame, [0, 1, 3])));
    const turned: Frame = {
      rows: 2,
      columns: [
        { kind: 'categorical', name: 'brand', codes: Int32Array.of(0, 1), categories: ['new', '😀'] },
        { kind: 'numeric', name: 'other', values: new Float64Array(2) },
        { kind: 'numeric', name: 'price', values: Float64Array.of(3, 4) },
      ],
    };
    const matrix = encodeFrame(turned, encoder);
    expect(matrix.columns.map((column) => [column.name, ...column.values])).toEqual([
      ['price', 3, 4],
      ['brand', -1, 2],
    ]);
  });

  it('a column without values may be of either kind', () => {
    const encoder = fitEncoder(frame, [0]);
    const blank: Frame = {
      rows: 1,
      columns: [
        { kind: 'categorical', name: 'price', codes: Int32Array.of(-1), categories: [] },
        { kind: 'numeric', name: 'brand', values: Float64Array.of(Number.NaN) },
      ],
    };
    expect(encodeFrame(blank, encoder).columns.map((column) => column.values[0])).toEqual([Number.NaN, Number.NaN]);
  });

  it.each([
    [
      'a missing column',
      [frame.columns[1], { ...frame.columns[0], name: 'prise' }],
      /"price" is missing.*Did you mean "prise"/,
    ],
    ['text for numbers', [{ ...frame.columns[1], name: 'price' }, frame.columns[1]], /"price" holds text/],
    ['numbers for text', [frame.columns[0], { ...frame.columns[0], name: 'brand' }], /"brand" holds numbers/],
  ])('refuses %s', (_, columns, message) => {
    const encoder = fitEncoder(frame, [0]);
    expect(() => encodeFrame({ rows: 5, columns }, encoder)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), exitCode: 3 }),
    );
  });
});

/** Generated tables, the TypeScript twin of generated.py, cell for cell: 32-bit hashing and plain arithmetic only. */
import { type MatrixColumn, sharedValues, UNSEEN_CATEGORY } from '#ecomml/table/matrix.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { type RealTable, take } from '../tables.js';

/** Uniform in [0, 1): murmur3's finaliser of an index and a stream. */
export function uniform(index: number, stream: number): number {
  let h = (Math.imul(index, 0x9e3779b1) + Math.imul(stream, 0x85ebca6b) + 0x27d4eb2f) >>> 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return (h >>> 0) / 4294967296;
}

/** A smooth function of a few of many columns, with ties, exact in float32. */
export function numericTable(rows = 6000, columns = 10): LabelledMatrix {
  const matrix = {
    rows,
    columns: Array.from({ length: columns }, (_, c): MatrixColumn => {
      const values = sharedValues(rows);
      for (let i = 0; i < rows; i++) values[i] = Math.floor(uniform(i, 1 + c) * 4000) / 4096;
      return { name: `x${c}`, kind: 'numeric', values };
    }),
  };
  const label = Float64Array.from({ length: rows }, (_, i) => {
    const [a, b, c, d] = matrix.columns.map((column) => column.values[i]);
    const z = 6 * (a - 0.5) + 4 * (b - 0.5) * (c - 0.5) * 4 + 3 * Math.abs(d - 0.5) - 1;
    return uniform(i, 99) < 1 / (1 + Math.exp(-z)) ? 1 : 0;
  });
  return { matrix, label };
}

/** Levels of the categorical columns of the access table. */
const LEVELS = [2000, 900, 400, 250, 120, 60, 40];
const EFFECTS = [1.6, 1.4, 1.6, 0.8, 1.2, 0.6, 0];
const PAIRS = [
  [3, 4, 2.4],
  [4, 5, 1.8],
  [2, 5, 1.6],
];

/** Amazon-like: seven categorical columns of many levels, whose effects and pairwise interactions decide. */
export function accessTable(rows = 24000): RealTable {
  const isTest = (row: number) => row % 4 === 3;
  const codes = LEVELS.map((levels, c) =>
    Int32Array.from({ length: rows }, (_, i) => {
      const u = uniform(i, 10 + c);
      return Math.floor(u * u * levels);
    }),
  );
  const label = Float64Array.from({ length: rows }, (_, i) => {
    let z = 1.2;
    EFFECTS.forEach((weight, c) => {
      z += weight * 2 * (uniform(codes[c][i], 40 + c) - 0.5);
    });
    for (const [a, b, weight] of PAIRS) {
      z += weight * 2 * (uniform(codes[a][i] * 4096 + codes[b][i], 60 + a * 8 + b) - 0.5);
    }
    return uniform(i, 98) < 1 / (1 + Math.exp(-z)) ? 1 : 0;
  });
  const columns = codes.map((column, c): MatrixColumn => {
    const seen = [...new Set(column.filter((_, row) => !isTest(row)))].sort((a, b) => a - b);
    const position = new Map(seen.map((code, i) => [code, i]));
    const values = sharedValues(rows);
    for (let i = 0; i < rows; i++) values[i] = position.get(column[i]) ?? UNSEEN_CATEGORY;
    return { name: `c${c}`, kind: 'categorical', values, categories: seen.map(String) };
  });
  const whole = { matrix: { rows, columns }, label };
  const all = Array.from({ length: rows }, (_, row) => row);
  return {
    name: 'access',
    train: take(
      whole,
      all.filter((row) => !isTest(row)),
    ),
    test: take(whole, all.filter(isTest)),
  };
}

/** A table of numeric columns with missing cells, the TypeScript twin of missing.py, cell for cell. */
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { uniform } from '../catboost/generated.js';

/** Share of missing cells, and what a missing one adds to the score. The last column misses in the test rows alone. */
const MISSING: readonly (readonly [share: number, effect: number])[] = [
  [0.05, 1],
  [0.3, -1.5],
  [0, 0],
  [0.9, 2],
  [0.002, 0],
  [0.15, 0.5],
  [0, 0],
];

export function missingTable(rows = 6000): { readonly train: LabelledMatrix; readonly test: LabelledMatrix } {
  const columns = MISSING.map(() => new Float64Array(rows));
  const label = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let z = -1;
    MISSING.forEach(([share, effect], c) => {
      const cell = Math.floor(uniform(row, 1 + c) * (c === 5 ? 12 : 4096)) / 4096;
      const draw = uniform(row, 21 + c);
      const lacks = c === 6 ? row % 4 === 3 && draw < 0.2 : draw < share;
      z += lacks ? effect : (cell - 0.5) * (c < 3 ? 3 : 1);
      columns[c][row] = lacks ? Number.NaN : cell;
    });
    label[row] = uniform(row, 99) * 4 - 2 < z ? 1 : 0;
  }
  const part = (wanted: (row: number) => boolean): LabelledMatrix => {
    const keep = (values: Float64Array) => values.filter((_, row) => wanted(row));
    const kept = columns.map((values, c) => ({ name: `x${c}`, kind: 'numeric' as const, values: keep(values) }));
    return { matrix: { rows: keep(label).length, columns: kept }, label: keep(label) };
  };
  return { train: part((row) => row % 4 !== 3), test: part((row) => row % 4 === 3) };
}

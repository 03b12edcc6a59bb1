/**
 * Tables that break trainers, as small specifications that fast-check shrinks and prints: shapes, and a recipe of cells a
 * column. Cells come from the recipe's seed, so a failing case is repeated from what is printed.
 */
import fc from 'fast-check';
import { Random } from '#ecomml/base/random.js';
import { type MatrixColumn, sharedValues } from '#ecomml/table/matrix.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';

const TINY = 5e-324;
const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.1,
  TINY,
  -TINY,
  1e-310,
  1e-35,
  -1e-35,
  1.1e-35,
  3.4028234663852886e38,
  3.5e38,
  1e300,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  2 ** 24 + 1,
  2 ** 53,
  1 + 2 ** -52,
];

/** One cell of a numeric column. */
const NUMERIC: Readonly<Record<string, (random: Random, row: number) => number>> = {
  normal: (random) => random.normal(),
  'small integers': (random) => random.below(7),
  'row number': (_, row) => row,
  constant: () => 3.5,
  'constant 0': () => 0,
  'all missing': () => Number.NaN,
  special: (random) => SPECIAL[random.below(SPECIAL.length)],
  huge: (random) => (random.next() - 0.5) * Number.MAX_VALUE * 2,
  denormal: (random) => TINY * random.below(1000),
  infinite: (random) => [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY][random.below(3)],
  neighbours: (random) => 1 + random.below(30) * 2 ** -52,
  'mostly zero': (random) => (random.below(10) === 0 ? random.below(5) : 0),
  'either sign of zero': (random) => (random.below(2) === 0 ? 0 : -0),
};

/** The code of one cell of a categorical column with `levels` categories. */
const CATEGORICAL: Readonly<Record<string, (random: Random, row: number, levels: number) => number>> = {
  uniform: (random, _, levels) => random.below(levels),
  'few common': (random, _, levels) => Math.floor(levels * random.next() ** 4),
  'row number': (_, row, levels) => row % levels,
  'last only': (_, __, levels) => levels - 1,
  'unseen only': () => -1,
  'with unseen': (random, _, levels) => random.below(levels + 1) - 1,
  'all missing': () => Number.NaN,
};

export interface ColumnSpec {
  readonly kind: 'numeric' | 'categorical';
  readonly recipe: string;
  /** Categories of a categorical column. */
  readonly levels: number;
  /** Share of the cells that are missing. */
  readonly missing: number;
}

export interface TableSpec {
  readonly rows: number;
  readonly columns: readonly ColumnSpec[];
  readonly label: string;
  readonly weight: string;
  readonly seed: number;
}

const missing = fc.constantFrom(0, 0, 0, 0.1, 0.9);
const numericColumn = fc.record({
  kind: fc.constant('numeric' as const),
  recipe: fc.constantFrom(...Object.keys(NUMERIC)),
  levels: fc.constant(0),
  missing,
});
const categoricalColumn = fc.record({
  kind: fc.constant('categorical' as const),
  recipe: fc.constantFrom(...Object.keys(CATEGORICAL)),
  levels: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) },
    { weight: 3, arbitrary: fc.integer({ min: 13, max: 600 }) },
    { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 65_537, 100_000) },
  ),
  missing,
});

const LABELS: Readonly<Record<string, (random: Random, row: number, first: number) => number>> = {
  random: (random) => random.below(2),
  'first column': (random, _, first) => (Number.isNaN(first) ? 1 : first > 0.2 ? 1 : random.below(5) === 0 ? 1 : 0),
  rare: (random) => (random.below(30) === 0 ? 1 : 0),
  'first row alone': (_, row) => (row === 0 ? 1 : 0),
  'all 0': () => 0,
  'all 1': () => 1,
};

const WEIGHTS: Readonly<Record<string, (random: Random, row: number) => number>> = {
  uniform: (random) => random.next() * 3,
  'some zero': (random) => random.below(3),
  'first row alone': (_, row) => (row === 0 ? 1 : 0),
  huge: (random) => random.next() * 1e30,
  tiny: (random) => random.next() * 1e-30,
  mixed: (random) => 10 ** (random.below(40) - 20),
};

const rows = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 3) },
  { weight: 5, arbitrary: fc.integer({ min: 4, max: 120 }) },
  { weight: 2, arbitrary: fc.integer({ min: 121, max: 1500 }) },
);

/** Training tables of 0 to 7 columns. Most have both labels and no weights. */
export const tableSpec: fc.Arbitrary<TableSpec> = fc.record({
  rows,
  columns: fc.array(fc.oneof({ weight: 3, arbitrary: numericColumn }, { weight: 2, arbitrary: categoricalColumn }), {
    maxLength: 7,
    size: 'max',
  }),
  label: fc.constantFrom(...Array(5).fill('random'), ...Array(5).fill('first column'), ...Object.keys(LABELS)),
  weight: fc.constantFrom(...Array(9).fill('none'), ...Object.keys(WEIGHTS)),
  seed: fc.nat(),
});

/** The table of a specification; `part` separates rows of the same columns drawn again (validation, scoring). */
export function tableOf(spec: TableSpec, part = 0, rowCount = spec.rows): LabelledMatrix {
  const random = new Random(spec.seed, part);
  const columns = spec.columns.map(({ kind, recipe, levels, missing: share }, c): MatrixColumn => {
    const values = sharedValues(rowCount);
    for (let row = 0; row < rowCount; row++) {
      const cell = kind === 'numeric' ? NUMERIC[recipe](random, row) : CATEGORICAL[recipe](random, row, levels);
      values[row] = share > 0 && random.next() < share ? Number.NaN : cell;
    }
    if (kind === 'numeric') return { name: `x${c}`, kind, values };
    return { name: `c${c}`, kind, values, categories: dictionary(levels) };
  });
  const label = Float64Array.from({ length: rowCount }, (_, row) =>
    LABELS[spec.label](random, row, columns[0]?.values[row] ?? 0),
  );
  const matrix = { rows: rowCount, columns };
  if (spec.weight === 'none') return { matrix, label };
  return { matrix, label, weight: Float64Array.from(label, (_, row) => WEIGHTS[spec.weight](random, row)) };
}

const dictionaries = new Map<number, readonly string[]>();

function dictionary(levels: number): readonly string[] {
  let names = dictionaries.get(levels);
  if (names === undefined) {
    names = Array.from({ length: levels }, (_, code) => `v${code}`);
    dictionaries.set(levels, names);
  }
  return names;
}

/**
 * From a frame to the matrix that families train on: which columns, of which kind, with which categories. It makes no
 * features and fills no missing value.
 *
 * Numeric cells pass as they are: NaN is missing, and ±Infinity is a value that trees order before or after all others.
 */
import { inputRejected } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { compareCodePoints } from '../table/code-points.js';
import type { Frame, FrameColumn } from '../table/frame.js';
import { type Matrix, type MatrixColumn, sharedValues, UNSEEN_CATEGORY } from '../table/matrix.js';

export type EncodedColumn =
  | { readonly name: string; readonly kind: 'numeric' }
  /** `categories` sorted by code point; a category's index is its code. */
  | { readonly name: string; readonly kind: 'categorical'; readonly categories: readonly string[] };

/** Plain JSON: a bundle carries it as it is. */
export interface Encoder {
  readonly columns: readonly EncodedColumn[];
}

/** Learns the columns of `frame` and, from the training rows alone, the categories of each. */
export function fitEncoder(frame: Frame, trainRows: ArrayLike<number>): Encoder {
  return {
    columns: frame.columns.map((column) => {
      if (column.kind === 'numeric') return { name: column.name, kind: 'numeric' };
      const seen = new Uint8Array(column.categories.length);
      for (let i = 0; i < trainRows.length; i++) {
        const code = column.codes[trainRows[i]];
        if (code >= 0) seen[code] = 1;
      }
      const categories = column.categories.filter((_, code) => seen[code] === 1).sort(compareCodePoints);
      return { name: column.name, kind: 'categorical', categories };
    }),
  };
}

/**
 * The encoder's columns of `frame`, in the encoder's order; other columns are passed over. A category the encoder does
 * not know is −1, a missing one NaN. Errors (exit 3) name the column: absent, or of the other kind. A column without a
 * single value may be of either kind, for a file's types are read off its values. `stored` is how columns are kept.
 */
export function encodeFrame(
  frame: Frame,
  encoder: Encoder,
  stored: (column: MatrixColumn) => MatrixColumn = (column) => column,
): Matrix {
  const byName = new Map(frame.columns.map((column) => [column.name, column]));
  const columns = encoder.columns.map((expected): MatrixColumn => {
    const column = byName.get(expected.name);
    if (column === undefined)
      throw inputRejected(
        'ENCODER_MISSING_COLUMN',
        `Column "${expected.name}" is missing from the input.${didYouMean(expected.name, [...byName.keys()])}`,
        `The input has: ${[...byName.keys()].join(', ')}.`,
      );
    return stored(encodeColumn(column, expected, frame.rows));
  });
  return { rows: frame.rows, columns };
}

function encodeColumn(column: FrameColumn, expected: EncodedColumn, rows: number): MatrixColumn {
  const values = sharedValues(rows);
  const { name } = expected;
  if (expected.kind === 'numeric') {
    if (column.kind === 'numeric') values.set(column.values);
    else if (column.categories.length === 0) values.fill(Number.NaN);
    else
      throw inputRejected(
        'ENCODER_WRONG_KIND',
        `Column "${name}" holds text (${quoted(column.categories)}), but the model was trained on numbers there.`,
      );
    return { name, kind: 'numeric', values };
  }
  const { categories } = expected;
  if (column.kind === 'categorical') {
    const codeOf = new Map(categories.map((category, code) => [category, code]));
    const translated = column.categories.map((category) => codeOf.get(category) ?? UNSEEN_CATEGORY);
    for (let row = 0; row < rows; row++) {
      const code = column.codes[row];
      values[row] = code < 0 ? Number.NaN : translated[code];
    }
  } else if (column.values.every(Number.isNaN)) values.fill(Number.NaN);
  else
    throw inputRejected(
      'ENCODER_WRONG_KIND',
      `Column "${name}" holds numbers, but the model was trained on text there (${quoted(categories)}).`,
      `Read it as text: --categorical ${name}.`,
    );
  return { name, kind: 'categorical', values, categories };
}

function quoted(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map((text) => `"${text}"`);
  return texts.length > 3 ? `${shown.join(', ')}, …` : shown.join(', ');
}

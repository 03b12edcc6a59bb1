/** What is known of a bundle's features, and their cells as the user knows them. */
import type { Manifest } from '../bundle/manifest.js';
import type { ExplainedFeature } from '../explain/explanation-data.js';
import type { Frame } from '../table/frame.js';
import type { Matrix } from '../table/matrix.js';

/** In the order of the model's inputs. */
export function explainedFeatures({ source, encoder }: Manifest): ExplainedFeature[] {
  const described = new Map(source.kind === 'events' ? source.features.map((one) => [one.name, one]) : []);
  return encoder.columns.map(({ name, kind }) => {
    const about = described.get(name);
    if (about === undefined) return { name, kind, actionable: null };
    const { description, unit, family, actionable } = about;
    return { name, kind, description, unit, group: family, actionable };
  });
}

/** A cell of a row by the input's place: a number, a text, or null where it is missing. */
export type CellReader = (row: number, input: number) => number | string | null;

export const NOT_SEEN = 'not seen in training';

/** From encoded rows alone: a category that training did not see has lost its text. */
export function encodedCells(matrix: Matrix): CellReader {
  return (row, input) => {
    const { kind, values, categories } = matrix.columns[input];
    const cell = values[row];
    if (Number.isNaN(cell)) return null;
    if (kind === 'numeric') return cell;
    return cell < 0 ? NOT_SEEN : (categories?.[cell] ?? String(cell));
  };
}

/** From the frame the matrix was made of: every text as the input has it. */
export function frameCells(frame: Frame, matrix: Matrix): CellReader {
  const columns = matrix.columns.map(({ name }) => frame.columns.find((column) => column.name === name));
  const encoded = encodedCells(matrix);
  return (row, input) => {
    const column = columns[input];
    if (column?.kind !== 'categorical') return encoded(row, input);
    return column.codes[row] < 0 ? null : column.categories[column.codes[row]];
  };
}

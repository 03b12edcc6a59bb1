/** The inputs of a Forest as the matrix's columns name them. */
import type { ForestInput } from '../forest/forest.js';
import type { Matrix } from '../table/matrix.js';

export function forestInputs({ columns }: Matrix): ForestInput[] {
  return columns.map(({ name, kind, categories }) =>
    categories === undefined ? { name, kind } : { name, kind, categories },
  );
}

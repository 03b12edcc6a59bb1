/**
 * The columns of an exported graph's one input: the encoded inputs of all its models, each once, then every model's
 * target statistics. Names, kinds and dictionaries travel in the file's metadata.
 */
import { EcommlError } from '../base/errors.js';
import type { Forest } from '../forest/forest.js';
import { targetStatisticColumns } from '../forest/target-statistics.js';
import type { Cells, Matrix, MatrixColumn } from '../table/matrix.js';

export interface OnnxColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical' | 'target-statistic';
  /** The dictionary of a categorical column: cell = place in it, −1 unseen, NaN missing. */
  readonly categories?: readonly string[];
  /** Where a target statistic comes from. */
  readonly statistic?: { readonly model: string; readonly index: number; readonly inputs: readonly string[] };
}

/** A model of an exported graph. */
export interface OnnxMember {
  /** Used in the names of outputs and target statistics. */
  readonly name: string;
  readonly forest: Forest;
}

/** Throws `COLUMN_CONFLICT` when two models read columns of one name and another kind or dictionary. */
export function unionColumns(members: readonly OnnxMember[]): OnnxColumn[] {
  const inputs = new Map<string, OnnxColumn>();
  for (const { name: model, forest } of members) {
    for (const { name, kind, categories } of forest.inputs) {
      const column: OnnxColumn = { name, kind, ...(categories && { categories }) };
      const known = inputs.get(name);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(column)) {
        throw new EcommlError(
          'COLUMN_CONFLICT',
          `The models cannot share a graph: ${model} reads the column "${name}" as another model does not.`,
          { hint: 'Export each model by itself, or train all of them on the same features.' },
        );
      }
      inputs.set(name, column);
    }
  }
  const statistics = members.flatMap(({ name: model, forest }) =>
    forest.targetStatistics.map((statistic, index): OnnxColumn => {
      const names = statistic.parts.map((part) => forest.inputs[part.input].name);
      return {
        name: `${model}.statistic.${index}`,
        kind: 'target-statistic',
        statistic: { model, index, inputs: names },
      };
    }),
  );
  return [...inputs.values(), ...statistics];
}

/** For each column a member's nodes may test, its place among the graph's columns. */
export function memberColumns(columns: readonly OnnxColumn[], { name: model, forest }: OnnxMember): Int32Array {
  const places = new Map(columns.map((column, place) => [column.name, place]));
  const names = [
    ...forest.inputs.map((input) => input.name),
    ...forest.targetStatistics.map((_, index) => `${model}.statistic.${index}`),
  ];
  return Int32Array.from(names, (name) => places.get(name) as number);
}

/** The graph's columns for rows [from, to) of a matrix, target statistics looked up; found by name. */
export function columnsOf(
  members: readonly OnnxMember[],
  columns: readonly OnnxColumn[],
  matrix: Matrix,
  from: number,
  to: number,
): Cells[] {
  const statistics = new Map(
    members.map(({ name, forest }) => [name, targetStatisticColumns(forest, inputMatrix(forest, matrix), from, to)]),
  );
  return columns.map(({ name, statistic }) =>
    statistic === undefined
      ? matrixColumn(matrix, name).values.subarray(from, to)
      : (statistics.get(statistic.model) as Float64Array[])[statistic.index],
  );
}

/** Row-major cells: what the graph's input takes. */
export function interleave(columns: readonly Cells[], rows: number): Float64Array {
  const cells = new Float64Array(rows * columns.length);
  columns.forEach((values, c) => {
    for (let i = 0, at = c; i < rows; i++, at += columns.length) cells[at] = values[i];
  });
  return cells;
}

function inputMatrix(forest: Forest, matrix: Matrix): Matrix {
  return { rows: matrix.rows, columns: forest.inputs.map((input) => matrixColumn(matrix, input.name)) };
}

function matrixColumn(matrix: Matrix, name: string): MatrixColumn {
  const found = matrix.columns.find((column) => column.name === name);
  if (found === undefined) {
    throw new EcommlError('WRONG_COLUMNS', `The model needs the column "${name}", which the rows do not have.`, {
      hint: 'Use rows of the features the model was trained on (the same bundle).',
    });
  }
  return found;
}

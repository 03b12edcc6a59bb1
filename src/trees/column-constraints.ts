/**
 * What parameters say of columns as LightGBM and XGBoost share it, monotone and interaction constraints and the weights of
 * features: read against the training columns; and the range of outputs that monotone splits leave to the nodes below. What a split gains under them is the families' own.
 */
import { usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { MatrixColumn } from '../table/matrix.js';
import type { Family } from './family.js';
import type { OutputBounds, TreeNode } from './grown-tree.js';

/** −1, 0 or 1 a column. Throws a usage error that names a column the table does not have, or one that cannot be monotone. */
export function monotoneDirections(family: Family, text: string, columns: readonly MatrixColumn[]): number[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const directions = new Array<number>(columns.length).fill(0);
  if (!text.includes(':')) {
    if (entries.length !== columns.length)
      throw usageError(
        'BAD_PARAMETER',
        `${family}.monotone_constraints has ${entries.length} directions for ${columns.length} columns.`,
        'Give one for every column, or name the columns: price:-1,age:1.',
      );
    entries.forEach((entry, column) => {
      directions[column] = Number(entry);
    });
  }
  for (const entry of text.includes(':') ? entries : []) {
    const colon = entry.lastIndexOf(':');
    const column = columnOf(family, 'monotone_constraints', entry.slice(0, colon).trim(), columns);
    directions[column] = Number(entry.slice(colon + 1));
  }
  const wrong = columns.find(({ kind }, column) => kind === 'categorical' && directions[column] !== 0);
  if (wrong === undefined) return directions;
  throw usageError(
    'BAD_PARAMETER',
    `${family}.monotone_constraints: column "${wrong.name}" is categorical; only numeric columns have a direction.`,
  );
}

/** Groups of columns; throws as `monotoneDirections` does. */
export function interactionGroups(
  family: Family,
  text: string,
  columns: readonly MatrixColumn[],
): ReadonlySet<number>[] {
  return Array.from(text.matchAll(/\[([^[\]]+)\]/g), ([, group]) => {
    const names = group.split(',').map((name) => name.trim());
    return new Set(names.map((name) => columnOf(family, 'interaction_constraints', name, columns)));
  });
}

/**
 * A number a column, as `parameter` gives them for all in order or by name; `otherwise` for one not named. Throws as
 * `monotoneDirections` does.
 */
export function columnNumbers(
  family: Family,
  parameter: string,
  text: string,
  columns: readonly MatrixColumn[],
  otherwise: number,
): number[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (!text.includes(':')) {
    if (entries.length === columns.length) return entries.map(Number);
    throw usageError(
      'BAD_PARAMETER',
      `${family}.${parameter} has ${entries.length} numbers for ${columns.length} columns.`,
      'Give one for every column, or name the columns: price:2,age:0.5.',
    );
  }
  const numbers = new Array<number>(columns.length).fill(otherwise);
  for (const entry of entries) {
    const colon = entry.lastIndexOf(':');
    numbers[columnOf(family, parameter, entry.slice(0, colon).trim(), columns)] = Number(entry.slice(colon + 1));
  }
  return numbers;
}

/** By name, else by position from 0. */
function columnOf(family: Family, parameter: string, name: string, columns: readonly MatrixColumn[]): number {
  const named = columns.findIndex((column) => column.name === name);
  if (named >= 0) return named;
  const position = /^\d+$/.test(name) ? Number(name) : columns.length;
  if (position < columns.length) return position;
  const names = columns.map((column) => column.name);
  throw usageError(
    'BAD_PARAMETER',
    `${family}.${parameter}: there is no column "${name}".${didYouMean(name, names)}`,
    `The ${names.length} columns are ${names.slice(0, 30).join(', ')}${names.length > 30 ? ', …' : ''}.`,
  );
}

/**
 * Range of the outputs below a node: a split on a monotone feature parts its node's range at the mean of the children's
 * outputs. The parent's bounds must be set.
 */
export function outputBounds(node: TreeNode, directionOf: (feature: number) => number): OutputBounds {
  const { parent } = node;
  if (parent?.split === undefined) return { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
  const { min, max } = parent.bounds!;
  const { feature, left, right } = parent.split;
  const direction = directionOf(feature);
  if (direction === 0) return { min, max };
  const middle = (left.value + right.value) / 2;
  const isLower = (node === parent.left) === direction > 0;
  return isLower ? { min, max: Math.min(max, middle) } : { min: Math.max(min, middle), max };
}

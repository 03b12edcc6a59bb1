/**
 * LightGBM's monotone constraints (the "basic" method of monotone_constraints.hpp) and interaction constraints
 * (col_sampler.hpp): reading them against the training columns, and what they mean for a node. It looks for no splits.
 */
import { usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { MatrixColumn } from '../table/matrix.js';
import type { BinnedFeature } from './binned-matrix.js';
import type { OutputBounds, TreeNode } from './grown-tree.js';
import { EPSILON } from './lightgbm-gain.js';
import type { ParameterValues } from './parameters.js';

export interface LightgbmConstraints {
  /** −1, 0 or 1 a column. */
  readonly monotone?: readonly number[];
  readonly monotonePenalty: number;
  /** Groups of columns. */
  readonly interactions?: readonly ReadonlySet<number>[];
}

/** Throws a usage error that names a column the table does not have, or one that cannot be monotone. */
export function constraintsOf(parameters: ParameterValues, columns: readonly MatrixColumn[]): LightgbmConstraints {
  const monotone = String(parameters['monotone_constraints']);
  const interactions = String(parameters['interaction_constraints']);
  return {
    monotonePenalty: Number(parameters['monotone_penalty']),
    ...(monotone === '' ? {} : { monotone: monotoneDirections(monotone, columns) }),
    ...(interactions === '' ? {} : { interactions: interactionGroups(interactions, columns) }),
  };
}

function monotoneDirections(text: string, columns: readonly MatrixColumn[]): number[] {
  const entries = text.split(',').map((entry) => entry.trim());
  const directions = new Array<number>(columns.length).fill(0);
  if (!text.includes(':')) {
    if (entries.length !== columns.length)
      throw usageError(
        'BAD_PARAMETER',
        `lightgbm.monotone_constraints has ${entries.length} directions for ${columns.length} columns.`,
        'Give one for every column, or name the columns: price:-1,age:1.',
      );
    entries.forEach((entry, column) => {
      directions[column] = Number(entry);
    });
  }
  for (const entry of text.includes(':') ? entries : []) {
    const colon = entry.lastIndexOf(':');
    const column = columnOf('monotone_constraints', entry.slice(0, colon).trim(), columns);
    directions[column] = Number(entry.slice(colon + 1));
  }
  const wrong = columns.find(({ kind }, column) => kind === 'categorical' && directions[column] !== 0);
  if (wrong === undefined) return directions;
  throw usageError(
    'BAD_PARAMETER',
    `lightgbm.monotone_constraints: column "${wrong.name}" is categorical; only numeric columns have a direction.`,
  );
}

function interactionGroups(text: string, columns: readonly MatrixColumn[]): ReadonlySet<number>[] {
  return Array.from(text.matchAll(/\[([^[\]]+)\]/g), ([, group]) => {
    const names = group.split(',').map((name) => name.trim());
    return new Set(names.map((name) => columnOf('interaction_constraints', name, columns)));
  });
}

/** By name, else by position from 0. */
function columnOf(parameter: string, name: string, columns: readonly MatrixColumn[]): number {
  const named = columns.findIndex((column) => column.name === name);
  if (named >= 0) return named;
  const position = /^\d+$/.test(name) ? Number(name) : columns.length;
  if (position < columns.length) return position;
  const names = columns.map((column) => column.name);
  throw usageError(
    'BAD_PARAMETER',
    `lightgbm.${parameter}: there is no column "${name}".${didYouMean(name, names)}`,
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

/** Factor on the gain of a split on a monotone feature (ComputeMonotoneSplitGainPenalty). */
export function monotonePenalty(depth: number, strength: number): number {
  if (strength >= depth + 1) return EPSILON;
  if (strength <= 1) return 1 - strength / 2 ** depth + EPSILON;
  return 1 - 2 ** (strength - 1 - depth) + EPSILON;
}

/** Those of `from` that the branch down to `node` may use: its own, and all of each group that holds its own. */
export function allowedFeatures(
  node: TreeNode,
  from: readonly number[],
  features: readonly BinnedFeature[],
  groups: readonly ReadonlySet<number>[],
): number[] {
  const branch = new Set<number>();
  for (let above = node.parent; above?.split !== undefined; above = above.parent)
    branch.add(features[above.split.feature].column);
  const open = groups.filter((group) => [...branch].every((column) => group.has(column)));
  return from.filter((f) => {
    const { column } = features[f];
    return branch.has(column) || open.some((group) => group.has(column));
  });
}

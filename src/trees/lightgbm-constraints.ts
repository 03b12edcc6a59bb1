/**
 * LightGBM's monotone constraints (monotone_constraints.hpp) and interaction constraints
 * (col_sampler.hpp): reading them against the training columns, and what they mean for a node. It looks for no splits.
 */
import type { MatrixColumn } from '../table/matrix.js';
import { interactionGroups, monotoneDirections } from './column-constraints.js';
import type { BinnedFeature } from './feature-bins.js';
import type { TreeNode } from './grown-tree.js';
import { EPSILON } from './lightgbm-gain.js';
import type { ParameterValues } from './parameters.js';

export interface LightgbmConstraints {
  /** −1, 0 or 1 a column. */
  readonly monotone?: readonly number[];
  readonly monotoneMethod: 'basic' | 'intermediate' | 'advanced';
  readonly monotonePenalty: number;
  /** Groups of columns. */
  readonly interactions?: readonly ReadonlySet<number>[];
}

/** Throws a usage error that names a column the table does not have, or one that cannot be monotone. */
export function constraintsOf(parameters: ParameterValues, columns: readonly MatrixColumn[]): LightgbmConstraints {
  const monotone = String(parameters['monotone_constraints']);
  const interactions = String(parameters['interaction_constraints']);
  return {
    // Features drawn for a node are not drawn again where its split is searched for again: the original's rule.
    monotoneMethod:
      Number(parameters['feature_fraction_bynode']) < 1
        ? 'basic'
        : (parameters['monotone_constraints_method'] as LightgbmConstraints['monotoneMethod']),
    monotonePenalty: Number(parameters['monotone_penalty']),
    ...(monotone === '' ? {} : { monotone: monotoneDirections('lightgbm', monotone, columns) }),
    ...(interactions === '' ? {} : { interactions: interactionGroups('lightgbm', interactions, columns) }),
  };
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

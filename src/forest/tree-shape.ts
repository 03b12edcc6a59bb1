/** The nodes of one tree breadth first, with how many leaves and levels lie below each; deep trees cost no stack. */
import type { Forest } from './forest.js';

export interface TreeShape {
  /** Absolute node indices, the root first, siblings side by side. */
  readonly order: readonly number[];
  /** Leaves below a node, itself when it is one; by its index less the tree's first. */
  readonly leaves: Int32Array;
  /** Levels below a node; 0 at a leaf. */
  readonly height: Int32Array;
  /** Sum of the leaves' depths below a node. */
  readonly depthSum: Float64Array;
  /** Index of the tree's first node. */
  readonly first: number;
}

export function treeShape({ feature, left, right, treeStart }: Forest, tree: number): TreeShape {
  const first = treeStart[tree];
  const nodes = treeStart[tree + 1] - first;
  const order = [first];
  for (let i = 0; i < order.length; i++) if (feature[order[i]] >= 0) order.push(left[order[i]], right[order[i]]);
  const leaves = new Int32Array(nodes);
  const height = new Int32Array(nodes);
  const depthSum = new Float64Array(nodes);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i];
    if (feature[node] < 0) {
      leaves[node - first] = 1;
      continue;
    }
    const [l, r] = [left[node] - first, right[node] - first];
    leaves[node - first] = leaves[l] + leaves[r];
    height[node - first] = 1 + Math.max(height[l], height[r]);
    depthSum[node - first] = depthSum[l] + depthSum[r] + leaves[l] + leaves[r];
  }
  return { order, leaves, height, depthSum, first };
}

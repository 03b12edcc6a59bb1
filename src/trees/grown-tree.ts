/**
 * A tree as it grows: nodes as objects, splits in bins. It is training state; `grown-tree-nodes.ts` turns it into the
 * nodes of a Forest.
 */

/** Sums and output of a node. g and h: Σ of gradients; value: the output of a leaf here, before shrinkage. */
export interface NodeSums {
  readonly g: number;
  readonly h: number;
  readonly value: number;
}

export interface NodeSplit {
  /** Index into the binned matrix's features. */
  readonly feature: number;
  /** In the family's own units; above 0. */
  readonly gain: number;
  /** One byte a bin: 1 goes left. */
  readonly goesLeft: Uint8Array;
  /** Last bin of the left side; absent for category sets. */
  readonly threshold?: number;
  /** Where a missing value goes. */
  readonly defaultLeft: boolean;
  /** Bins of the category set. */
  readonly set?: readonly number[];
  readonly left: NodeSums;
  readonly right: NodeSums;
}

export interface OutputBounds {
  readonly min: number;
  readonly max: number;
}

export class TreeNode implements NodeSums {
  /** Byte offset of the node's histogram, while it is kept. */
  histogram: number | undefined;
  /** The best split found, until and after it is carried out. */
  split: NodeSplit | undefined;
  left: TreeNode | undefined;
  right: TreeNode | undefined;
  /** Training rows that reached the node, weighted; set when the tree is done. */
  cover = 0;
  /** One flag a feature, written by the family's split finder: 0 is not worth looking at below this node. */
  splittable: Uint8Array | undefined;
  /** Range of the outputs below this node, written by the family's split finder under monotone constraints. */
  bounds: OutputBounds | undefined;

  constructor(
    /** Nodes count from 0 in the order of their making, left before right. */
    readonly index: number,
    /** Leaves count from 0; a split's left child keeps its parent's number, the right one takes the next. */
    readonly leaf: number,
    readonly depth: number,
    /** The node's rows in the row partition. */
    readonly start: number,
    readonly count: number,
    readonly g: number,
    readonly h: number,
    readonly value: number,
    readonly parent: TreeNode | undefined,
  ) {}
}

export interface GrownTree {
  readonly root: TreeNode;
  readonly leaves: number;
}

/** Every node of a tree, parents before children, left before right. */
export function nodesOf({ root }: GrownTree): TreeNode[] {
  const nodes: TreeNode[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node);
    if (node.left !== undefined && node.right !== undefined) waiting.push(node.right, node.left);
  }
  return nodes;
}

export function leavesOf(tree: GrownTree): TreeNode[] {
  return nodesOf(tree).filter((node) => node.left === undefined);
}

/** Turns a grown tree into the nodes of a Forest. */
import type { ForestBuilder, NodeTest } from '../forest/forest-builder.js';
import type { BoostingState } from './boost.js';
import { type GrownTree, nodesOf, type TreeNode } from './grown-tree.js';

export interface NodeForm {
  /** Value of the node as a leaf. */
  value(node: TreeNode): number;
  /** The split of an inner node on the given column of the matrix. */
  test(node: TreeNode, column: number): NodeTest;
  /** True when the Forest's left child is the grown tree's right one. */
  swapped?(node: TreeNode): boolean;
}

export function addNodes(builder: ForestBuilder, tree: GrownTree, { binned }: BoostingState, form: NodeForm): void {
  builder.beginTree();
  const nodes = nodesOf(tree);
  const index = new Map<TreeNode, number>();
  for (const node of nodes) {
    const statistics = { value: form.value(node), cover: node.cover, count: node.count, hessian: node.h };
    const at =
      node.left === undefined
        ? builder.addLeaf(statistics.value, statistics)
        : builder.addSplit(form.test(node, binned.features[node.split!.feature].column), statistics);
    index.set(node, at);
  }
  for (const node of nodes) {
    if (node.left === undefined || node.right === undefined) continue;
    const [first, second] = form.swapped?.(node) ? [node.right, node.left] : [node.left, node.right];
    builder.join(index.get(node)!, index.get(first)!, index.get(second)!);
  }
}

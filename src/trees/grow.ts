/**
 * Grows one tree: takes the next leaf by the family's order, splits its rows, makes the children's histograms (the smaller
 * one from its rows, the larger by subtraction) and asks the family for their best splits. What a good split is, the
 * family's `GrowthPolicy` says; this file knows no gain.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BinnedMatrix } from './binned-matrix.js';
import { type GrownTree, type NodeSplit, type NodeSums, TreeNode } from './grown-tree.js';
import type { HistogramMaker } from './histogram.js';
import type { HistogramSlots } from './histogram-slots.js';
import { OpenNodes } from './open-nodes.js';
import type { RowPartition } from './row-partition.js';

export interface GrowthPolicy {
  readonly maxLeaves: number;
  /** The order in which leaves are split: a strict total order. */
  precedes(a: TreeNode, b: TreeNode): boolean;
  /** False ends growth when this leaf is next. */
  maySplit(node: TreeNode): boolean;
  /** False: neither child of this node will be split; no histogram is made. */
  mayHaveGrandchildren(left: TreeNode, right: TreeNode): boolean;
  /** True: of two children the smaller is looked at first (the right one of equals); absent: the left one. */
  readonly smallerFirst?: boolean;
  /** Called when a node has been split: open nodes whose splits are to be searched for again. */
  renewed?(node: TreeNode): readonly TreeNode[];
  /** The best split of a node, or undefined. `histogram` is the byte offset of its histogram. */
  findSplit(node: TreeNode, histogram: number): NodeSplit | undefined;
  /** The same of two children, whose histograms are kept, in one go: what `findSplit` would say of the first, then of the second. */
  findSplits?(first: TreeNode, second: TreeNode): readonly [NodeSplit | undefined, NodeSplit | undefined];
}

export class TreeGrower {
  readonly #binned: BinnedMatrix;
  readonly #maker: HistogramMaker;
  readonly #slots: HistogramSlots;
  readonly #partition: RowPartition;
  /** Histograms for which no slot is free. */
  readonly #spare: readonly [number, number];
  /** Tiles with a feature this tree may use; absent: all. */
  #wantedTile: readonly boolean[] | undefined;

  constructor(
    pool: KernelPool,
    binned: BinnedMatrix,
    maker: HistogramMaker,
    slots: HistogramSlots,
    partition: RowPartition,
  ) {
    this.#binned = binned;
    this.#maker = maker;
    this.#slots = slots;
    this.#partition = partition;
    this.#spare = [pool.memory.alloc(binned.histogramBytes), pool.memory.alloc(binned.histogramBytes)];
  }

  /** A tree over the partition's first `count` rows (all rows of the matrix in order when `count` is its rows). */
  grow(policy: GrowthPolicy, count: number, rootSums: NodeSums, wantedTile?: readonly boolean[]): GrownTree {
    const { g, h, value } = rootSums;
    const root = new TreeNode(0, 0, 0, 0, count, g, h, value, undefined);
    const open = new OpenNodes(policy.precedes);
    let nodes = 1;
    let leaves = 1;
    this.#wantedTile = wantedTile;
    if (policy.maxLeaves > 1) {
      root.histogram = this.#slots.take();
      if (root.histogram !== undefined) this.#make(root, root.histogram);
      this.#consider(root, policy, open);
    }
    while (leaves < policy.maxLeaves) {
      const node = open.pop();
      if (node?.split === undefined || !policy.maySplit(node)) break;
      const { feature, goesLeft, left, right } = node.split;
      const leftCount = this.#partition.split(node.start, node.count, this.#binned.features[feature], goesLeft);
      const rightCount = node.count - leftCount;
      node.left = new TreeNode(
        nodes,
        node.leaf,
        node.depth + 1,
        node.start,
        leftCount,
        left.g,
        left.h,
        left.value,
        node,
      );
      node.right = new TreeNode(
        nodes + 1,
        leaves,
        node.depth + 1,
        node.start + leftCount,
        rightCount,
        right.g,
        right.h,
        right.value,
        node,
      );
      nodes += 2;
      leaves++;
      for (const other of policy.renewed?.(node) ?? []) {
        open.remove(other);
        this.#consider(other, policy, open);
      }
      if (leaves < policy.maxLeaves && policy.mayHaveGrandchildren(node.left, node.right)) {
        this.#childHistograms(node, node.left, node.right);
        const swapped = policy.smallerFirst === true && rightCount <= leftCount;
        this.#considerBoth(swapped ? node.right : node.left, swapped ? node.left : node.right, policy, open);
      } else this.#forget(node);
    }
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      node.split = undefined;
      this.#forget(node);
    }
    return { root, leaves };
  }

  #make(node: TreeNode, out: number, parent?: number): void {
    const whole = node.parent === undefined && node.count === this.#binned.rows;
    const rows = whole ? this.#partition.sharesOfAll() : this.#partition.shares(node.start, node.count);
    this.#maker.make(rows, out, this.#wantedTile, parent);
  }

  /** Histograms of both children; the parent's slot becomes the larger child's. */
  #childHistograms(parent: TreeNode, left: TreeNode, right: TreeNode): void {
    if (parent.histogram === undefined) return;
    const [smaller, larger] = left.count < right.count ? [left, right] : [right, left];
    smaller.histogram = this.#slots.take();
    const target = smaller.histogram ?? this.#spare[0];
    this.#make(smaller, target, parent.histogram);
    larger.histogram = parent.histogram;
    parent.histogram = undefined;
  }

  #considerBoth(first: TreeNode, second: TreeNode, policy: GrowthPolicy, open: OpenNodes): void {
    if (policy.findSplits === undefined || first.histogram === undefined || second.histogram === undefined) {
      this.#consider(first, policy, open);
      this.#consider(second, policy, open);
      return;
    }
    [first.split, second.split] = policy.findSplits(first, second);
    for (const node of [first, second])
      if (node.split === undefined) this.#forget(node);
      else open.push(node);
  }

  /** Looks for the node's best split and opens the node if there is one. */
  #consider(node: TreeNode, policy: GrowthPolicy, open: OpenNodes): void {
    const histogram = node.histogram ?? this.#spare[1];
    if (node.histogram === undefined) this.#make(node, histogram);
    node.split = policy.findSplit(node, histogram);
    if (node.split === undefined) this.#forget(node);
    else open.push(node);
  }

  #forget(node: TreeNode): void {
    if (node.histogram !== undefined) this.#slots.give(node.histogram);
    node.histogram = undefined;
  }
}

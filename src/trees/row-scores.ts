/**
 * Raw scores, labels and weights of a set of rows in the kernels' memory: the state of boosting for training and for
 * validation rows. It computes log loss; gradients are the families' business.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { LabelledMatrix } from './family.js';
import type { GrownTree, TreeNode } from './grown-tree.js';
import { leavesOf } from './grown-tree.js';
import { chunks } from './row-chunks.js';
import type { RowPartition } from './row-partition.js';

/** Rows of one task, and of one partial sum of the log loss. */
export const SCORE_CHUNK = 16384;

export class RowScores {
  readonly rows: number;
  /** Doubles, one a row. */
  readonly scores: number;
  /** Bytes, 0 or 1. */
  readonly labels: number;
  /** Doubles, single precision values as the originals keep them; 0 when every weight is 1. */
  readonly weights: number;
  readonly totalWeight: number;
  readonly largestWeight: number;
  readonly #pool: KernelPool;
  readonly #single: boolean;
  readonly #partial: number;

  /** `single` true keeps scores rounded to float32 (XGBoost). */
  constructor(pool: KernelPool, { label, weight }: LabelledMatrix, intercept: number, single: boolean) {
    const { memory } = pool;
    this.#pool = pool;
    this.#single = single;
    this.rows = label.length;
    this.scores = memory.alloc(this.rows * 8);
    this.labels = memory.alloc(this.rows);
    this.#partial = memory.alloc(Math.ceil(this.rows / SCORE_CHUNK) * 8 + 8);
    memory.f64(this.scores, this.rows).fill(intercept);
    memory.u8(this.labels, this.rows).set(label);
    if (weight === undefined) {
      this.weights = 0;
      this.totalWeight = this.rows;
      this.largestWeight = 1;
      return;
    }
    this.weights = memory.alloc(this.rows * 8);
    const kept = memory.f64(this.weights, this.rows);
    let [total, largest] = [0, 0];
    for (let row = 0; row < this.rows; row++) {
      kept[row] = Math.fround(weight[row]);
      total += kept[row];
      largest = Math.max(largest, kept[row]);
    }
    this.totalWeight = total;
    this.largestWeight = largest;
  }

  /** Weighted mean of the log loss. */
  logLoss(): number {
    const calls = chunks(this.rows, SCORE_CHUNK).map(([from, to], chunk) => [
      ...[this.scores, this.labels, this.weights, from, to - from],
      this.partialLoss(chunk),
    ]);
    this.#pool.run('logLossSum', calls);
    return this.lossOfPartials();
  }

  /** Where the sum of the losses of a chunk of SCORE_CHUNK rows goes. */
  partialLoss(chunk: number): number {
    return this.#partial + chunk * 8;
  }

  /** The weighted mean log loss of the chunks' sums. */
  lossOfPartials(): number {
    let sum = 0;
    for (const partial of this.#pool.memory.f64(this.#partial, Math.ceil(this.rows / SCORE_CHUNK))) sum += partial;
    return sum / this.totalWeight;
  }

  /**
   * Calls that add a leaf's value to the scores of its rows, which `partition` holds at the leaf's range: a list of them for each
   * of the partition's regions.
   */
  #addLeaf(partition: RowPartition, start: number, count: number, value: number, calls: number[][][]): void {
    partition.stretches(start, count).forEach((stretch, region) => {
      calls[region] ??= [];
      for (let from = 0; from < stretch.count; from += SCORE_CHUNK) {
        const rows = Math.min(SCORE_CHUNK, stretch.count - from);
        calls[region].push([stretch.rows + from * 4, rows, this.scores, value, this.#single ? 1 : 0]);
      }
    });
  }

  /** Adds a tree that was grown on `partition`. */
  addGrown(partition: RowPartition, tree: GrownTree, leafValueOf: (leaf: TreeNode) => number): void {
    const calls: number[][][] = [];
    for (const leaf of leavesOf(tree)) this.#addLeaf(partition, leaf.start, leaf.count, leafValueOf(leaf), calls);
    this.#pool.run('addToScores', calls.flat());
  }

  /** Adds a tree to other rows: `partition` holds them as one range of `count` rows and is split as the tree was. */
  addReplayed(
    partition: RowPartition,
    count: number,
    tree: GrownTree,
    leafValueOf: (leaf: TreeNode) => number,
    split: (node: TreeNode, start: number, count: number) => number,
  ): void {
    const calls: number[][][] = [];
    const walk = (node: TreeNode, start: number, rows: number): void => {
      if (rows === 0) return;
      if (node.left === undefined || node.right === undefined) {
        this.#addLeaf(partition, start, rows, leafValueOf(node), calls);
        return;
      }
      const left = split(node, start, rows);
      walk(node.left, start, left);
      walk(node.right, start + left, rows - left);
    };
    walk(tree.root, 0, count);
    this.#pool.run('addToScores', calls.flat());
  }
}

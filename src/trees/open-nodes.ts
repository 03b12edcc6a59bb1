/** A binary heap of the leaves that may still be split, by a family's order of growth. */
import type { TreeNode } from './grown-tree.js';

export class OpenNodes {
  readonly #precedes: (a: TreeNode, b: TreeNode) => boolean;
  readonly #heap: TreeNode[] = [];

  /** `precedes` must be a strict total order, or the tree would depend on the heap. */
  constructor(precedes: (a: TreeNode, b: TreeNode) => boolean) {
    this.#precedes = precedes;
  }

  push(node: TreeNode): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(node);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#precedes(node, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = node;
  }

  /** Takes a node out, wherever it is; the caller may then change its split. */
  remove(node: TreeNode): void {
    const others = this.#heap.filter((one) => one !== node);
    this.#heap.length = 0;
    for (const other of others) this.push(other);
  }

  pop(): TreeNode | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#precedes(heap[child + 1], heap[child])) child++;
      if (!this.#precedes(heap[child], moved)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return first;
  }
}

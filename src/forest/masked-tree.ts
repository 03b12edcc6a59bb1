/**
 * A tree as the kernel `scoreMaskedTrees` reads it: the exits of its head from left to right, the tests that part them,
 * and how far leaves lie below. How large the head is, is chosen by what it costs.
 */
import type { Forest } from './forest.js';
import { type TreeShape, treeShape } from './tree-shape.js';

/** A node of the head: its subtree has the exits from … to − 1, and its right child begins with exit `at`. */
export interface HeadTest {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

export interface MaskedTree {
  readonly shape: TreeShape;
  /** A node comes before its children. */
  readonly tests: readonly HeadTest[];
  /** Nodes that end the head, from left to right. */
  readonly exits: readonly number[];
  /** Steps that every row takes below the head; 0 when every exit is a leaf. */
  readonly steps: number;
  /** True when a leaf lies further below. */
  readonly more: boolean;
}

/** Exits that a byte numbers. */
export const MAX_EXITS = 256;
/** Sizes of heads that are tried; trees of at most so many leaves have no tail. */
const HEADS = [8, 16, 32, 64, 128, MAX_EXITS];

// Instructions a row, counted in the kernel's loops; only their order matters.
const TEST = 44 / 512;
const STEP = 10;
const LEAF = 5;
const TAIL = 10;

/** The cheapest form of tree `tree`. */
export function maskedTree(forest: Forest, tree: number): MaskedTree {
  const shape = treeShape(forest, tree);
  let best: MaskedTree | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  // From the largest on: most trees fit into it whole, and nothing is cheaper than that.
  for (const size of HEADS.toReversed()) {
    const masked = withHead(forest, shape, size);
    const cost = costOf(masked);
    if (cost < bestCost) [best, bestCost] = [masked, cost];
    if (masked.steps === 0) break;
  }
  return best as MaskedTree;
}

function costOf({ tests, steps, more }: MaskedTree): number {
  // Rows that go on take about two steps more, and one that finds nobody moving.
  return tests.length * TEST + (steps === 0 ? LEAF : TAIL + STEP * (steps + (more ? 3 : 0)));
}

function withHead(forest: Forest, shape: TreeShape, size: number): MaskedTree {
  const ends = headExits(forest, shape, size);
  return { shape, ...placeHead(forest, shape, ends), ...tailOf(shape, ends) };
}

/** At most `size` nodes that part the tree; the highest subtree is opened first. */
function headExits(
  { feature, left, right }: Forest,
  { order, height, leaves, first }: TreeShape,
  size: number,
): Set<number> {
  const exits = new Set([order[0]]);
  if (leaves[0] <= size) return new Set(order.filter((node) => feature[node] < 0));
  while (exits.size < size) {
    let highest = -1;
    for (const node of exits) {
      if (feature[node] < 0) continue;
      const higher =
        highest < 0
          ? 1
          : height[node - first] - height[highest - first] || leaves[node - first] - leaves[highest - first];
      if (higher > 0) highest = node;
    }
    if (highest < 0) break;
    exits.delete(highest);
    exits.add(left[highest]);
    exits.add(right[highest]);
  }
  return exits;
}

/** Steps below the exits: as many as their leaves are deep on average, and more where leaves lie deeper. */
function tailOf({ height, depthSum, leaves, first }: TreeShape, exits: ReadonlySet<number>) {
  let [deepest, depths, count] = [0, 0, 0];
  for (const node of exits) {
    deepest = Math.max(deepest, height[node - first]);
    depths += depthSum[node - first];
    count += leaves[node - first];
  }
  const mean = Math.max(Math.ceil(depths / count), Math.min(deepest, 1));
  return deepest - mean <= 2 ? { steps: deepest, more: false } : { steps: mean, more: true };
}

/** Numbers the exits from left to right; a chain of 255 nodes is no deeper than the call stack. */
function placeHead({ left, right }: Forest, { order }: TreeShape, ends: ReadonlySet<number>) {
  const exits: number[] = [];
  const below: HeadTest[] = [];
  const place = (node: number): void => {
    if (ends.has(node)) {
      exits.push(node);
      return;
    }
    const from = exits.length;
    const slot = below.length;
    below.push({ node, from, to: 0, at: 0 });
    place(left[node]);
    const at = exits.length;
    place(right[node]);
    below[slot] = { node, from, to: exits.length, at };
  };
  place(order[0]);
  return { exits, tests: below };
}

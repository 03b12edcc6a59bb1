/** Trees in the kernels' memory; layout in kernels/assembly/masked-trees.ts. */
import type { KernelMemory } from '../kernels/memory.js';
import type { Forest } from './forest.js';
import type { MaskedTree } from './masked-tree.js';
import type { RankedTests } from './ranked-columns.js';
import { MASK_ROWS, type TestMasks } from './test-masks.js';

export interface PlacedTrees {
  /** Address of the list of trees. */
  readonly list: number;
  /** From a node to its value. */
  readonly toValues: number;
}

const NODE_BYTES = 8;
const TREE_WORDS = 8;
const MASK_BYTES = MASK_ROWS / 8;
/** Bytes of a test in a head's program, in words of two bytes. */
const TEST_WORDS = 6;
/** The rank of a leaf's test − 128: nothing exceeds it. */
const NEVER = 127;

/**
 * Takes the memory of all trees. Columns of set outcomes follow the ranked ones, as many as `setColumns` says; a column has
 * `rows` bytes.
 */
export function placeTrees(
  forest: Forest,
  tests: RankedTests,
  trees: readonly MaskedTree[],
  masks: TestMasks,
  rows: number,
  memory: KernelMemory,
): PlacedTrees {
  const nodeCount = trees.some(({ steps }) => steps > 0) ? forest.feature.length : 0;
  const placing: Placing = {
    forest,
    memory,
    nodes: memory.alloc(nodeCount * NODE_BYTES),
    values: memory.alloc(nodeCount * NODE_BYTES),
  };
  const list = memory.alloc(trees.length * TREE_WORDS * 4);
  trees.forEach((tree, t) => {
    const program = placeProgram(placing, tree, masks);
    const sets = setsBelow(forest, tests, tree);
    const setList = memory.alloc(sets.length * 8);
    sets.forEach((node, slot) => {
      const words = [masks.maskOf(node), (tests.ranked.length + slot) * rows];
      memory.u32(setList + slot * 8, 2).set(words);
    });
    const slots = new Map(sets.map((node, slot) => [node, tests.ranked.length + slot]));
    const testOf: TestOf = (node) => {
      // Where a set's row goes right stands 127, else −128: it must exceed 0.
      if (tests.rank[node] < 0) return [(slots.get(node) ?? 0) * rows, 0];
      return [tests.column[node] * rows, (tests.rank[node] - 128) & 255];
    };
    const exits = tree.steps === 0 ? placeLeaves(placing, t, tree) : placeNodes(placing, t, tree, testOf);
    const steps = tree.steps * 2 + (tree.more ? 1 : 0);
    memory
      .u32(list + t * TREE_WORDS * 4, TREE_WORDS)
      .set([program, tree.tests.length, tree.exits.length, exits, setList, sets.length, steps, 0]);
  });
  return { list, toValues: placing.values - placing.nodes };
}

/** The most columns of set outcomes that a tree needs. */
export function setColumns(forest: Forest, tests: RankedTests, trees: readonly MaskedTree[]): number {
  return trees.reduce((most, tree) => Math.max(most, setsBelow(forest, tests, tree).length), 0);
}

/** Nodes below the head that test category sets. */
function setsBelow({ feature }: Forest, { rank }: RankedTests, { shape, tests, steps }: MaskedTree): number[] {
  if (steps === 0) return [];
  const head = new Set(tests.map(({ node }) => node));
  return shape.order.filter((node) => feature[node] >= 0 && rank[node] < 0 && !head.has(node));
}

interface Placing {
  readonly forest: Forest;
  readonly memory: KernelMemory;
  /** Addresses of the nodes and, as far apart, of their values. */
  readonly nodes: number;
  readonly values: number;
}

/** Byte offset of a node's column among the ranks, and the rank − 128 to exceed, as a byte. */
type TestOf = (node: number) => readonly [number, number];

/** The tests of the head, a node before its children. */
function placeProgram({ memory }: Placing, { tests }: MaskedTree, masks: TestMasks): number {
  const at = memory.alloc(tests.length * TEST_WORDS * 2);
  const words = memory.u16(at, tests.length * TEST_WORDS);
  tests.forEach(({ node, from, to, at: i }, t) => {
    const mask = masks.maskOf(node);
    const test = [mask & 65535, mask >>> 16, from * MASK_BYTES, to * MASK_BYTES, i * MASK_BYTES, 0];
    words.set(test, t * TEST_WORDS);
  });
  return at;
}

/** Exits in the order of Gray's code, as the kernel finds them. */
function inGrayOrder(exit: number): number {
  return exit ^ (exit >> 1);
}

/** Places for the codes of so many exits. */
function places(exits: number): number {
  return 2 ** Math.ceil(Math.log2(exits));
}

/** The values of the leaves at the exits. */
function placeLeaves({ forest, memory }: Placing, tree: number, { exits }: MaskedTree): number {
  const count = places(exits.length);
  const at = memory.alloc(count * 8);
  const values = memory.f64(at, count).fill(0);
  exits.forEach((leaf, exit) => {
    values[inGrayOrder(exit)] = forest.treeWeight[tree] * forest.value[leaf];
  });
  return at;
}

/** The tree's nodes breadth first, and the addresses of the exits among them. */
function placeNodes(
  { forest, memory, nodes, values }: Placing,
  tree: number,
  { shape, exits }: MaskedTree,
  testOf: TestOf,
): number {
  const { order, first } = shape;
  const words = memory.u32(nodes + first * NODE_BYTES, order.length * 2);
  const leaves = memory.f64(values + first * NODE_BYTES, order.length);
  const addressOf = new Map<number, number>();
  let children = first + 1;
  order.forEach((node, i) => {
    const address = nodes + (first + i) * NODE_BYTES;
    addressOf.set(node, address);
    if (forest.feature[node] < 0) {
      words.set([address, NEVER], i * 2);
      leaves[i] = forest.treeWeight[tree] * forest.value[node];
      return;
    }
    const [column, rank] = testOf(node);
    words.set([nodes + children * NODE_BYTES, (column << 8) | rank], i * 2);
    children += 2;
  });
  const count = places(exits.length);
  const at = memory.alloc(count * 4);
  const table = memory.u32(at, count).fill(nodes);
  exits.forEach((node, exit) => {
    table[inGrayOrder(exit)] = addressOf.get(node)!;
  });
  return at;
}

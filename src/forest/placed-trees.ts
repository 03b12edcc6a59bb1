/** Planed trees in the kernels' memory; layout in kernels/assembly/planed-trees.ts. */
import type { KernelMemory } from '../kernels/memory.js';
import type { Forest } from './forest.js';
import type { PlanedTree } from './planed-tree.js';
import type { RankedTests } from './ranked-columns.js';

export interface PlacedTrees {
  /** Address of the list of trees. */
  readonly list: number;
  /** From a node to its value. */
  readonly toValues: number;
  /** Columns of set outcomes that follow the ranked ones. */
  readonly setColumns: number;
}

/** Bytes of the category tables at most: a forest of more walks its sets' words instead. */
const MAX_TABLE_BYTES = 2 ** 25;

const NODE_BYTES = 8;
const TREE_WORDS = 6;
/** Outcomes of a set as ranks − 128: the test's own, 0, must be exceeded to go right. Nothing exceeds the first. */
const GOES_RIGHT = 127;
const GOES_LEFT = 128;

/** Takes the memory of all trees; undefined when their category sets are too large. A column has `block` rows. */
export function placeTrees(
  forest: Forest,
  tests: RankedTests,
  trees: readonly PlanedTree[],
  block: number,
  memory: KernelMemory,
): PlacedTrees | undefined {
  const { rank, column, coded, ranked } = tests;
  let tableBytes = 0;
  for (let node = 0; node < rank.length; node++)
    if (forest.feature[node] >= 0 && rank[node] < 0) tableBytes += coded[column[node]].missing + 1;
  if (tableBytes > MAX_TABLE_BYTES) return undefined;
  const placing: Placing = {
    forest,
    tests,
    block,
    memory,
    nodes: memory.alloc(forest.feature.length * NODE_BYTES),
    values: memory.alloc(forest.feature.length * NODE_BYTES),
    setTables: new Map(),
  };
  const list = memory.alloc(trees.length * TREE_WORDS * 4);
  let setColumns = 0;
  trees.forEach((tree, t) => {
    const sets = tree.shape.order.filter((node) => forest.feature[node] >= 0 && rank[node] < 0);
    setColumns = Math.max(setColumns, sets.length);
    const slots = new Map(sets.map((node, slot) => [node, ranked.length + slot]));
    const setList = memory.alloc(sets.length * 12);
    sets.forEach((node, slot) => {
      const words = [placeSet(placing, node), column[node] * block * 2, (ranked.length + slot) * block];
      memory.u32(setList + slot * 12, 3).set(words);
    });
    const testOf: TestOf = (node) => {
      if (rank[node] < 0) return [slots.get(node)! * block, 0];
      return [column[node] * block, (rank[node] - 128) & 255];
    };
    const program = placeProgram(placing, tree, testOf);
    const exits = tree.steps === 0 ? placeLeaves(placing, t, tree) : placeNodes(placing, t, tree, testOf);
    const steps = tree.steps * 2 + (tree.more ? 1 : 0);
    memory
      .u32(list + t * TREE_WORDS * 4, TREE_WORDS)
      .set([program, tree.planes.length, exits, setList, sets.length, steps]);
  });
  return { list, toValues: placing.values - placing.nodes, setColumns };
}

interface Placing {
  readonly forest: Forest;
  readonly tests: RankedTests;
  /** Rows of a column. */
  readonly block: number;
  readonly memory: KernelMemory;
  /** Addresses of the nodes and, as far apart, of their values. */
  readonly nodes: number;
  readonly values: number;
  readonly setTables: Map<string, number>;
}

/** Byte offset of a node's column among the ranks, and the rank − 128 to exceed, as a byte. */
type TestOf = (node: number) => readonly [number, number];

/** Planes from the last to the first, each followed by its tests. */
function placeProgram({ memory }: Placing, { planes }: PlanedTree, testOf: TestOf): number {
  const words: number[] = [];
  for (const { exits, tests } of planes.toReversed()) {
    words.push(tests.length, exits);
    for (const { node, mask } of tests) {
      const [column, rank] = testOf(node);
      words.push(column, rank | (mask << 8));
    }
  }
  const at = memory.alloc(words.length * 4);
  memory.u32(at, words.length).set(words);
  return at;
}

/** The values of the leaves at the exits. */
function placeLeaves({ forest, memory }: Placing, tree: number, { exitAt, planes }: PlanedTree): number {
  const at = memory.alloc(planes.length * 64);
  const values = memory.f64(at, planes.length * 8).fill(0);
  exitAt.forEach((leaf, place) => {
    if (leaf >= 0) values[place] = forest.treeWeight[tree] * forest.value[leaf];
  });
  return at;
}

/** The tree's nodes breadth first, and the addresses of the exits among them. */
function placeNodes(
  { forest, memory, nodes, values }: Placing,
  tree: number,
  { shape, exitAt, planes }: PlanedTree,
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
      words.set([address, GOES_RIGHT], i * 2);
      leaves[i] = forest.treeWeight[tree] * forest.value[node];
      return;
    }
    const [column, rank] = testOf(node);
    words.set([nodes + children * NODE_BYTES, (column << 8) | rank], i * 2);
    children += 2;
  });
  const at = memory.alloc(planes.length * 32);
  const exits = memory.u32(at, planes.length * 8).fill(nodes);
  exitAt.forEach((node, place) => {
    if (node >= 0) exits[place] = addressOf.get(node)!;
  });
  return at;
}

/** The address of a set's outcomes by id; equal sets over one column share it. */
function placeSet({ forest, tests, memory, setTables }: Placing, node: number): number {
  const { ids, missing } = tests.coded[tests.column[node]];
  const codes = tests.codes(node);
  const key = `${tests.column[node]} ${forest.defaultLeft[node]} ${codes.join()}`;
  let at = setTables.get(key);
  if (at === undefined) {
    at = memory.alloc(missing + 1);
    setTables.set(key, at);
    const table = memory.u8(at, missing + 1).fill(GOES_RIGHT);
    for (const code of codes) table[ids[code]] = GOES_LEFT;
    if (forest.defaultLeft[node] === 1) table[missing] = GOES_LEFT;
  }
  return at;
}

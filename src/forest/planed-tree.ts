/**
 * A tree as the kernel `scorePlanedTrees` reads it: the exits of its head as bits from left to right, eight to a plane,
 * and for each plane the tests that rule exits of it out. How large the head is, is chosen by what it costs.
 */
import type { Forest } from './forest.js';
import { type TreeShape, treeShape } from './tree-shape.js';

export interface PlaneTest {
  readonly node: number;
  /** Exits of the plane that going right rules out, a bit each. */
  readonly mask: number;
}

export interface ExitPlane {
  /** Exits that exist, a bit each. */
  readonly exits: number;
  readonly tests: readonly PlaneTest[];
}

export interface PlanedTree {
  readonly shape: TreeShape;
  readonly planes: readonly ExitPlane[];
  /** Node of the exit at each place; −1 where there is none. */
  readonly exitAt: readonly number[];
  /** Steps that every row takes below the head; 0 when every exit is a leaf. */
  readonly steps: number;
  /** True when a leaf lies further below. */
  readonly more: boolean;
}

/** Places that a byte numbers. */
const MAX_PLACES = 256;
/** Sizes of heads that are tried; trees of at most so many leaves have no tail. */
const HEADS = [1, 8, 16, 32, 64, MAX_PLACES];

// Instructions a row, counted in the kernel's loops; only their order matters.
const TEST = 23 / 64;
const PLANE = 5 / 16;
const STEP = 10;
const LEAF = 3;
const TAIL = 8;

/** The cheapest form of tree `tree`. */
export function planedTree(forest: Forest, tree: number): PlanedTree {
  const shape = treeShape(forest, tree);
  let best: PlanedTree | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const size of HEADS) {
    const planed = withHead(forest, shape, size);
    const cost = costOf(planed);
    if (cost < bestCost) [best, bestCost] = [planed, cost];
    if (planed.steps === 0) break;
  }
  return best as PlanedTree;
}

function costOf({ planes, steps, more }: PlanedTree): number {
  const head = planes.reduce((sum, { tests }) => sum + PLANE + TEST * tests.length, 0);
  // Rows that go on take about two steps more, and one that finds nobody moving.
  return head + (steps === 0 ? LEAF : TAIL + STEP * (steps + (more ? 3 : 0)));
}

function withHead(forest: Forest, shape: TreeShape, size: number): PlanedTree {
  const exits = headExits(forest, shape, size);
  let { exitAt, leftPlaces } = placeExits(forest, shape, exits, true);
  if (exitAt.length > MAX_PLACES) ({ exitAt, leftPlaces } = placeExits(forest, shape, exits, false));
  const planes = Array.from({ length: Math.ceil(exitAt.length / 8) }, (_, plane) => {
    const tests: PlaneTest[] = [];
    for (const [node, [from, to]] of leftPlaces) {
      const low = Math.max(from - plane * 8, 0);
      const high = Math.min(to - plane * 8, 8);
      if (low < high) tests.push({ node, mask: (1 << high) - (1 << low) });
    }
    let there = 0;
    for (let bit = 0; bit < 8; bit++) if ((exitAt[plane * 8 + bit] ?? -1) >= 0) there |= 1 << bit;
    return { exits: there, tests };
  });
  return { shape, planes, exitAt, ...tailOf(shape, exits) };
}

/** At most `size` nodes that part the tree; the highest subtree is opened first. */
function headExits(
  { feature, left, right }: Forest,
  { order, height, leaves, first }: TreeShape,
  size: number,
): Set<number> {
  const exits = new Set([order[0]]);
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

interface PlacedExits {
  readonly exitAt: number[];
  /** By node of the head: the places of its left subtree, from … to. */
  readonly leftPlaces: ReadonlyMap<number, readonly [number, number]>;
}

/** `aligned` keeps subtrees of up to eight exits inside one plane, at the price of places left empty. */
function placeExits(
  { left, right }: Forest,
  { order }: TreeShape,
  exits: ReadonlySet<number>,
  aligned: boolean,
): PlacedExits {
  const sizes = new Map<number, number>();
  const count = (node: number): number => {
    const size = exits.has(node) ? 1 : count(left[node]) + count(right[node]);
    sizes.set(node, size);
    return size;
  };
  count(order[0]);
  const exitAt: number[] = [];
  const leftPlaces = new Map<number, readonly [number, number]>();
  const place = (node: number): void => {
    const size = sizes.get(node)!;
    if (aligned && size <= 8 && (exitAt.length & 7) + size > 8) while ((exitAt.length & 7) !== 0) exitAt.push(-1);
    if (exits.has(node)) {
      exitAt.push(node);
      return;
    }
    const from = exitAt.length;
    place(left[node]);
    leftPlaces.set(node, [from, exitAt.length]);
    place(right[node]);
  };
  place(order[0]);
  return { exitAt, leftPlaces };
}

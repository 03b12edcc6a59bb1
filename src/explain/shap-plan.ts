/** A forest in the form of the SHAP kernels (layouts: src/kernels/assembly/shap.ts, shap-tests.ts), as plain bytes. */
import type { Forest } from '../forest/forest.js';
import { gaussLegendre } from './gauss-legendre.js';
import type { ShapPlayers } from './shap-players.js';

const NODE_BYTES = 72;

export interface ShapPlan {
  readonly nodes: Uint8Array;
  /** Six integers a tree. */
  readonly trees: Int32Array;
  readonly points: Float64Array;
  /** Doubles of each tree's tables. */
  readonly tableSizes: readonly number[];
  readonly maxDepth: number;
  readonly maxPoints: number;
  /** Most players on a path. */
  readonly maxPlayers: number;
  /** Mean raw score by the ratios of cover, the intercept included: the value of the empty coalition. */
  readonly base: number;
}

/** What a family's original takes as a node's share of rows: LightGBM counts, XGBoost's sums of hessians, else the weights. */
export function coverOf(forest: Forest): Float64Array {
  if (forest.family === 'lightgbm') return forest.count;
  return forest.family === 'xgboost' ? forest.hessian : forest.cover;
}

/** Of two children without cover (no training row came there, or none was recorded) each takes a half. */
export function coverRatio(cover: Float64Array, node: number, sibling: number): number {
  const both = cover[node] + cover[sibling];
  return both > 0 ? cover[node] / both : 0.5;
}

interface Entry {
  readonly node: number;
  readonly depth: number;
  readonly ratio: number;
  readonly isLeft: number;
  readonly player: number;
  /** Probability of arriving by the ratios. */
  readonly reach: number;
  /** The entry above on the path, undefined at the root. */
  readonly up: Entry | undefined;
  /** Of the player's edges above, this one included. */
  readonly z: number;
  readonly distinct: number;
}

export function shapPlan(forest: Forest, players: ShapPlayers): ShapPlan {
  const { feature, left, right, treeStart, treeWeight } = forest;
  const cover = coverOf(forest);
  const total = forest.average ? treeWeight.reduce((sum, weight) => sum + weight, 0) : 1;
  const nodes = new Uint8Array(feature.length * NODE_BYTES);
  const view = new DataView(nodes.buffer);
  const trees = new Int32Array(treeWeight.length * 6);
  const points: number[] = [];
  const pointsAt = new Map<number, number>();
  const tableSizes: number[] = [];
  let [at, maxDepth, maxPoints, maxPlayers, base] = [0, 0, 0, 0, 0];

  for (let tree = 0; tree < treeWeight.length; tree++) {
    const scale = treeWeight[tree] / total;
    const first = at;
    const root: Entry = {
      node: treeStart[tree],
      depth: 0,
      ratio: 1,
      isLeft: 0,
      player: -1,
      reach: 1,
      up: undefined,
      z: 1,
      distinct: 0,
    };
    const stack = [root];
    let distinct = 0;
    for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
      const above = sameAbove(entry);
      writeNode(view, at * NODE_BYTES, forest, entry, above, scale);
      closeSubtrees(view, first, at, entry.depth);
      at++;
      maxDepth = Math.max(maxDepth, entry.depth);
      distinct = Math.max(distinct, entry.distinct);
      const column = feature[entry.node];
      if (column < 0) {
        base += entry.reach * scale * forest.value[entry.node];
        continue;
      }
      const player = players.ofColumn[column];
      // The left child is taken first: preorder.
      stack.push(child(entry, right[entry.node], left[entry.node], 0, player, cover));
      stack.push(child(entry, left[entry.node], right[entry.node], 1, player, cover));
    }
    closeSubtrees(view, first, at, 0);
    // A polynomial of degree distinct − 1 at most; an even number of points fills the kernel's lanes.
    const q = Math.max(2, Math.ceil(distinct / 4) * 2);
    if (!pointsAt.has(q)) {
      pointsAt.set(q, points.length);
      const rule = gaussLegendre(q);
      points.push(...rule.points, ...rule.weights, ...rule.points.map((t) => -1 / (1 - t)));
    }
    const size = (at - first) * 5 * q;
    trees.set([first, at - first, q, 0, pointsAt.get(q) as number, 0], tree * 6);
    tableSizes.push(size);
    maxPoints = Math.max(maxPoints, q);
    maxPlayers = Math.max(maxPlayers, distinct);
  }
  return {
    nodes,
    trees,
    points: Float64Array.from(points),
    tableSizes,
    maxDepth,
    maxPoints,
    maxPlayers,
    base: base + forest.intercept,
  };
}

function child(up: Entry, node: number, sibling: number, isLeft: number, player: number, cover: Float64Array): Entry {
  const ratio = coverRatio(cover, node, sibling);
  let above: Entry | undefined = up;
  while (above !== undefined && above.player !== player) above = above.up;
  const distinct = up.distinct + (above === undefined ? 1 : 0);
  const z = ratio * (above?.z ?? 1);
  return { node, depth: up.depth + 1, ratio, isLeft, player, reach: up.reach * ratio, up, z, distinct };
}

function sameAbove(entry: Entry): Entry | undefined {
  let above = entry.up;
  while (above !== undefined && above.player !== entry.player) above = above.up;
  return above?.player === -1 ? undefined : above;
}

function writeNode(
  view: DataView,
  at: number,
  forest: Forest,
  entry: Entry,
  above: Entry | undefined,
  scale: number,
): void {
  const { node } = entry;
  const leaf = forest.feature[node] < 0;
  view.setFloat64(at, leaf ? 0 : forest.threshold[node], true);
  view.setFloat64(at + 8, entry.ratio, true);
  view.setFloat64(at + 16, above?.z ?? 1, true);
  view.setFloat64(at + 24, leaf ? scale * forest.value[node] : 0, true);
  const test =
    forest.operator[node] | (forest.missingMode[node] << 2) | (forest.defaultLeft[node] << 4) | (entry.isLeft << 5);
  const words = [forest.feature[node], entry.player, entry.depth, above?.depth ?? 0, test];
  words.push(forest.setStart[node], forest.setLength[node]);
  words.forEach((word, i) => {
    view.setInt32(at + 32 + i * 4, word, true);
  });
}

/** Tells the nodes before `at` that are no ancestors of it, and have no end yet, that they end there. */
function closeSubtrees(view: DataView, first: number, at: number, depth: number): void {
  for (let k = at - 1; k >= first; k--) {
    const place = k * NODE_BYTES;
    const here = view.getInt32(place + 40, true);
    if (here < depth) return;
    if (view.getInt32(place + 60, true) === 0) view.setInt32(place + 60, at - first, true);
  }
}

// Path-dependent SHAP values by Gauss–Legendre quadrature; src/explain/tree-shap.ts argues the method.
//
// A leaf's game is v · Π_j (z_j or o_j) over the players j of its path: o_j is 1 when the row passes all of j's edges,
// z_j the product of their ratios. With f_j(t) = z_j (1 − t) + o_j t, player i gets v ∫ (o_i − z_i) / f_i · Π_j f_j dt.
// Going down, P[depth] holds Π f_j at the points; going up, S[depth] the sum of v · P over the leaves below. An edge that
// follows an earlier edge of its player moves the leaves below from that one's (o − z) / f to its own, so a player's value
// is a sum over edges of S · (difference of these), which depends on the row only by o before and after: 1 1, 1 0 or 0 0,
// and is 0 for the last.
//
// A tree takes 24 bytes: i32 first node · i32 nodes · i32 points Q (even) · i32 first double of its tables · i32 first
// double of its points (t[Q], weight[Q], −1 / (1 − t)[Q]) · i32 padding. A node's tables, Q doubles each: P's factor for
// 1 1 and for 1 0, the weighted difference for 1 1 and for 1 0, (1 − z) / f for o = 1.

import { NODE_BYTES, shapTest } from './shap-tests';

/** Fills the tables of one tree. */
export function shapTables(nodes: usize, tree: usize, tables: usize, points: usize): i32 {
  const count = load<i32>(tree, 4);
  const q = load<i32>(tree, 8);
  const at = points + (<usize>load<i32>(tree, 16) << 3);
  const wide = <usize>q << 3;
  let node = nodes + <usize>load<i32>(tree) * NODE_BYTES;
  let table = tables + (<usize>load<i32>(tree, 12) << 3);
  for (let k: i32 = 0; k < count; k++) {
    const above = load<f64>(node, 16);
    const z = load<f64>(node, 8) * above;
    for (let i: usize = 0; i < wide; i += 8) {
      const t = load<f64>(at + i);
      const weight = load<f64>(at + wide + i);
      const off = load<f64>(at + wide * 2 + i);
      const fAbove = above + (1 - above) * t;
      const f = z + (1 - z) * t;
      const uAbove = (1 - above) / fAbove;
      const u = (1 - z) / f;
      const to = table + i;
      store<f64>(to, f / fAbove);
      store<f64>(to + wide, (z * (1 - t)) / fAbove);
      store<f64>(to + wide * 2, weight * (u - uAbove));
      store<f64>(to + wide * 3, weight * (off - uAbove));
      store<f64>(to + wide * 4, u);
    }
    node += NODE_BYTES;
    table += wide * 5;
  }
  return 0;
}

// State of a depth, 32 bytes: i32 0 node's index in the tree · i32 4 o of its edge · i32 8 case of its edge (0: 1 1,
// 1: 1 0, 2: 0 0) · i32 12 goes left here · i32 16 1 while no deeper edge is of the same player.

// @ts-ignore: decorator
@inline function dot(a: usize, b: usize, wide: usize): f64 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < wide; i += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a + i), v128.load(b + i)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

// @ts-ignore: decorator
@inline function addTo(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x);
}

/** Ends the edge above the node at `depth`: its player's value, or its row of the matrix of pairs, and S of the depth above. */
function close(
  depth: i32, state: usize, sums: usize, work: usize, wide: usize, first: usize, table: usize, off: usize, players: i32,
  pairs: i32, out: usize,
): void {
  const own = state + (<usize>depth << 5);
  const index = <usize>load<i32>(own);
  const node = first + index * NODE_BYTES;
  const sum = sums + <usize>depth * wide;
  const kind = load<i32>(own, 8);
  if (kind < 2) {
    const difference = table + index * wide * 5 + wide * <usize>(2 + kind);
    const player = load<i32>(node, 36);
    const value = dot(sum, difference, wide);
    if (!pairs) addTo(out + (<usize>player << 3), value);
    else {
      addTo(out + (<usize>(player * players + player) << 3), value);
      for (let i: usize = 0; i < wide; i += 16)
        v128.store(work + i, f64x2.mul(v128.load(sum + i), v128.load(difference + i)));
      for (let d: i32 = 1; d < depth; d++) {
        const other = state + (<usize>d << 5);
        if (!load<i32>(other, 16)) continue;
        const there = <usize>load<i32>(other);
        const partner = load<i32>(first + there * NODE_BYTES, 36);
        const factor = load<i32>(other, 4) ? table + there * wide * 5 + wide * 4 : off;
        const half = 0.5 * dot(work, factor, wide);
        addTo(out + (<usize>(player * players + partner) << 3), half);
        addTo(out + (<usize>(partner * players + player) << 3), half);
        addTo(out + (<usize>(player * players + player) << 3), -half);
        addTo(out + (<usize>(partner * players + partner) << 3), -half);
      }
    }
  }
  const above = load<i32>(node, 44);
  if (above > 0) store<i32>(state + (<usize>above << 5), 1, 16);
  const up = sums + <usize>(depth - 1) * wide;
  for (let i: usize = 0; i < wide; i += 16) v128.store(up + i, f64x2.add(v128.load(up + i), v128.load(sum + i)));
}

/**
 * Adds every tree's SHAP values of rows [from, to) to out: `players` doubles a row, or players² with `pairs` 1 (SHAP
 * interaction values, the diagonal being what is left of the player's own). `cells` holds `columns` doubles a row.
 * `scratch` takes, for depths 0 … maxDepth, 32 bytes of state, then P and S of the most points, then one such vector.
 */
export function shapRows(
  nodes: usize, trees: usize, treeCount: i32, tables: usize, points: usize, sets: usize, cells: usize, columns: i32,
  players: i32, from: i32, to: i32, maxDepth: i32, scratch: usize, pairs: i32, out: usize,
): i32 {
  const state = scratch;
  const perRow = pairs ? players * players : players;
  for (let t: i32 = 0; t < treeCount; t++) {
    const tree = trees + <usize>t * 24;
    const count = load<i32>(tree, 4);
    if (count == 1) continue;
    const wide = <usize>load<i32>(tree, 8) << 3;
    const first = nodes + <usize>load<i32>(tree) * NODE_BYTES;
    const table = tables + (<usize>load<i32>(tree, 12) << 3);
    const off = points + (<usize>load<i32>(tree, 16) << 3) + wide * 2;
    const products = scratch + (<usize>(maxDepth + 1) << 5);
    const sums = products + <usize>(maxDepth + 1) * wide;
    const work = sums + <usize>(maxDepth + 1) * wide;
    for (let i: usize = 0; i < wide; i += 8) store<f64>(products + i, 1);
    for (let r: i32 = from; r < to; r++) {
      const row = cells + ((<usize>r * <usize>columns) << 3);
      const target = out + ((<usize>r * <usize>perRow) << 3);
      for (let i: usize = 0; i < wide; i += 8) store<f64>(sums + i, 0);
      store<i32>(state, shapTest(first, row, sets), 12);
      let depth: i32 = 0;
      let node = first;
      for (let k: i32 = 1; k < count; k++) {
        node += NODE_BYTES;
        const here = load<i32>(node, 40);
        for (; depth >= here; depth--)
          close(depth, state, sums, work, wide, first, table, off, players, pairs, target);
        depth = here;
        const own = state + (<usize>here << 5);
        const flags = load<i32>(node, 48);
        const passes = i32(load<i32>(state + (<usize>(here - 1) << 5), 12) == ((flags >> 5) & 1));
        const above = load<i32>(node, 44);
        let before = 1;
        if (above > 0) {
          before = load<i32>(state + (<usize>above << 5), 4);
          store<i32>(state + (<usize>above << 5), 0, 16);
        }
        const kind = before ? 1 - passes : 2;
        store<i32>(own, k);
        store<i32>(own, before & passes, 4);
        store<i32>(own, kind, 8);
        store<i32>(own, 1, 16);
        const product = products + <usize>here * wide;
        const parent = product - wide;
        if (kind == 2) {
          const ratio = f64x2.splat(load<f64>(node, 8));
          for (let i: usize = 0; i < wide; i += 16) v128.store(product + i, f64x2.mul(v128.load(parent + i), ratio));
        } else {
          const factor = table + <usize>k * wide * 5 + wide * <usize>kind;
          for (let i: usize = 0; i < wide; i += 16)
            v128.store(product + i, f64x2.mul(v128.load(parent + i), v128.load(factor + i)));
        }
        const leaf = load<i32>(node, 32) < 0;
        const value = f64x2.splat(leaf ? load<f64>(node, 24) : 0);
        const sum = sums + <usize>here * wide;
        for (let i: usize = 0; i < wide; i += 16) v128.store(sum + i, f64x2.mul(v128.load(product + i), value));
        if (!leaf) store<i32>(own, shapTest(node, row, sets), 12);
      }
      for (; depth >= 1; depth--) close(depth, state, sums, work, wide, first, table, off, players, pairs, target);
    }
  }
  return 0;
}

// Interventional SHAP values: a row against each background row (Lundberg et al. 2020, supplement; Laberge and Pequignot
// 2022). Layouts are those of shap.ts and shap-tests.ts.
//
// At a leaf that hybrids of the two rows reach, let a players be passed by the row alone and b by the background row
// alone. The game is v for every coalition with the a and without the b: a player of the a gets v (a − 1)! b! / (a + b)!,
// one of the b −v a! (b − 1)! / (a + b)!; pairs likewise with one player fewer.

import { NODE_BYTES, shapTest } from './shap-tests';

// State of a depth, 32 bytes: i32 0 player · i32 4 the row passes · i32 8 the background row passes · i32 12 the row goes
// left here · i32 16 the background row goes left here · i32 20 1 while no deeper edge is of the same player ·
// i32 24 a · i32 28 b. One more integer a depth, after all of them: the depth of the same player's edge above.

/** factor[a · factors + b] = a! b! / (a + b + 1)!. */
// @ts-ignore: decorator
@inline function factorOf(table: usize, factors: i32, a: i32, b: i32): f64 {
  return load<f64>(table + (<usize>(a * factors + b) << 3));
}

// @ts-ignore: decorator
@inline function addTo(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x);
}

function leaf(value: f64, depth: i32, state: usize, table: usize, factors: i32, players: i32, pairs: i32, out: usize): void {
  const own = state + (<usize>depth << 5);
  const a = load<i32>(own, 24);
  const b = load<i32>(own, 28);
  if (a + b == 0) return;
  for (let d: i32 = 1; d <= depth; d++) {
    const one = state + (<usize>d << 5);
    const x = load<i32>(one, 4);
    if (!load<i32>(one, 20) || x == load<i32>(one, 8)) continue;
    const player = load<i32>(one);
    const worth = x ? value * factorOf(table, factors, a - 1, b) : -value * factorOf(table, factors, a, b - 1);
    if (!pairs) {
      addTo(out + (<usize>player << 3), worth);
      continue;
    }
    addTo(out + (<usize>(player * players + player) << 3), worth);
    for (let e: i32 = 1; e < d; e++) {
      const other = state + (<usize>e << 5);
      const y = load<i32>(other, 4);
      if (!load<i32>(other, 20) || y == load<i32>(other, 8)) continue;
      const partner = load<i32>(other);
      let half = 0.5 * value;
      if (x != y) half = -half * factorOf(table, factors, a - 1, b - 1);
      else half = half * (x ? factorOf(table, factors, a - 2, b) : factorOf(table, factors, a, b - 2));
      addTo(out + (<usize>(player * players + partner) << 3), half);
      addTo(out + (<usize>(partner * players + player) << 3), half);
      addTo(out + (<usize>(player * players + player) << 3), -half);
      addTo(out + (<usize>(partner * players + partner) << 3), -half);
    }
  }
}

/**
 * Adds every tree's values of rows [from, to), summed over all background rows, to out (`players` doubles a row, or
 * players² with `pairs` 1). `factors` stands for the table's side and place: its first double is the side. `scratch`
 * takes 36 bytes for every depth 0 … maxDepth.
 */
export function shapBackground(
  nodes: usize, trees: usize, treeCount: i32, sets: usize, cells: usize, columns: i32, background: usize,
  backgroundRows: i32, players: i32, from: i32, to: i32, factors: usize, scratch: usize, pairs: i32, out: usize,
): i32 {
  const side = <i32>load<f64>(factors);
  const maxDepth = <i32>load<f64>(factors, 8);
  const table = factors + 16;
  const state = scratch;
  const above = scratch + (<usize>(maxDepth + 1) << 5);
  const perRow = pairs ? players * players : players;
  for (let t: i32 = 0; t < treeCount; t++) {
    const tree = trees + <usize>t * 24;
    const count = load<i32>(tree, 4);
    if (count == 1) continue;
    const first = nodes + <usize>load<i32>(tree) * NODE_BYTES;
    for (let r: i32 = from; r < to; r++) {
      const row = cells + ((<usize>r * <usize>columns) << 3);
      const target = out + ((<usize>r * <usize>perRow) << 3);
      for (let g: i32 = 0; g < backgroundRows; g++) {
        const other = background + ((<usize>g * <usize>columns) << 3);
        store<i32>(state, shapTest(first, row, sets), 12);
        store<i32>(state, shapTest(first, other, sets), 16);
        store<i32>(state, 0, 24);
        store<i32>(state, 0, 28);
        let depth: i32 = 0;
        let k: i32 = 1;
        while (k < count) {
          const node = first + <usize>k * NODE_BYTES;
          const here = load<i32>(node, 40);
          for (; depth >= here; depth--) {
            const up = load<i32>(above + (<usize>depth << 2));
            if (up > 0) store<i32>(state + (<usize>up << 5), 1, 20);
          }
          const parent = state + (<usize>(here - 1) << 5);
          const side01 = (load<i32>(node, 48) >> 5) & 1;
          const up = load<i32>(node, 44);
          let x0 = 1;
          let z0 = 1;
          if (up > 0) {
            x0 = load<i32>(state + (<usize>up << 5), 4);
            z0 = load<i32>(state + (<usize>up << 5), 8);
          }
          const x = x0 & i32(load<i32>(parent, 12) == side01);
          const z = z0 & i32(load<i32>(parent, 16) == side01);
          if (!(x | z)) {
            k = load<i32>(node, 60);
            continue;
          }
          const own = state + (<usize>here << 5);
          if (up > 0) store<i32>(state + (<usize>up << 5), 0, 20);
          store<i32>(above + (<usize>here << 2), up);
          store<i32>(own, load<i32>(node, 36));
          store<i32>(own, x, 4);
          store<i32>(own, z, 8);
          store<i32>(own, 1, 20);
          store<i32>(own, load<i32>(parent, 24) - (x0 & (1 - z0)) + (x & (1 - z)), 24);
          store<i32>(own, load<i32>(parent, 28) - (z0 & (1 - x0)) + (z & (1 - x)), 28);
          depth = here;
          if (load<i32>(node, 32) < 0) leaf(load<f64>(node, 24), here, state, table, side, players, pairs, target);
          else {
            store<i32>(own, shapTest(node, row, sets), 12);
            store<i32>(own, shapTest(node, other, sets), 16);
          }
          k++;
        }
        for (; depth >= 1; depth--) {
          const up = load<i32>(above + (<usize>depth << 2));
          if (up > 0) store<i32>(state + (<usize>up << 5), 1, 20);
        }
      }
    }
  }
  return 0;
}

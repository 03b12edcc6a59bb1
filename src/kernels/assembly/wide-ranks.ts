// Scoring by ranks of two bytes: trees too large to be scored by masks, over columns of more borders than a byte numbers,
// as random forests have them. Eight rows at a time walk down nodes of eight bytes. Rows come by thousands: the nodes of such
// a forest do not fit the caches, so that each tree is fetched anew for every block of rows.
//
// Column c of ranks begins c · 4,096 bytes on, a u16 for each of 2,048 rows: how many borders lie below the cell, or 65,535 for
// a missing one. A node is u32 address of its left child (the right child lies 8 bytes after it), u16 rank that must be
// exceeded to go right, u16 number of its column with bit 15 set where a missing cell goes left: there 1 is added to
// both ranks, and 65,536 is 0. Children lie after their parents. A leaf is its own left child with rank 65,535, which
// nothing exceeds, so that a row that has arrived stays; its double lies `toValues` bytes on.

// @ts-ignore: decorator
@inline function step(node: usize, ranks: usize): usize {
  const column = <u32>load<u16>(node, 6);
  const rank = (<u32>load<u16>(ranks + (<usize>(column & 32767) << 12)) + (column >> 15)) & 65535;
  return <usize>load<u32>(node) + (<usize>(rank > <u32>load<u16>(node, 4)) << 3);
}

// @ts-ignore: decorator
@inline function add(out: usize, value: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(value));
}

/**
 * Adds the leaves of trees to out[0 … count), tree by tree. `trees` lists (u32 address of the root, u32 steps that every
 * row takes, before it is asked whether any of eight still moves). `count` is a multiple of 8, at most 2,048.
 */
export function scoreWideRanks(trees: usize, treeCount: i32, ranks: usize, count: i32, toValues: usize, out: usize): i32 {
  for (const end = trees + (<usize>treeCount << 3); trees < end; trees += 8) {
    const root = <usize>load<u32>(trees);
    const steps = load<i32>(trees, 4);
    for (let i: usize = 0; i < <usize>count; i += 8) {
      const r = ranks + (i << 1);
      let p0 = root, p1 = root, p2 = root, p3 = root, p4 = root, p5 = root, p6 = root, p7 = root;
      for (let k: i32 = 0; k < steps; k++) {
        p0 = step(p0, r); p1 = step(p1, r + 2); p2 = step(p2, r + 4); p3 = step(p3, r + 6);
        p4 = step(p4, r + 8); p5 = step(p5, r + 10); p6 = step(p6, r + 12); p7 = step(p7, r + 14);
      }
      // Addresses only grow, so their sum stays when all rows have arrived.
      let sum = <u64>p0 + <u64>p1 + <u64>p2 + <u64>p3 + <u64>p4 + <u64>p5 + <u64>p6 + <u64>p7;
      for (;;) {
        const before = sum;
        p0 = step(p0, r); p1 = step(p1, r + 2); p2 = step(p2, r + 4); p3 = step(p3, r + 6);
        p4 = step(p4, r + 8); p5 = step(p5, r + 10); p6 = step(p6, r + 12); p7 = step(p7, r + 14);
        sum = <u64>p0 + <u64>p1 + <u64>p2 + <u64>p3 + <u64>p4 + <u64>p5 + <u64>p6 + <u64>p7;
        if (sum == before) break;
      }
      const o = out + (i << 3);
      add(o, p0 + toValues); add(o + 8, p1 + toValues); add(o + 16, p2 + toValues); add(o + 24, p3 + toValues);
      add(o + 32, p4 + toValues); add(o + 40, p5 + toValues); add(o + 48, p6 + toValues); add(o + 56, p7 + toValues);
    }
  }
  return 0;
}

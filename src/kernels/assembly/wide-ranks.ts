// Scoring by ranks of two bytes: trees too large to be scored by masks, over columns of more borders than a byte numbers,
// as random forests have them. Eight rows at a time walk down nodes of eight bytes. Rows come by thousands: the nodes of such
// a forest do not fit the caches, so that each tree is fetched anew for every block of rows.
//
// A rank is a u16: how many borders lie below the cell. Those of eight rows lie together, 16 bytes a column, so that all that
// trees ask of the rows stays in the first-level cache. A node is u32 address of its left child (the right child lies 8
// bytes after it), u16 rank that must be exceeded to go right, u16 byte offset of its column among the ranks of eight rows.
// Children lie after their parents. A leaf is its own left child with rank 65,535, which nothing exceeds, so that a row that
// has arrived stays; its double lies `toValues` bytes on.

// @ts-ignore: decorator
@inline function column(node: usize): usize {
  return <usize>load<u16>(node, 6);
}

// @ts-ignore: decorator
@inline function step(node: usize, rank: u32): usize {
  return <usize>load<u32>(node) + (<usize>(rank > <u32>load<u16>(node, 4)) << 3);
}

// @ts-ignore: decorator
@inline function add(out: usize, value: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(value));
}

/**
 * Copies the ranks of a column (u16, `count` rows, a multiple of 8) to where their groups of `groupBytes` hold it, with
 * `missing` in place of 65,535.
 */
export function groupRanks(column: usize, count: i32, missing: i32, out: usize, groupBytes: usize): i32 {
  const instead = i16x8.splat(<i16>missing);
  for (const end = column + (<usize>count << 1); column < end; column += 16, out += groupBytes) {
    const ranks = v128.load(column);
    v128.store(out, v128.bitselect(instead, ranks, i16x8.eq(ranks, i16x8.splat(-1))));
  }
  return 0;
}

/** Reads a line of 64 bytes in each of `from` … `to`, so that it is in the caches when it is asked for. */
// @ts-ignore: decorator
@inline function fetch(from: usize, to: usize): v128 {
  let lines = v128.splat<u64>(1);
  for (; from < to; from += 64) lines = v128.or(lines, v128.load(from));
  return lines;
}

/**
 * Adds the leaves of trees to out[0 … count), tree by tree. `trees` lists (u32 address of the root, u32 steps that every
 * row takes, before it is asked whether any of eight still moves). `count` is a multiple of 8.
 */
export function scoreWideRanks(
  trees: usize, treeCount: i32, ranks: usize, groupBytes: usize, count: i32, toValues: usize, out: usize,
): i32 {
  const ranksEnd = ranks + <usize>(count >> 3) * groupBytes;
  // A walk asks for lines one after another. Asked for all at once, before it, they come in half the time.
  let fetched = v128.splat<u64>(1);
  for (const end = trees + (<usize>treeCount << 3); trees < end; trees += 8) {
    const root = <usize>load<u32>(trees);
    const steps = load<i32>(trees, 4);
    // The last tree, whose end is not listed, is not fetched.
    const rootAfter = trees + 8 < end ? <usize>load<u32>(trees, 8) : root;
    fetched = v128.or(fetched, fetch(root, rootAfter));
    fetched = v128.or(fetched, fetch(root + toValues, rootAfter + toValues));
    for (let r = ranks, o = out; r < ranksEnd; r += groupBytes, o += 64) {
      fetched = v128.or(fetched, fetch(r + groupBytes, min(r + groupBytes + groupBytes, ranksEnd)));
      let p0 = root, p1 = root, p2 = root, p3 = root, p4 = root, p5 = root, p6 = root, p7 = root;
      for (let k: i32 = 0; k < steps; k++) {
        p0 = step(p0, load<u16>(r + column(p0), 0)); p1 = step(p1, load<u16>(r + column(p1), 2));
        p2 = step(p2, load<u16>(r + column(p2), 4)); p3 = step(p3, load<u16>(r + column(p3), 6));
        p4 = step(p4, load<u16>(r + column(p4), 8)); p5 = step(p5, load<u16>(r + column(p5), 10));
        p6 = step(p6, load<u16>(r + column(p6), 12)); p7 = step(p7, load<u16>(r + column(p7), 14));
      }
      // Addresses only grow, so their sum stays when all rows have arrived.
      let sum = <u64>p0 + <u64>p1 + <u64>p2 + <u64>p3 + <u64>p4 + <u64>p5 + <u64>p6 + <u64>p7;
      for (;;) {
        const before = sum;
        p0 = step(p0, load<u16>(r + column(p0), 0)); p1 = step(p1, load<u16>(r + column(p1), 2));
        p2 = step(p2, load<u16>(r + column(p2), 4)); p3 = step(p3, load<u16>(r + column(p3), 6));
        p4 = step(p4, load<u16>(r + column(p4), 8)); p5 = step(p5, load<u16>(r + column(p5), 10));
        p6 = step(p6, load<u16>(r + column(p6), 12)); p7 = step(p7, load<u16>(r + column(p7), 14));
        sum = <u64>p0 + <u64>p1 + <u64>p2 + <u64>p3 + <u64>p4 + <u64>p5 + <u64>p6 + <u64>p7;
        if (sum == before) break;
      }
      add(o, p0 + toValues); add(o + 8, p1 + toValues); add(o + 16, p2 + toValues); add(o + 24, p3 + toValues);
      add(o + 32, p4 + toValues); add(o + 40, p5 + toValues); add(o + 48, p6 + toValues); add(o + 56, p7 + toValues);
    }
  }
  // Always 0; without it nothing would be fetched.
  return v128.any_true(fetched) ? 0 : 1;
}

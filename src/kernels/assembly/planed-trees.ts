// Scoring by the ranks of cells, 64 rows at a time. The head of a tree is not walked: QuickScorer (Lucchese et al., SIGIR
// 2015) over sixteen rows an instruction. Its exits (leaves, or roots of the subtrees below) are bits, from left to right,
// eight to a plane. A node whose test sends a row to the right rules out the exits of its left subtree; when all nodes have
// spoken, the first exit left is the row's. No row takes a branch, and a node touches only the planes its left subtree
// lies in. Below the head, eight rows at a time walk down nodes of eight bytes.
//
// A node is u32 address of its left child (the right child lies 8 bytes after it), i8 rank − 128 that must be exceeded to go
// right, and 24 bits byte offset of its column in `ranks`. Children lie after their parents. A leaf is its own left child
// with a rank that nothing exceeds, so that a row that has arrived stays; its double lies `toValues` bytes on.

// @ts-ignore: decorator
@inline function step(node: usize, ranks: usize): usize {
  const rank = <i32>load<i8>(ranks + <usize>(load<u32>(node, 4) >> 8));
  return <usize>load<u32>(node) + (<usize>(rank > <i32>load<i8>(node, 4)) << 3);
}

// @ts-ignore: decorator
@inline function add(out: usize, value: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(value));
}

// @ts-ignore: decorator
@inline function exitAt(exits: usize, place: usize): usize {
  return <usize>load<u32>(exits + (<usize>load<u8>(place) << 2));
}

/** Walks the 64 rows at `ranks` down from their exits: `steps` at once, then, with `more`, until no row of eight moves. */
function walkDown(exits: usize, places: usize, ranks: usize, steps: i32, more: i32, toValues: usize, out: usize): void {
  for (let i: usize = 0; i < 64; i += 8) {
    const q = places + i, r = ranks + i;
    let p0 = exitAt(exits, q), p1 = exitAt(exits, q + 1), p2 = exitAt(exits, q + 2), p3 = exitAt(exits, q + 3);
    let p4 = exitAt(exits, q + 4), p5 = exitAt(exits, q + 5), p6 = exitAt(exits, q + 6), p7 = exitAt(exits, q + 7);
    for (let k: i32 = 0; k < steps; k++) {
      p0 = step(p0, r); p1 = step(p1, r + 1); p2 = step(p2, r + 2); p3 = step(p3, r + 3);
      p4 = step(p4, r + 4); p5 = step(p5, r + 5); p6 = step(p6, r + 6); p7 = step(p7, r + 7);
    }
    if (more) {
      // Addresses only grow, so their sum stays when all rows have arrived.
      let sum = <u64>p0 + <u64>p1 + <u64>p2 + <u64>p3 + <u64>p4 + <u64>p5 + <u64>p6 + <u64>p7;
      for (;;) {
        const before = sum;
        p0 = step(p0, r); p1 = step(p1, r + 1); p2 = step(p2, r + 2); p3 = step(p3, r + 3);
        p4 = step(p4, r + 4); p5 = step(p5, r + 5); p6 = step(p6, r + 6); p7 = step(p7, r + 7);
        sum = <u64>p0 + <u64>p1 + <u64>p2 + <u64>p3 + <u64>p4 + <u64>p5 + <u64>p6 + <u64>p7;
        if (sum == before) break;
      }
    }
    const o = out + (i << 3);
    add(o, p0 + toValues); add(o + 8, p1 + toValues); add(o + 16, p2 + toValues); add(o + 24, p3 + toValues);
    add(o + 32, p4 + toValues); add(o + 40, p5 + toValues); add(o + 48, p6 + toValues); add(o + 56, p7 + toValues);
  }
}

// @ts-ignore: decorator
@inline function rulesOut(live: v128, ranks: usize, i: usize, rank: v128, mask: v128): v128 {
  return v128.andnot(live, v128.and(i8x16.gt_s(v128.load(ranks + i), rank), mask));
}

// @ts-ignore: decorator
@inline function firstBit(bits: v128): v128 {
  return i8x16.popcnt(v128.andnot(i8x16.sub(bits, i8x16.splat(1)), bits));
}

// @ts-ignore: decorator
@inline function addPair(out: usize, leaf: usize, places: usize): void {
  const first = v128.load64_zero(leaf + (<usize>load<u8>(places) << 3));
  const both = v128.load64_lane(leaf + (<usize>load<u8>(places, 1) << 3), first, 1);
  v128.store(out, f64x2.add(v128.load(out), both));
}

/** The outcome of a category set for each row: out[row] = table[id of the row]. */
// @ts-ignore: decorator
@inline function lookUp(table: usize, ids: usize, count: usize, out: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const id = ids + (i << 1);
    store<u8>(out + i, load<u8>(table + <usize>load<u16>(id)));
    store<u8>(out + i, load<u8>(table + <usize>load<u16>(id, 2)), 1);
    store<u8>(out + i, load<u8>(table + <usize>load<u16>(id, 4)), 2);
    store<u8>(out + i, load<u8>(table + <usize>load<u16>(id, 6)), 3);
  }
}

/**
 * Adds the leaves of trees to out[0 … count), tree by tree. `trees` lists six u32 a tree: address of its planes, planes,
 * address of its exits, address of its category sets, category sets, and the steps below the head: 0 when every exit is
 * a leaf (the exits are then doubles, else u32 addresses of nodes), or twice the steps that every row takes, plus 1 when
 * there may be more. `ranks` has a signed byte a cell; `ids`, u16, the ids of categories.
 *
 * A category set is (u32 address of its table, u32 byte offset of its column in `ids`, u32 byte offset of a column in
 * `ranks`): before the tree, that column is filled with the table's bytes at the rows' ids, and tested like ranks.
 * A plane is (u32 tests, u32 the exits that exist, one bit each), the last plane first, each followed by its tests: (u32
 * byte offset of the column in `ranks`, i8 rank − 128 that must be exceeded to go right, u8 exits ruled out, 2 bytes
 * unused). `count` is a multiple of 64; `scratch` has 64 bytes.
 */
export function scorePlanedTrees(
  trees: usize, treeCount: i32, ranks: usize, ids: usize, count: i32, scratch: usize, toValues: usize, out: usize,
): i32 {
  const zero = i8x16.splat(0);
  for (let t: usize = 0; t < <usize>treeCount; t++) {
    const tree = trees + t * 24;
    const program = <usize>load<u32>(tree);
    const planes = load<i32>(tree, 4);
    const exits = <usize>load<u32>(tree, 8);
    const steps = load<i32>(tree, 20);
    let set = <usize>load<u32>(tree, 12);
    for (const end = set + <usize>load<u32>(tree, 16) * 12; set < end; set += 12)
      lookUp(<usize>load<u32>(set), ids + <usize>load<u32>(set, 4), <usize>count, ranks + <usize>load<u32>(set, 8));
    for (let i: usize = 0; i < <usize>count; i += 64) {
      let bits0 = zero, bits1 = zero, bits2 = zero, bits3 = zero;
      let base0 = zero, base1 = zero, base2 = zero, base3 = zero;
      let at = program;
      for (let plane = planes - 1; plane >= 0; plane--) {
        const tests = <usize>load<u32>(at);
        let live0 = v128.load8_splat(at, 4);
        let live1 = live0, live2 = live0, live3 = live0;
        at += 8;
        for (const end = at + (tests << 3); at < end; at += 8) {
          const column = ranks + <usize>load<u32>(at) + i;
          const rank = v128.load8_splat(at, 4);
          const mask = v128.load8_splat(at, 5);
          live0 = rulesOut(live0, column, 0, rank, mask);
          live1 = rulesOut(live1, column, 16, rank, mask);
          live2 = rulesOut(live2, column, 32, rank, mask);
          live3 = rulesOut(live3, column, 48, rank, mask);
        }
        const base = i8x16.splat(<i8>(plane << 3));
        const none0 = i8x16.eq(live0, zero), none1 = i8x16.eq(live1, zero);
        bits0 = v128.bitselect(bits0, live0, none0); base0 = v128.bitselect(base0, base, none0);
        bits1 = v128.bitselect(bits1, live1, none1); base1 = v128.bitselect(base1, base, none1);
        const none2 = i8x16.eq(live2, zero), none3 = i8x16.eq(live3, zero);
        bits2 = v128.bitselect(bits2, live2, none2); base2 = v128.bitselect(base2, base, none2);
        bits3 = v128.bitselect(bits3, live3, none3); base3 = v128.bitselect(base3, base, none3);
      }
      v128.store(scratch, i8x16.add(base0, firstBit(bits0)));
      v128.store(scratch, i8x16.add(base1, firstBit(bits1)), 16);
      v128.store(scratch, i8x16.add(base2, firstBit(bits2)), 32);
      v128.store(scratch, i8x16.add(base3, firstBit(bits3)), 48);
      const o = out + (i << 3);
      if (steps > 0) {
        walkDown(exits, scratch, ranks + i, steps >> 1, steps & 1, toValues, o);
        continue;
      }
      for (let k: usize = 0; k < 64; k += 8) {
        const places = scratch + k;
        const sums = o + (k << 3);
        addPair(sums, exits, places); addPair(sums + 16, exits, places + 2);
        addPair(sums + 32, exits, places + 4); addPair(sums + 48, exits, places + 6);
      }
    }
  }
  return 0;
}

// Scoring: rows through the nodes of decision trees, and through symmetric trees by bins.
//
// A node takes 16 bytes: f64 threshold (a leaf's value), u16 byte offset of its cell in a packed row, u16 flags, u32 byte
// offset of its left child from `nodes`; the right child follows the left one. Flags: 1 the node tests a category set
// (then the threshold's place holds u32 byte offset of its words in `sets` and u32 number of bits), 2 NaN is in the set.
// No other cell is NaN: packing has put a number in its place that goes where a missing value should.
// A leaf is its own left child and tests cell 0, which holds −inf in every row: a row that has arrived stays where it is,
// so all rows of a tree take the same number of steps and eight of them are in flight without a branch.

// @ts-ignore: decorator
@inline function step(nodes: usize, p: usize, row: usize): usize {
  const x = load<f64>(row + <usize>load<u16>(p, 8));
  return nodes + <usize>load<u32>(p, 12) + (<usize>!(x <= load<f64>(p)) << 4);
}

// @ts-ignore: decorator
@inline function stepSets(nodes: usize, p: usize, row: usize, sets: usize): usize {
  const x = load<f64>(row + <usize>load<u16>(p, 8));
  const flags = load<u16>(p, 10);
  let right: usize = 1;
  if (flags & 1) {
    const code = <u32>x;
    if (x != x) right = <usize>((flags & 2) == 0);
    else if (<f64>code == x && code < load<u32>(p, 4))
      right = 1 - <usize>((load<u32>(sets + <usize>load<u32>(p) + (<usize>(code >> 5) << 2)) >> (code & 31)) & 1);
  } else {
    right = <usize>!(x <= load<f64>(p));
  }
  return nodes + <usize>load<u32>(p, 12) + (right << 4);
}

// @ts-ignore: decorator
@inline function add(out: usize, leaf: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(leaf));
}

/**
 * Adds every tree's leaf to out[0 … count), tree by tree. `trees` is a list of (u32 byte offset of the root, i32 steps);
 * `rows` are packed rows of rowBytes each; `count` is a multiple of 8; `hasSets` 1 when a node may test a set.
 */
export function scoreNodes(
  nodes: usize, trees: usize, treeCount: i32, sets: usize, rows: usize, rowBytes: i32, count: i32, hasSets: i32, out: usize,
): i32 {
  const rb = <usize>rowBytes;
  for (let t: i32 = 0; t < treeCount; t++) {
    const tree = trees + (<usize>t << 3);
    const root = nodes + <usize>load<u32>(tree);
    const steps = load<i32>(tree, 4);
    for (let i: i32 = 0; i < count; i += 8) {
      const r0 = rows + <usize>i * rb, r1 = r0 + rb, r2 = r1 + rb, r3 = r2 + rb;
      const r4 = r3 + rb, r5 = r4 + rb, r6 = r5 + rb, r7 = r6 + rb;
      let p0 = root, p1 = root, p2 = root, p3 = root, p4 = root, p5 = root, p6 = root, p7 = root;
      if (!hasSets) {
        for (let k: i32 = 0; k < steps; k++) {
          p0 = step(nodes, p0, r0); p1 = step(nodes, p1, r1); p2 = step(nodes, p2, r2); p3 = step(nodes, p3, r3);
          p4 = step(nodes, p4, r4); p5 = step(nodes, p5, r5); p6 = step(nodes, p6, r6); p7 = step(nodes, p7, r7);
        }
      } else {
        for (let k: i32 = 0; k < steps; k++) {
          p0 = stepSets(nodes, p0, r0, sets); p1 = stepSets(nodes, p1, r1, sets);
          p2 = stepSets(nodes, p2, r2, sets); p3 = stepSets(nodes, p3, r3, sets);
          p4 = stepSets(nodes, p4, r4, sets); p5 = stepSets(nodes, p5, r5, sets);
          p6 = stepSets(nodes, p6, r6, sets); p7 = stepSets(nodes, p7, r7, sets);
        }
      }
      const o = out + (<usize>i << 3);
      add(o, p0); add(o + 8, p1); add(o + 16, p2); add(o + 24, p3);
      add(o + 32, p4); add(o + 40, p5); add(o + 48, p6); add(o + 56, p7);
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline function testBits(split: usize, bins: usize, i: usize, bit: i32): v128 {
  const values = v128.load(bins + <usize>load<u32>(split) + i);
  return v128.and(v128.gt<i8>(values, v128.splat<i8>(<i8>load<i32>(split, 4))), v128.splat<i8>(<i8>(<i32>1 << bit)));
}

/**
 * Adds every symmetric tree's leaf to out[0 … count), tree by tree. `trees` lists (u32 first split, u32 splits, u32 byte
 * offset of the leaves); a split is (u32 byte offset of its column of bins, i32 bin − 128 that must be exceeded).
 * `scratch` has 32 bytes; `count` is a multiple of 16.
 */
export function scoreOblivious(
  trees: usize, treeCount: i32, splits: usize, leaves: usize, bins: usize, count: i32, scratch: usize, out: usize,
): i32 {
  for (let t: usize = 0; t < <usize>treeCount; t++) {
    const tree = trees + t * 12;
    const first = splits + (<usize>load<u32>(tree) << 3);
    const depth = load<i32>(tree, 4);
    const leaf = leaves + <usize>load<u32>(tree, 8);
    const low = min(depth, 8);
    for (let i: usize = 0; i < <usize>count; i += 16) {
      let index = i8x16.splat(0);
      for (let j: i32 = 0; j < low; j++) index = v128.or(index, testBits(first + (<usize>j << 3), bins, i, j));
      v128.store(scratch, index);
      const o = out + (i << 3);
      if (depth <= 8) {
        for (let k: usize = 0; k < 16; k++) add(o + (k << 3), leaf + (<usize>load<u8>(scratch + k) << 3));
      } else {
        let high = i8x16.splat(0);
        for (let j: i32 = 8; j < depth; j++) high = v128.or(high, testBits(first + (<usize>j << 3), bins, i, j - 8));
        v128.store(scratch, high, 16);
        for (let k: usize = 0; k < 16; k++) {
          const at = <usize>load<u8>(scratch + k) | (<usize>load<u8>(scratch + k, 16) << 8);
          add(o + (k << 3), leaf + (at << 3));
        }
      }
    }
  }
  return 0;
}

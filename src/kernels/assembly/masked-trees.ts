// Scoring by masks of tests (test-masks.ts), 512 rows at a time, a bit a row. The head of a tree is not walked. Its exits
// (leaves, or roots of the subtrees below) are numbered from left to right, and beyond(i) is the mask of rows that leave
// at exit i or further right: beyond(0) all, beyond(exits) none. A node whose subtree has the exits from … to, and whose
// right child begins with exit i, gives beyond(i) = beyond(to) | (beyond(from) & its test): two operations for 128 rows,
// whatever the tree's shape, and no row takes a branch. In Gray's code the numbers of neighbours differ in one bit, so bit
// k of a row's exit is the parity of the beyond(i) at which it flips, i = 2^k, 3 · 2^k, 5 · 2^k, …
//
// Below the head, eight rows at a time walk down nodes of eight bytes.
//
// A node is u32 address of its left child (the right child lies 8 bytes after it), i8 rank − 128 that must be exceeded to go
// right, and 24 bits byte offset of its column in `ranks`. Children lie after their parents. A leaf is its own left child
// with a rank that nothing exceeds, so that a row that has arrived stays; its double lies `toValues` bytes on.

import { high8, high16, high32, low8, low16, low32 } from './interleave';

const MASK: usize = 64;

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

/** Walks rows at `ranks` down from their exits: `steps` at once, then, with `more`, until no row of eight moves. */
function walkDown(
  exits: usize, places: usize, ranks: usize, count: usize, steps: i32, more: i32, toValues: usize, out: usize,
): void {
  for (let i: usize = 0; i < count; i += 8) {
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
@inline function beyond(mask: usize, from: usize, to: usize, out: usize, w: usize): void {
  v128.store(out + w, v128.or(v128.load(to + w), v128.and(v128.load(from + w), v128.load(mask + w))));
}

/** beyond(i) of every node of a head: (u32 address of the test's mask, u16 byte offsets of from, to and i, 2 unused). */
function passTests(program: usize, tests: usize, all: usize, bytes: usize): void {
  for (const end = program + tests * 12; program < end; program += 12) {
    const mask = <usize>load<u32>(program);
    const from = all + <usize>load<u16>(program, 4), to = all + <usize>load<u16>(program, 6);
    const out = all + <usize>load<u16>(program, 8);
    if (bytes < MASK) {
      for (let w: usize = 0; w < bytes; w += 16) beyond(mask, from, to, out, w);
      continue;
    }
    beyond(mask, from, to, out, 0);
    beyond(mask, from, to, out, 16);
    beyond(mask, from, to, out, 32);
    beyond(mask, from, to, out, 48);
  }
}

/** exitBits for the first `bytes` bytes of the masks. */
function someExitBits(all: usize, exits: usize, bytes: usize, bits: usize): void {
  for (let k: usize = 0; k < 8; k++)
    for (let w: usize = 0; w < bytes; w += 16) {
      let a = i64x2.splat(0);
      const stride = MASK << (k + 1), end = all + exits * MASK;
      for (let at = all + (MASK << k); at < end; at += stride) a = v128.xor(a, v128.load(at + w));
      v128.store(bits + k * MASK + w, a);
    }
}

/** Bit k of the rows' exits in Gray's code, k = 0 … 7, as eight masks. */
function exitBits(all: usize, exits: usize, bits: usize): void {
  for (let k: usize = 0; k < 8; k++) {
    let a = i64x2.splat(0), b = a, c = a, d = a;
    const stride = MASK << (k + 1), end = all + exits * MASK;
    for (let at = all + (MASK << k); at < end; at += stride) {
      a = v128.xor(a, v128.load(at));
      b = v128.xor(b, v128.load(at, 16));
      c = v128.xor(c, v128.load(at, 32));
      d = v128.xor(d, v128.load(at, 48));
    }
    const out = bits + k * MASK;
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
}

// @ts-ignore: decorator
@inline function swapBits(x: v128, shift: i32, mask: i64): v128 {
  const t = v128.and(v128.xor(x, i64x2.shr_u(x, shift)), i64x2.splat(mask));
  return v128.xor(v128.xor(x, t), i64x2.shl(t, shift));
}

/** Transposes the two squares of 8 × 8 bits (Warren, Hacker's Delight, 7-3). */
// @ts-ignore: decorator
@inline function transpose(out: usize, x: v128): void {
  v128.store(out, swapBits(swapBits(swapBits(x, 7, 0x00aa00aa00aa00aa), 14, 0x0000cccc0000cccc), 28, 0x00000000f0f0f0f0));
}

/** Eight masks of bits to a byte a row. */
function exitBytes(bits: usize, bytes: usize, places: usize): void {
  for (let w: usize = 0; w < bytes; w += 16) {
    const b = bits + w, out = places + (w << 3);
    const x0 = v128.load(b), x1 = v128.load(b, 64), x2 = v128.load(b, 128), x3 = v128.load(b, 192);
    const x4 = v128.load(b, 256), x5 = v128.load(b, 320), x6 = v128.load(b, 384), x7 = v128.load(b, 448);
    const l01 = low8(x0, x1), l23 = low8(x2, x3), l45 = low8(x4, x5), l67 = low8(x6, x7);
    const a0 = low16(l01, l23), a1 = high16(l01, l23), b0 = low16(l45, l67), b1 = high16(l45, l67);
    transpose(out, low32(a0, b0));
    transpose(out + 16, high32(a0, b0));
    transpose(out + 32, low32(a1, b1));
    transpose(out + 48, high32(a1, b1));
    const h01 = high8(x0, x1), h23 = high8(x2, x3), h45 = high8(x4, x5), h67 = high8(x6, x7);
    const c0 = low16(h01, h23), c1 = high16(h01, h23), d0 = low16(h45, h67), d1 = high16(h45, h67);
    transpose(out + 64, low32(c0, d0));
    transpose(out + 80, high32(c0, d0));
    transpose(out + 96, low32(c1, d1));
    transpose(out + 112, high32(c1, d1));
  }
}

// @ts-ignore: decorator
@inline function addPair(out: usize, leaf: usize, places: usize): void {
  const first = v128.load64_zero(leaf + (<usize>load<u8>(places) << 3));
  const both = v128.load64_lane(leaf + (<usize>load<u8>(places, 1) << 3), first, 1);
  v128.store(out, f64x2.add(v128.load(out), both));
}

/** A mask as a column of ranks: 127 where the row goes right, else −128. */
function widen(mask: usize, out: usize): void {
  const bit = i64x2.splat(0x8040201008040201);
  for (let i: usize = 0; i < MASK; i += 2) {
    const bytes = i8x16.shuffle(v128.load16_splat(mask + i), i64x2.splat(0), 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const goes = i8x16.eq(v128.and(bytes, bit), bit);
    v128.store(out + (i << 3), v128.xor(goes, i8x16.splat(-128)));
  }
}

/**
 * Adds the leaves of trees to out[0 … count), tree by tree. `trees` lists eight u32 a tree: address of its program, tests in
 * it, exits (at most 256), address of the exits in the order of Gray's code, address of its category sets below the head,
 * their number, steps below the head (0 when every exit is a leaf: the exits are then doubles, else u32 addresses of
 * nodes; or twice the steps that every row takes, plus 1 when there may be more), and one unused.
 *
 * `ranks` has columns of 512 signed bytes. A category set is (u32 address of its mask, u32 byte offset of a column in
 * `ranks`): before the rows walk, that column is filled from the mask, and tested like ranks. `count` is a multiple of 8, at
 * most 512; `scratch` has 257 · 64 + 1,024 bytes.
 */
export function scoreMaskedTrees(
  trees: usize, treeCount: i32, ranks: usize, count: i32, scratch: usize, toValues: usize, out: usize,
): i32 {
  const bits = scratch, places = scratch + 512, all = scratch + 1024;
  // The rows in whole vectors.
  const bytes = (<usize>count + 127) >> 7 << 4;
  const zero = i64x2.splat(0), ones = i64x2.splat(-1);
  for (let w: usize = 0; w < MASK; w += 16) v128.store(all + w, ones);
  for (const end = trees + (<usize>treeCount << 5); trees < end; trees += 32) {
    const exits = <usize>load<u32>(trees, 8);
    for (let w: usize = 0; w < MASK; w += 16) v128.store(all + exits * MASK + w, zero);
    passTests(<usize>load<u32>(trees), <usize>load<u32>(trees, 4), all, bytes);
    if (bytes < MASK) someExitBits(all, exits, bytes, bits);
    else exitBits(all, exits, bits);
    exitBytes(bits, bytes, places);
    const table = <usize>load<u32>(trees, 12);
    const steps = load<i32>(trees, 24);
    if (steps > 0) {
      let set = <usize>load<u32>(trees, 16);
      for (const last = set + (<usize>load<u32>(trees, 20) << 3); set < last; set += 8)
        widen(<usize>load<u32>(set), ranks + <usize>load<u32>(set, 4));
      walkDown(table, places, ranks, <usize>count, steps >> 1, steps & 1, toValues, out);
      continue;
    }
    for (let i: usize = 0; i < <usize>count; i += 8) {
      const p = places + i, o = out + (i << 3);
      addPair(o, table, p);
      addPair(o + 16, table, p + 2);
      addPair(o + 32, table, p + 4);
      addPair(o + 48, table, p + 6);
    }
  }
  return 0;
}

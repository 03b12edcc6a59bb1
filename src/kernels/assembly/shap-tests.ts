// A node's test, as every SHAP kernel asks it. A node takes 72 bytes, in preorder, the root first:
//   f64 0 threshold · f64 8 ratio: the child's share of its parent's cover · f64 16 zAbove: the product of the ratios of
//   the edges above of the same player (1 without any) · f64 24 leaf value, weighted · i32 32 column (−1: leaf) ·
//   i32 36 player of the edge above · i32 40 depth · i32 44 depth of the node below the nearest edge above of the same
//   player (0: none) · i32 48 flags: operator | missing mode << 2 | default left << 4 | is a left child << 5 ·
//   i32 52 first word of the set · i32 56 its words · i32 60 first node after the subtree · i32 64 padding.

export const NODE_BYTES: usize = 72;

/** 1 when the row of cells goes left at the node. */
export function shapTest(node: usize, row: usize, sets: usize): i32 {
  let x = load<f64>(row + (<usize>load<i32>(node, 32) << 3));
  const flags = load<i32>(node, 48);
  const mode = (flags >> 2) & 3;
  if (x != x) {
    if (mode != 0) return (flags >> 4) & 1;
    x = 0;
  } else if (mode == 1 && Math.abs(x) <= 1.0000000180025095e-35) return (flags >> 4) & 1;
  const operator = flags & 3;
  if (operator == 0) return i32(x <= load<f64>(node));
  if (operator == 1) return i32(x < load<f64>(node));
  if (!(x >= 0) || x >= <f64>(load<i32>(node, 56) << 5)) return 0;
  const code = <u32>x;
  if (<f64>code != x) return 0;
  return <i32>((load<u32>(sets + ((<usize>load<i32>(node, 52) + <usize>(code >> 5)) << 2)) >> (code & 31)) & 1);
}

/**
 * A forest's nodes as the kernel `scoreNodes` reads them (layout in kernels/assembly/predict.ts). Every test becomes
 * `x <= threshold` on a cell that is never NaN, or a set: `x < t` is `x <= the double below t`, exactly, and missing
 * values are dealt with once, when a column is packed, and not at every node (see `Filling`).
 */
import { type Forest, MissingMode, Operator } from './forest.js';
import { doubleBelow } from './neighbour.js';
import { type CellKind, cellKindKey, Filling } from './packed-cells.js';

export interface PackedNodes {
  /** Cells 1 … of a packed row; cell 0 is −inf. */
  readonly cells: readonly CellKind[];
  readonly nodes: Uint8Array;
  /** u32 root offset and i32 steps a tree. */
  readonly trees: Uint8Array;
  readonly hasSets: boolean;
}

/** Cells that a packed row can hold besides cell 0: offsets are 16 bits. */
export const MAX_PACKED_CELLS = 8190;

const NODE_BYTES = 16;
const IS_SET = 1;
const NAN_IN_SET = 2;

/** The packed form, or undefined when the forest needs more than MAX_PACKED_CELLS cells. */
export function packNodes(forest: Forest): PackedNodes | undefined {
  const kinds = new Map<number, CellKind>();
  for (let node = 0; node < forest.feature.length; node++) {
    if (forest.feature[node] < 0) continue;
    const { cell } = packedTest(forest, node);
    kinds.set(cellKindKey(cell), cell);
  }
  if (kinds.size > MAX_PACKED_CELLS) return undefined;
  const keys = Float64Array.from(kinds.keys()).sort();
  const offsets = new Map(Array.from(keys, (key, i) => [key, (i + 1) * 8]));
  const nodes = new Uint8Array(forest.feature.length * NODE_BYTES);
  const trees = new Uint8Array(forest.treeWeight.length * 8);
  const view = new DataView(nodes.buffer);
  const treeView = new DataView(trees.buffer);
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    const start = forest.treeStart[tree];
    // Breadth first, so that siblings lie side by side and the hot upper nodes share cache lines.
    const order = [start];
    const depths = [0];
    for (let i = 0; i < order.length; i++) {
      const node = order[i];
      const at = (start + i) * NODE_BYTES;
      if (forest.feature[node] < 0) {
        view.setFloat64(at, forest.treeWeight[tree] * forest.value[node], true);
        view.setUint32(at + 12, at, true);
        continue;
      }
      writeTest(forest, node, view, at, offsets);
      view.setUint32(at + 12, (start + order.length) * NODE_BYTES, true);
      order.push(forest.left[node], forest.right[node]);
      depths.push(depths[i] + 1, depths[i] + 1);
    }
    treeView.setUint32(tree * 8, start * NODE_BYTES, true);
    treeView.setInt32(tree * 8 + 4, depths[depths.length - 1], true);
  }
  const cells = Array.from(keys, (key) => kinds.get(key) as CellKind);
  return { cells, nodes, trees, hasSets: cells.some((cell) => cell.filling === Filling.Keep) };
}

function writeTest(forest: Forest, node: number, view: DataView, at: number, offsets: Map<number, number>): void {
  const { cell, threshold } = packedTest(forest, node);
  view.setUint16(at + 8, offsets.get(cellKindKey(cell)) as number, true);
  if (forest.operator[node] === Operator.InSet) {
    view.setUint32(at, forest.setStart[node] * 4, true);
    view.setUint32(at + 4, forest.setLength[node] * 32, true);
    view.setUint16(at + 10, IS_SET | (forest.defaultLeft[node] === 1 ? NAN_IN_SET : 0), true);
  } else {
    view.setFloat64(at, threshold, true);
  }
}

/** The cell a node reads and the threshold it compares it with; NaN when no cell is to pass. */
export function packedTest(forest: Forest, node: number): { readonly cell: CellKind; readonly threshold: number } {
  const column = forest.feature[node];
  const mode = forest.missingMode[node];
  const zeroMissing = mode === MissingMode.Zero;
  if (forest.operator[node] === Operator.InSet)
    return { cell: { column, zeroMissing, filling: Filling.Keep }, threshold: 0 };
  const given = forest.threshold[node];
  // Nothing is below −inf: doubleBelow gives NaN, which no x is <=.
  const threshold = forest.operator[node] === Operator.Less ? doubleBelow(given) : given;
  if (mode === MissingMode.None) return { cell: { column, zeroMissing, filling: Filling.Zero }, threshold };
  if (forest.defaultLeft[node] === 1) {
    if (!Number.isNaN(threshold)) return { cell: { column, zeroMissing, filling: Filling.Low }, threshold };
    return { cell: { column, zeroMissing, filling: Filling.BelowAll }, threshold: Number.NEGATIVE_INFINITY };
  }
  if (threshold !== Number.POSITIVE_INFINITY)
    return { cell: { column, zeroMissing, filling: Filling.High }, threshold };
  return { cell: { column, zeroMissing, filling: Filling.AboveAll }, threshold: Number.MAX_VALUE };
}

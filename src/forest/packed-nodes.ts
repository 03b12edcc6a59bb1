/**
 * A forest's nodes as the kernel `scoreNodes` reads them (layout in kernels/assembly/predict.ts). Every test becomes
 * `x <= threshold` or a set: `x < t` is `x <= the double below t`, exactly; "NaN is read as 0" becomes the direction that
 * 0 takes; columns under missing mode Zero are packed a second time with their zeros as NaN.
 */
import { type Forest, MissingMode, Operator } from './forest.js';
import { doubleBelow } from './neighbour.js';

/** A cell of a packed row, after cell 0. */
export interface PackedColumn {
  readonly column: number;
  /** |x| <= ZERO_THRESHOLD is packed as NaN. */
  readonly zeroMissing: boolean;
}

export interface PackedNodes {
  readonly columns: readonly PackedColumn[];
  readonly nodes: Uint8Array;
  /** u32 root offset and i32 steps a tree. */
  readonly trees: Uint8Array;
  readonly hasSets: boolean;
}

/** Columns that a packed row can hold besides cell 0: offsets are 16 bits. */
export const MAX_PACKED_COLUMNS = 8190;

const NODE_BYTES = 16;
const NAN_RIGHT = 1;
const IS_SET = 2;

/** The packed form, or undefined when the forest tests more than MAX_PACKED_COLUMNS columns. */
export function packNodes(forest: Forest): PackedNodes | undefined {
  const cells = cellsOf(forest);
  if (cells.size > MAX_PACKED_COLUMNS) return undefined;
  const nodes = new Uint8Array(forest.feature.length * NODE_BYTES);
  const trees = new Uint8Array(forest.treeWeight.length * 8);
  const view = new DataView(nodes.buffer);
  const treeView = new DataView(trees.buffer);
  let hasSets = false;
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
      hasSets = writeTest(forest, node, view, at, cells) || hasSets;
      view.setUint32(at + 12, (start + order.length) * NODE_BYTES, true);
      order.push(forest.left[node], forest.right[node]);
      depths.push(depths[i] + 1, depths[i] + 1);
    }
    treeView.setUint32(tree * 8, start * NODE_BYTES, true);
    treeView.setInt32(tree * 8 + 4, depths[depths.length - 1], true);
  }
  const columns = [...cells.values()].map(({ column, zeroMissing }) => ({ column, zeroMissing }));
  return { columns, nodes, trees, hasSets };
}

interface Cell extends PackedColumn {
  readonly offset: number;
}

const cellKey = (column: number, zeroMissing: boolean) => column * 2 + (zeroMissing ? 1 : 0);

/** Cells by (column, zeroMissing), in the order of the columns. */
function cellsOf(forest: Forest): Map<number, Cell> {
  const keys = new Set<number>();
  for (let node = 0; node < forest.feature.length; node++)
    if (forest.feature[node] >= 0)
      keys.add(cellKey(forest.feature[node], forest.missingMode[node] === MissingMode.Zero));
  const sorted = Float64Array.from(keys).sort();
  const cells = new Map<number, Cell>();
  sorted.forEach((key, i) => {
    cells.set(key, { column: Math.floor(key / 2), zeroMissing: key % 2 === 1, offset: (i + 1) * 8 });
  });
  return cells;
}

/** Writes the test of a node; true when it is a set. */
function writeTest(forest: Forest, node: number, view: DataView, at: number, cells: Map<number, Cell>): boolean {
  const mode = forest.missingMode[node];
  const threshold = forest.threshold[node];
  const operator = forest.operator[node];
  const cell = cells.get(cellKey(forest.feature[node], mode === MissingMode.Zero)) as Cell;
  view.setUint16(at + 8, cell.offset, true);
  let nanLeft = forest.defaultLeft[node] === 1;
  if (mode === MissingMode.None) nanLeft = operator === Operator.Less ? 0 < threshold : 0 <= threshold;
  const flags = nanLeft ? 0 : NAN_RIGHT;
  if (operator === Operator.InSet) {
    view.setUint32(at, forest.setStart[node] * 4, true);
    view.setUint32(at + 4, forest.setLength[node] * 32, true);
    view.setUint16(at + 10, flags | IS_SET, true);
    return true;
  }
  // Nothing is below −inf: doubleBelow gives NaN, which no x is <=.
  view.setFloat64(at, operator === Operator.Less ? doubleBelow(threshold) : threshold, true);
  view.setUint16(at + 10, flags, true);
  return false;
}

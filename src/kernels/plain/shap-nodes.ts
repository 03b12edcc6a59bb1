/** The SHAP kernels' nodes, read into objects; the layout is told in the assembly file shap-tests.ts. */
import type { KernelMemory } from '../memory.js';

const NODE_BYTES = 72;
/** The float32 nearest to 1e-35, as LightGBM has it. */
const ZERO = Math.fround(1e-35);

export interface ShapNode {
  readonly ratio: number;
  readonly zAbove: number;
  readonly value: number;
  readonly column: number;
  readonly player: number;
  readonly depth: number;
  readonly above: number;
  readonly isLeft: number;
  /** First node after the subtree. */
  readonly end: number;
  /** 1 when the row goes left. */
  readonly goesLeft: (row: Float64Array) => number;
}

/** A reader of nodes by their number. */
export function shapNodes(memory: KernelMemory, nodes: number, sets = 0): (node: number) => ShapNode {
  const view = new DataView(memory.memory.buffer);
  return (node) => {
    const at = nodes + node * NODE_BYTES;
    const i32 = (offset: number) => view.getInt32(at + offset, true);
    const f64 = (offset: number) => view.getFloat64(at + offset, true);
    const flags = i32(48);
    const goesLeft = (row: Float64Array): boolean => {
      const cell = row[i32(32)];
      const mode = (flags >> 2) & 3;
      const x = Number.isNaN(cell) && mode === 0 ? 0 : cell;
      if (Number.isNaN(x) || (mode === 1 && Math.abs(x) <= ZERO)) return ((flags >> 4) & 1) === 1;
      if ((flags & 3) === 0) return x <= f64(0);
      if ((flags & 3) === 1) return x < f64(0);
      if (!Number.isInteger(x) || x < 0 || x >= i32(56) * 32) return false;
      return ((view.getUint32(sets + (i32(52) + (x >> 5)) * 4, true) >>> (x & 31)) & 1) === 1;
    };
    return {
      ratio: f64(8),
      zAbove: f64(16),
      value: f64(24),
      column: i32(32),
      player: i32(36),
      depth: i32(40),
      above: i32(44),
      isLeft: (flags >> 5) & 1,
      end: i32(60),
      goesLeft: (row) => (goesLeft(row) ? 1 : 0),
    };
  };
}

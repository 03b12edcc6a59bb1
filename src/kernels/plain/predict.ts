/** Scoring, one row and one step at a time; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

export function plainPredict(memory: KernelMemory) {
  return {
    /** Adds every tree's leaf to out[0 … count). */
    scoreNodes(
      nodes: number,
      trees: number,
      treeCount: number,
      sets: number,
      rows: number,
      rowBytes: number,
      count: number,
      _hasSets: number,
      out: number,
    ): number {
      const view = new DataView(memory.memory.buffer);
      const scores = memory.f64(out, count);
      const goesRight = (node: number, row: number): boolean => {
        const x = view.getFloat64(row + view.getUint16(node + 8, true), true);
        const flags = view.getUint16(node + 10, true);
        if ((flags & 1) === 0) return !(x <= view.getFloat64(node, true));
        if (Number.isNaN(x)) return (flags & 2) === 0;
        if (!(Number.isInteger(x) && x >= 0 && x < view.getUint32(node + 4, true))) return true;
        const word = view.getUint32(sets + view.getUint32(node, true) + (x >>> 5) * 4, true);
        return ((word >>> (x & 31)) & 1) === 0;
      };
      for (let t = 0; t < treeCount; t++) {
        for (let i = 0; i < count; i++) {
          let node = nodes + view.getUint32(trees + t * 8, true);
          for (let k = view.getInt32(trees + t * 8 + 4, true); k > 0; k--)
            node = nodes + view.getUint32(node + 12, true) + (goesRight(node, rows + i * rowBytes) ? 16 : 0);
          scores[i] += view.getFloat64(node, true);
        }
      }
      return 0;
    },

    /** Adds every symmetric tree's leaf to out[0 … count). */
    scoreOblivious(
      trees: number,
      treeCount: number,
      splits: number,
      leaves: number,
      bins: number,
      count: number,
      _scratch: number,
      out: number,
    ): number {
      const view = new DataView(memory.memory.buffer);
      const scores = memory.f64(out, count);
      for (let t = 0; t < treeCount; t++) {
        const first = view.getUint32(trees + t * 12, true);
        const depth = view.getUint32(trees + t * 12 + 4, true);
        const leaf = leaves + view.getUint32(trees + t * 12 + 8, true);
        for (let i = 0; i < count; i++) {
          let index = 0;
          for (let j = 0; j < depth; j++) {
            const split = splits + (first + j) * 8;
            const bin = view.getInt8(bins + view.getUint32(split, true) + i);
            if (bin > view.getInt32(split + 4, true)) index |= 1 << j;
          }
          scores[i] += view.getFloat64(leaf + index * 8, true);
        }
      }
      return 0;
    },
  };
}

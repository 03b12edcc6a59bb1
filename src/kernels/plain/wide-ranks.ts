/** Scoring by ranks of two bytes, one row and one step at a time; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

export function plainWideRanks(memory: KernelMemory) {
  return {
    /** Adds the leaves of trees to out[0 … count). */
    scoreWideRanks(
      trees: number,
      treeCount: number,
      ranks: number,
      count: number,
      toValues: number,
      out: number,
    ): number {
      const view = new DataView(memory.memory.buffer);
      const scores = memory.f64(out, count);
      const goesRight = (node: number, row: number): boolean => {
        const column = view.getUint16(node + 6, true);
        const missingLeft = column >= 32768;
        const rank = view.getUint16(ranks + (column % 32768) * 4096 + row * 2, true);
        const exceeded = view.getUint16(node + 4, true) - (missingLeft ? 1 : 0);
        return rank === 65535 ? !missingLeft && exceeded < 65535 : rank > exceeded;
      };
      for (let t = 0; t < treeCount; t++)
        for (let i = 0; i < count; i++) {
          let node = view.getUint32(trees + t * 8, true);
          for (;;) {
            const next = view.getUint32(node, true) + (goesRight(node, i) ? 8 : 0);
            if (next === node) break;
            node = next;
          }
          scores[i] += view.getFloat64(node + toValues, true);
        }
      return 0;
    },
  };
}

/** Scoring by ranks of two bytes, one row and one step at a time; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

export function plainWideRanks(memory: KernelMemory) {
  return {
    /** Lays the ranks of a column out in groups of eight rows, `missing` in place of 65,535. */
    groupRanks(column: number, count: number, missing: number, out: number, groupBytes: number): number {
      memory.u16(column, count).forEach((rank, row) => {
        memory.u16(out + (row >> 3) * groupBytes, 8)[row % 8] = rank === 65535 ? missing : rank;
      });
      return 0;
    },

    /** Adds the leaves of trees to out[0 … count). */
    scoreWideRanks(
      trees: number,
      treeCount: number,
      ranks: number,
      groupBytes: number,
      count: number,
      toValues: number,
      out: number,
    ): number {
      const view = new DataView(memory.memory.buffer);
      const scores = memory.f64(out, count);
      const goesRight = (node: number, row: number): boolean => {
        const rank = ranks + (row >> 3) * groupBytes + view.getUint16(node + 6, true) + (row % 8) * 2;
        return view.getUint16(rank, true) > view.getUint16(node + 4, true);
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

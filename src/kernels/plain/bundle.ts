import type { KernelMemory } from '../memory.js';

export function plainBundle(memory: KernelMemory) {
  return {
    mergeBundle(cells: number, rows: number, common: number, start: number, out: number): number {
      const bins = memory.u8(cells, rows);
      const merged = memory.u8(out, rows);
      const conflicts = bins.filter((bin, row) => bin !== common && merged[row] !== 0).length;
      if (conflicts > 0) return conflicts;
      bins.forEach((bin, row) => {
        if (bin !== common) merged[row] = start + bin - (bin > common ? 1 : 0);
      });
      return 0;
    },
  };
}

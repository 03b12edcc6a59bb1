/** Ranks of cells among borders, one border at a time; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

export function plainRankCells(memory: KernelMemory) {
  return {
    /** How many borders lie below each cell; the borders end where +inf begins to fill the table up. */
    rankCells(
      cells: number,
      count: number,
      borders: number,
      starts: number,
      _low: number,
      _scale: number,
      last: number,
      steps: number,
      nanRank: number,
      out: number,
    ): number {
      // The borders of the last bucket follow those before it, at most 2^steps − 1.
      const list = memory.f64(borders, memory.u8(starts, last + 1)[last] + 2 ** steps - 1);
      const ranks = memory.u8(out, count);
      memory.f64(cells, count).forEach((x, i) => {
        let below = 0;
        if (Number.isNaN(x)) below = nanRank;
        else for (const border of list) if (x > border) below++;
        ranks[i] = below ^ 128;
      });
      return 0;
    },

    /** Whether each cell equals the number. */
    rankEqual(cells: number, count: number, number: number, nanRank: number, out: number): number {
      const ranks = memory.u8(out, count);
      memory.f64(cells, count).forEach((x, i) => {
        ranks[i] = (Number.isNaN(x) ? nanRank : x === number ? 1 : 0) ^ 128;
      });
      return 0;
    },

    /** Ids of category codes. */
    idCodes(cells: number, count: number, table: number, codes: number, out: number): number {
      const ids = memory.u16(table, codes + 3);
      const found = memory.u16(out, count);
      memory.f64(cells, count).forEach((x, i) => {
        if (Number.isNaN(x)) found[i] = ids[codes + 2];
        else found[i] = ids[Number.isInteger(x) && x >= 0 && x < codes ? x + 1 : 0];
      });
      return 0;
    },
  };
}

import type { KernelMemory } from '../memory.js';

export function plainBinning(memory: KernelMemory) {
  const put = (at: number, width: number, bin: number) => {
    if (width === 1) memory.u8(at, 1)[0] = bin;
    else if (width === 2) memory.u16(at, 1)[0] = bin;
    else memory.u32(at, 1)[0] = bin;
  };
  return {
    binNumeric(
      values: number,
      count: number,
      borders: number,
      borderCount: number,
      strict: number,
      nanBin: number,
      out: number,
      stride: number,
      width: number,
      _guide: number,
    ): number {
      const edges = memory.f64(borders, borderCount);
      memory.f64(values, count).forEach((x, i) => {
        const below = (border: number) => (strict ? border <= x : border < x);
        // Borders ascend: those below come first.
        let [low, high] = [0, borderCount];
        while (low < high) {
          const middle = (low + high) >> 1;
          if (below(edges[middle])) low = middle + 1;
          else high = middle;
        }
        put(out + i * stride, width, Number.isNaN(x) ? nanBin : low);
      });
      return 0;
    },
    binCategories(
      values: number,
      count: number,
      table: number,
      tableLength: number,
      missingBin: number,
      otherBin: number,
      out: number,
      stride: number,
      width: number,
    ): number {
      const bins = memory.u32(table, tableLength);
      memory.f64(values, count).forEach((x, i) => {
        const known = x >= 0 && x < tableLength;
        put(out + i * stride, width, Number.isNaN(x) ? missingBin : known ? bins[Math.floor(x)] : otherBin);
      });
      return 0;
    },
    packTile(
      columns: number,
      columnBytes: number,
      lanes: number,
      first: number,
      count: number,
      out: number,
      stride: number,
    ): number {
      for (let row = first; row < first + count; row++) {
        const record = memory.u8(out + row * stride, 16);
        for (let lane = 0; lane < 16; lane++)
          record[lane] = lane < lanes ? memory.u8(columns + lane * columnBytes + row, 1)[0] : 0;
      }
      return 0;
    },
  };
}

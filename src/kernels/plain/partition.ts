import type { KernelMemory } from '../memory.js';

export function plainPartition(memory: KernelMemory) {
  return {
    partitionRows(
      rows: number,
      count: number,
      column: number,
      width: number,
      goesLeft: number,
      left: number,
      right: number,
      result: number,
    ): number {
      let l = 0;
      let r = 0;
      for (const row of memory.u32(rows, count).slice()) {
        const at = column + row * width;
        const bin = width === 1 ? memory.u8(at, 1)[0] : width === 2 ? memory.u16(at, 1)[0] : memory.u32(at, 1)[0];
        if (memory.u8(goesLeft + bin, 1)[0] === 1) memory.u32(left + 4 * l++, 1)[0] = row;
        else memory.u32(right + 4 * r++, 1)[0] = row;
      }
      if (left === rows) memory.u32(left + 4 * l, r).set(memory.u32(right, r));
      memory.i32(result, 1)[0] = l;
      return 0;
    },
    copyRows(from: number, to: number, count: number): number {
      memory.u32(to, count).set(memory.u32(from, count));
      return 0;
    },
    countRows(out: number, first: number, count: number): number {
      memory.u32(out, count).forEach((_, i, view) => {
        view[i] = first + i;
      });
      return 0;
    },
  };
}

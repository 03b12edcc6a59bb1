/** Masks of tests, row by row; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

const MASK = 64;

export function plainTestMasks(memory: KernelMemory) {
  /** The first bytes of one mask a test, from what the test says of each row. */
  function write(out: number, bytes: number, tests: number, goesRight: (test: number, row: number) => boolean): void {
    for (let test = 0; test < tests; test++) {
      const mask = memory.u8(out + test * MASK, bytes).fill(0);
      for (let row = 0; row < bytes * 8; row++) if (goesRight(test, row)) mask[row >> 3] |= 1 << (row & 7);
    }
  }
  return {
    /** Masks of `rank > border`. */
    rankMasks(list: number, columns: number, ranks: number, bytes: number, _scratch: number): number {
      for (let c = 0; c < columns; c++) {
        const [offset, borders, out] = memory.u32(list + c * 12, 3);
        const of = memory.u8(ranks + offset, bytes * 8);
        write(out, bytes, borders, (border, row) => (of[row] ^ 128) > border);
      }
      return 0;
    },

    /** Masks of category sets from tables of outcomes. */
    setMasks(list: number, columns: number, ids: number, bytes: number, _scratch: number): number {
      for (let c = 0; c < columns; c++) {
        const [offset, table, rowBytes, tests, out] = memory.u32(list + c * 20, 5);
        const id = memory.u16(ids + offset, bytes * 8);
        const bits = new Uint8Array(memory.memory.buffer, table);
        write(out, bytes, tests, (test, row) => ((bits[id[row] * rowBytes + (test >> 3)] >> (test & 7)) & 1) === 1);
      }
      return 0;
    },
  };
}
